/** Removes what was built before, so that nothing built from a deleted file stays. */
import { rmSync } from "node:fs";

for (const folder of ["dist", "build"])
  rmSync(new URL(`../${folder}`, import.meta.url), { recursive: true, force: true });
