// Writes the set-up's files: whole or not at all, and never over something a person may have written.
import { constants, copyFile, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { Failure } from "../core/words.ts";

interface Options {
  readonly mode?: number;
  readonly signal: AbortSignal;
}

/** A folder with all above it, 0700. @throws Failure `io.full` | `io.failed` */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw writeFailed(path, cause);
  }
}

/** Temporary file, fsync, rename. @throws Failure `io.full` | `io.failed` */
export async function writeWhole(path: string, text: string, options: Options): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  options.signal.throwIfAborted();
  try {
    const file = await open(temporary, "w", options.mode ?? 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw writeFailed(path, cause);
  }
}

/**
 * Writes `text`; what stood there with other content is kept beside it as `.bak` (`.bak.2`, … when that is taken).
 * Resolves to the kept copy's path, null when there was nothing to keep.
 */
export async function writeKeeping(
  path: string,
  text: string,
  options: Options,
): Promise<string | null> {
  const old = await readFile(path, { encoding: "utf8", signal: options.signal }).catch((error) => {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw writeFailed(path, error);
  });
  if (old === text) return null;
  const kept = old === null ? null : await keep(path);
  await writeWhole(path, text, options);
  return kept;
}

async function keep(path: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const copy = n === 1 ? `${path}.bak` : `${path}.bak.${n}`;
    try {
      await copyFile(path, copy, constants.COPYFILE_EXCL);
      return copy;
    } catch (cause) {
      if ((cause as { code?: string }).code !== "EEXIST") throw writeFailed(copy, cause);
    }
  }
}

function writeFailed(path: string, cause: unknown): unknown {
  const code = (cause as { code?: string }).code;
  if (code === undefined) return cause; // not the file system's: a bug or an abort, to be seen as such
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new Failure(full ? "io.full" : "io.failed", `writing ${path} failed (${code})`, {
    hint: full ? "Free some space and try again." : "Check the folder's permissions and try again.",
    cause,
  });
}
