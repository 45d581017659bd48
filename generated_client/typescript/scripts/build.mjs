/** Builds the package twice, for `import` and for `require`, after removing what was built before. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = new URL("..", import.meta.url);

for (const folder of ["dist", "build"]) rmSync(new URL(folder, ROOT), { recursive: true, force: true });
for (const project of ["tsconfig.json", "tsconfig.cjs.json"]) {
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", ROOT));
  const { status } = spawnSync(process.execPath, [tsc, "-p", project], { cwd: fileURLToPath(ROOT), stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
// Files below it are CommonJS, whatever the package as a whole is.
mkdirSync(new URL("dist/cjs", ROOT), { recursive: true });
writeFileSync(new URL("dist/cjs/package.json", ROOT), '{ "type": "commonjs" }\n');
