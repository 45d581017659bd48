/** Starts the mock server of this repository. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./helpers.js";

/** The `tempolor` command: the one named by TEMPOLOR_COMMAND, else the repository's own, else the one on the PATH. */
export const COMMAND = [
  process.env.TEMPOLOR_COMMAND ?? "",
  fileURLToPath(new URL("../../.venv/bin/tempolor", ROOT)),
  ...(process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "tempolor")),
].find((path) => path !== "" && existsSync(path));

/** Why tests against the mock cannot run, or false. */
export const skip =
  COMMAND === undefined && "the command `tempolor` is not there; run `make setup`, or set TEMPOLOR_COMMAND";

/** A running mock. */
export class Mock implements AsyncDisposable {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(...options: string[]): Promise<Mock> {
    const child = spawn(COMMAND ?? "", ["mock", "--port", "0", ...options], { stdio: ["ignore", "pipe", "inherit"] });
    const url = await new Promise<string>((resolve, reject) => {
      let said = "";
      child.stdout.on("data", (text) => {
        said += text;
        const address = /(http:\S+)\/v1\/tempolor/.exec(said)?.[1];
        if (address) resolve(address);
      });
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`the mock ended with ${code}`)));
    });
    return new Mock(url, child);
  }

  /** Moves the clock of a token's world. */
  async advance(token: string, milliseconds: number): Promise<void> {
    const answer = await fetch(`${this.url}/_mock/clock/advance`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ seconds: milliseconds / 1000 }),
    });
    if (!answer.ok) throw new Error(`the clock answers with ${answer.status}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    await ended;
  }
}
