/** What can go wrong, one class each. Every message says what happened and then what to do. */
import { adviceOn, adviceOnAnswer } from "./advice.js";
import type { BusyJob, MusicItem, OperationId } from "./types.js";

/** What an error knows beyond its message. */
export interface ErrorDetails {
  /** The jobs it is about. */
  readonly jobIds?: readonly string[] | undefined;
  /** What lies behind it. */
  readonly cause?: unknown;
}

/** Base of every error this package throws. */
export class TemPolorError extends Error {
  // Spelt out in each class: tools that make code smaller change the names of classes.
  override readonly name: string = "TemPolorError";
  /** The jobs it is about; with one of them the work can be taken up again: `client.music.wait(jobId)`. */
  readonly jobIds: readonly string[];

  constructor(message: string, { jobIds = [], cause }: ErrorDetails = {}) {
    const unnamed = jobIds.filter((id) => !message.includes(id));
    super(
      unnamed.length > 0 ? `${message} [${unnamed.length > 1 ? "jobs" : "job"} ${unnamed.join(", ")}]` : message,
      cause === undefined ? undefined : { cause },
    );
    this.jobIds = [...jobIds];
  }

  /** The first of `jobIds`. */
  get jobId(): string | undefined {
    return this.jobIds[0];
  }
}

/** The client cannot be set up like this: no token, or a bad base URL. */
export class ConfigurationError extends TemPolorError {
  override readonly name: string = "ConfigurationError";
}

/** An argument that cannot be sent: an empty id, a file of unknown kind. Nothing was sent. */
export class InvalidArgumentError extends TemPolorError {
  override readonly name: string = "InvalidArgumentError";
}

/** A local file cannot be read or written. `code` is the system's, such as `ENOENT` or `ENOSPC`. */
export class FileError extends TemPolorError {
  override readonly name: string = "FileError";
  /** The file. */
  readonly path: string;
  /** The system's code, such as `ENOENT` or `ENOSPC`. */
  readonly code: string | undefined;

  constructor(message: string, details: ErrorDetails & { path: string; code?: string | undefined }) {
    super(message, details);
    this.path = details.path;
    this.code = details.code;
  }
}

/** A request as it was sent, without its secrets. */
export interface SentRequest {
  /** The operation of the document. */
  readonly operation: OperationId;
  /** The method. */
  readonly method: string;
  /** The address. */
  readonly url: string;
  /** The fields sent, or for an upload what kind of file. */
  readonly body: unknown;
  /** How often it was sent, this time included. */
  readonly attempts: number;
}

/** No answer came: the connection was refused, dropped or cut. */
export class ConnectionError extends TemPolorError {
  override readonly name: string = "ConnectionError";
  /** What was sent. */
  readonly request: SentRequest | undefined;
  /** True if the connection was never made, so nothing was sent. */
  readonly refused: boolean;

  constructor(message: string, details: ErrorDetails & { request?: SentRequest | undefined; refused?: boolean } = {}) {
    super(message, details);
    this.request = details.request;
    this.refused = details.refused ?? false;
  }
}

/** No answer came in the time given for one call. */
export class TimeoutError extends ConnectionError {
  override readonly name: string = "TimeoutError";
}

/** The caller's `AbortSignal` fired. `name` is `AbortError`, as everywhere. */
export class CancelledError extends TemPolorError {
  override readonly name: string = "AbortError";
}

/** An answer, kept in an error. */
export interface KeptAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly request: SentRequest;
}

/** The service, or something before it, answered with an error. */
export class ApiError extends TemPolorError {
  override readonly name: string = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  /** The answer as it came. */
  readonly text: string;
  /** The answer as parsed JSON, undefined if it is none. */
  readonly body: unknown;
  /** The headers of the answer. */
  readonly headers: Headers;
  /** What was sent. */
  readonly request: SentRequest;

  constructor(answer: KeptAnswer, details: ErrorDetails = {}) {
    const body = parsed(answer.text);
    const { request, status } = answer;
    const asked = { status, method: request.method, operation: request.operation };
    const advised = { ...asked, words: messageOf(body) ?? "", webPage: isWebPage(answer) };
    const unsure = status === 404 && request.method === "DELETE" && request.attempts > 1;
    const told = `${said(answer, body)} ${adviceOnAnswer(advised, details.jobIds?.[0])}`;
    super(unsure ? `${told} ${adviceOn("maybe_done")}` : told, details);
    this.status = answer.status;
    this.text = answer.text;
    this.body = body;
    this.headers = answer.headers;
    this.request = answer.request;
  }

  /** Seconds from `Retry-After`, if the answer has one that can be read. */
  retryAfter(now: number): number | undefined {
    const value = this.headers.get("retry-after")?.trim();
    if (!value) return undefined;
    if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
    const date = Date.parse(value);
    return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
  }
}

/** 400: a field, a parameter or a file is not acceptable. */
export class BadRequestError extends ApiError {
  override readonly name: string = "BadRequestError";
}

/** 400 of a download: the job has not completed. */
export class NotCompletedError extends BadRequestError {
  override readonly name: string = "NotCompletedError";
  /** The job's status: 0 at work, 10 failed. */
  get jobStatus(): number | undefined {
    const digits = /\((\d+)\)/.exec(this.text)?.[1];
    return digits === undefined ? undefined : Number(digits);
  }
}

/** 401: the API token is missing, malformed or not known. */
export class UnauthorizedError extends ApiError {
  override readonly name: string = "UnauthorizedError";
}

/** 402: the useapi.net subscription has run out. */
export class SubscriptionRequiredError extends ApiError {
  override readonly name: string = "SubscriptionRequiredError";
}

/** 404: no such account, job, voice or file, or not one of yours. */
export class NotFoundError extends ApiError {
  override readonly name: string = "NotFoundError";
}

/** 404 of a song order: the voice or MIDI file it names is gone. */
export class SourceMissingError extends NotFoundError {
  override readonly name: string = "SourceMissingError";
}

/** 405: the path does not know the method. */
export class MethodNotAllowedError extends ApiError {
  override readonly name: string = "MethodNotAllowedError";
}

/** 410: kept too long ago, gone for good. Not documented; sibling services have it. */
export class GoneError extends ApiError {
  override readonly name: string = "GoneError";
}

/** 412: the TemPolor account has no credits left. Not documented; sibling services have it. */
export class NoCreditsError extends ApiError {
  override readonly name: string = "NoCreditsError";
}

/** 413: the body is bigger than the service takes. */
export class BodyTooLargeError extends ApiError {
  override readonly name: string = "BodyTooLargeError";
}

/** 422: refused for its content. Not documented; sibling services have it. */
export class ContentRefusedError extends ApiError {
  override readonly name: string = "ContentRefusedError";
}

/** 429: no room for another job, for longer than the budget for waiting allowed. */
export class AccountBusyError extends ApiError {
  override readonly name: string = "AccountBusyError";
  /** The jobs that take up the slots, keyed by account; undefined when TemPolor itself refused. */
  get runningJobs(): Record<string, BusyJob[]> | undefined {
    const jobs = isObject(this.body) ? this.body.runningJobs : undefined;
    return isObject(jobs) ? (jobs as Record<string, BusyJob[]>) : undefined;
  }
}

/** 596: the session of the TemPolor account is broken. Not documented; sibling services have it. */
export class AccountSessionError extends ApiError {
  override readonly name: string = "AccountSessionError";
}

/** 5xx: the service or a gateway before it failed. */
export class ServerError extends ApiError {
  override readonly name: string = "ServerError";
}

/** A good status with an answer that cannot be used: not JSON, or without what was asked for. */
export class UnexpectedAnswerError extends ApiError {
  override readonly name: string = "UnexpectedAnswerError";
}

/** A job has ended without music. */
export class JobFailedError extends TemPolorError {
  override readonly name: string = "JobFailedError";
  /** The job as it ended. */
  readonly item: MusicItem;
  /** Every failed job of the order. */
  readonly failed: readonly MusicItem[];
  /** The jobs of the same order that completed; their music can be downloaded. */
  readonly completed: readonly MusicItem[];

  constructor(failed: readonly [MusicItem, ...MusicItem[]], completed: readonly MusicItem[] = []) {
    const ids = failed.map((item) => item.job_id ?? "");
    const [item] = failed;
    const state = item.status_name ?? `status ${item.status}`;
    const rest =
      completed.length > 0
        ? ` ${completed.length} other of the same order completed and can be downloaded; see \`completed\`.`
        : "";
    super(`The job ended as ${state}${item.error ? `: ${item.error}` : ""}. ${adviceOn("job_failed")}${rest}`, {
      jobIds: ids.filter(Boolean),
    });
    this.item = item;
    this.failed = failed;
    this.completed = completed;
  }
}

/** A wait ran out of time. The jobs go on: wait again with their ids. */
export class WaitTimeoutError extends TemPolorError {
  override readonly name: string = "WaitTimeoutError";
  /** The last answers seen, in the order of `jobIds`. */
  readonly last: readonly (MusicItem | undefined)[];

  constructor(message: string, details: ErrorDetails & { last?: readonly (MusicItem | undefined)[] } = {}) {
    super(message, details);
    this.last = details.last ?? [];
  }
}

/** A completed job's file was still not there after the time given. */
export class NotReadyError extends TemPolorError {
  override readonly name: string = "NotReadyError";
}

/** A file could not be fetched. */
export class DownloadError extends TemPolorError {
  override readonly name: string = "DownloadError";
  /** Status of the file host's last answer, if there was one. */
  readonly status: number | undefined;

  constructor(message: string, details: ErrorDetails & { status?: number | undefined } = {}) {
    super(message, details);
    this.status = details.status;
  }
}

/** A list would go on for ever: it named a cursor twice, or promised more without one. */
export class PaginationError extends TemPolorError {
  override readonly name: string = "PaginationError";
}

const CLASSES: Readonly<Record<number, typeof ApiError>> = {
  400: BadRequestError,
  401: UnauthorizedError,
  402: SubscriptionRequiredError,
  404: NotFoundError,
  405: MethodNotAllowedError,
  410: GoneError,
  412: NoCreditsError,
  413: BodyTooLargeError,
  422: ContentRefusedError,
  429: AccountBusyError,
  596: AccountSessionError,
};

/** Returns the error that goes with an answer's status and text. */
export function errorFor(answer: KeptAnswer, details: ErrorDetails = {}): ApiError {
  const { status, text } = answer;
  if (status === 400 && /not completed yet/i.test(text)) return new NotCompletedError(answer, details);
  if (status === 404 && /source material/i.test(text)) return new SourceMissingError(answer, details);
  const kind = CLASSES[status] ?? (status >= 500 ? ServerError : ApiError);
  return new kind(answer, details);
}

/** Whether a value is an object that is no array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(body: unknown): string | undefined {
  return isObject(body) && typeof body.error === "string" ? body.error : undefined;
}

function isWebPage({ text, headers }: KeptAnswer): boolean {
  return /html/i.test(headers.get("content-type") ?? "") || text.trimStart().startsWith("<");
}

/** `create_song was answered with 400: prompt is too long.` */
function said({ status, text, headers, request }: KeptAnswer, body: unknown): string {
  const message = messageOf(body);
  const start = `${request.operation} was answered with ${status}`;
  if (message) return `${start}: ${message.replace(/[.\s]+$/, "")}.`;
  if (message === "" || text.trim() === "") return `${start} without a reason.`;
  const kind = headers.get("content-type")?.split(";")[0] ?? "no media type";
  const excerpt = text
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 120);
  return `${start} by something other than the service (${kind}): ${excerpt}.`;
}
