/**
 * Runs Biome. The lock file names its program for some platforms only; on another one, linting is left out and says so,
 * since it is about style and continuous integration does it.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIOME = fileURLToPath(new URL("../node_modules/@biomejs/biome/bin/biome", import.meta.url));
const run = (options, stdio) => spawnSync(process.execPath, [BIOME, ...options], { cwd: ROOT, stdio }).status ?? 1;

if (run(["--version"], "ignore") !== 0) console.error("Biome has no program for this platform: linting is left out.");
else process.exitCode = run(["check", "--error-on-warnings", ...process.argv.slice(2), "."], "inherit");
