/** Lists that come in pages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PaginationError } from "tempolor-client";
import { clientOf, Hostile, PATH, thrown } from "./helpers.js";

const page = (ids: string[], cursor?: string, hasNext: boolean | undefined = cursor !== undefined) => ({
  json: { records: ids.map((itemId) => ({ itemId })), hasNext, cursor: cursor ?? "" },
});

test("a list is read over all its pages", async () => {
  await using server = await Hostile.start();
  server.on(`GET ${PATH}/music`, page(["a", "b"], "c1"), page([], "c2"), page(["c"]));
  const ids: unknown[] = [];

  for await (const item of clientOf(server).songs.list({ user_id: "2" })) ids.push(item.itemId);

  assert.deepEqual(ids, ["a", "b", "c"]);
  const query = "?user_id=2&type=song";
  assert.deepEqual(
    server.lines,
    ["", "&cursor=c1", "&cursor=c2"].map((cursor) => `GET ${PATH}/music${query}${cursor}`),
  );
});

test("no page is fetched before it is wanted", async () => {
  await using server = await Hostile.start();
  server.on(`GET ${PATH}/music/artist-voices`, page(["a", "b"], "c1"));
  const list = clientOf(server).voices.listArtists();

  assert.equal(server.lines.length, 0);
  assert.equal((await list.toArray(2)).length, 2);
  assert.equal((await list.toArray(0)).length, 0);
  assert.equal(server.lines.length, 1);
});

test("each reading of a list begins anew", async () => {
  await using server = await Hostile.start();
  server.on(`GET ${PATH}/music/midi`, page(["a"], "c1"), page(["b"]), page(["a"]));
  const list = clientOf(server).midi.list();

  assert.equal((await list.toArray()).length, 2);
  assert.equal((await list.toArray()).length, 1);
});

test("a cursor that comes twice is an error, after what came before", async () => {
  await using server = await Hostile.start();
  server.on(`GET ${PATH}/music`, page(["a"], "c1"), page(["b"], "c2"), page(["c"], "c1"));
  const ids: unknown[] = [];

  const error = await thrown(
    (async () => {
      for await (const item of clientOf(server).music.list()) ids.push(item.itemId);
    })(),
  );

  assert.ok(error instanceof PaginationError);
  assert.deepEqual(ids, ["a", "b", "c"]);
  assert.equal(server.lines.length, 3);
});

test("many empty pages in a row are an error, and fewer are not", async () => {
  await using server = await Hostile.start();
  const empty = (count: number) => Array.from({ length: count }, (_, number) => page([], `c${number}`));
  server.on(`GET ${PATH}/music`, page(["a"], "x"), ...empty(99), page(["b"]));
  server.on(`GET ${PATH}/music/midi`, page(["a"], "x"), ...empty(100));

  assert.equal((await clientOf(server).music.list().toArray()).length, 2);
  assert.ok((await thrown(clientOf(server).midi.list().toArray())) instanceof PaginationError);
  assert.equal(server.lines.length, 101 + 101);
});

test("a page that promises more without a cursor is an error", async () => {
  await using server = await Hostile.start();
  server.on(`GET ${PATH}/music`, page(["a"], undefined, true));

  assert.ok((await thrown(clientOf(server).music.list().toArray())) instanceof PaginationError);
});

test("hasNext decides, and without it the cursor does", async () => {
  await using server = await Hostile.start();
  server.on(`GET ${PATH}/music`, page(["a"], "c1", false), { json: { records: [{}], cursor: "c1" } }, { json: {} });
  const list = clientOf(server).music.list();

  assert.equal((await list.toArray()).length, 1);
  assert.equal((await list.toArray()).length, 1);
  assert.equal(server.lines.at(-1), `GET ${PATH}/music?cursor=c1`);
});

test("pages can be taken one by one", async () => {
  await using server = await Hostile.start();
  server.on(`GET ${PATH}/music/cloned-voices`, page(["a"], "c1"));
  const list = clientOf(server).voices.listCloned();

  assert.equal((await list.page()).cursor, "c1");
  for await (const first of list.pages()) {
    assert.equal(first.records?.length, 1);
    break;
  }
});
