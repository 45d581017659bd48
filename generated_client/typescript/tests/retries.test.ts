/** When a call is sent again, and when never. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AccountBusyError,
  AccountSessionError,
  type BusyEvent,
  CancelledError,
  ConnectionError,
  ServerError,
  TimeoutError,
  UnexpectedAnswerError,
} from "tempolor-client";
import { Clock, clientOf, drop, Hostile, JOB, job, PATH, type Reply, silence, thrown } from "./helpers.js";

const SONG = `POST ${PATH}/music/song`;
const MUSIC = `GET ${PATH}/music/${JOB}`;
const taken = { json: { jobs: [JOB] } };
const running = { "2": [{ user_id: "2", job_id: JOB, started: 1 }] };
const busy = (headers = {}): Reply => ({
  status: 429,
  json: { error: "Account is busy executing 1 jobs", runningJobs: running, code: 429 },
  headers,
});
const page = { status: 502, body: "<html><h1>Bad gateway</h1></html>", headers: { "Content-Type": "text/html" } };

for (const [title, headers, wait] of [
  ["without Retry-After, half a minute", {}, 30_000],
  ["with a shorter Retry-After, half a minute", { "Retry-After": "2" }, 30_000],
  ["with a longer Retry-After, as long as it says", { "Retry-After": "45" }, 45_000],
  ["with a date as Retry-After, until then", { "Retry-After": new Date(1_747_732_060_000).toUTCString() }, 60_000],
  ["with a Retry-After nobody understands, half a minute", { "Retry-After": "soon" }, 30_000],
] as const) {
  test(`a busy account is waited for: ${title}`, async () => {
    await using server = await Hostile.start();
    server.on(SONG, busy(headers), taken);
    const clock = new Clock();

    await clientOf(server, clock).songs.create({ prompt: "x" });

    assert.deepEqual(clock.slept, [wait]);
    assert.deepEqual(server.seen[1]?.body, server.seen[0]?.body);
  });
}

test("the wait for a busy account has jitter", async () => {
  await using server = await Hostile.start();
  server.on(SONG, busy(), taken);
  const clock = new Clock();

  await clientOf(server, clock, { random: () => 0.5 }).songs.create({ prompt: "x" });

  assert.deepEqual(clock.slept, [32_500]);
});

test("waiting for a busy account has a budget of its own", async () => {
  await using server = await Hostile.start();
  server.on(SONG, busy());
  const clock = new Clock();

  const error = await thrown(
    clientOf(server, clock, { maxRetries: 0 }).songs.create({ prompt: "x" }, { busyTimeout: 100_000 }),
  );

  assert.ok(error instanceof AccountBusyError);
  assert.deepEqual(clock.slept, [30_000, 30_000, 30_000]);
  assert.deepEqual(error.runningJobs, running);
  assert.equal(error.request.attempts, 4);
  assert.match(error.message, /busyTimeout/);
});

test("onBusy is told, and can end the waiting", async () => {
  await using server = await Hostile.start();
  server.on(SONG, busy());
  const told: BusyEvent[] = [];
  const onBusy = (event: BusyEvent) => {
    told.push(event);
    return told.length < 2;
  };

  const error = await thrown(clientOf(server).songs.create({ prompt: "x" }, { onBusy }));

  assert.ok(error instanceof AccountBusyError);
  assert.deepEqual(
    told.map(({ wait, waited }) => [wait, waited]),
    [
      [30_000, 0],
      [30_000, 30_000],
    ],
  );
  assert.deepEqual(told[0]?.runningJobs, running);
});

test("TemPolor's own 429 has no running jobs", async () => {
  await using server = await Hostile.start();
  server.on(SONG, { status: 429, json: { error: "please wait for current Generations to finish", code: 429 } });

  const error = await thrown(clientOf(server).songs.create({ prompt: "x" }, { busyTimeout: 0 }));

  assert.ok(error instanceof AccountBusyError);
  assert.equal(error.runningJobs, undefined);
});

for (const [title, reply, kind] of [
  ["5xx", { status: 500, json: { error: "oops", code: 500 } }, ServerError],
  ["a gateway's page", page, ServerError],
  ["596", { status: 596, json: { error: "session", code: 596 } }, AccountSessionError],
  ["a dropped connection", drop, ConnectionError],
  ["an answer that is not JSON", { body: "<html>ok</html>" }, UnexpectedAnswerError],
  ["an answer without jobs", { json: { result: true } }, UnexpectedAnswerError],
] as const) {
  test(`a POST is not sent again after ${title}, and the message says what to look at`, async () => {
    await using server = await Hostile.start();
    server.on(SONG, reply, taken);

    const error = await thrown(clientOf(server).songs.create({ prompt: "x" }));

    assert.ok(error instanceof kind);
    assert.equal(server.lines.length, 1);
    assert.match(
      String(error),
      kind === AccountSessionError ? /Log in to TemPolor with a browser/ : /client\.scheduler\.running\(\)/,
    );
  });
}

test("a POST that timed out is not sent again", async () => {
  await using server = await Hostile.start();
  server.on(SONG, silence, taken);

  const error = await thrown(clientOf(server).songs.create({ prompt: "x" }, { timeout: 40 }));

  assert.ok(error instanceof TimeoutError);
  assert.match(error.message, /It may have been taken/);
  assert.equal(error.request?.operation, "create_song");
  assert.equal(server.lines.length, 1);
});

test("a POST that never reached anything is sent again", async () => {
  await using server = await Hostile.start();
  server.on(SONG, taken);
  const gone = await Hostile.start();
  await gone.close();
  const refused = await thrown(fetch(gone.url));
  let tries = 0;
  const fetching: typeof fetch = (...sending) => {
    tries += 1;
    return tries === 1 ? Promise.reject(refused) : fetch(...sending);
  };

  await clientOf(server, undefined, { fetch: fetching }).songs.create({ prompt: "x" });

  assert.equal(tries, 2);
  assert.equal(server.lines.length, 1);
});

test("where nothing listens, the message says so after some tries", async () => {
  const gone = await Hostile.start();
  const { url } = gone;
  await gone.close();
  const clock = new Clock();

  const error = await thrown(clientOf({ url }, clock).songs.create({ prompt: "x" }));

  assert.ok(error instanceof ConnectionError && error.refused);
  assert.match(error.message, /ECONNREFUSED.*Nothing was sent.*baseUrl/);
  assert.equal(clock.slept.length, 4);
});

for (const [title, reply] of [
  ["a gateway's page", page],
  ["a dropped connection", drop],
  ["an answer that is not JSON", { body: "<html>ok</html>" }],
  ["an empty answer", { body: "" }],
  [
    "half an answer",
    (response) => response.writeHead(200, { "Content-Length": 100 }).write("{", () => response.destroy()),
  ],
] as const satisfies readonly (readonly [string, Reply])[]) {
  test(`a GET is sent again after ${title}`, async () => {
    await using server = await Hostile.start();
    server.on(MUSIC, reply, reply, job(42));
    const clock = new Clock();

    assert.equal((await clientOf(server, clock).music.get(JOB)).progress, 42);
    assert.deepEqual(clock.slept, [250, 500]);
  });
}

test("a GET that timed out is sent again", async () => {
  await using server = await Hostile.start();
  server.on(MUSIC, silence, job(42));

  assert.equal((await clientOf(server).music.get(JOB, { timeout: 40 })).progress, 42);
});

test("a GET is not sent again for ever", async () => {
  await using server = await Hostile.start();
  server.on(MUSIC, page);

  const error = await thrown(clientOf(server).music.get(JOB, { maxRetries: 2 }));

  assert.ok(error instanceof ServerError);
  assert.equal(server.lines.length, 3);
  assert.deepEqual(error.jobIds, [JOB]);
  assert.match(error.message, /something other than the service \(text\/html\): Bad gateway/);
});

test("a DELETE is sent again, and a 404 then may mean that the first one did it", async () => {
  await using server = await Hostile.start();
  server.on(`DELETE ${PATH}/music/${JOB}`, drop, {
    status: 404,
    json: { error: `No record found for ${JOB}`, code: 404 },
  });

  assert.match(
    String(await thrown(clientOf(server).music.delete(JOB))),
    /An earlier attempt got no answer, and may have done it/,
  );
});

test("an answer of 503 is waited out as it asks", async () => {
  await using server = await Hostile.start();
  server.on(MUSIC, { status: 503, headers: { "Retry-After": "7" } }, job(1));
  const clock = new Clock();

  await clientOf(server, clock).music.get(JOB);

  assert.deepEqual(clock.slept, [7000]);
});

test("a call can be cancelled while it waits for a busy account", async () => {
  await using server = await Hostile.start();
  server.on(SONG, busy());
  const stop = new AbortController();
  const sleep = () => new Promise<void>(() => stop.abort());

  const error = await thrown(
    clientOf(server, undefined, { sleep }).songs.create({ prompt: "x" }, { signal: stop.signal }),
  );

  assert.ok(error instanceof CancelledError);
  assert.equal(error.name, "AbortError");
  assert.equal(server.lines.length, 1);
});

test("a call that is cancelled before it starts sends nothing", async () => {
  await using server = await Hostile.start();

  const error = await thrown(clientOf(server).music.get(JOB, { signal: AbortSignal.abort("no") }));

  assert.ok(error instanceof CancelledError);
  assert.equal(error.cause, "no");
  assert.deepEqual(server.lines, []);
});
