/** Reading calls to replyUrl. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { InvalidArgumentError, parseCallback } from "tempolor-client";
import { ROOT } from "./helpers.js";

const EXAMPLES = new URL("../../spec/tempolor_spec/examples/", ROOT);

for (const name of readdirSync(EXAMPLES).filter((file) => file.startsWith("report_"))) {
  test(`${name} is read`, () => {
    const text = JSON.stringify(JSON.parse(readFileSync(new URL(name, EXAMPLES), "utf8")).value);
    const state = { generating: "running", completed: "completed", failed: "failed" }[name.split(".")[1] ?? ""];

    const callback = parseCallback(text);

    assert.equal(callback.state, state);
    assert.equal(callback.final, state !== "running");
    assert.equal(callback.jobId, JSON.parse(text).job_id);
    assert.deepEqual(callback.item, JSON.parse(text));
    assert.equal(callback.replyUrl, JSON.parse(text).replyUrl);
    assert.equal(callback.replyRef, JSON.parse(text).replyRef);
  });
}

test("bytes and parsed bodies are read too", () => {
  const report = { job_id: "j", status: 7, status_final: false, replyRef: "r", later: 1 };
  const bytes = new TextEncoder().encode(JSON.stringify(report));

  for (const body of [report, bytes, bytes.buffer]) {
    const callback = parseCallback(body);
    assert.deepEqual([callback.jobId, callback.state, callback.final, callback.replyRef], ["j", "running", false, "r"]);
  }
});

for (const body of ["", "{", "[]", "null", "7", "{}", '{"job_id":7}', "<html>", new Uint8Array([255])]) {
  test(`${JSON.stringify(body)} is refused as a report`, () => {
    assert.throws(() => parseCallback(body), InvalidArgumentError);
  });
}
