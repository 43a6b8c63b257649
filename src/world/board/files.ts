// Files of the board as bytes: read them whole although others write in place, write them so that no reader
// ever sees half of one. Knows nothing of what is in them.
import { constants } from "node:fs";
import { link, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Failure, type Instant } from "../../core/words.ts";

/** What tells a file that changed from one that did not, without reading it. */
export interface Stamp {
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly size: number;
  readonly ino: number;
}

export const sameStamp = (a: Stamp, b: Stamp): boolean =>
  a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.size === b.size && a.ino === b.ino;

/** ms for which a file's times are too coarse to tell two writes apart (ext4: 4–10; network disks more). */
const coarse = 100;
/** ms until a torn file is read again: kanban-md truncates and writes in one go, well within this. */
const secondLook = 8;

/** Whether a stamp taken at `at` may be relied on: the file was not written just then. */
export const isOld = (stamp: Stamp, at: Instant): boolean =>
  at - Math.max(stamp.mtimeMs, stamp.ctimeMs) > coarse;

export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException | null)?.code ?? "");
}

/** A file system error as a Failure; what is none (an abort, a bug, a refusal) passes as it is. */
export function asFailure(error: unknown, tried: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof Failure || typeof code !== "string" || !/^E[A-Z]+$/.test(code)) return error;
  const full = code === "ENOSPC" || code === "EDQUOT";
  const hint = full
    ? "Free some space; it is tried again."
    : "Check that the board's folder is there and ours.";
  return new Failure(full ? "io.full" : "io.failed", `${tried} failed: ${code}.`, {
    hint,
    cause: error,
  });
}

/** The stamp of a regular file; null: none there. */
export async function stampOf(path: string): Promise<Stamp | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found : null;
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return null;
    throw error;
  }
}

export interface Contents {
  readonly bytes: Buffer;
  readonly stamp: Stamp;
  /** False: somebody wrote while we read. */
  readonly whole: boolean;
}

/** Null: no such file. Not for pipes: stamp it first. */
export async function readWhole(path: string): Promise<Contents | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const before = await file.stat();
      const bytes = await file.readFile();
      const after = await file.stat();
      const whole = sameStamp(before, after) && bytes.length === after.size;
      return { bytes, stamp: after, whole };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

export interface Taken<T> {
  readonly value: T;
  readonly contents: Contents;
}

/**
 * Reads and parses. A file that changed meanwhile or makes no sense is read once more after some ms before
 * that is believed. Null: no such file. Throws what `parse` throws the second time.
 */
export async function readParsed<T>(
  path: string,
  parse: (bytes: Buffer) => T,
  signal: AbortSignal,
): Promise<Taken<T> | null> {
  const first = await readWhole(path);
  if (first === null) return null;
  if (first.whole) {
    try {
      return { value: parse(first.bytes), contents: first };
    } catch {
      // Perhaps torn: the second look decides, and reports.
    }
  }
  await pause(secondLook, undefined, { signal });
  const second = await readWhole(path);
  return second && { value: parse(second.bytes), contents: second };
}

/** Names in a folder; none when the folder is missing (git keeps no empty ones). */
export async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  }
}

export async function ensureDir(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o750 });
}

const draftPrefix = ".batty-";
let drafts = 0;

/** A finished, synced file beside `path`, under a name no reader of tasks takes. */
export async function draft(path: string, bytes: Buffer, mode: number): Promise<string> {
  drafts += 1;
  const name = join(dirname(path), `${draftPrefix}${process.pid}-${drafts}.tmp`);
  await rm(name, { force: true });
  const file = await open(name, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
  return name;
}

/** Drafts that a crash left; only to be called while the board is locked. */
export async function sweepDrafts(dir: string): Promise<void> {
  for (const name of await namesIn(dir)) {
    if (name.startsWith(draftPrefix) && name.endsWith(".tmp"))
      await rm(join(dir, name), { force: true });
  }
}

/** Puts a draft over `path`. */
export async function replaceWith(draftPath: string, path: string): Promise<void> {
  await rename(draftPath, path);
  await syncDir(dirname(path));
}

/** Puts a draft at a name that must be free. False: it is taken, and the draft is still there. */
export async function placeNew(draftPath: string, path: string): Promise<boolean> {
  try {
    await link(draftPath, path);
    await rm(draftPath, { force: true });
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    // Some disks know no hard links: then look first.
    if (!isCode(error, "EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP")) throw error;
    if (await exists(path)) return false;
    await rename(draftPath, path);
  }
  await syncDir(dirname(path));
  return true;
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

async function syncDir(dir: string): Promise<void> {
  const folder = await open(dir, "r");
  try {
    await folder.sync();
  } catch (error) {
    // Not every file system can; the rename itself is done.
    if (!isCode(error, "EINVAL", "ENOTSUP", "EPERM")) throw error;
  } finally {
    await folder.close();
  }
}

/** Appends whole lines, after completing a last line that a crash tore. Created 0600. */
export async function appendLines(
  path: string,
  lines: readonly string[],
  sync: boolean,
): Promise<number> {
  const file = await open(path, "a+", 0o600);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const start = size > 0 && last[0] !== 0x0a ? "\n" : "";
    const text = `${start}${lines.map((line) => `${line}\n`).join("")}`;
    await file.appendFile(text);
    if (sync) await file.datasync();
    return size + Buffer.byteLength(text);
  } finally {
    await file.close();
  }
}
