import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { createAccount, createSong, downloadMusic, getMusic, splitStems, type MusicItem } from "./client";
import { client } from "./client/client.gen";

const [baseUrl, auth, wav] = process.argv.slice(2) as [string, string, string];
client.setConfig({ baseUrl, auth, throwOnError: true });

async function main() {
  const account = (await createAccount({ body: { requestParams: {} } })).data!;
  const created = await createSong({ body: { prompt: "Rain", user_id: account.user_id } });
  const path = { job_id: created.data!.jobs![0]! };
  let item: MusicItem;
  while (!(item = (await getMusic({ path })).data!).status_final) await setTimeout(100);
  console.log(item.status_name, (await downloadMusic({ path, query: { file_format: "wav" } })).data!.url);
  const body = new Blob([await readFile(wav)]);
  console.log((await splitStems({ body, headers: { "Content-Type": "audio/wav" } })).data!.stemsZipUrl);
}

void main();
