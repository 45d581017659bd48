/**
 * Makes a song and saves every take of it.
 *
 *     tempolor mock &
 *     export TEMPOLOR_BASE_URL=http://127.0.0.1:4010 USEAPI_TOKEN=user:12345-demo
 *     node examples/song.mjs "A lo-fi beat for a rainy evening" .
 *
 * Without TEMPOLOR_BASE_URL it orders from the live service, which costs credits.
 */
import { join } from "node:path";
import { JobFailedError, NotFoundError, save, TemPolor, WaitTimeoutError } from "tempolor-client/node";

const [prompt = "A lo-fi beat for a rainy evening", folder = "."] = process.argv.slice(2);
const client = new TemPolor({
  onBusy: ({ wait }) => console.log(`The account is busy; next try in ${Math.round(wait / 1000)} s`),
});

/** The mock starts without an account; the live service has yours. */
async function needAccount() {
  try {
    await client.accounts.list();
  } catch (error) {
    if (!(error instanceof NotFoundError) || !client.baseUrl.startsWith("http://127.0.0.1")) throw error;
    await client.accounts.create({ requestParams: {} });
  }
}

try {
  await needAccount();
  const tracks = await client.songs.createAndWait(
    { prompt },
    {
      onCreated: (order) => console.log(`Ordered: ${order.jobIds.join(" ")}`),
      onProgress: ({ jobId, progress }) => console.log(`${String(progress).padStart(3)} %  ${jobId}`),
    },
  );
  for (const [n, track] of tracks.entries()) {
    console.log(await save(track.download("mp3"), join(folder, `song-${n + 1}.mp3`)));
  }
} catch (error) {
  if (error instanceof JobFailedError) {
    console.error(`${error.message} Completed: ${error.completed.map((item) => item.job_id).join(" ") || "none"}`);
  } else if (error instanceof WaitTimeoutError) {
    console.error(`${error.message} Later: client.music.wait("${error.jobId}")`);
  } else {
    throw error;
  }
  process.exitCode = 1;
}
