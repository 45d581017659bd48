import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import * as api from "./client";

const [base, token, wav] = process.argv.slice(2) as [string, string, string];
const authorized = { headers: { Authorization: `Bearer ${token}` } };
// Its addresses are paths alone.
const send = globalThis.fetch;
globalThis.fetch = (path, options) => send(`${base}${path as string}`, options);

function good<Answer extends { status: number; data: unknown }>(answer: Answer) {
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.data));
  return answer.data as Extract<Answer, { status: 200 }>["data"];
}

async function main() {
  const account = good(await api.createAccount({ requestParams: {} }, authorized));
  const created = good(await api.createSong({ prompt: "Rain", user_id: account.user_id }, authorized));
  const job = created.jobs![0]!;
  let item: api.MusicItem;
  while (!(item = good(await api.getMusic(job, authorized))).status_final) await setTimeout(100);
  console.log(item.status_name, good(await api.downloadMusic(job, { file_format: "wav" }, authorized)).url);
  const body = new Blob([await readFile(wav)]);
  console.log(good(await api.splitStems(body, {}, authorized)).stemsZipUrl);
}

void main();
