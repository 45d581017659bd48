/** Files on their way to the service. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  BadRequestError,
  BodyTooLargeError,
  InvalidArgumentError,
  NotReadyError,
  type UploadSource,
} from "tempolor-client";
import { FileError, fromPath } from "tempolor-client/node";
import { Clock, clientOf, Hostile, PATH, type Reply, silence, thrown } from "./helpers.js";

const CLONE = `POST ${PATH}/music/cloned-voices`;
const MIDI = `POST ${PATH}/music/midi`;
const SPLIT = `POST ${PATH}/music/stems-splitter`;
const VOICE = "user:12345-tempolor:204816357-voice:b41e7c90d2f6a35";
const ready = { json: { result: true, clonedVoiceItemId: VOICE } };
const busy: Reply = { status: 429, json: { error: "Account is busy executing 1 jobs", code: 429 } };
const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n * 7);

const folder = await mkdtemp(join(tmpdir(), "tempolor-client-"));
after(() => rm(folder, { recursive: true }));

async function onDisk(name: string, content: Uint8Array = bytes): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const sources: [string, () => UploadSource | Promise<UploadSource>][] = [
  ["a Blob", () => new Blob([bytes])],
  ["a File", () => new File([bytes], "x.wav")],
  ["a Uint8Array", () => bytes],
  ["a Buffer", () => Buffer.from(bytes)],
  ["an ArrayBuffer", () => bytes.buffer],
  ["a stream", () => new Blob([bytes]).stream()],
  ["a path", async () => fromPath(await onDisk("x.wav"))],
];

for (const [title, source] of sources) {
  test(`${title} is sent as it is, and a second try sends all of it again`, async () => {
    await using server = await Hostile.start();
    server.on(CLONE, busy, busy, ready);

    await clientOf(server).voices.clone(await source(), { name: "Evening Alto", contentType: "audio/wav" });

    assert.equal(server.lines.length, 3);
    for (const seen of server.seen) {
      assert.deepEqual(seen.body, Buffer.from(bytes));
      assert.equal(seen.headers["content-type"], "audio/wav");
      assert.equal(seen.headers["content-length"], String(bytes.length));
    }
    assert.equal(server.lines[0], `${CLONE}?name=Evening%20Alto`);
  });
}

const head = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

for (const [title, source, type] of [
  ["a name ending in .mp3", new File([bytes], "a.b.MP3"), "audio/mpeg"],
  ["a name ending in .m4a", new File([bytes], "a.m4a"), "audio/mp4"],
  ["a name ending in .flac", new File([bytes], "a.flac"), "audio/flac"],
  ["a type with parameters", new Blob([bytes], { type: "Audio/X-FLAC; rate=1" }), "audio/x-flac"],
  ["a type by another name", new Blob([bytes], { type: "audio/x-wav" }), "audio/wav"],
  ["the first bytes of an mp3 with tags", head("ID3\u0004 and more"), "audio/mpeg"],
  ["the first bytes of an mp3 without", head("\u00ff\u00fb\u0090d and more"), "audio/mpeg"],
  ["the first bytes of a wav", head("RIFF1234WAVEfmt "), "audio/wav"],
  ["the first bytes of an m4a", head("\u0000\u0000\u0000 ftypM4A "), "audio/mp4"],
  ["the first bytes of a flac", head("fLaC and more"), "audio/flac"],
  ["a wrong type, but a good name", new File([bytes], "a.wav", { type: "application/octet-stream" }), "audio/wav"],
] as const) {
  test(`the media type comes from ${title}`, async () => {
    await using server = await Hostile.start();
    server.on(CLONE, ready);

    await clientOf(server).voices.clone(source, { name: "x" });

    assert.equal(server.seen[0]?.headers["content-type"], type);
  });
}

test("a MIDI file is known by its first bytes, and named after its file", async () => {
  await using server = await Hostile.start();
  server.on(MIDI, { json: { midiRenderVO: { midiItemId: "m" } } });

  await clientOf(server).midi.upload(new File([head("MThd\u0000")], "harbour theme.v2.mid"), { user_id: "2" });

  assert.equal(server.lines[0], `${MIDI}?user_id=2&name=harbour%20theme.v2`);
  assert.equal(server.seen[0]?.headers["content-type"], "audio/midi");
});

test("a file of unknown kind is refused before anything is sent", async () => {
  await using server = await Hostile.start();

  const error = await thrown(clientOf(server).stems.split(new File([bytes], "notes.txt", { type: "text/plain" })));

  assert.ok(error instanceof InvalidArgumentError);
  assert.match(error.message, /contentType, one of audio\/mpeg/);
  assert.deepEqual(server.lines, []);
});

test("a nameless file is refused where the service wants a name", async () => {
  await using server = await Hostile.start();

  assert.match(String(await thrown(clientOf(server).voices.clone(head("fLaC")))), /Pass name/);
  assert.deepEqual(server.lines, []);
});

test("what is no file is refused, with a word on paths", async () => {
  await using server = await Hostile.start();

  assert.match(String(await thrown(clientOf(server).stems.split("x.wav" as unknown as Blob))), /fromPath/);
});

test("a stream that somebody else reads is refused", async () => {
  await using server = await Hostile.start();
  const stream = new Blob([bytes]).stream();
  stream.getReader();

  assert.ok((await thrown(clientOf(server).stems.split(stream))) instanceof InvalidArgumentError);
});

for (const [title, path, pattern] of [
  ["a missing file", join(folder, "none.wav"), /Cannot read .*none\.wav: there is no such file.*Nothing was sent/],
  ["a folder", folder, /it is a folder/],
] as const) {
  test(`${title} cannot be read, and the message says so`, async () => {
    const error = await thrown(fromPath(path));

    assert.ok(error instanceof FileError);
    assert.match(error.message, pattern);
    assert.equal(error.path, path);
  });
}

for (const contentType of ["audio/wav", undefined]) {
  test(`a file that changes after it was opened is not half sent, with contentType ${contentType}`, async () => {
    await using server = await Hostile.start();
    server.on(SPLIT, { json: {} });
    const path = await onDisk("changing");
    const file = await fromPath(path);
    await writeFile(path, "something else");

    const error = await thrown(clientOf(server).stems.split(file, contentType ? { contentType } : {}));

    assert.ok(error instanceof InvalidArgumentError, String(error));
    assert.match(error.message, /has changed, or is gone/);
  });
}

test("an upload that timed out is not sent again", async () => {
  await using server = await Hostile.start();
  server.on(SPLIT, silence);

  await thrown(clientOf(server).stems.split(bytes, { contentType: "audio/wav" }, { timeout: 50 }));

  assert.equal(server.lines.length, 1);
});

test("an empty or a too large file is refused by the service in words that help", async () => {
  await using server = await Hostile.start();
  server.on(
    SPLIT,
    { status: 400, json: { error: "Empty file received", code: 400 } },
    { status: 413, json: { error: "Request body is too large", code: 413 } },
  );
  const client = clientOf(server);

  const empty = await thrown(client.stems.split(new Uint8Array(), { contentType: "audio/wav" }));
  const large = await thrown(client.stems.split(bytes, { contentType: "audio/wav" }));

  assert.ok(empty instanceof BadRequestError && /has no content/.test(empty.message));
  assert.equal(empty.request.body, "0 bytes of audio/wav");
  assert.ok(large instanceof BodyTooLargeError && /shorter or more compressed file/.test(large.message));
});

test("stems are fetched from where the answer says, and never asked for again", async () => {
  await using server = await Hostile.start();
  server
    .on(SPLIT, { json: { state: 2, stemsZipUrl: `${server.url}/zip?k=1` } })
    .on("GET /zip", { body: "PK" }, { status: 403 });

  const stems = await clientOf(server).stems.split(bytes, { contentType: "audio/wav" });

  assert.equal(Buffer.from(await stems.download().bytes()).toString(), "PK");
  assert.match(String(await thrown(stems.download().bytes())), /expired.*Repeat the call/);
  assert.equal(server.seen[1]?.headers.authorization, undefined);
});

test("stems that are not ready say so", async () => {
  await using server = await Hostile.start();
  server.on(SPLIT, { json: { state: 1 } });

  const stems = await clientOf(server).stems.split(bytes, { contentType: "audio/wav" });

  assert.throws(() => stems.download(), NotReadyError);
});

test("a voice that is cloned later is waited for in the list", async () => {
  await using server = await Hostile.start();
  const list = (status: number) => ({ json: { records: [{ clonedVoiceItemId: VOICE, status }], hasNext: false } });
  server.on(CLONE, { status: 202, json: { clonedVoiceItemId: VOICE, message: "still processing" } });
  server.on(
    `GET ${PATH}/music/cloned-voices`,
    list(0),
    { status: 502 },
    { status: 502 },
    { status: 502 },
    { status: 502 },
    list(0),
    list(30),
  );
  const client = clientOf(server, new Clock());

  const voice = await client.voices.clone(bytes, { name: "x", contentType: "audio/wav" });
  const done = await client.voices.waitUntilReady(voice.clonedVoiceItemId ?? "");

  assert.equal(voice.result, undefined);
  assert.equal(done.status, 30);
  assert.equal(server.lines[1], `GET ${PATH}/music/cloned-voices?user_id=204816357`);
});

test("an outage does not end the wait for a voice: the next look stands for the retries", async () => {
  await using server = await Hostile.start();
  server.on(
    `GET ${PATH}/music/cloned-voices`,
    { status: 503, json: { error: "down" } },
    { status: 500, json: { error: "x" } },
    { json: { records: [{ clonedVoiceItemId: VOICE, status: 30 }] } },
  );
  const clock = new Clock();

  const done = await clientOf(server, clock).voices.waitUntilReady(VOICE);

  assert.equal(done.status, 30);
  assert.equal(server.lines.length, 3);
});

test("a voice that cannot be cloned, or takes too long, says so with its id", async () => {
  await using server = await Hostile.start();
  server.on(
    `GET ${PATH}/music/cloned-voices`,
    { json: { records: [] } },
    { json: { records: [{ clonedVoiceItemId: VOICE, status: 10 }] } },
  );
  const client = clientOf(server);

  const failed = await thrown(client.voices.waitUntilReady(VOICE));
  server.on(`GET ${PATH}/music/cloned-voices`, { json: {} });
  const late = await thrown(client.voices.waitUntilReady(VOICE, { timeout: 20_000 }));

  assert.match(String(failed), new RegExp(`${VOICE} has failed`));
  assert.match(String(late), new RegExp(`${VOICE} is not ready after 20 seconds`));
});
