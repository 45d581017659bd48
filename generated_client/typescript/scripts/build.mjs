/**
 * Builds the package twice, for `import` and for `require`, unless it was built since anything changed; with `--anew` in any case.
 *
 * What was built before is replaced file by file, so that a program that imports the package meanwhile finds it whole.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");
const LAST_WRITTEN = join(DIST, "cjs", "package.json");

const begun = new Date();
if (!process.argv.includes("--anew") && isFresh()) process.exit(0);
// Maps name the sources by their way from here, so this folder stands where `dist` does.
const fresh = mkdtempSync(join(ROOT, "dist-"));
process.on("exit", () => rmSync(fresh, { recursive: true, force: true }));

compile("tsconfig.json", fresh);
compile("tsconfig.cjs.json", join(fresh, "cjs"));
// Files below it are CommonJS, whatever the package as a whole is.
writeFileSync(join(fresh, "cjs", "package.json"), '{ "type": "commonjs" }\n');
replace(DIST, fresh);
// What changes while this builds is newer than what was built.
utimesSync(LAST_WRITTEN, begun, begun);
rmSync(join(ROOT, "build"), { recursive: true, force: true });

/** A folder changes when a file in it comes or goes. */
function isFresh() {
  const built = statSync(LAST_WRITTEN, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(ROOT, "src"), { recursive: true });
  const others = readdirSync(ROOT).filter((name) => name.endsWith(".json"));
  const inputs = ["src", "scripts/build.mjs", ...others, ...sources.map((name) => join("src", name))];
  return inputs.every((name) => statSync(join(ROOT, name)).mtimeMs < built);
}

function compile(project, folder) {
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const words = [tsc, "-p", project, "--outDir", folder];
  const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** Moves all files of one folder into another, and removes what else is there. */
function replace(folder, newer) {
  mkdirSync(folder, { recursive: true });
  const entries = readdirSync(newer, { withFileTypes: true });
  for (const entry of entries) {
    const [from, to] = [join(newer, entry.name), join(folder, entry.name)];
    if (entry.isDirectory()) replace(to, from);
    else renameSync(from, to);
  }
  const names = new Set(entries.map((entry) => entry.name));
  for (const name of readdirSync(folder)) {
    if (!names.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
