/** Time: sleeping, deadlines, and a queue for short calls. */
import type { Sleep } from "./types.js";

/** The longest a timer can run; beyond it, timers fire at once. */
const LONGEST = 0x7fff_ffff;

/** Sleeps with a timer that is taken back when the signal fires. */
export const sleepWithTimer: Sleep = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const end = () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(end, Math.min(milliseconds, LONGEST));
    signal?.addEventListener("abort", stop, { once: true });
  });

/** One signal for two reasons: the caller's own signal, and a time limit that can be wound up and stopped. */
export class Deadline {
  /** True once the time limit was the reason. */
  timedOut = false;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limit: number, outer: AbortSignal | undefined) {
    this.#limit = limit;
    this.#outer = outer;
    if (outer?.aborted) this.#stop();
    else outer?.addEventListener("abort", this.#stop, { once: true });
  }

  /** Fires for either reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts the time limit anew for one step, and ends the step when the signal fires, whoever ignores the signal. */
  async run<T>(step: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    if (this.#limit <= LONGEST) this.#timer = setTimeout(this.#expire, this.#limit);
    let stop = (): void => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(this.signal.reason);
      this.signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([step(), stopped]);
    } finally {
      clearTimeout(this.#timer);
      this.signal.removeEventListener("abort", stop);
    }
  }

  /** Lets go of the caller's signal, and ends whatever still runs. */
  close(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#stop);
  }

  readonly #stop = (): void => this.#controller.abort(this.#outer?.reason);
  readonly #expire = (): void => {
    this.timedOut = true;
    this.#controller.abort(new DOMException("The time limit has passed", "TimeoutError"));
  };
}

/** Lets a number of callers in at a time, the others in the order they came. */
export class Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Runs a step as soon as there is a place. Gives up waiting when the signal fires. */
  async through<T>(step: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    await this.#enter(signal);
    try {
      return await step();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal?.reason);
      };
      this.#waiting.push(enter);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }
}
