/** Music, by the id of its job. */
import { Download } from "../downloads.js";
import { Job, type JobCalls, type MusicFile, type Track, type WaitOptions } from "../jobs.js";
import { Paged } from "../pages.js";
import { Call, type CallOptions } from "../transport.js";
import type { DeleteResult, FileFormat, MusicItem, MusicPage } from "../types.js";
import { type AccountChoice, given } from "./sending.js";

/** Any music, by the id of its job. */
export class Music {
  readonly #calls: JobCalls;

  constructor(calls: JobCalls) {
    this.#calls = calls;
  }

  /** Looks at a job once. */
  get(jobId: string, options?: CallOptions): Call<MusicItem> {
    return this.#calls.get(jobId, options);
  }

  /** An account's songs, or its instrumentals where `type` says so; newest first, running jobs included. */
  list(
    choice: AccountChoice & { type?: "song" | "instrumental" | undefined } = {},
    options?: CallOptions,
  ): Paged<MusicItem, MusicPage> {
    return listMusic(this.#calls, choice, options);
  }

  /** A job, to be waited for, downloaded, cancelled or deleted. */
  job(jobId: string): Job {
    return new Job(this.#calls, jobId);
  }

  /** Waits until a job has completed; takes up a wait that ended early, in another process too. */
  wait(jobId: string, options?: WaitOptions): Promise<Track> {
    return this.job(jobId).wait(options);
  }

  /** The file of a completed job. */
  download(jobId: string, file?: MusicFile | FileFormat): Download {
    return this.job(jobId).download(file);
  }

  /** Deletes what a job made. */
  delete(jobId: string, options?: CallOptions): Call<DeleteResult> {
    return this.#calls.delete(jobId, options);
  }
}

/** Lists an account's music. */
export function listMusic(
  { transport }: JobCalls,
  choice: AccountChoice & { type?: "song" | "instrumental" | undefined },
  options: CallOptions | undefined,
): Paged<MusicItem, MusicPage> {
  return new Paged<MusicItem, MusicPage>((cursor) =>
    transport.call({
      operation: "list_music",
      options,
      send: (api, init) => api.GET("/music", { ...init, params: { query: given({ ...choice, cursor }) } }),
    }),
  );
}
