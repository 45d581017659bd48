/** The transform and the generator. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { differences, generate, overlaidDocument, readDocument, readOverlays } from "./generate.mjs";
import { extended, OPEN, operationsOf, transform } from "./transform.mjs";

const ok = (schema) => ({ 200: { description: "x", content: { "application/json": { schema } } } });
const request = (schema) => ({ content: { "application/json": { schema } } });

/** A document with one list of values in an answer, one in a request, one in a callback. */
function small() {
  return {
    openapi: "3.0.3",
    info: { title: "x", version: "1" },
    paths: {
      "/a": {
        post: {
          operationId: "make_a",
          requestBody: request({ $ref: "#/components/schemas/Asked" }),
          responses: ok({ type: "object", properties: { state: { $ref: "#/components/schemas/State" } } }),
          callbacks: {
            done: {
              "{$request.body#/u}": {
                post: { requestBody: request({ $ref: "#/components/schemas/Told" }), responses: {} },
              },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        State: { type: "integer", enum: [0, 10], example: 0 },
        Asked: { type: "string", enum: ["a", "b"] },
        Told: { type: "string", enum: ["x"] },
      },
    },
  };
}

const overlay = (target) => ({ actions: [{ target, update: { enum: ["c"] } }] });

test("lists of values are open in answers and callbacks, and closed in requests", () => {
  const { State, Asked, Told } = transform(small(), []).components.schemas;

  assert.deepEqual([State[OPEN], Asked[OPEN], Told[OPEN]], [true, undefined, true]);
});

test("a list in a request is open where a later revision adds to it", () => {
  const view = transform(small(), [overlay("$.components.schemas.Asked")]);

  assert.equal(view.components.schemas.Asked[OPEN], true);
});

test("an overlay that adds to a list that is not there is an error", () => {
  assert.throws(() => transform(small(), [overlay("$.components.schemas.Nowhere")]), /Nowhere/);
});

test("the document itself stays as it is", () => {
  const document = small();

  transform(document, [overlay("$.components.schemas.Asked")]);

  assert.deepEqual(document, small());
});

test("a reference that leads nowhere is an error", () => {
  const document = small();
  delete document.components.schemas.State;

  assert.throws(() => transform(document, []), /nothing at #\/components\/schemas\/State/);
});

test("the real overlays open the models", () => {
  assert.deepEqual(extended(readOverlays()), new Set(["SongModel", "InstrumentalModel"]));
});

test("an open list offers the known values and takes others", async () => {
  const { "schema.ts": schema } = await generate(small(), []);

  assert.match(schema, /State: 0 \| 10 \| \(number & \{\}\);/);
  assert.match(schema, /Asked: "a" \| "b";/);
});

test("a warning of the generator is a failure", async () => {
  const document = small();
  document.components.schemas.Odd = {
    type: "object",
    properties: {},
    discriminator: { propertyName: "x" },
    oneOf: [{ $ref: "other.yaml" }],
  };

  await assert.rejects(generate(document, []));
});

test("the same document gives the same bytes", async () => {
  const [first, second] = [await generate(small(), []), await generate(small(), [])];

  assert.deepEqual(first, second);
});

test("all 21 operations are in the table", () => {
  assert.equal(operationsOf(readDocument()).length, 21);
});

test("a changed, a missing and a left-over file are told apart", () => {
  const folder = mkdtempSync(join(tmpdir(), "tempolor-client-"));
  writeFileSync(join(folder, "a.ts"), "edited");
  writeFileSync(join(folder, "old.ts"), "");

  const found = differences({ "a.ts": "generated", "b.ts": "" }, folder);
  rmSync(folder, { recursive: true });

  assert.deepEqual(found, ["a.ts differs", "b.ts is missing", "old.ts is not generated"]);
});

const kit = spawnSync(process.env.TEMPOLOR ?? "../../.venv/bin/tempolor", ["--version"]).status === 0;

test("types can be made of the document with an overlay", { skip: !kit && "the kit is not installed" }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "tempolor-client-"));
  const overlay = join(folder, "tomorrow.json");
  const update = { lufs: { type: "number" } };
  const actions = [{ target: "$.components.schemas.MusicItem.properties", update }];
  writeFileSync(overlay, JSON.stringify({ overlay: "1.0.0", info: {}, actions }));

  const files = await generate(overlaidDocument({ overlay: [overlay] }), readOverlays());
  rmSync(folder, { recursive: true });

  assert.match(files["schema.ts"], /lufs\?: number/);
});

test("an overlay that does not fit is told", { skip: !kit && "the kit is not installed" }, () => {
  assert.throws(() => overlaidDocument({ overlay: ["none.yaml"] }), /overlay none.yaml: cannot be read/);
});
