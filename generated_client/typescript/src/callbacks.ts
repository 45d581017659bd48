/** The calls the service makes to `replyUrl`. */
import { InvalidArgumentError, isObject } from "./errors.js";
import { type JobState, stateOf } from "./state.js";
import type { MusicItem } from "./types.js";

/** A progress report. */
export interface Callback {
  /** The job it is about. */
  readonly jobId: string;
  /** Where the job stands. */
  readonly state: JobState;
  /** Whether this is the last report of the job. */
  readonly final: boolean;
  /** The job as `client.music.get()` would show it. */
  readonly item: MusicItem;
  /** The address it was sent to, as ordered. */
  readonly replyUrl: string | undefined;
  /** Your own text, as ordered. */
  readonly replyRef: string | undefined;
}

/**
 * Reads the body of a call to `replyUrl`: raw text or bytes, or what a web framework has parsed already.
 *
 * Reports carry no signature. Where it matters, ask the service: `client.music.get(callback.jobId)`.
 *
 * @throws InvalidArgumentError if it is no report; answer such a call with a 400.
 */
export function parseCallback(body: string | Uint8Array | ArrayBuffer | object): Callback {
  const item = parsed(body);
  if (!isObject(item) || typeof item.job_id !== "string" || item.job_id === "") {
    throw new InvalidArgumentError("This is no progress report: it names no job_id. Answer it with a 400.");
  }
  const state = stateOf(item);
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return {
    jobId: item.job_id,
    state,
    final: state !== "running",
    item: item as MusicItem,
    replyUrl: text(item.replyUrl),
    replyRef: text(item.replyRef),
  };
}

function parsed(body: string | Uint8Array | ArrayBuffer | object): unknown {
  if (typeof body !== "string" && !(body instanceof Uint8Array) && !(body instanceof ArrayBuffer)) return body;
  try {
    return JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
  } catch (cause) {
    throw new InvalidArgumentError("This is no progress report: it is not JSON. Answer it with a 400.", { cause });
  }
}
