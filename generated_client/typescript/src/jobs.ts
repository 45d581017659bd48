/** Jobs: following them to their end, and what comes of them. */
import { Download } from "./downloads.js";
import {
  AccountBusyError,
  type ApiError,
  CancelledError,
  JobFailedError,
  NotCompletedError,
  NotFoundError,
  NotReadyError,
  UnexpectedAnswerError,
  WaitTimeoutError,
} from "./errors.js";
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

const WAIT = 15 * 60_000;
const INTERVAL = 5_000;
/** What a look may take at least, when the wait is nearly over. */
const LAST_LOOK = 5_000;
const READY = 2 * 60_000;
const READY_INTERVAL = 3_000;

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

  /** Looks at a job until it is final. Failures on the way do not end the wait, its timeout does. */
  async #untilFinal(
    jobId: string,
    jobIds: readonly string[],
    options: WaitOptions,
    started: number,
  ): Promise<MusicItem> {
    const { timeout = WAIT, interval = INTERVAL, signal, onProgress } = options;
    const { now, timeout: longest } = this.transport.settings;
    let last: MusicItem | undefined;
    let failure: unknown;
    for (;;) {
      let pause = interval;
      try {
        const limit = Math.min(longest, Math.max(LAST_LOOK, started + timeout - now()));
        last = await this.get(jobId, { signal, maxRetries: 0, busyTimeout: 0, timeout: limit }, jobIds);
        failure = undefined;
      } catch (error) {
        if (error instanceof AccountBusyError) pause = Math.max(interval, this.transport.busyWait(error));
        else if (!isTransient(error)) throw error;
        failure = error;
      }
      if (failure === undefined && last) {
        onProgress?.({ jobId, progress: last.progress ?? 0, item: last, waited: now() - started });
        if (stateOf(last) !== "running") return { job_id: jobId, ...last };
      }
      const left = started + timeout - now();
      if (left <= 0) throw tooLate([jobId], timeout, [last], failure);
      await this.transport.sleep(Math.min(pause, left), signal, [jobId]);
    }
  }

  /** Waits for several jobs at once; what ends one wait for good ends all. */
  async untilAllFinal(jobIds: readonly string[], options: WaitOptions): Promise<MusicItem[]> {
    const started = this.transport.settings.now();
    const others = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, others.signal]) : others.signal;
    const waits = jobIds.map(async (jobId) => {
      try {
        return await this.#untilFinal(jobId, jobIds, { ...options, signal }, started);
      } catch (error) {
        // Each wait of the same order has the same time, so the others end by themselves.
        if (!(error instanceof WaitTimeoutError)) others.abort(error);
        throw error;
      }
    });
    const ends = await Promise.allSettled(waits);
    const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
    if (errors.length === 0) return ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
    if (options.signal?.aborted) {
      const cause = options.signal.reason;
      throw new CancelledError("The wait was cancelled; the jobs go on. Wait again with their ids.", { jobIds, cause });
    }
    const fatal = errors.find((error) => !(error instanceof CancelledError) && !(error instanceof WaitTimeoutError));
    if (fatal) throw fatal;
    const last = ends.map((end) => (end.status === "fulfilled" ? end.value : lastSeen(end.reason)));
    throw tooLate(jobIds, options.timeout ?? WAIT, last, errors[0]?.cause);
  }

  /** Asks for a link. A 404 of a job that has completed means that its file is not there yet. */
  async readyLink(jobId: string, file: MusicFile, completed: boolean, signal?: AbortSignal): Promise<string> {
    const { now } = this.transport.settings;
    const until = now() + (file.readyTimeout ?? READY);
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

function lastSeen(error: unknown): MusicItem | undefined {
  return error instanceof WaitTimeoutError ? error.last[0] : undefined;
}

function tooLate(
  jobIds: readonly string[],
  timeout: number,
  last: readonly (MusicItem | undefined)[],
  cause: unknown,
): WaitTimeoutError {
  const seen = last.map((item) => (item ? `${item.progress ?? 0} percent` : "never seen")).join(" and ");
  return new WaitTimeoutError(
    `Not final after ${Math.round(timeout / 1000)} seconds (${seen}). The work goes on: wait again with client.music.wait(jobId).`,
    { jobIds, cause, last },
  );
}

function isNotYet(error: unknown): error is ApiError {
  return error instanceof NotFoundError || (error instanceof NotCompletedError && error.jobStatus !== 10);
}

function notReady(jobId: string, cause: unknown): NotReadyError {
  return new NotReadyError(
    "The job has completed, but its file is still not there. Ask again in some minutes: client.music.download(jobId).",
    { jobIds: [jobId], cause },
  );
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
