/** What travels: request lines, headers and bodies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { ConfigurationError, InvalidArgumentError, type operations, TemPolor } from "tempolor-client";
import { clientOf, Hostile, JOB, PATH, ROOT, TOKEN, thrown } from "./helpers.js";

type Reports = "report_song_progress" | "report_instrumental_progress";
type Id = Exclude<keyof operations, Reports>;

const MIDI_ID = "user:1-tempolor:2-midi:3";
const VOICE_ID = "user:1-tempolor:2-voice:3";
const bytes = new Uint8Array([1, 2, 3]);

/** Each operation of the document as a call of the client. The type says when one is missing. */
const CALLS: Record<Id, (client: TemPolor) => PromiseLike<unknown>> = {
  create_account: (client) => client.accounts.create({ requestParams: {} }),
  list_accounts: (client) => client.accounts.list(),
  get_account: (client) => client.accounts.get("2"),
  delete_account: (client) => client.accounts.delete("2"),
  create_song: (client) => client.songs.create({ prompt: "x" }),
  create_instrumental: (client) => client.instrumentals.create({ prompt: "x" }),
  get_music: (client) => client.music.get(JOB),
  delete_music: (client) => client.music.delete(JOB),
  list_music: (client) => client.music.list().page(),
  download_music: (client) => client.music.download(JOB).link(),
  upload_midi: (client) => client.midi.upload(bytes, { name: "x", contentType: "audio/midi" }),
  list_midi: (client) => client.midi.list().page(),
  delete_midi: (client) => client.midi.delete(MIDI_ID),
  clone_voice: (client) => client.voices.clone(bytes, { name: "x", contentType: "audio/wav" }),
  list_cloned_voices: (client) => client.voices.listCloned().page(),
  delete_cloned_voice: (client) => client.voices.delete(VOICE_ID),
  list_artist_voices: (client) => client.voices.listArtists().page(),
  split_stems: (client) => client.stems.split(bytes, { contentType: "audio/wav" }),
  list_running_jobs: (client) => client.scheduler.running(),
  get_available_capacity: (client) => client.scheduler.available(),
  cancel_job: (client) => client.scheduler.cancel(JOB),
};

const { OPERATIONS } = (await import(new URL("dist/generated/operations.js", ROOT).href)) as {
  OPERATIONS: Record<Id, { method: string; path: string }>;
};

for (const [id, call] of Object.entries(CALLS) as [Id, (client: TemPolor) => PromiseLike<unknown>][]) {
  test(`${id} goes to the document's method and path, with the token`, async () => {
    await using server = await Hostile.start();
    server.on("*", { status: 401, json: { error: "Unauthorized", code: 401 } });

    const error = await thrown(call(clientOf(server)));

    const values: Record<string, string> = {
      job_id: JOB,
      user_id: "2",
      midiItemId: MIDI_ID,
      clonedVoiceItemId: VOICE_ID,
    };
    const path = OPERATIONS[id].path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
    assert.equal(server.lines[0]?.replace(/\?.*/, ""), `${OPERATIONS[id].method} ${PATH}${path}`);
    assert.equal(server.seen[0]?.headers.authorization, `Bearer ${TOKEN}`);
    assert.equal((error as { request?: { operation: string } }).request?.operation, id);
  });
}

test("the request line carries an id raw", async () => {
  await using server = await Hostile.start();
  const client = clientOf(server);

  await thrown(client.music.get("user:1-tempolor:2-job:abc"));
  await client.api.GET("/music/{job_id}", { params: { path: { job_id: "user:1-tempolor:2-job:abc" } } });

  assert.deepEqual(new Set(server.lines), new Set([`GET ${PATH}/music/user:1-tempolor:2-job:abc`]));
});

test("an id that was percent-encoded before travels raw too", async () => {
  await using server = await Hostile.start();

  await thrown(clientOf(server).music.get("user%3A1-tempolor%3a2-job%3Aabc"));

  assert.deepEqual(server.lines, [`GET ${PATH}/music/user:1-tempolor:2-job:abc`]);
});

test("what could end the path or the line is encoded", async () => {
  await using server = await Hostile.start();

  await thrown(clientOf(server).music.get("a?b#c d%2fe\r\nä"));

  assert.deepEqual(server.lines, [`GET ${PATH}/music/a%3Fb%23c%20d%252fe%0D%0A%C3%A4`]);
});

for (const id of ["", ".", "..", "a/b", "..\\x", "/"]) {
  test(`${JSON.stringify(id)} is no id, and nothing is sent`, async () => {
    await using server = await Hostile.start();

    assert.ok((await thrown(clientOf(server).music.delete(id))) instanceof InvalidArgumentError);
    assert.deepEqual(server.lines, []);
  });
}

test("an order is JSON with the document's own names, and nothing that was not said", async () => {
  await using server = await Hostile.start();
  server.on(`POST ${PATH}/music/song`, { json: { jobs: [JOB] } });

  await clientOf(server).songs.create({ prompt: "Grüße", model_song: "v4.8", maxJobs: 3, midiItemId: MIDI_ID });

  assert.equal(server.seen[0]?.headers["content-type"], "application/json");
  assert.equal(
    server.seen[0]?.body.toString(),
    `{"prompt":"Grüße","model_song":"v4.8","maxJobs":3,"midiItemId":"${MIDI_ID}"}`,
  );
});

test("a list sends only the parameters it was given", async () => {
  await using server = await Hostile.start();
  server.on("*", { json: { records: [], hasNext: false } });
  const client = clientOf(server);

  await client.music.list().page();
  await client.instrumentals.list({ user_id: "2" }).page("a=b&c");

  assert.deepEqual(server.lines, [
    `GET ${PATH}/music`,
    `GET ${PATH}/music?user_id=2&type=instrumental&cursor=a%3Db%26c`,
  ]);
});

test("headers of the client and of one call are sent", async () => {
  await using server = await Hostile.start();
  server.on("*", { json: [] });

  await clientOf(server, undefined, { headers: { "X-App": "a" } }).scheduler.running({ headers: { "X-Call": "b" } });

  assert.equal(server.seen[0]?.headers["x-app"], "a");
  assert.equal(server.seen[0]?.headers["x-call"], "b");
});

test("a redirect is not followed, so the token stays", async () => {
  await using elsewhere = await Hostile.start();
  await using server = await Hostile.start();
  server.on("*", { status: 307, headers: { Location: elsewhere.url } });

  assert.match(String(await thrown(clientOf(server).accounts.list())), /307.*check baseUrl/);
  assert.deepEqual(elsewhere.lines, []);
});

test("the raw answer is at hand", async () => {
  await using server = await Hostile.start();
  server.on("*", { json: { executing: [], available: [], soon: 1 }, headers: { "X-Trace": "t1" } });

  const { data, raw } = await clientOf(server).scheduler.available().withRaw();

  assert.deepEqual(data, { executing: [], available: [], soon: 1 });
  assert.equal(raw.status, 200);
  assert.equal(raw.headers.get("x-trace"), "t1");
  assert.match(raw.text, /"soon":1/);
});

test("asking for the raw answer leaves no rejection behind", async () => {
  await using server = await Hostile.start();

  const error = await thrown(clientOf(server).scheduler.running().map(String).withRaw());

  assert.match(String(error), /404/);
});

for (const [given, used] of [
  ["https://example.test", "https://example.test/v1/tempolor"],
  ["https://example.test/", "https://example.test/v1/tempolor"],
  ["http://127.0.0.1:4010/v1/tempolor/", "http://127.0.0.1:4010/v1/tempolor"],
  ["https://example.test/proxy/tempolor", "https://example.test/proxy/tempolor"],
]) {
  test(`the base URL ${given} means ${used}`, () => {
    assert.equal(new TemPolor({ token: TOKEN, baseUrl: given }).baseUrl, used);
  });
}

for (const given of [
  "example.test",
  "ftp://example.test",
  "https://user:word@example.test",
  "https://example.test/?a=b",
]) {
  test(`${given} is refused as a base URL`, () => {
    assert.throws(() => new TemPolor({ token: TOKEN, baseUrl: given }), ConfigurationError);
  });
}

test("token and base URL come from the environment", async () => {
  await using server = await Hostile.start();
  server.on("*", { json: [] });
  process.env.USEAPI_TOKEN = " user:1-env\n";
  process.env.TEMPOLOR_BASE_URL = server.url;

  try {
    await new TemPolor().scheduler.running();
  } finally {
    delete process.env.USEAPI_TOKEN;
    delete process.env.TEMPOLOR_BASE_URL;
  }

  assert.equal(server.seen[0]?.headers.authorization, "Bearer user:1-env");
});

test("without a token the message says where one comes from", () => {
  assert.throws(() => new TemPolor(), /USEAPI_TOKEN/);
});

test("a token that cannot be a header is refused without being shown", () => {
  assert.throws(
    () => new TemPolor({ token: "user:1-se\ncret" }),
    (error) => error instanceof ConfigurationError && !inspect(error).includes("cret"),
  );
});

test("neither the client nor an error nor the log shows the token or the account's ticket", async () => {
  await using server = await Hostile.start();
  server.on("*", { status: 400, json: { error: "maxJobs is wrong", code: 400 } });
  const said: unknown[] = [];
  const client = clientOf(server, undefined, { log: (event) => said.push(event) });

  const error = await thrown(client.accounts.create({ requestParams: { service_ticket: "tick", ucid: "2" } }));

  assert.equal(said.length, 2);
  assert.doesNotMatch(inspect([client, error, said], { depth: 9, showHidden: true }), /secret|tick"|'tick'/);
});

test("a log that throws changes nothing", async () => {
  await using server = await Hostile.start();
  server.on("*", { json: [] });
  const log = () => {
    throw new Error("the log is full");
  };

  assert.deepEqual(await clientOf(server, undefined, { log }).scheduler.running(), []);
});

test("an error does not show the query of a replyUrl", async () => {
  await using server = await Hostile.start();
  const order = { prompt: "x", replyUrl: "https://app.example.com/hook?key=k1" };

  const error = await thrown(clientOf(server).songs.create(order));

  assert.match(inspect(error, { depth: 9 }), /hook\?\*\*\*/);
  assert.doesNotMatch(inspect(error, { depth: 9 }), /k1/);
});

test("a header that cannot be sent is refused by its name, without its value", async () => {
  await using server = await Hostile.start();
  const headers = { Authorization: "Bearer k1\n\nx" };

  const error = await thrown(clientOf(server).scheduler.running({ headers }));

  assert.ok(error instanceof InvalidArgumentError && /Authorization/.test(error.message));
  assert.doesNotMatch(inspect(error, { depth: 9 }), /k1/);
  assert.throws(() => clientOf(server, undefined, { headers }), ConfigurationError);
  assert.deepEqual(server.lines, []);
});

test("a time limit may be endless", async () => {
  await using server = await Hostile.start();
  server.on("*", { json: [] });

  assert.deepEqual(await clientOf(server).scheduler.running({ timeout: Number.POSITIVE_INFINITY }), []);
});
