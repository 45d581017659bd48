import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { AccountsApi, Configuration, MusicApi, StemsApi, type MusicItem } from "./index";

const [basePath, accessToken, wav] = process.argv.slice(2) as [string, string, string];
const configuration = new Configuration({ basePath, accessToken });

async function main() {
  const account = await new AccountsApi(configuration).createAccount({ accountRequest: { requestParams: {} } });
  const music = new MusicApi(configuration);
  const created = await music.createSong({ songRequest: { prompt: "Rain", userId: account.userId } });
  const jobId = created.jobs![0]!;
  let item: MusicItem;
  while (!(item = await music.getMusic({ jobId })).statusFinal) await setTimeout(100);
  console.log(item.statusName, (await music.downloadMusic({ jobId, fileFormat: "wav" })).url);
  const body = new Blob([await readFile(wav)]);
  const stems = await new StemsApi(configuration).splitStems({ body }, async ({ init }) => ({
    headers: { ...init.headers, "Content-Type": "audio/wav" },
  }));
  console.log(stems.stemsZipUrl);
}

void main();
