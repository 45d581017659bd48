import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { AccountsApi, Configuration, MusicApi, StemsApi, type MusicItem } from "./index";

const [basePath, accessToken, wav] = process.argv.slice(2) as [string, string, string];
const configuration = new Configuration({ basePath, accessToken });

async function main() {
  const account = (await new AccountsApi(configuration).createAccount({ requestParams: {} })).data;
  const music = new MusicApi(configuration);
  const job = (await music.createSong({ prompt: "Rain", user_id: account.user_id })).data.jobs![0]!;
  let item: MusicItem;
  while (!(item = (await music.getMusic(job)).data).status_final) await setTimeout(100);
  console.log(item.status_name, (await music.downloadMusic(job, "wav")).data.url);
  const file = new File([await readFile(wav)], "mix.wav", { type: "audio/wav" });
  console.log((await new StemsApi(configuration).splitStems(file)).data.stemsZipUrl);
}

void main();
