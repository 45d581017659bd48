/** Fetching files from wherever the service keeps them: without the token, past cuts and expired links. */
import { withoutQuery } from "./address.js";
import { CancelledError, DownloadError } from "./errors.js";
import { MAX_RETRIES, TIMEOUT } from "./generated/defaults.js";
import { Deadline } from "./timing.js";
import { codeOf, type Transport } from "./transport.js";

/** Options of a download. */
export interface DownloadOptions {
  /** Cancels the download. */
  signal?: AbortSignal | undefined;
  /** Milliseconds the file host may be silent, one minute by default. */
  timeout?: number | undefined;
  /** How often to go on after a cut, an expired link or a failure without a new byte in between, 4 by default. */
  maxRetries?: number | undefined;
  /** Told after each piece. */
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** How far a download has come. */
export interface DownloadProgress {
  /** Bytes so far. It falls back to 0 when the file has to be fetched anew. */
  readonly received: number;
  /** Bytes in all, undefined if the host does not say. */
  readonly total: number | undefined;
}

/** A piece of a file; `restart` says that what came before does not count. */
export type DownloadPiece =
  | { readonly restart: true; readonly type: string | undefined }
  | { readonly restart: false; readonly type: string | undefined; readonly bytes: Uint8Array<ArrayBuffer> };

/** Where links come from. */
export interface LinkSource {
  /** Jobs to name in errors. */
  jobIds: readonly string[];
  /** Gets a link, or a new one after one has expired. */
  ask: (signal: AbortSignal | undefined) => Promise<string>;
  /** False if there is only ever this one link. */
  renewable: boolean;
}

const EXPIRED = new Set([401, 403, 404, 410]);

/** What is known of the file at the host, to tell whether a second part belongs to the first. */
interface Known {
  total: number | undefined;
  etag: string | null;
  type: string | undefined;
}

/** One answer of the host. */
interface Part {
  reader: ReadableStreamDefaultReader<Uint8Array>;
  /** Whether it begins at the file's beginning. */
  whole: boolean;
  known: Known;
}

/** Says why a try ended early; the next one goes on behind it. */
class Interrupted extends Error {
  readonly status: number | undefined;
  readonly kind: "broken" | "expired" | "changed";

  constructor(message: string, kind: Interrupted["kind"] = "broken", status?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.status = status;
  }
}

/**
 * A file to be fetched. Nothing happens before one of its methods is called, and each call fetches it once more.
 *
 * A download that was cut goes on where it stopped. A link that has expired is asked for again. The API token is never
 * sent to the file host.
 */
export class Download {
  /** The jobs the file belongs to. */
  readonly jobIds: readonly string[];
  readonly #transport: Transport;
  readonly #source: LinkSource;

  constructor(transport: Transport, source: LinkSource) {
    this.#transport = transport;
    this.#source = source;
    this.jobIds = source.jobIds;
  }

  /** The address of the file: fetch it without the token, and soon. */
  link(signal?: AbortSignal): Promise<string> {
    return this.#source.ask(signal);
  }

  /** The file as a stream. If the file changes at the host while it is read, the stream fails. */
  stream(options: DownloadOptions = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    const pieces = this.pieces(options);
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          const { done, value } = await pieces.next();
          if (done) return controller.close();
          if (value.restart)
            throw this.#error("The file has to be fetched from its beginning again. Open a new stream.");
          controller.enqueue(value.bytes);
        },
        cancel: async () => {
          await pieces.return();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** The whole file in memory. */
  async bytes(options: DownloadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await this.blob(options)).arrayBuffer());
  }

  /** The whole file as a `Blob`, with its media type where the host says it. */
  async blob(options: DownloadOptions = {}): Promise<Blob> {
    let parts: BlobPart[] = [];
    let type: string | undefined;
    for await (const piece of this.pieces(options)) {
      if (piece.restart) parts = [];
      else parts.push(piece.bytes);
      type = piece.type ?? type;
    }
    return new Blob(parts, type === undefined ? {} : { type });
  }

  /** The file piece by piece; for whoever writes it somewhere that can be emptied again. */
  async *pieces(options: DownloadOptions = {}): AsyncGenerator<DownloadPiece, void, undefined> {
    const { signal, maxRetries = MAX_RETRIES } = options;
    const progress = { received: 0, furthest: 0, failures: 0, known: undefined as Known | undefined };
    let link: string | undefined;
    for (;;) {
      link ??= await this.#source.ask(signal);
      try {
        return yield* this.#rest(link, progress, options);
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        if (error.kind === "expired" && !this.#source.renewable) {
          throw this.#error("The link has expired, and there is no other. Repeat the call that gave it.", error);
        }
        if (progress.failures >= maxRetries) {
          throw this.#error(`The file cannot be fetched: ${error.message}. Try again later.`, error);
        }
        if (error.kind === "expired") link = undefined;
        if (error.kind === "changed") {
          progress.received = 0;
          progress.known = undefined;
          yield { restart: true, type: undefined };
        }
        const wait = this.#transport.backoff(progress.failures);
        progress.failures += 1;
        this.#transport.log({ event: "retry", wait, reason: error.message });
        await this.#transport.sleep(wait, signal, this.jobIds);
      }
    }
  }

  /** Fetches what is missing over one connection. */
  async *#rest(link: string, at: Progress, options: DownloadOptions): AsyncGenerator<DownloadPiece, void, undefined> {
    const deadline = new Deadline(options.timeout ?? TIMEOUT, options.signal);
    let part: Part | undefined;
    try {
      part = await this.#open(link, at, deadline);
      const { reader, whole, known } = part;
      if (whole && at.received > 0) {
        at.received = 0;
        yield { restart: true, type: known.type };
      }
      at.known = known;
      for (;;) {
        const { done, value } = await this.#step(deadline, () => reader.read());
        if (done) break;
        at.received += value.byteLength;
        if (at.received > at.furthest) {
          at.furthest = at.received;
          at.failures = 0;
        }
        yield { restart: false, bytes: value as Uint8Array<ArrayBuffer>, type: known.type };
        options.onProgress?.({ received: at.received, total: known.total });
      }
      const { total } = known;
      if (at.received === 0) throw new Interrupted("the file is empty");
      if (total !== undefined && at.received > total) throw new Interrupted("it is longer than announced", "changed");
      if (total !== undefined && at.received < total) {
        throw new Interrupted(`it ended after ${at.received} of ${total} bytes`);
      }
    } finally {
      // Whoever stops early closes the connection.
      part?.reader.cancel().catch(() => {});
      deadline.close();
    }
  }

  /** Asks the host for the file, or for the rest of it. */
  async #open(link: string, { received, known }: Progress, deadline: Deadline): Promise<Part> {
    const url = withoutQuery(link);
    const headers: Record<string, string> = { "Accept-Encoding": "identity" };
    if (received > 0) headers.Range = `bytes=${received}-`;
    this.#transport.log({ event: "download", method: "GET", url });
    const response = await this.#step(deadline, () =>
      this.#transport.settings.fetch(
        new Request(link, {
          headers,
          signal: deadline.signal,
          credentials: "omit",
          referrerPolicy: "no-referrer",
          cache: "no-store",
        }),
      ),
    );
    this.#transport.log({ event: "answer", method: "GET", url, status: response.status });
    const now = knownOf(response);
    const refusal = refusalOf(response, now, received, known);
    if (refusal) {
      response.body?.cancel().catch(() => {});
      throw refusal;
    }
    const reader = (response.body ?? new Blob([]).stream()).getReader();
    const whole = response.status === 200;
    return { reader, whole, known: whole ? now : { ...now, total: now.total ?? known?.total } };
  }

  /** Runs one step of the transfer and says what interrupted it. */
  async #step<T>(deadline: Deadline, step: () => Promise<T>): Promise<T> {
    try {
      return await deadline.run(step);
    } catch (error) {
      if (deadline.timedOut) throw new Interrupted("the file host fell silent", "broken", undefined, error);
      if (deadline.signal.aborted) {
        throw new CancelledError("The download was cancelled.", { jobIds: this.jobIds, cause: deadline.signal.reason });
      }
      const code = codeOf(error);
      throw new Interrupted(`the connection broke${code ? ` (${code})` : ""}`, "broken", undefined, error);
    }
  }

  #error(message: string, cause?: Interrupted): DownloadError {
    return new DownloadError(message, { jobIds: this.jobIds, cause, status: cause?.status });
  }
}

interface Progress {
  received: number;
  /** The most there ever was, so that a host that always breaks at the same place does not keep us for ever. */
  furthest: number;
  /** Failures since then. */
  failures: number;
  known: Known | undefined;
}

function knownOf({ status, headers }: Response): Known {
  const length = headers.get("content-length");
  const size = /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
  const coded = !["", "identity"].includes(headers.get("content-encoding") ?? "");
  const total = status === 200 && !coded ? length : size;
  return {
    total: total === null || total === undefined ? undefined : Number(total),
    etag: headers.get("etag"),
    type: headers.get("content-type")?.split(";")[0]?.trim().toLowerCase(),
  };
}

/** Why an answer is of no use, if it is not. */
function refusalOf(
  response: Response,
  now: Known,
  received: number,
  known: Known | undefined,
): Interrupted | undefined {
  const { status, headers } = response;
  if (EXPIRED.has(status)) return new Interrupted(`the link has expired (${status})`, "expired", status);
  if (status === 416) return new Interrupted("the file changed at its host", "changed", status);
  if (status !== 200 && status !== 206)
    return new Interrupted(`the file host answered with ${status}`, "broken", status);
  if (now.type === "text/html") return new Interrupted("a page came in place of the file", "broken", status);
  if (status === 200) return undefined;
  // Browsers may hide Content-Range from scripts; then the part has to be believed.
  const start = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1];
  const differs =
    (start !== undefined && Number(start) !== received) ||
    (now.total !== undefined && known?.total !== undefined && now.total !== known.total) ||
    Boolean(now.etag && known?.etag && now.etag !== known.etag);
  return differs ? new Interrupted("the file changed at its host", "changed", status) : undefined;
}
