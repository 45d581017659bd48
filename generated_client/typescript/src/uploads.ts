/** Files to upload: their bytes, their media type, their name. */
import { InvalidArgumentError } from "./errors.js";

/** Bytes to upload. A stream is read into memory first, so that a second try can send all of it again. */
export type UploadSource = Blob | Uint8Array | ArrayBuffer | ReadableStream<Uint8Array>;

/** What an upload call takes beside the bytes. */
export interface UploadOptions {
  /** What to call it in lists; the name of a `File`, without its ending, if left out. */
  name?: string;
  /** The account to use; needed only with several. */
  user_id?: string;
  /** The media type; read off the file if left out. */
  contentType?: string;
}

/** A file ready to be sent any number of times. */
export interface Prepared<M extends string> {
  blob: Blob;
  contentType: M;
  name: string | undefined;
}

/** Media types for recordings. */
export const AUDIO = [
  "audio/mpeg",
  "audio/wav",
  "audio/wave",
  "audio/mp4",
  "audio/x-m4a",
  "audio/flac",
  "audio/x-flac",
] as const;
/** Media types for MIDI files. */
export const MIDI = ["audio/midi", "audio/x-midi"] as const;

/** Said of a file on disk that is no longer what it was when it was opened. */
export const UNREADABLE =
  "The file cannot be read any more: it has changed, or is gone. Open it anew and send it again.";

const BY_ENDING: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  wav: "audio/wav",
  m4a: "audio/mp4",
  mp4: "audio/mp4",
  flac: "audio/flac",
  mid: "audio/midi",
  midi: "audio/midi",
};

const OTHER_NAMES: Readonly<Record<string, string>> = {
  "audio/mp3": "audio/mpeg",
  "audio/x-wav": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/m4a": "audio/mp4",
  "audio/mid": "audio/midi",
};

/** Reads the source once, as far as needed, and decides on the media type: what the caller says, else what the file says. */
export async function prepare<M extends string>(
  source: UploadSource,
  options: UploadOptions,
  accepted: readonly M[],
): Promise<Prepared<M>> {
  const blob = await blobOf(source);
  const fileName = "name" in blob && typeof blob.name === "string" ? blob.name : undefined;
  const name = options.name ?? fileName?.replace(/\.[^.]*$/, "");
  if (options.contentType !== undefined) {
    // The service compares types itself, and a later revision may take more of them.
    return { blob, contentType: options.contentType as M, name };
  }
  const known = (type: string | undefined): type is M => (accepted as readonly (string | undefined)[]).includes(type);
  const type = [declared(blob), byEnding(fileName)].find(known) ?? (await byContent(blob));
  if (!known(type)) {
    throw new InvalidArgumentError(
      `Cannot tell what kind of file this is. Pass contentType, one of ${accepted.join(", ")}.`,
    );
  }
  return { blob, contentType: type, name };
}

/** What to show of an upload in errors. */
export function describe({ blob, contentType }: Prepared<string>): string {
  return `${blob.size} bytes of ${contentType}`;
}

async function blobOf(source: UploadSource): Promise<Blob> {
  if (source instanceof Blob) return source;
  if (source instanceof ReadableStream) {
    if (source.locked) throw new InvalidArgumentError("The stream is being read already. Pass a fresh one, or a Blob.");
    return await new Response(source).blob();
  }
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return new Blob([source as BlobPart]);
  throw new InvalidArgumentError(
    "Pass the file as Blob, File, Uint8Array, ArrayBuffer or ReadableStream; in Node, fromPath(path) of tempolor-client/node reads one from disk.",
  );
}

function declared(blob: Blob): string | undefined {
  const type = blob.type.split(";")[0]?.trim().toLowerCase();
  return type ? (OTHER_NAMES[type] ?? type) : undefined;
}

function byEnding(name: string | undefined): string | undefined {
  return BY_ENDING[/\.([^.]+)$/.exec(name ?? "")?.[1]?.toLowerCase() ?? ""];
}

async function byContent(blob: Blob): Promise<string | undefined> {
  const start = blob.slice(0, 12).arrayBuffer();
  const bytes = new Uint8Array(
    await start.catch((error: unknown) => {
      throw new InvalidArgumentError(UNREADABLE, { cause: error });
    }),
  );
  const text = String.fromCharCode(...bytes);
  if (text.startsWith("MThd")) return "audio/midi";
  if (text.startsWith("RIFF") && text.endsWith("WAVE")) return "audio/wav";
  if (text.startsWith("fLaC")) return "audio/flac";
  if (text.slice(4, 8) === "ftyp") return "audio/mp4";
  if (text.startsWith("ID3") || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2)) return "audio/mpeg";
  return undefined;
}
