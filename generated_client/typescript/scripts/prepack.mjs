/** Builds what `npm pack` is about to pack, in a fresh clone too: an archive without code helps nobody. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function npm(...words) {
  // npm says on standard output which file it packed; nothing else may stand there.
  const stdio = ["ignore", 2, 2];
  const { status } = spawnSync("npm", words, { cwd: ROOT, stdio, shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(new URL("../node_modules/typescript", import.meta.url))) npm("ci");
npm("run", "--silent", "build", "--", "--anew");
