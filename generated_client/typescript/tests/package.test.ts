/** What is shipped. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "./helpers.js";

const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");

/** The built files a built file imports, and whatever else it imports. */
function reached(entry: string, inside = new Set<string>(), outside = new Set<string>()) {
  inside.add(entry);
  for (const [, name = ""] of read(`dist/${entry}`).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (!name.startsWith(".")) outside.add(name);
    else {
      const path = new URL(name, `file:///${entry}`).pathname.slice(1);
      if (!inside.has(path)) reached(path, inside, outside);
    }
  }
  return { inside, outside };
}

test("the main entry runs in browsers: it needs nothing but the fetch helper", () => {
  const { inside, outside } = reached("index.js");

  assert.ok(inside.size > 10);
  assert.deepEqual([...outside], ["openapi-fetch"]);
  for (const file of inside)
    assert.doesNotMatch(read(`dist/${file}`), /\b(?:Buffer|require|__dirname)\b|\bprocess\./, file);
});

test("the main entry works where there is no process", () => {
  const code = read("dist/client.js") + read("dist/transport.js");

  assert.doesNotMatch(code, /[^.]process\.|typeof process/);
});

test("the node entry is the main entry and more", async () => {
  const [main, node] = await Promise.all([import("tempolor-client"), import("tempolor-client/node")]);

  const added = Object.keys(node).filter((name) => !(name in main));

  assert.deepEqual(added.sort(), ["fromPath", "save"]);
  assert.equal(node.TemPolor, main.TemPolor);
});

test("every public name has a comment", () => {
  const bare: string[] = [];
  for (const name of readdirSync(new URL("src/", ROOT)).filter((file) => file.endsWith(".ts"))) {
    const lines = read(`src/${name}`).split("\n");
    lines.forEach((line, n) => {
      if (!/^export (?!\*|type \*|\{|type \{)/.test(line)) return;
      if (!lines[n - 1]?.trimEnd().endsWith("*/")) bare.push(`${name}:${n + 1} ${line}`);
    });
  }

  assert.deepEqual(bare, []);
});

test("there is one dependency, pinned, and the lock file says nothing about where it comes from", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json"));

  assert.deepEqual(Object.keys(dependencies), ["openapi-fetch"]);
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    assert.match(String(version), /^\d+\.\d+\.\d+$/);
  assert.doesNotMatch(read("package-lock.json"), /"resolved"/);
});

test("the licence is the project's", () => {
  assert.equal(read("LICENSE"), read("../../LICENSE"));
});
