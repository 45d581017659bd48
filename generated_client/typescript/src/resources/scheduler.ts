/** What runs. */
import { UnexpectedAnswerError } from "../errors.js";
import type { JobCalls } from "../jobs.js";
import { Call, type CallOptions } from "../transport.js";
import type { Capacity, RunningJob } from "../types.js";

/** What runs right now, and how much room is left. */
export class Scheduler {
  readonly #calls: JobCalls;

  constructor(calls: JobCalls) {
    this.#calls = calls;
  }

  /** Every job still running, over all accounts. */
  running(options?: CallOptions): Call<RunningJob[]> {
    return this.#calls.transport
      .call({
        operation: "list_running_jobs",
        options,
        send: (api, init) => api.GET("/scheduler", init),
      })
      .map((jobs, raw) => {
        if (!Array.isArray(jobs)) throw new UnexpectedAnswerError(raw);
        return jobs;
      });
  }

  /** The running jobs, and how many more each account could take. */
  available(options?: CallOptions): Call<Capacity> {
    return this.#calls.transport.call({
      operation: "get_available_capacity",
      options,
      send: (api, init) => api.GET("/scheduler/available", init),
    });
  }

  /** Stops tracking a job and frees its slot; TemPolor still finishes the work. */
  cancel(jobId: string, options?: CallOptions): Call<void> {
    return this.#calls.cancel(jobId, options);
  }
}
