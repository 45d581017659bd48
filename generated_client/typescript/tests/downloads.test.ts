/** Files on their way from the file host. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { CancelledError, DownloadError, NotFoundError, NotReadyError } from "tempolor-client";
import { FileError, save } from "tempolor-client/node";
import { Clock, clientOf, cut, drop, failed, Hostile, JOB, job, PATH, type Reply, silence, thrown } from "./helpers.js";

const LINK = `GET ${PATH}/music/download/${JOB}`;
const MUSIC = `GET ${PATH}/music/${JOB}`;
const FILE = "GET /file.mp3";
const song = Uint8Array.from({ length: 200_000 }, (_, n) => n * 31);
const audio = { "Content-Type": "audio/mpeg" };

const root = await mkdtemp(join(tmpdir(), "tempolor-client-"));
after(() => rm(root, { recursive: true }));
let folder = "";
let target = "";
beforeEach(async () => {
  folder = await mkdtemp(join(root, "x"));
  target = join(folder, "song.mp3");
});

const files = () => readdir(folder);

/** An API and a file host of their own. */
async function hosts(...replies: Reply[]) {
  const api = await Hostile.start();
  const host = await Hostile.start();
  const clock = new Clock();
  let asked = 0;
  api.on(LINK, (response) => {
    asked += 1;
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ url: `${host.url}/file.mp3?auth_key=k${asked}`, remainSeconds: 60 }));
  });
  host.on(FILE, ...replies);
  return {
    api,
    host,
    clock,
    client: clientOf(api, clock, { headers: { "X-Secret": "s" } }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([api.close(), host.close()]);
    },
  };
}

const whole: Reply = { body: song, headers: audio };
/** Answers a range as asked, like a good file host. */
const ranged =
  (content: Uint8Array = song, headers: Record<string, string> = {}): Reply =>
  (response, request) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1]);
    const range = `bytes ${start}-${content.length - 1}/${content.length}`;
    response.writeHead(206, { ...audio, "Content-Range": range, ...headers });
    response.end(content.subarray(start));
  };

test("a file is saved under its own name, with progress", async () => {
  await using at = await hosts(whole);
  const told: number[] = [];

  const path = await save(at.client.music.download(JOB), target, {
    onProgress: ({ received, total }) => told.push(received / (total ?? 0)),
  });

  assert.equal(path, target);
  assert.deepEqual(await readFile(target), Buffer.from(song));
  assert.deepEqual(await files(), ["song.mp3"]);
  assert.equal(told.at(-1), 1);
});

test("the token and the headers for the service never go to the file host", async () => {
  await using at = await hosts({ status: 302, headers: { Location: "/moved" } });
  at.host.on("GET /moved", whole);

  await at.client.music.download(JOB).blob();

  assert.equal(at.host.seen.length, 2);
  for (const { headers } of at.host.seen) {
    assert.deepEqual(
      [headers.authorization, headers["x-secret"], headers.cookie, headers.referer],
      [undefined, undefined, undefined, undefined],
    );
  }
});

test("nothing is asked for before the file is wanted, and the format is passed on", async () => {
  await using at = await hosts(whole);

  const download = at.client.music.download(JOB, "stems");

  assert.deepEqual(at.api.lines, []);
  assert.match(await download.link(), /auth_key=k1/);
  assert.deepEqual(at.api.lines, [`${LINK}?file_format=stems`]);
});

test("a file comes as Blob with its type, as bytes, or as a stream", async () => {
  await using at = await hosts(whole);
  const download = at.client.music.download(JOB);

  const blob = await download.blob();

  assert.equal(blob.type, "audio/mpeg");
  assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), song);
  assert.deepEqual(await download.bytes(), song);
  assert.deepEqual(new Uint8Array(await new Response(download.stream()).arrayBuffer()), song);
});

test("leaving a stream early closes the connection", async () => {
  await using at = await hosts((response) => void response.writeHead(200, audio).write(song));
  const reader = at.client.music.download(JOB).stream().getReader();

  await reader.read();
  await reader.cancel();

  for (let turn = 0; turn < 500 && at.host.open > 0; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(at.host.open, 0);
});

test("a download that was cut goes on where it stopped", async () => {
  await using at = await hosts(cut(song, 70_000), ranged());

  await save(at.client.music.download(JOB), target);

  assert.match(at.host.seen[1]?.headers.range ?? "", /^bytes=[1-9]\d+-$/);
  assert.deepEqual(await readFile(target), Buffer.from(song));
  assert.equal(at.api.lines.length, 1);
});

test("a stream that was cut goes on too", async () => {
  await using at = await hosts(cut(song, 70_000), ranged());

  assert.deepEqual(new Uint8Array(await new Response(at.client.music.download(JOB).stream()).arrayBuffer()), song);
});

test("where the host knows no ranges, the file is fetched anew", async () => {
  await using at = await hosts(cut(song, 70_000), whole);

  await save(at.client.music.download(JOB), target);

  assert.deepEqual(await readFile(target), Buffer.from(song));
});

const other = song.map((byte) => byte ^ 0xff);

for (const [title, first, second] of [
  ["another length", cut(song, 70_000), ranged(other.subarray(1))],
  ["another ETag", cut(song, 70_000, { ETag: '"a"' }), ranged(other, { ETag: '"b"' })],
  ["another part than asked for", cut(song, 70_000), ranged(song, { "Content-Range": "bytes 0-199999/200000" })],
  ["a range that it no longer has", cut(song, 70_000), { status: 416 }],
] as const) {
  test(`a file is fetched anew where the host has ${title}`, async () => {
    await using at = await hosts(first, second, { body: other, headers: audio });

    await save(at.client.music.download(JOB), target);

    assert.deepEqual(await readFile(target), Buffer.from(other));
    assert.equal(at.host.seen[2]?.headers.range, undefined);
  });
}

test("a stream cannot start over, and says so", async () => {
  await using at = await hosts(cut(song, 70_000), whole);

  const error = await thrown(new Response(at.client.music.download(JOB).stream()).arrayBuffer());

  assert.match(String(error), /Open a new stream/);
});

for (const status of [401, 403, 404, 410]) {
  test(`a link that has expired with ${status} is asked for again`, async () => {
    await using at = await hosts({ status }, cut(song, 70_000), { status }, ranged());

    await save(at.client.music.download(JOB), target);

    assert.deepEqual(
      at.host.lines.map((line) => line.replace(/.*=/, "")),
      ["k1", "k2", "k2", "k3"],
    );
    assert.deepEqual(await readFile(target), Buffer.from(song));
  });
}

for (const [title, reply, pattern] of [
  ["keeps refusing", { status: 403 }, /expired \(403\)/],
  ["keeps failing", { status: 500 }, /answered with 500/],
  ["keeps dropping the connection", drop, /connection broke/],
  ["keeps cutting at the same place", cut(song, 70_000), /connection broke|after 70000 of 200000 bytes/],
  ["has an empty file", { body: "", headers: audio }, /is empty/],
  [
    "is a gateway with a page",
    { body: "<html>Sign in</html>", headers: { "Content-Type": "text/html; charset=utf-8" } },
    /a page came/,
  ],
] as const) {
  test(`a host that ${title} is given up, with the job's id and without a file`, async () => {
    await using at = await hosts(reply);

    const error = await thrown(save(at.client.music.download(JOB), target));

    assert.ok(error instanceof DownloadError);
    assert.match(error.message, pattern);
    assert.ok(error.message.includes(JOB));
    assert.deepEqual(await files(), []);
    assert.ok(at.host.lines.length <= 7);
  });
}

test("a host that falls silent is asked again", async () => {
  await using at = await hosts(
    silence,
    (response) => void response.writeHead(200, { ...audio, "Content-Length": song.length }).write(song.subarray(0, 10)),
    ranged(),
  );

  await save(at.client.music.download(JOB), target, { timeout: 60 });

  assert.deepEqual(await readFile(target), Buffer.from(song));
});

test("a download can be cancelled, and leaves no file", async () => {
  await using at = await hosts(
    (response) => void response.writeHead(200, { ...audio, "Content-Length": song.length }).write(song.subarray(0, 10)),
  );
  const stop = new AbortController();

  const error = await thrown(
    save(at.client.music.download(JOB), target, { signal: stop.signal, onProgress: () => stop.abort() }),
  );

  assert.ok(error instanceof CancelledError);
  assert.equal(error.jobId, JOB);
  assert.deepEqual(await files(), []);
});

test("an error in onProgress is the caller's own, and leaves no file", async () => {
  await using at = await hosts(whole);
  const mine = new Error("mine");
  const onProgress = () => {
    throw mine;
  };

  assert.equal(await thrown(save(at.client.music.download(JOB), target, { onProgress })), mine);
  assert.deepEqual(await files(), []);
});

test("a download that fails leaves the file of before alone", async () => {
  await using at = await hosts({ status: 500 });
  await writeFile(target, "old");

  await thrown(save(at.client.music.download(JOB), target));

  assert.equal(await readFile(target, "utf8"), "old");
});

test("a file that exists is replaced, unless that is not wanted", async () => {
  await using at = await hosts(whole);
  await writeFile(target, "old");

  const error = await thrown(save(at.client.music.download(JOB), target, { overwrite: false }));
  await save(at.client.music.download(JOB), target);

  assert.ok(error instanceof FileError && error.code === "EEXIST");
  assert.equal((await readFile(target)).length, song.length);
});

test("what an earlier run left half done is not built upon", async () => {
  await using at = await hosts(whole);
  await writeFile(`${target}.part`, "half of something else, and longer ".repeat(10_000));

  await save(at.client.music.download(JOB), target);

  assert.deepEqual(await readFile(target), Buffer.from(song));
  assert.deepEqual(await files(), ["song.mp3"]);
});

test("a path that cannot be written is refused before anything is asked for", async () => {
  await using at = await hosts(whole);
  await mkdir(join(folder, "taken"));

  for (const path of ["taken", "none/song.mp3"]) {
    const error = await thrown(save(at.client.music.download(JOB), join(folder, path)));
    assert.ok(error instanceof FileError && error.jobId === JOB, String(error));
  }
  assert.deepEqual(at.api.lines, []);
});

test("two downloads to one path do not write into each other", async () => {
  await using at = await hosts(whole);

  const [first, second] = await Promise.allSettled([1, 2].map(() => save(at.client.music.download(JOB), target)));

  assert.equal(first?.status, "fulfilled");
  assert.match(String(second?.status === "rejected" && second.reason), /being saved already/);
  assert.deepEqual(await readFile(target), Buffer.from(song));
});

test(
  "a full disk is said to be full, with the job's id",
  {
    skip: process.platform !== "linux" && "needs /dev/full",
  },
  async () => {
    await using at = await hosts(whole);
    await symlink("/dev/full", `${target}.part`);

    const error = await thrown(save(at.client.music.download(JOB), target));

    assert.ok(error instanceof FileError);
    assert.equal(error.code, "ENOSPC");
    assert.match(error.message, /the disk is full; free some space.*save it again later/);
    assert.ok(error.message.includes(JOB));
    assert.deepEqual(await files(), []);
  },
);

const notYet: Reply = { status: 404, json: { error: `No record found for ${JOB}`, code: 404 } };

test("the 404 right after COMPLETED means not yet", async () => {
  await using at = await hosts(whole);
  at.api.on(MUSIC, job(100)).on(LINK, notYet, notYet, { json: { url: `${at.host.url}/file.mp3` } });

  const track = await at.client.music.wait(JOB);
  await save(track.download("mp3"), target);

  assert.deepEqual(at.clock.slept, [2000, 2000]);
  assert.deepEqual(at.api.lines, [MUSIC, ...Array(3).fill(`${LINK}?file_format=mp3`)]);
});

test("without knowing, a 404 is looked into: a completed job is waited for", async () => {
  await using at = await hosts(whole);
  at.api.on(MUSIC, job(100)).on(LINK, notYet, { json: { url: `${at.host.url}/file.mp3` } });

  await at.client.music.download(JOB).blob();

  assert.deepEqual(at.api.lines, [LINK, MUSIC, LINK]);
});

test("without knowing, a 404 is looked into: an unknown job is a 404", async () => {
  await using at = await hosts(whole);
  at.api.on(LINK, notYet);

  const error = await thrown(at.client.music.download(JOB).blob());

  assert.ok(error instanceof NotFoundError);
  assert.equal(error.jobId, JOB);
  assert.deepEqual(at.clock.slept, []);
});

test("a file that never appears is given up, with the job's id", async () => {
  await using at = await hosts(whole);
  at.api.on(MUSIC, job(100)).on(LINK, notYet);

  const error = await thrown(at.client.music.download(JOB, { readyTimeout: 10_000 }).blob());

  assert.ok(error instanceof NotReadyError);
  assert.equal(error.jobId, JOB);
  assert.deepEqual(at.clock.slept, [2000, 2000, 2000, 2000, 2000]);
});

for (const [title, status, item, pattern] of [
  ["unfinished", 0, job(42), /not completed yet \(0\)\. Wait for the job first/],
  ["failed", 10, failed(), /not completed yet \(10\)\. The job has failed/],
] as const) {
  test(`the file of a job that is ${title} is refused with what to do`, async () => {
    await using at = await hosts(whole);
    at.api
      .on(MUSIC, item)
      .on(LINK, { status: 400, json: { error: `Generation is not completed yet (${status})`, code: 400 } });

    assert.match(String(await thrown(at.client.music.download(JOB).blob())), pattern);
  });
}

for (const url of ["", 7, "ftp://x/y", "javascript:1"]) {
  test(`a link to ${JSON.stringify(url)} is not followed`, async () => {
    await using at = await hosts(whole);
    at.api.on(LINK, { json: { url } });

    assert.match(String(await thrown(at.client.music.download(JOB).blob())), /download_music was answered with 200/);
  });
}

test("a file an answer names can be fetched too", async () => {
  await using at = await hosts(whole);

  assert.equal((await at.client.file(`${at.host.url}/file.mp3`).bytes()).length, song.length);
  assert.throws(() => at.client.file("ftp://x"), /storage keys/);
});

test("the log shows the download without its signature", async () => {
  await using at = await hosts(whole);
  const said: unknown[] = [];

  await clientOf(at.api, undefined, { log: (event) => said.push(event) })
    .music.download(JOB)
    .blob();

  assert.equal(said.length, 4);
  assert.doesNotMatch(JSON.stringify(said), /auth_key/);
});
