/** Recordings, taken apart. */
import { Download } from "../downloads.js";
import { NotReadyError } from "../errors.js";
import { SPLIT_TIMEOUT } from "../generated/defaults.js";
import { addressIn } from "../jobs.js";
import { type Answer, Call, type CallOptions, type Transport } from "../transport.js";
import type { StemsAnswer } from "../types.js";
import { AUDIO, type UploadOptions, type UploadSource } from "../uploads.js";
import { fileBody, upload } from "./sending.js";

/** Recordings of your own, taken apart. */
export class Stems {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Takes a recording apart into vocals, drums, bass and so on; can take minutes. */
  split(source: UploadSource, options?: Omit<UploadOptions, "name">, call?: CallOptions): Call<SplitStems> {
    return upload(
      this.#transport,
      source,
      options,
      AUDIO,
      call,
      (file, query) => ({
        operation: "split_stems",
        send: (api, init) => api.POST("/music/stems-splitter", { ...fileBody(file, init), params: { query } }),
      }),
      SPLIT_TIMEOUT,
    ).map((answer, raw) => new SplitStems(this.#transport, { data: answer, raw }));
  }
}

/** A recording that was taken apart. */
export class SplitStems {
  /** The service's answer. */
  readonly answer: StemsAnswer;
  readonly #transport: Transport;
  readonly #raw: Answer<StemsAnswer>["raw"];

  constructor(transport: Transport, { data, raw }: Answer<StemsAnswer>) {
    this.#transport = transport;
    this.#raw = raw;
    this.answer = data;
  }

  /** The ZIP file with one file for each stem. */
  download(): Download {
    const { stemsZipUrl, state } = this.answer;
    if (!stemsZipUrl) {
      throw new NotReadyError(
        `The stems are not ready (state ${state ?? "unknown"}), and cannot be asked for later: split the recording again.`,
      );
    }
    const url = addressIn(stemsZipUrl, this.#raw, []);
    return new Download(this.#transport, { jobIds: [], renewable: false, ask: async () => url });
  }
}
