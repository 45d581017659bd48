/** What only Node can do: files on disk. Everything of the main entry is here too. */

import { openAsBlob } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { CancelledError, type Download, type DownloadOptions, FileError, InvalidArgumentError } from "./index.js";

export * from "./index.js";

/** Options of `save`. */
export interface SaveOptions extends DownloadOptions {
  /** False to refuse a path that exists; by default its file is replaced once the new one is whole. */
  overwrite?: boolean | undefined;
}

/** Paths being saved to in this process; two at once would write into the same `.part`. */
const busy = new Set<string>();

/**
 * Makes a file on disk ready for upload. It is read while it is sent, anew for each try, and never held in memory.
 *
 * @throws FileError if it cannot be read.
 */
export async function fromPath(path: string, options: { contentType?: string | undefined } = {}): Promise<File> {
  let blob: Blob;
  try {
    const handle = await open(path, "r");
    try {
      if (!(await handle.stat()).isFile()) throw Object.assign(new Error("not a file"), { code: "EISDIR" });
    } finally {
      await handle.close();
    }
    blob = await openAsBlob(path);
  } catch (error) {
    throw fileError("read", path, error, "Nothing was sent.");
  }
  return new File([blob], basename(path), { type: options.contentType ?? "" });
}

/**
 * Downloads into a file and returns its absolute path. It is written as `<path>.part` and renamed once it is whole, so
 * that under its own name there is never half a file; when it fails, the `.part` is removed.
 *
 * @throws FileError if it cannot be written, DownloadError if it cannot be fetched.
 */
export async function save(download: Download, path: string, options: SaveOptions = {}): Promise<string> {
  const target = resolve(path);
  const part = `${target}.part`;
  if (busy.has(target))
    throw new InvalidArgumentError(`${path} is being saved already. Wait for it, or choose another path.`);
  busy.add(target);
  try {
    await refuseBadTarget(target, options.overwrite ?? true, download.jobIds);
    const handle = await onDisk(() => open(part, "w"), part, download.jobIds);
    try {
      await fill(handle, part, download, options);
      await onDisk(() => rename(part, target), target, download.jobIds);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    return target;
  } finally {
    busy.delete(target);
  }
}

async function fill(handle: FileHandle, part: string, download: Download, options: DownloadOptions): Promise<void> {
  try {
    let position = 0;
    for await (const piece of download.pieces(options)) {
      if (piece.restart) {
        position = 0;
        await onDisk(() => handle.truncate(0), part, download.jobIds);
        continue;
      }
      const at = position;
      await onDisk(() => writeAll(handle, piece.bytes, at), part, download.jobIds);
      position += piece.bytes.byteLength;
    }
    if (options.signal?.aborted) {
      throw new CancelledError("The download was cancelled.", {
        jobIds: download.jobIds,
        cause: options.signal.reason,
      });
    }
    await onDisk(() => handle.sync(), part, download.jobIds);
  } finally {
    await handle.close();
  }
}

/** A write may take less than it was given. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, position + done);
    done += bytesWritten;
  }
}

async function refuseBadTarget(target: string, overwrite: boolean, jobIds: readonly string[]): Promise<void> {
  const there = await stat(target).catch(() => undefined);
  if (there?.isDirectory()) {
    throw new FileError(`${target} is a folder. Choose the path of a file.`, { path: target, code: "EISDIR", jobIds });
  }
  if (there && !overwrite) {
    throw new FileError(`${target} exists. Choose another path, or allow overwrite.`, {
      path: target,
      code: "EEXIST",
      jobIds,
    });
  }
}

async function onDisk<T>(step: () => Promise<T>, path: string, jobIds: readonly string[]): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw fileError("write", path, error, "The music is still kept at the service: save it again later.", jobIds);
  }
}

const HELP: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EISDIR: "it is a folder",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full; free some space",
  EROFS: "the disk is read-only",
};

function fileError(
  verb: string,
  path: string,
  error: unknown,
  rest: string,
  jobIds: readonly string[] = [],
): FileError {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const why = HELP[code ?? ""] ?? (error instanceof Error ? error.message : String(error));
  return new FileError(`Cannot ${verb} ${path}: ${why}. ${rest}`, { path, code, jobIds, cause: error });
}
