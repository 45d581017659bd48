import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./client";

const [baseUrl, token, wav] = process.argv.slice(2) as [string, string, string];
const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

async function main() {
  const account = await api.POST("/accounts", { body: { requestParams: {} } });
  const body = { prompt: "Rain", user_id: account.data!.user_id };
  const job_id = (await api.POST("/music/song", { body })).data!.jobs![0]!;
  const path = { job_id };
  let item: components["schemas"]["MusicItem"];
  while (!(item = (await api.GET("/music/{job_id}", { params: { path } })).data!).status_final) await setTimeout(100);
  const params = { path, query: { file_format: "wav" as const } };
  console.log(item.status_name, (await api.GET("/music/download/{job_id}", { params })).data!.url);
  const stems = await api.POST("/music/stems-splitter", {
    body: (await readFile(wav)) as unknown as string,
    bodySerializer: (bytes) => bytes,
    headers: { "Content-Type": "audio/wav" },
  });
  console.log(stems.data!.stemsZipUrl);
}

void main();
