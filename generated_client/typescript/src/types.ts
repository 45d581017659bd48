/** Names for the shapes of the document, and for what several parts of the client share. */

import type { OPERATIONS } from "./generated/operations.js";
import type { components } from "./generated/schema.js";

type Schemas = components["schemas"];

/** The operations of the document, by `operationId`. */
export type OperationId = keyof typeof OPERATIONS;

/** A configured TemPolor account. */
export type Account = Schemas["Account"];
/** Accounts, keyed by their `user_id`. */
export type AccountMap = Schemas["AccountMap"];
/** What to store about an account. */
export type AccountRequest = Schemas["AccountRequest"];
/** How much an account could still take. */
export type AccountCapacity = Schemas["AccountCapacity"];
/** A voice that TemPolor offers to everyone. */
export type ArtistVoice = Schemas["ArtistVoice"];
/** A page of artist voices. */
export type ArtistVoicePage = Schemas["ArtistVoicePage"];
/** A job that takes up a slot, as a 429 names it. */
export type BusyJob = Schemas["BusyJob"];
/** What runs and how much room is left. */
export type Capacity = Schemas["Capacity"];
/** A voice cloned from a recording. */
export type ClonedVoice = Schemas["ClonedVoice"];
/** A page of cloned voices. */
export type ClonedVoicePage = Schemas["ClonedVoicePage"];
/** The answer to an order: its jobs, and what is left of the plan. */
export type CreatedJobs = Schemas["CreatedJobs"];
/** Confirms a deletion. */
export type DeleteResult = Schemas["DeleteResult"];
/** Where to fetch a file, and for how long. */
export type DownloadLink = Schemas["DownloadLink"];
/** An order for an instrumental. */
export type InstrumentalOrder = Schemas["InstrumentalRequest"];
/** An uploaded MIDI file. */
export type MidiFile = Schemas["MidiFile"];
/** A page of MIDI files. */
export type MidiPage = Schemas["MidiPage"];
/** A job and, once it has completed, the music it made. */
export type MusicItem = Schemas["MusicItem"];
/** A page of music. */
export type MusicPage = Schemas["MusicPage"];
/** A job that is still running. */
export type RunningJob = Schemas["RunningJob"];
/** The result of taking a recording apart. */
export type StemsAnswer = Schemas["SplitStems"];
/** The answer to a MIDI upload. */
export type UploadedMidi = Schemas["UploadedMidi"];
/** The voice being cloned. */
export type VoiceClone = Schemas["VoiceClone"];

type Singer = "artistVoiceItemId" | "clonedVoiceItemId" | "midiItemId";
type OnlySinger<K extends Singer> = { [P in K]?: string } & { [P in Exclude<Singer, K>]?: never };

/** An order for a song. At most one of the two voices and the MIDI file may be named. */
export type SongOrder = Omit<Schemas["SongRequest"], Singer> &
  (OnlySinger<"artistVoiceItemId"> | OnlySinger<"clonedVoiceItemId"> | OnlySinger<"midiItemId">);

/** What a file of a finished job can be: the mix as mp3 or wav, or a ZIP of its stems. */
export type FileFormat = "mp3" | "wav" | "stems";

/** Waits so many milliseconds; should end early, with a rejection, when the signal fires. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** An array with at least one element. */
export type AtLeastOne<T> = [T, ...T[]];
