/** What ordering songs and ordering instrumentals have in common. */
import { withoutQuery } from "../address.js";
import { Job, type JobCalls, Order, type Track, type WaitOptions } from "../jobs.js";
import { Paged } from "../pages.js";
import { Call, type CallOptions } from "../transport.js";
import type { AtLeastOne, MusicItem, MusicPage } from "../types.js";
import type { AccountChoice } from "./sending.js";

/** Options of an order that is waited for. */
export interface CreateAndWaitOptions extends WaitOptions {
  /** Told as soon as the order is taken: the moment to keep its job ids. */
  onCreated?: ((order: Order) => void) | undefined;
  /** Options of the order itself. Its signal is that of the wait, unless it has its own. */
  call?: CallOptions | undefined;
}

/** What songs and instrumentals have in common. */
export abstract class Orders<O> {
  readonly #calls: JobCalls;

  constructor(calls: JobCalls) {
    this.#calls = calls;
  }

  protected get calls(): JobCalls {
    return this.#calls;
  }

  /** Orders music and returns at once, with the jobs that make it. */
  abstract create(order: O, options?: CallOptions): Call<Order>;

  /** The account's music of this kind, newest first, running jobs included. */
  abstract list(choice?: AccountChoice, options?: CallOptions): Paged<MusicItem, MusicPage>;

  /**
   * Orders music and waits until all of it has completed.
   *
   * @throws JobFailedError if a job ends without music, WaitTimeoutError if it takes too long; both name the jobs.
   */
  async createAndWait(order: O, options: CreateAndWaitOptions = {}): Promise<AtLeastOne<Track>> {
    const { onCreated, call, ...wait } = options;
    const taken = await this.create(order, { signal: options.signal, ...call });
    onCreated?.(taken);
    return taken.wait(wait);
  }

  /** A job of before, by its id. */
  job(jobId: string): Job {
    return new Job(this.calls, jobId);
  }
}

/** The order as errors show it: the query of a `replyUrl` is often a key. */
export function withoutKeys<T extends { replyUrl?: string }>(order: T): T {
  return order.replyUrl?.includes("?") ? { ...order, replyUrl: `${withoutQuery(order.replyUrl)}?***` } : order;
}
