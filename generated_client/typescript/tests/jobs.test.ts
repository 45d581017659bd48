/** Following jobs to their end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CancelledError,
  JobFailedError,
  NotFoundError,
  TemPolor,
  UnauthorizedError,
  UnexpectedAnswerError,
  WaitTimeoutError,
} from "tempolor-client";
import {
  Clock,
  clientOf,
  drop,
  failed,
  Hostile,
  JOB,
  job,
  OTHER_JOB,
  PATH,
  silence,
  TOKEN,
  thrown,
} from "./helpers.js";

const SONG = `POST ${PATH}/music/song`;
const MUSIC = `GET ${PATH}/music/${JOB}`;
const OTHER = `GET ${PATH}/music/${OTHER_JOB}`;
const both = { json: { result: true, itemIds: [], jobs: [JOB, OTHER_JOB], remainNum: 7 } };

test("an order is waited for, however many jobs it has", async () => {
  await using server = await Hostile.start();
  server
    .on(SONG, both)
    .on(MUSIC, job(0), job(50), job(100))
    .on(OTHER, job(100, { job_id: OTHER_JOB }));

  const tracks = await clientOf(server).songs.createAndWait({ prompt: "x" });

  assert.deepEqual(
    tracks.map((track) => track.id),
    [JOB, OTHER_JOB],
  );
  assert.equal(tracks[0].title, "Lanterns on the Water");
});

test("a single job is as good as two", async () => {
  await using server = await Hostile.start();
  server.on(`POST ${PATH}/music/instrumental`, { json: { jobs: [JOB] } }).on(MUSIC, job(100));

  assert.equal((await clientOf(server).instrumentals.createAndWait({ prompt: "x", bpm: 90 })).length, 1);
});

test("the answer to the order is kept, and its ids are told at once", async () => {
  await using server = await Hostile.start();
  server.on(SONG, both).on(MUSIC, failed()).on(OTHER, failed());
  let ids: string[] = [];

  await thrown(
    clientOf(server).songs.createAndWait(
      { prompt: "x" },
      {
        onCreated: (order) => {
          ids = order.jobIds;
          assert.equal(order.answer.remainNum, 7);
        },
      },
    ),
  );

  assert.deepEqual(ids, [JOB, OTHER_JOB]);
});

test("progress is told after each look", async () => {
  await using server = await Hostile.start();
  server.on(MUSIC, job(0), job(42), job(100));
  const told: [number, number][] = [];

  await clientOf(server).music.wait(JOB, {
    interval: 2000,
    onProgress: ({ progress, waited }) => told.push([progress, waited]),
  });

  assert.deepEqual(told, [
    [0, 0],
    [42, 2000],
    [100, 4000],
  ]);
});

test("a job that fails throws, with the job and its id", async () => {
  await using server = await Hostile.start();
  server.on(MUSIC, failed({ error: "generation failed" }));

  const error = await thrown(clientOf(server).music.wait(JOB));

  assert.ok(error instanceof JobFailedError);
  assert.equal(error.item.progress, 61);
  assert.ok(error.message.includes("FAILED: generation failed") && error.message.includes(JOB));
});

test("when one of two fails, the other is waited for and named", async () => {
  await using server = await Hostile.start();
  server
    .on(SONG, both)
    .on(MUSIC, failed())
    .on(OTHER, job(5), job(100, { job_id: OTHER_JOB }));

  const error = await thrown(clientOf(server).songs.createAndWait({ prompt: "x" }));

  assert.ok(error instanceof JobFailedError);
  assert.deepEqual(error.jobIds, [JOB]);
  assert.deepEqual(
    error.completed.map((item) => item.job_id),
    [OTHER_JOB],
  );
});

test("a wait that takes too long names the jobs, and can be taken up by their ids", async () => {
  await using server = await Hostile.start();
  server.on(SONG, both).on(MUSIC, job(10)).on(OTHER, job(100));
  const clock = new Clock();
  const client = clientOf(server, clock);

  const error = await thrown(client.songs.createAndWait({ prompt: "x" }, { timeout: 12_000 }));

  assert.ok(error instanceof WaitTimeoutError);
  assert.deepEqual(error.jobIds, [JOB, OTHER_JOB]);
  assert.deepEqual(
    error.last.map((item) => item?.progress),
    [10, 100],
  );
  assert.deepEqual(clock.slept, [5000, 5000, 2000]);
  assert.match(error.message, /after 12 seconds \(10 percent and 100 percent\).*client\.music\.wait/);
  server.on(MUSIC, job(100));
  assert.equal((await client.music.wait(error.jobIds[0] ?? "")).id, JOB);
});

test("a waiter survives 502s, dropped connections and a 429", async () => {
  await using server = await Hostile.start();
  const page = { status: 502, body: "<html>Bad gateway</html>" };
  server.on(
    MUSIC,
    page,
    page,
    page,
    page,
    page,
    drop,
    drop,
    { status: 429, json: {} },
    { body: "{" },
    job(1),
    drop,
    job(100),
  );
  const clock = new Clock();

  assert.equal((await clientOf(server, clock).music.wait(JOB)).id, JOB);
  assert.equal(clock.slept.filter((wait) => wait === 30_000).length, 1);
});

test("a waiter that never gets through says why", async () => {
  await using server = await Hostile.start();
  server.on(MUSIC, { status: 502 });

  const error = await thrown(clientOf(server).music.wait(JOB, { timeout: 10_000 }));

  assert.ok(error instanceof WaitTimeoutError);
  assert.match(String(error.cause), /502/);
});

test("a waiter gives up at once where waiting cannot help, with all ids", async () => {
  await using server = await Hostile.start();
  server
    .on(SONG, both)
    .on(MUSIC, { status: 401, json: { error: "Unauthorized", code: 401 } })
    .on(OTHER, silence);

  const error = await thrown(clientOf(server).songs.createAndWait({ prompt: "x" }));

  assert.ok(error instanceof UnauthorizedError);
  assert.deepEqual(error.jobIds, [JOB, OTHER_JOB]);
});

test("an unknown job is a 404 with its id", async () => {
  await using server = await Hostile.start();

  const error = await thrown(clientOf(server).music.wait(JOB));

  assert.ok(error instanceof NotFoundError);
  assert.equal(error.jobId, JOB);
});

test("unknown fields and statuses are lived with", async () => {
  await using server = await Hostile.start();
  server.on(
    MUSIC,
    job(3, { status: 5, status_name: "QUEUED", later: { x: [1] } }),
    job(9, { status_name: undefined }),
    job(100, { later: 1 }),
  );
  const seen: unknown[] = [];

  const track = await clientOf(server).music.wait(JOB, { onProgress: ({ item }) => seen.push(item.status_name) });

  assert.deepEqual(seen, ["QUEUED", undefined, "COMPLETED"]);
  assert.equal((track.item as Record<string, unknown>).later, 1);
});

test("a final status nobody knows is not taken for success", async () => {
  await using server = await Hostile.start();
  server.on(MUSIC, job(99, { status: 40, status_name: "EXPIRED", status_final: true }));

  assert.match(String(await thrown(clientOf(server).music.wait(JOB))), /ended as EXPIRED/);
});

test("an answer without status_final is judged by its status", async () => {
  await using server = await Hostile.start();
  server.on(MUSIC, { json: { status: 0 } }, { json: { status: 30 } });

  assert.equal((await clientOf(server).music.wait(JOB)).id, JOB);
});

for (const json of [{ jobs: [] }, { jobs: "x" }, { jobs: [1] }, {}, [], null]) {
  test(`an order answered with ${JSON.stringify(json)} is an error that keeps the answer`, async () => {
    await using server = await Hostile.start();
    server.on(SONG, { json });

    const error = await thrown(clientOf(server).songs.create({ prompt: "x" }));

    assert.ok(error instanceof UnexpectedAnswerError);
    assert.equal(error.text, JSON.stringify(json));
  });
}

test("100 concurrent waits share a few connections", async () => {
  await using server = await Hostile.start();
  server.on("*", job(10), ...Array.from({ length: 250 }, () => job(10)), job(100));
  const clock = new Clock();
  const client = clientOf(server, clock, { sleep: () => clock.sleep(1) });
  const ids = Array.from({ length: 100 }, (_, n) => `user:1-tempolor:2-job:${n}`);

  await Promise.all(ids.map((id) => client.music.wait(id)));

  assert.ok(server.lines.length > 250);
  // A socket returns to the pool a moment after its answer was read, so it can be a few more than calls at a time.
  assert.ok(server.connections <= 40, `${server.connections} connections`);
});

test("cancelling a wait leaves nothing open and sends nothing more", async () => {
  await using server = await Hostile.start();
  server.on(SONG, both).on(MUSIC, job(1)).on(OTHER, silence);
  const stop = new AbortController();
  // With real timers, to see that they are taken back.
  const client = new TemPolor({ token: TOKEN, baseUrl: server.url });
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();

  const error = await thrown(
    client.songs.createAndWait(
      { prompt: "x" },
      {
        signal: stop.signal,
        onProgress: () => setImmediate(() => stop.abort(new Error("enough"))),
      },
    ),
  );
  const sent = server.lines.length;

  assert.ok(error instanceof CancelledError);
  assert.deepEqual(error.jobIds, [JOB, OTHER_JOB]);
  assert.equal((error.cause as Error).message, "enough");
  await until(() => server.open === 0);
  assert.ok(timers() <= before + 2, "only the pool's own timers may be left");
  assert.equal(server.lines.length, sent);
});

/** Gives the sockets a few turns of the loop. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !condition(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(condition());
}
