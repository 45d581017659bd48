/** What several resources need to send their calls. */
import { InvalidArgumentError } from "../errors.js";
import { UPLOAD_TIMEOUT } from "../generated/defaults.js";
import { Call, type CallOptions, type CallPlan, type Success, type Transport } from "../transport.js";
import type { OperationId } from "../types.js";
import { type Prepared, type UploadOptions, type UploadSource, describe, prepare } from "../uploads.js";

/** Which account to look at; needed only with several. */
export interface AccountChoice {
  /** The account's id. */
  user_id?: string | undefined;
}

/** Leaves out what is undefined. */
export function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

type Uploading = "upload_midi" | "clone_voice" | "split_stems";

type Planned<O extends OperationId> = Pick<CallPlan<O>, "operation" | "send">;

/** Prepares a file, then sends it: all of it, on each try. */
export function upload<O extends Uploading>(
  transport: Transport,
  source: UploadSource,
  options: UploadOptions = {},
  accepted: readonly string[],
  call: CallOptions | undefined,
  plan: (file: Prepared<string>, query: { user_id?: string }) => Planned<O>,
  timeout = UPLOAD_TIMEOUT,
): Call<Success<O>> {
  const query = options.user_id === undefined ? {} : { user_id: options.user_id };
  const answer = prepare(source, options, accepted).then((file) =>
    transport.call({ ...plan(file, query), options: call, body: describe(file), timeout, long: true }).withRaw(),
  );
  return new Call(answer);
}

/** Sends a file as it is, under its own media type. */
export function fileBody<I extends { headers: Record<string, string> }>(file: Prepared<string>, init: I) {
  return {
    ...init,
    headers: { "Content-Type": file.contentType, ...init.headers },
    body: file.blob,
    bodySerializer: (body: Blob) => body,
  };
}

/** What to call an uploaded file. */
export function nameFor({ name }: Prepared<string>): string {
  if (!name) throw new InvalidArgumentError("The file has no name of its own. Pass name: what to call it in lists.");
  return name;
}
