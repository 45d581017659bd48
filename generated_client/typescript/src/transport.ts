/** One call of the API: sending, time limit, retries, waiting while the account is busy, errors. */
import createClient, { type Client } from "openapi-fetch";
import { adviceOn } from "./advice.js";
import { badHeader, fillPath } from "./address.js";
import {
  AccountBusyError,
  ApiError,
  CancelledError,
  ConnectionError,
  errorFor,
  InvalidArgumentError,
  type SentRequest,
  ServerError,
  TemPolorError,
  TimeoutError,
  UnexpectedAnswerError,
} from "./errors.js";
import { BUSY_JITTER, BUSY_PAUSE, FIRST_PAUSE, LONGEST_PAUSE, LONGEST_RETRY_AFTER } from "./generated/defaults.js";
import { OPERATIONS } from "./generated/operations.js";
import type { operations, paths } from "./generated/schema.js";
import { Deadline, Gate } from "./timing.js";
import type { BusyJob, OperationId, Sleep } from "./types.js";
import { UNREADABLE } from "./uploads.js";

/** Told before each wait for a busy account. Return false to get the 429 as an error at once. */
export type OnBusy = (busy: BusyEvent) => unknown;

/** Why and how long the client is about to wait. */
export interface BusyEvent {
  /** The operation that was refused. */
  readonly operation: OperationId;
  /** Milliseconds until it is sent again. */
  readonly wait: number;
  /** Milliseconds waited for this call before. */
  readonly waited: number;
  /** The jobs that take up the slots, keyed by account; undefined when TemPolor itself refused. */
  readonly runningJobs: Record<string, BusyJob[]> | undefined;
  /** The 429. */
  readonly error: AccountBusyError;
}

/** Options of a single call. */
export interface CallOptions {
  /** Cancels the call, its waits and retries included. */
  signal?: AbortSignal | undefined;
  /** Milliseconds one try may take, the answer's body included. */
  timeout?: number | undefined;
  /** Headers to add or replace. They go to the service only, never to a file host. */
  headers?: Record<string, string> | undefined;
  /** How often a GET or DELETE is sent again after a failure on the way, and anything after a refused connection. */
  maxRetries?: number | undefined;
  /** Milliseconds to wait in all while the account is busy; 0 throws the first 429. */
  busyTimeout?: number | undefined;
  /** Told before each wait for a busy account. */
  onBusy?: OnBusy | undefined;
}

/** One line of the debug log. It holds no token, no body and no query of a file's address. */
export interface LogEvent {
  /** What happened. */
  readonly event: "request" | "answer" | "failure" | "retry" | "busy" | "download";
  /** The operation, undefined for a file. */
  readonly operation?: OperationId | undefined;
  /** The method. */
  readonly method?: string | undefined;
  /** The address. */
  readonly url?: string | undefined;
  /** Which try it is, from 1. */
  readonly attempt?: number | undefined;
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** Milliseconds the try took. */
  readonly took?: number | undefined;
  /** Milliseconds until the next try. */
  readonly wait?: number | undefined;
  /** What went wrong. */
  readonly reason?: string | undefined;
}

/** An answer as it came. */
export interface RawAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: Headers;
  /** The body, before parsing. */
  readonly text: string;
  /** What was sent, and how often. */
  readonly request: SentRequest;
}

/** What a call returned, and the answer it was read from. */
export interface Answer<T> {
  /** What awaiting the call gives. */
  readonly data: T;
  /** The answer as it came. */
  readonly raw: RawAnswer;
}

/** A call under way. Await it for its result, or `withRaw()` for the answer too. */
export class Call<T> extends Promise<T> {
  readonly #answer: Promise<Answer<T>>;

  constructor(answer: Promise<Answer<T>>) {
    super((resolve, reject) => {
      answer.then(({ data }) => resolve(data), reject);
    });
    this.#answer = answer;
  }

  /** What `then` gives is a plain promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** The result together with status, headers and text of the answer. */
  withRaw(): Promise<Answer<T>> {
    this.catch(() => {});
    return this.#answer;
  }

  /** The same call with its result turned into something else. */
  map<U>(turn: (data: T, raw: RawAnswer) => U): Call<U> {
    this.catch(() => {});
    return new Call(this.#answer.then(({ data, raw }) => ({ data: turn(data, raw), raw })));
  }
}

/** What the client was set up with. */
export interface TransportSettings {
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  sleep: Sleep;
  now: () => number;
  random: () => number;
  timeout: number;
  maxRetries: number;
  busyTimeout: number;
  maxConnections: number;
  onBusy: OnBusy | undefined;
  log: ((event: LogEvent) => void) | undefined;
}

/** What an operation answers with when it succeeds. */
export type Success<O extends OperationId> = operations[O]["responses"] extends {
  200: { content: { "application/json": infer T } };
}
  ? T
  : undefined;

/** What a resource hands over for a call. */
export interface CallPlan<O extends OperationId> {
  operation: O;
  options: CallOptions | undefined;
  /** The ids to name in errors. */
  jobIds?: readonly string[] | undefined;
  /** What to show as the body in errors. */
  body?: unknown;
  /** Milliseconds one try may take, unless the caller says otherwise. */
  timeout?: number;
  /** True if the call can take minutes; it then takes no place among the short ones. */
  long?: boolean;
  /** True if the answer has no body. */
  empty?: boolean;
  /** Builds and sends the request; runs once for each try, so that each sends its whole body. */
  send: (api: Client<paths>, init: SendInit) => Promise<{ data?: unknown }>;
}

/** What every call passes on to openapi-fetch. */
export type SendInit = {
  fetch: (request: Request) => Promise<Response>;
  signal: AbortSignal;
  redirect: "manual";
  credentials: "omit";
  headers: Record<string, string>;
};

/** Sends calls. */
export class Transport {
  readonly settings: TransportSettings;
  /** openapi-fetch on the same address, with the token and ids left raw, and nothing else. */
  readonly api: Client<paths>;
  readonly #gate: Gate;

  /** The token and the headers stay out of the settings, so that printing a client does not show them. */
  constructor(settings: TransportSettings, token: string, headers: Record<string, string>) {
    this.settings = settings;
    this.#gate = new Gate(settings.maxConnections);
    this.api = createClient<paths>({
      baseUrl: settings.baseUrl,
      fetch: (request) => settings.fetch(request),
      pathSerializer: fillPath,
      headers: { ...agent(), ...headers, Authorization: `Bearer ${token}` },
    });
  }

  /** Starts a call. */
  call<O extends OperationId>(plan: CallPlan<O>): Call<Success<O>> {
    return new Call(this.#run(plan));
  }

  /** Sleeps with the injected clock; a fired signal ends it as a `CancelledError`. */
  async sleep(milliseconds: number, signal: AbortSignal | undefined, jobIds: readonly string[] = []): Promise<void> {
    const cancelled = () =>
      new CancelledError("The wait was cancelled. What the service is doing goes on.", {
        jobIds,
        cause: signal?.reason,
      });
    if (signal?.aborted) throw cancelled();
    let stop = (): void => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(cancelled());
      signal?.addEventListener("abort", stop, { once: true });
    });
    try {
      await Promise.race([this.settings.sleep(milliseconds, signal), stopped]);
    } catch (error) {
      throw signal?.aborted ? cancelled() : error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Passes an event to the debug log; a log that throws changes nothing. */
  log(event: LogEvent): void {
    try {
      this.settings.log?.(event);
    } catch {
      // The log is for looking at, and must not decide anything.
    }
  }

  /** Milliseconds before the n-th retry, from 0. */
  backoff(retry: number): number {
    const full = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** retry);
    return Math.round(full * (0.5 + 0.5 * this.settings.random()));
  }

  /** Milliseconds to wait after a 429. */
  busyWait(error: AccountBusyError): number {
    const asked = (error.retryAfter(this.settings.now()) ?? 0) * 1000;
    return Math.round(Math.max(BUSY_PAUSE, asked) + BUSY_JITTER * this.settings.random());
  }

  async #run<O extends OperationId>(plan: CallPlan<O>): Promise<Answer<Success<O>>> {
    const options = plan.options ?? {};
    const retries = options.maxRetries ?? this.settings.maxRetries;
    let failures = 0;
    let waited = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(plan, attempt);
      } catch (error) {
        const { operation, jobIds } = plan;
        if (error instanceof AccountBusyError) {
          const wait = await this.#roomToWait(error, waited, plan);
          this.log({ event: "busy", operation, attempt, status: 429, wait });
          await this.sleep(wait, options.signal, jobIds);
          waited += wait;
        } else if (failures < retries && mayRepeat(operation, error)) {
          const asked = error instanceof ApiError ? (error.retryAfter(this.settings.now()) ?? 0) * 1000 : 0;
          const wait = Math.max(this.backoff(failures), Math.min(asked, LONGEST_RETRY_AFTER));
          failures += 1;
          this.log({ event: "retry", operation, attempt, wait, reason: nameOf(error) });
          await this.sleep(wait, options.signal, jobIds);
        } else {
          throw error;
        }
      }
    }
  }

  /** Returns how long to wait for a busy account, or throws its error if that is too long or not wanted. */
  async #roomToWait(error: AccountBusyError, waited: number, plan: CallPlan<OperationId>): Promise<number> {
    const options = plan.options ?? {};
    const wait = this.busyWait(error);
    if (waited + wait > (options.busyTimeout ?? this.settings.busyTimeout)) throw error;
    const onBusy = options.onBusy ?? this.settings.onBusy;
    const { runningJobs } = error;
    const goOn = await onBusy?.({ operation: plan.operation, wait, waited, runningJobs, error });
    if (goOn === false) throw error;
    return wait;
  }

  async #attempt<O extends OperationId>(plan: CallPlan<O>, attempt: number): Promise<Answer<Success<O>>> {
    const { signal } = plan.options ?? {};
    const once = () => this.#once(plan, attempt);
    if (plan.long) return once();
    let entered = false;
    try {
      return await this.#gate.through(() => {
        entered = true;
        return once();
      }, signal);
    } catch (error) {
      if (entered) throw error;
      throw new CancelledError(`${plan.operation} was cancelled before it was sent.`, {
        jobIds: plan.jobIds,
        cause: signal?.reason,
      });
    }
  }

  async #once<O extends OperationId>(plan: CallPlan<O>, attempt: number): Promise<Answer<Success<O>>> {
    const { operation, jobIds, options = {} } = plan;
    const bad = badHeader(options.headers ?? {});
    if (bad !== undefined)
      throw new InvalidArgumentError(`The header ${bad} cannot be sent. Pass plain text.`, { jobIds });
    const deadline = new Deadline(options.timeout ?? plan.timeout ?? this.settings.timeout, options.signal);
    const started = this.settings.now();
    let request: SentRequest | undefined;
    let raw: RawAnswer | undefined;

    const exchange = async (sending: Request): Promise<Response> => {
      request = { operation, method: sending.method, url: sending.url, body: plan.body, attempts: attempt };
      this.log({ event: "request", operation, method: request.method, url: request.url, attempt });
      const response = await this.settings.fetch(sending);
      const text = await response.text();
      raw = { status: response.status, headers: response.headers, text, request };
      this.log({ event: "answer", operation, attempt, status: raw.status, took: this.settings.now() - started });
      if (response.status < 200 || response.status > 299) throw errorFor(raw, { jobIds });
      return text === "" ? new Response(null, { status: 204 }) : new Response(text);
    };

    try {
      const { data } = await deadline.run(() =>
        plan.send(this.api, {
          fetch: exchange,
          signal: deadline.signal,
          redirect: "manual",
          credentials: "omit",
          headers: { ...options.headers },
        }),
      );
      if (!raw) throw new Error("no request was sent");
      if (!plan.empty && (typeof data !== "object" || data === null)) throw new UnexpectedAnswerError(raw, { jobIds });
      return { data: data as Success<O>, raw };
    } catch (error) {
      const failure = this.#failure(error, plan, deadline, request, raw);
      if (!(failure instanceof ApiError)) this.log({ event: "failure", operation, attempt, reason: failure.message });
      throw failure;
    } finally {
      deadline.close();
    }
  }

  #failure(
    error: unknown,
    { operation, jobIds, options }: CallPlan<OperationId>,
    deadline: Deadline,
    request: SentRequest | undefined,
    raw: RawAnswer | undefined,
  ): TemPolorError {
    if (error instanceof TemPolorError) return error;
    const details = { jobIds, request, cause: error };
    const paid = request?.method === "POST";
    const advice = adviceOn(paid ? "check_first" : "try_again");
    if (options?.signal?.aborted) {
      return new CancelledError(`${operation} was cancelled.${paid ? ` ${advice}` : ""}`, {
        jobIds,
        cause: options.signal.reason,
      });
    }
    if (deadline.timedOut) {
      return new TimeoutError(
        `${operation} got no answer in time. ${paid ? advice : "Try again, or allow a longer timeout."}`,
        details,
      );
    }
    if (raw) return new UnexpectedAnswerError(raw, details);
    if (causes(error).some(({ name }) => name === "NotReadableError"))
      return new InvalidArgumentError(UNREADABLE, details);
    if (!request)
      return new InvalidArgumentError(`${operation} cannot be sent: ${messageOf(error)}. Mend the call.`, {
        jobIds,
        cause: error,
      });
    const code = codeOf(error);
    const refused = NEVER_CONNECTED.has(code ?? "");
    const why = code ? ` (${code})` : "";
    const host = new URL(request.url).host;
    return refused
      ? new ConnectionError(`Cannot reach ${host}${why}. ${adviceOn("not_connected")}`, {
          ...details,
          refused,
        })
      : new ConnectionError(`The connection to ${host} broke during ${operation}${why}. ${advice}`, details);
  }
}

/** What Node calls a connection that was never made. Browsers do not tell. */
const NEVER_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);

/** A POST may start a paid job, so it is sent again only if it certainly did not arrive. */
function mayRepeat(operation: OperationId, error: unknown): boolean {
  if (OPERATIONS[operation].method === "POST") return error instanceof ConnectionError && error.refused;
  return isTransient(error);
}

/** Whether the same GET may well succeed a little later. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectionError ||
    error instanceof ServerError ||
    error instanceof UnexpectedAnswerError ||
    (error instanceof ApiError && error.status === 408)
  );
}

/** The system's code behind a failed fetch, wherever it hides. */
export function codeOf(error: unknown): string | undefined {
  for (const at of causes(error)) if ("code" in at && typeof at.code === "string") return at.code;
  return undefined;
}

/** An error and what lies behind it, outermost first. */
function causes(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return [error, ...causes(inner, depth + 1)];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nameOf(error: unknown): string {
  return error instanceof ApiError ? `${error.name} ${error.status}` : error instanceof Error ? error.name : "failure";
}

/** Browsers name themselves. */
function agent(): Record<string, string> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node ? { "User-Agent": "tempolor-client-typescript" } : {};
}
