/** Time that is given back. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { ROOT, thrown } from "./helpers.js";

interface Timing {
  sleepWithTimer: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  Deadline: new (
    limit: number,
    outer: AbortSignal,
  ) => { run: <T>(step: () => Promise<T>) => Promise<T>; close: () => void; timedOut: boolean };
  Gate: new (places: number) => { through: <T>(step: () => Promise<T>, signal?: AbortSignal) => Promise<T> };
}

const { sleepWithTimer, Deadline, Gate } = (await import(new URL("dist/timing.js", ROOT).href)) as Timing;

const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

test("a sleep that is cancelled takes its timer back", async () => {
  const before = timers();
  const stop = new AbortController();

  const sleeping = thrown(sleepWithTimer(60_000, stop.signal));
  const during = timers();
  stop.abort("enough");

  assert.equal(await sleeping, "enough");
  assert.deepEqual([during, timers()], [before + 1, before]);
});

test("a sleep that ends lets go of the signal", async () => {
  const { signal } = new AbortController();

  await sleepWithTimer(0, signal);

  assert.equal(listeners(signal), 0);
});

test("a deadline that is closed lets go of the signal and of its timer", async () => {
  const before = timers();
  const { signal } = new AbortController();
  const deadline = new Deadline(60_000, signal);

  assert.equal(await deadline.run(async () => 7), 7);
  deadline.close();

  assert.deepEqual([listeners(signal), timers(), deadline.timedOut], [0, before, false]);
});

test("a gate lets so many in at a time, in order, and forgets those who give up", async () => {
  const gate = new Gate(1);
  const stop = new AbortController();
  const order: number[] = [];
  let open = (): void => {};
  const first = gate.through(
    () =>
      new Promise<void>((resolve) => {
        open = resolve;
      }),
  );
  const second = thrown(gate.through(async () => order.push(2), stop.signal));
  const third = gate.through(async () => order.push(3));
  const fourth = gate.through(async () => order.push(4));

  await new Promise((resolve) => setImmediate(resolve));
  stop.abort("no");
  open();
  await Promise.all([first, third, fourth]);

  assert.equal(await second, "no");
  assert.deepEqual(order, [3, 4]);
});
