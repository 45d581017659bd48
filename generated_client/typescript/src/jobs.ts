/** Jobs: following them to their end, and what comes of them. */
import { adviceOn } from "./advice.js";
import { Download } from "./downloads.js";
import {
  AccountBusyError,
  type ApiError,
  JobFailedError,
  NotCompletedError,
  NotFoundError,
  NotReadyError,
  UnexpectedAnswerError,
  WaitTimeoutError,
} from "./errors.js";
import { LAST_LOOK, POLL_INTERVAL, READY_INTERVAL, READY_TIMEOUT, WAIT_TIMEOUT } from "./generated/defaults.js";
import { stateOf } from "./state.js";
import { type Call, type CallOptions, isTransient, type RawAnswer, type Transport } from "./transport.js";
import type { AtLeastOne, CreatedJobs, DeleteResult, DownloadLink, FileFormat, MusicItem } from "./types.js";

/** Options of a wait. */
export interface WaitOptions {
  /** Told after each look at a job. */
  onProgress?: ((progress: WaitProgress) => void) | undefined;
  /** Milliseconds to wait in all, 15 minutes by default. The jobs outlive it: wait again with their ids. */
  timeout?: number | undefined;
  /** Milliseconds between two looks, 5 seconds by default. */
  interval?: number | undefined;
  /** Cancels the wait; the jobs go on. */
  signal?: AbortSignal | undefined;
}

/** How far a job has come. */
export interface WaitProgress {
  /** The job. */
  readonly jobId: string;
  /** Percent, 0 where the service does not say. */
  readonly progress: number;
  /** The job as it stands. */
  readonly item: MusicItem;
  /** Milliseconds since the wait began. */
  readonly waited: number;
}

/** Which file of a job to download. */
export interface MusicFile {
  /** `mp3` by default. */
  format?: FileFormat | undefined;
  /** Milliseconds to wait for a completed job's file to appear, 2 minutes by default. */
  readyTimeout?: number | undefined;
}

/** The calls for one job. */
export class JobCalls {
  readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  get(jobId: string, options?: CallOptions, jobIds: readonly string[] = [jobId]): Call<MusicItem> {
    return this.transport.call({
      operation: "get_music",
      options,
      jobIds,
      send: (api, init) => api.GET("/music/{job_id}", { ...init, params: { path: { job_id: jobId } } }),
    });
  }

  delete(jobId: string, options?: CallOptions): Call<DeleteResult> {
    return this.transport.call({
      operation: "delete_music",
      options,
      jobIds: [jobId],
      send: (api, init) => api.DELETE("/music/{job_id}", { ...init, params: { path: { job_id: jobId } } }),
    });
  }

  cancel(jobId: string, options?: CallOptions): Call<void> {
    return this.transport.call({
      operation: "cancel_job",
      options,
      jobIds: [jobId],
      empty: true,
      send: (api, init) => api.DELETE("/scheduler/{job_id}", { ...init, params: { path: { job_id: jobId } } }),
    });
  }

  link(jobId: string, format: FileFormat | undefined, options?: CallOptions): Call<DownloadLink> {
    const query = format === undefined ? {} : { file_format: format };
    return this.transport.call({
      operation: "download_music",
      options,
      jobIds: [jobId],
      send: (api, init) => api.GET("/music/download/{job_id}", { ...init, params: { path: { job_id: jobId }, query } }),
    });
  }

  /**
   * Waits until all of some jobs are final. Those that still run are looked at one after another, then there is a pause.
   * A look that fails is not tried again by itself: the next one comes soon enough. So failures on the way do not end
   * the wait; its timeout does, and a refusal.
   */
  async untilAllFinal(jobIds: readonly string[], options: WaitOptions): Promise<MusicItem[]> {
    const { timeout = WAIT_TIMEOUT, interval = POLL_INTERVAL, signal, onProgress } = options;
    const { now, timeout: longest } = this.transport.settings;
    const started = now();
    const last = new Map<string, MusicItem>();
    const running = () => jobIds.filter((jobId) => stateOf(last.get(jobId) ?? {}) === "running");
    let failure: unknown;
    for (;;) {
      let pause = interval;
      for (const jobId of running()) {
        const limit = Math.min(longest, Math.max(LAST_LOOK, started + timeout - now()));
        try {
          const item = await this.get(jobId, { signal, maxRetries: 0, busyTimeout: 0, timeout: limit }, jobIds);
          last.set(jobId, { job_id: jobId, ...item });
          onProgress?.({ jobId, progress: item.progress ?? 0, item, waited: now() - started });
        } catch (error) {
          if (error instanceof AccountBusyError) pause = Math.max(pause, this.transport.busyWait(error));
          else if (!isTransient(error)) throw error;
          failure = error;
        }
      }
      if (running().length === 0) return jobIds.map((jobId) => last.get(jobId) ?? {});
      const left = started + timeout - now();
      if (left <= 0) throw tooLate(jobIds, timeout, last, failure);
      await this.transport.sleep(Math.min(pause, left), signal, jobIds);
    }
  }

  /** Asks for a link. A 404 of a job that has completed means that its file is not there yet. */
  async readyLink(jobId: string, file: MusicFile, completed: boolean, signal?: AbortSignal): Promise<string> {
    const { now } = this.transport.settings;
    const until = now() + (file.readyTimeout ?? READY_TIMEOUT);
    let known = completed;
    for (;;) {
      try {
        const { data, raw } = await this.link(jobId, file.format, { signal }).withRaw();
        return addressIn(data.url, raw, [jobId]);
      } catch (error) {
        if (!isNotYet(error)) throw error;
        known ||= stateOf(await this.get(jobId, { signal })) === "completed";
        if (!known) throw error;
        if (now() + READY_INTERVAL > until) throw notReady(jobId, error);
      }
      await this.transport.sleep(READY_INTERVAL, signal, [jobId]);
    }
  }

  /** The file of a job. */
  download(jobId: string, file: MusicFile | FileFormat | undefined, completed: boolean): Download {
    const wanted = typeof file === "string" ? { format: file } : (file ?? {});
    return new Download(this.transport, {
      jobIds: [jobId],
      renewable: true,
      ask: (signal) => this.readyLink(jobId, wanted, completed, signal),
    });
  }

  /** Turns final items into tracks, or throws if one of them is no music. */
  tracks(items: readonly MusicItem[]): AtLeastOne<Track> {
    const completed = items.filter((item) => stateOf(item) === "completed");
    const [failed, ...more] = items.filter((item) => stateOf(item) !== "completed");
    if (failed) throw new JobFailedError([failed, ...more], completed);
    return items.map((item) => new Track(this, item)) as AtLeastOne<Track>;
  }
}

function tooLate(
  jobIds: readonly string[],
  timeout: number,
  seen: ReadonlyMap<string, MusicItem>,
  cause: unknown,
): WaitTimeoutError {
  const last = jobIds.map((jobId) => seen.get(jobId));
  const progress = last.map((item) => (item ? `${item.progress ?? 0} percent` : "never seen")).join(" and ");
  const running = jobIds.find((jobId) => stateOf(seen.get(jobId) ?? {}) === "running");
  return new WaitTimeoutError(
    `Not final after ${Math.round(timeout / 1000)} seconds (${progress}). ${adviceOn("wait_again", running)}`,
    { jobIds, cause, last },
  );
}

function isNotYet(error: unknown): error is ApiError {
  return error instanceof NotFoundError || (error instanceof NotCompletedError && error.jobStatus !== 10);
}

function notReady(jobId: string, cause: unknown): NotReadyError {
  return new NotReadyError(`The job has completed, but its file is still not there. ${adviceOn("not_ready", jobId)}`, {
    jobIds: [jobId],
    cause,
  });
}

/** Reads an address out of an answer. */
export function addressIn(url: unknown, raw: RawAnswer, jobIds: readonly string[]): string {
  const base = raw.request.url;
  if (typeof url === "string" && url !== "" && URL.canParse(url, base)) {
    const address = new URL(url, base);
    if (/^https?:$/.test(address.protocol)) return address.href;
  }
  throw new UnexpectedAnswerError(raw, { jobIds });
}

/** One job, at whatever point it stands. */
export class Job {
  /** The job's id; keep it to take the work up again later: `client.music.job(id)`. */
  readonly id: string;
  readonly #calls: JobCalls;

  constructor(calls: JobCalls, id: string) {
    this.#calls = calls;
    this.id = id;
  }

  /** Looks at it once. */
  get(options?: CallOptions): Call<MusicItem> {
    return this.#calls.get(this.id, options);
  }

  /**
   * Waits until it has completed.
   *
   * @throws JobFailedError if it ends without music, WaitTimeoutError if it takes too long.
   */
  async wait(options: WaitOptions = {}): Promise<Track> {
    const [track] = this.#calls.tracks(await this.#calls.untilAllFinal([this.id], options));
    return track;
  }

  /** Its file, once it has completed. */
  download(file?: MusicFile | FileFormat): Download {
    return this.#calls.download(this.id, file, false);
  }

  /** Stops tracking it and frees its slot; TemPolor still finishes the work. */
  cancel(options?: CallOptions): Call<void> {
    return this.#calls.cancel(this.id, options);
  }

  /** Deletes what it made. */
  delete(options?: CallOptions): Call<DeleteResult> {
    return this.#calls.delete(this.id, options);
  }
}

/** An order that was taken: one or more jobs. */
export class Order {
  /** The service's answer, with what is left of the plan. */
  readonly answer: CreatedJobs;
  /** The jobs, usually two takes of the same order. */
  readonly jobs: AtLeastOne<Job>;
  readonly #calls: JobCalls;

  constructor(calls: JobCalls, answer: CreatedJobs, raw: RawAnswer) {
    const ids: unknown = answer.jobs;
    if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === "string" && id !== "")) {
      throw new UnexpectedAnswerError(raw);
    }
    this.#calls = calls;
    this.answer = answer;
    this.jobs = ids.map((id) => new Job(calls, id)) as AtLeastOne<Job>;
  }

  /** The jobs' ids; keep them to take the work up again later. */
  get jobIds(): AtLeastOne<string> {
    return this.jobs.map((job) => job.id) as AtLeastOne<string>;
  }

  /**
   * Waits until all jobs have completed.
   *
   * @throws JobFailedError if one ends without music, after all have ended; it names those that completed.
   * WaitTimeoutError if it takes too long.
   */
  async wait(options: WaitOptions = {}): Promise<AtLeastOne<Track>> {
    return this.#calls.tracks(await this.#calls.untilAllFinal(this.jobIds, options));
  }
}

/** Finished music. */
export class Track {
  /** The job as it ended. */
  readonly item: MusicItem;
  readonly #calls: JobCalls;

  constructor(calls: JobCalls, item: MusicItem) {
    this.#calls = calls;
    this.item = item;
  }

  /** The id of the job that made it. */
  get id(): string {
    return this.item.job_id ?? "";
  }

  /** Its title. */
  get title(): string {
    return this.item.titleEn ?? "";
  }

  /** Its file: `mp3` if nothing is said, `wav`, or a ZIP of `stems`. */
  download(file?: MusicFile | FileFormat): Download {
    return this.#calls.download(this.id, file, true);
  }

  /** Deletes it at the service. */
  delete(options?: CallOptions): Call<DeleteResult> {
    return this.#calls.delete(this.id, options);
  }
}
