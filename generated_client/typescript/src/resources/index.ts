/** The resources of a client, each a handful of calls. */
export { Accounts } from "./accounts.js";
export { Instrumentals } from "./instrumentals.js";
export { Midi } from "./midi.js";
export { Music } from "./music.js";
export type { CreateAndWaitOptions } from "./orders.js";
export { Scheduler } from "./scheduler.js";
export type { AccountChoice } from "./sending.js";
export { Songs } from "./songs.js";
export { SplitStems, Stems } from "./stems.js";
export { Voices } from "./voices.js";
