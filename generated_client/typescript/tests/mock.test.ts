/** The same client against the mock server: a whole story each, in virtual time. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  AccountBusyError,
  BadRequestError,
  NotFoundError,
  SourceMissingError,
  TemPolor,
  type TemPolorOptions,
  UnauthorizedError,
} from "tempolor-client";
import { save } from "tempolor-client/node";
import { ROOT, thrown } from "./helpers.js";
import { Mock, skip } from "./mock.js";

let mock: Mock;
let folder = "";
let worlds = 0;

before(async () => {
  if (skip) return;
  mock = await Mock.start("--frozen");
  folder = await mkdtemp(join(tmpdir(), "tempolor-client-"));
});
after(async () => {
  if (skip) return;
  await mock[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** A client in a world of its own, where sleeping moves the mock's clock. */
function client(options: TemPolorOptions = {}): TemPolor {
  worlds += 1;
  const token = `user:${worlds}-typescript`;
  let time = Date.now();
  return new TemPolor({
    token,
    baseUrl: mock.url,
    now: () => time,
    sleep: async (milliseconds) => {
      time += milliseconds;
      await mock.advance(token, milliseconds);
    },
    ...options,
  });
}

/** A second of a tone, as a wav file. */
function recording(): Uint8Array {
  const rate = 8000;
  const wav = Buffer.alloc(44 + 2 * rate);
  wav.write("RIFF");
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(2 * rate, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(2 * rate, 40);
  for (let n = 0; n < rate; n += 1) wav.writeInt16LE(Math.round(8000 * Math.sin(n / 3)), 44 + 2 * n);
  return wav;
}

const account = { requestParams: { user_id: "204816357" } };

test("a song, from the order to the file", { skip }, async () => {
  const tempolor = client();
  await tempolor.accounts.create(account);
  const progress: number[] = [];

  const tracks = await tempolor.songs.createAndWait(
    { prompt: "A harbour ballad", lyrics: "Lanterns on the water" },
    { onProgress: (seen) => progress.push(seen.progress) },
  );
  const path = await save(tracks[0].download("mp3"), join(folder, "song.mp3"));

  assert.equal(progress.at(-1), 100);
  const bytes = await readFile(path);
  assert.ok(bytes.length > 10_000);
  assert.ok(bytes.subarray(0, 3).toString() === "ID3" || bytes[0] === 0xff);
  assert.deepEqual(
    (await tempolor.songs.list().toArray()).map((item) => item.job_id).sort(),
    tracks.map((track) => track.id).sort(),
  );
  assert.equal((await tracks[0].delete()).result, true);
  assert.ok((await thrown(tempolor.music.get(tracks[0].id))) instanceof NotFoundError);
});

test("an instrumental, taken up again by its id", { skip }, async () => {
  const tempolor = client();
  await tempolor.accounts.create(account);
  const order = await tempolor.instrumentals.create({
    prompt: "A dinner loop",
    tonality: "D:minor",
    bpm: 84,
    chords: "Dm Bb F C",
  });

  const track = await tempolor.music.wait(order.jobIds[0]);

  assert.equal(track.item.musicMaterial?.bpm, 84);
  assert.equal((await tempolor.instrumentals.list().toArray()).length, order.jobs.length);
});

test("a busy account is waited for until it has room", { skip }, async () => {
  const waits: number[] = [];
  const tempolor = client({ onBusy: ({ wait, runningJobs }) => waits.push(wait) && runningJobs });
  await tempolor.accounts.create({ ...account, maxJobs: 1 });
  const first = await tempolor.songs.create({ prompt: "one" });

  const impatient = await thrown(tempolor.songs.create({ prompt: "two" }, { busyTimeout: 0 }));
  await tempolor.songs.create({ prompt: "two" });

  assert.ok(impatient instanceof AccountBusyError);
  assert.ok(impatient.runningJobs?.["204816357"]?.some((busy) => busy.job_id === first.jobIds[0]));
  assert.equal(waits.length, 1);
});

test("a job can be watched and cancelled in the scheduler", { skip }, async () => {
  const tempolor = client();
  await tempolor.accounts.create(account);
  const { jobs } = await tempolor.songs.create({ prompt: "one" });

  const running = await tempolor.scheduler.running();
  await jobs[0].cancel();

  assert.ok(running.some((job) => job.job_id === jobs[0].id));
  assert.equal((await tempolor.scheduler.available()).available[0]?.executing, jobs.length - 1);
  assert.ok((await thrown(jobs[0].cancel())) instanceof NotFoundError);
});

test("voices are cloned, listed, sung with and deleted", { skip }, async () => {
  const tempolor = client();
  await tempolor.accounts.create(account);

  const clone = await tempolor.voices.clone(recording(), { name: "Evening Alto" });
  const voice = await tempolor.voices.waitUntilReady(clone.clonedVoiceItemId ?? "");
  const [artist] = await tempolor.voices.listArtists().toArray(1);
  await tempolor.songs.create({ prompt: "x", clonedVoiceItemId: voice.clonedVoiceItemId ?? "" });
  await tempolor.songs.create({ prompt: "x", artistVoiceItemId: artist?.itemId ?? "" });
  await tempolor.voices.delete(voice.clonedVoiceItemId ?? "");

  assert.equal(voice.name, "Evening Alto");
  const gone = await thrown(tempolor.songs.create({ prompt: "x", clonedVoiceItemId: voice.clonedVoiceItemId ?? "" }));
  assert.ok(gone instanceof SourceMissingError);
});

test("stems are split off and fetched", { skip }, async () => {
  const tempolor = client();
  await tempolor.accounts.create(account);

  const stems = await tempolor.stems.split(recording());
  const zip = await stems.download().bytes();

  assert.ok((stems.answer.detail ?? []).length > 1);
  assert.equal(Buffer.from(zip.subarray(0, 2)).toString(), "PK");
});

test("MIDI files are uploaded, listed and deleted", { skip }, async () => {
  const tempolor = client();
  await tempolor.accounts.create(account);
  const file = Buffer.from("4d546864000000060000000100604d54726b0000000c00903c4060803c4000ff2f00", "hex");

  const uploaded = await tempolor.midi.upload(file, { name: "Harbour Theme" });
  const id = uploaded.midiRenderVO?.midiItemId ?? "";
  const [listed] = await tempolor.midi.list().toArray();
  await tempolor.midi.delete(id);

  assert.equal(listed?.midiItemId, id);
  assert.deepEqual(await tempolor.midi.list().toArray(), []);
});

test("accounts are stored, read and deleted", { skip }, async () => {
  const tempolor = client();

  const none = await thrown(tempolor.accounts.list());
  await tempolor.accounts.create({ ...account, maxJobs: 3 });

  assert.ok(none instanceof NotFoundError && /client\.accounts\.create/.test(none.message));
  assert.equal((await tempolor.accounts.get("204816357")).maxJobs, 3);
  assert.deepEqual(Object.keys(await tempolor.accounts.list()), ["204816357"]);
  assert.equal(await tempolor.accounts.delete("204816357"), undefined);
});

test("bad input is a typed error that says what to do", { skip }, async () => {
  const tempolor = client();
  await tempolor.accounts.create(account);
  const both = {
    prompt: "x",
    clonedVoiceItemId: "user:1-tempolor:204816357-voice:x",
    artistVoiceItemId: "voice_10482",
  };

  const token = await thrown(client({ token: "nonsense" }).accounts.list());
  const long = await thrown(tempolor.songs.create({ prompt: "x".repeat(2001) }));
  // @ts-expect-error two voices do not type-check either
  const voices = await thrown(tempolor.songs.create(both));

  assert.ok(token instanceof UnauthorizedError && /USEAPI_TOKEN/.test(token.message));
  assert.ok(long instanceof BadRequestError && /to 2000 characters/.test(long.message));
  assert.ok(voices instanceof BadRequestError && /Choose one singer/.test(voices.message));
});

test("the example runs", { skip }, async () => {
  await using fast = await Mock.start("--job-seconds", "0.01", "--download-lag", "0", "--jobs-per-request", "1");
  const env = { ...process.env, USEAPI_TOKEN: "user:12345-example", TEMPOLOR_BASE_URL: fast.url };
  const script = fileURLToPath(new URL("examples/song.mjs", ROOT));

  const { stdout } = await promisify(execFile)(process.execPath, [script, "A lo-fi beat", folder], { env });

  assert.match(stdout, /\.mp3\n/);
});
