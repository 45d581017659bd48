/** A server that does what it is told, a clock that never really waits, and a client between them. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { TemPolor, type TemPolorOptions } from "tempolor-client";

export const TOKEN = "user:12345-secret";
export const JOB = "user:12345-tempolor:204816357-job:8f3c1d5ab27e940";
export const OTHER_JOB = "user:12345-tempolor:204816357-job:1b7e04c9d6a2f83";
export const PATH = "/v1/tempolor";

/** The root of the package, from build/tests. */
export const ROOT = new URL("../../", import.meta.url);

export interface Seen {
  /** Method and target as they stood in the request line. */
  line: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export type Reply =
  | { status?: number; headers?: Record<string, string>; json?: unknown; body?: string | Uint8Array }
  | ((response: ServerResponse, request: IncomingMessage) => void);

/** Cuts the connection without an answer. */
export const drop: Reply = (response) => response.socket?.destroy();

/** Never answers. */
export const silence: Reply = () => {};

/** Announces more than it sends, then cuts the connection. */
export const cut =
  (whole: Uint8Array, after: number, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(200, { "Content-Type": "audio/mpeg", "Content-Length": whole.length, ...headers });
    response.write(whole.subarray(0, after), () => setImmediate(() => response.socket?.destroy()));
  };

/** A server on a free port. */
export class Hostile implements AsyncDisposable {
  readonly seen: Seen[] = [];
  /** Requests whose answer is neither finished nor cut. */
  open = 0;
  connections = 0;
  readonly #replies = new Map<string, Reply[]>();
  readonly #server: Server;
  #url = "";

  private constructor() {
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      const parts: Buffer[] = [];
      this.open += 1;
      response.on("close", () => {
        this.open -= 1;
      });
      request.on("error", () => {});
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => this.#answer(request, response, Buffer.concat(parts)));
    });
    this.#server.on("connection", (socket: Socket) => {
      this.connections += 1;
      socket.on("error", () => {});
    });
  }

  static async start(): Promise<Hostile> {
    const hostile = new Hostile();
    await new Promise<void>((resolve) => hostile.#server.listen(0, "127.0.0.1", resolve));
    hostile.#url = `http://127.0.0.1:${(hostile.#server.address() as AddressInfo).port}`;
    return hostile;
  }

  get url(): string {
    return this.#url;
  }

  /** Answers a method and path with these replies in turn, the last one for ever. */
  on(call: string, ...replies: Reply[]): this {
    this.#replies.set(call, replies);
    return this;
  }

  /** The request lines so far. */
  get lines(): string[] {
    return this.seen.map(({ line }) => line);
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const line = `${request.method} ${request.url}`;
    this.seen.push({ line, headers: request.headers, body });
    const replies = this.#replies.get(line) ?? this.#replies.get(line.replace(/\?.*$/, "")) ?? this.#replies.get("*");
    const reply = replies && replies.length > 1 ? replies.shift() : replies?.[0];
    if (typeof reply === "function") reply(response, request);
    else send(response, reply ?? { status: 404, json: { error: `No record found for ${line}`, code: 404 } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function send(response: ServerResponse, reply: Exclude<Reply, (...args: never[]) => void>): void {
  const body = reply.json === undefined ? (reply.body ?? "") : JSON.stringify(reply.json);
  const headers = reply.json === undefined ? {} : { "Content-Type": "application/json" };
  response.writeHead(reply.status ?? 200, { "Content-Length": Buffer.byteLength(body), ...headers, ...reply.headers });
  response.end(body);
}

/** Time that passes only by sleeping. */
export class Clock {
  time = 1_747_732_000_000;
  readonly slept: number[] = [];
  readonly now = (): number => this.time;
  readonly sleep = async (milliseconds: number): Promise<void> => {
    this.slept.push(milliseconds);
    this.time += milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
  };
}

/** A client of a server, with a clock of its own and no jitter. */
export function clientOf(server: { url: string }, clock = new Clock(), options: TemPolorOptions = {}): TemPolor {
  const { now, sleep } = clock;
  return new TemPolor({ token: TOKEN, baseUrl: server.url, now, sleep, random: () => 0, ...options });
}

/** A job as the service shows it. */
export function job(progress: number, more: Record<string, unknown> = {}): { json: Record<string, unknown> } {
  const done = progress === 100;
  return {
    json: {
      job_id: JOB,
      titleEn: "Lanterns on the Water",
      status: done ? 30 : 0,
      status_name: done ? "COMPLETED" : "GENERATING",
      status_final: done,
      progress,
      ...more,
    },
  };
}

/** A job that failed. */
export function failed(more: Record<string, unknown> = {}): { json: Record<string, unknown> } {
  return job(61, { status: 10, status_name: "FAILED", status_final: true, ...more });
}

/** What awaiting a promise throws. */
export async function thrown(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
