// One Maildir folder (tmp, new, cur): atomic writing, cheap listing, moving. Knows nothing of what the files mean.
import type { Dirent } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as yielded } from "node:timers/promises";
import { Failure, type MemberName } from "../core/words.ts";
import { byName } from "../lib/file-order.ts";
import { asItIs, readSmall, type Small } from "./small-file.ts";

/** A file beyond this is no message of ours: bodies of that size travel by path. */
const maxBytes = 4 * 1024 * 1024;
/** Files read at once: enough to hide the disk, few enough for any limit on open files. */
const readBatch = 32;

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

export interface BrokenFile {
  readonly file: string;
  readonly why: string;
}

/** A name that is safe as a file and inside the header line that is typed into a pane. Batty's own names fit. */
export function isFileId(name: string): boolean {
  return /^[A-Za-z0-9][^\s/[\]\p{Cc}]{0,199}$/u.test(name);
}

/** The errno code of a file system error, or "". */
export function errnoOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

function ioFailure(tried: string, path: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const code = errnoOf(cause);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new Failure("io.full", `${tried} ${path} failed: no space is left there`, {
      hint: "Free some space on that disk; it is tried again.",
      cause,
    });
  return new Failure("io.failed", `${tried} ${path} failed: ${code || String(cause)}`, {
    hint: "Check that the folder exists and belongs to the user who runs the bot.",
    cause,
  });
}

/** Runs file work so that it ends with the signal (a hung network disk does not) and fails as a Failure. */
export async function onDisk<T>(
  tried: string,
  path: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const late = () =>
    new Failure("timeout", `${tried} ${path} was given up before it ended`, {
      cause: signal.reason,
    });
  if (signal.aborted) throw late();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(late());
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    throw ioFailure(tried, path, error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

let tmpCounter = 0;

/** Writes `new/<name>`: whole or not at all, and on the disk when this resolves. */
export async function writeNew(base: string, name: string, text: string): Promise<void> {
  for (const part of ["tmp", "new", "cur"])
    await mkdir(join(base, part), { recursive: true, mode: 0o700 });
  tmpCounter += 1;
  const draft = join(base, "tmp", `${name}.${process.pid}.${tmpCounter}`);
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, join(base, "new", name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(join(base, "new"));
}

/** Without this the rename itself may be lost in a power cut, and the sender was told "queued". */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** `new/<name>` to `cur/<as>`. False: there was no such file (moved already, or a person removed it). */
export async function moveToCur(base: string, name: string, as: string = name): Promise<boolean> {
  const move = () => rename(join(base, "new", name), join(base, "cur", as));
  try {
    await move();
    return true;
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
  if (!(await isThere(join(base, "new", name)))) return false;
  // An inbox made by hand may lack cur/.
  await mkdir(join(base, "cur"), { recursive: true, mode: 0o700 });
  await move();
  return true;
}

export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return false;
    throw error;
  }
}

/** The text of a regular file; null: gone. Links, pipes and giants are refused unread. */
export async function readPlain(path: string): Promise<Parsed<string> | null> {
  try {
    const file = await open(path, asItIs);
    try {
      const seen = await file.stat();
      if (!seen.isFile()) return { ok: false, why: "it is not a regular file" };
      if (seen.size > maxBytes) return { ok: false, why: `it is larger than ${maxBytes} bytes` };
      return { ok: true, value: await file.readFile("utf8") };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT") return null;
    if (code === "ELOOP" || code === "ENXIO") return { ok: false, why: "it is not a regular file" };
    return { ok: false, why: `it cannot be read: ${code || String(error)}` };
  }
}

/** Null: gone, a link, unreadable: the slower way says which. */
function atOnce(path: string): Small | null {
  try {
    return readSmall(path);
  } catch {
    // Whatever it is, `readPlain` meets it again and names it.
    return null;
  }
}

export interface Shelf<T> {
  /** What lies in new/, in file name order; null: there is no such folder. */
  list(): Promise<{ readonly good: readonly T[]; readonly broken: readonly BrokenFile[] } | null>;
}

/**
 * Reads a `new/` again and again. A whole file is read once (files are immutable); a broken one again
 * only when its size or time changed, since its writer may not be done yet.
 */
export function openShelf<T>(
  base: string,
  parse: (name: string, text: string) => Parsed<T>,
): Shelf<T> {
  const folder = join(base, "new");
  let good = new Map<string, T>();
  let broken = new Map<string, { stamp: string; why: string }>();

  async function look(name: string, small: Small | null): Promise<Parsed<T> | null> {
    if (!isFileId(name)) return { ok: false, why: "its name cannot be a message id" };
    if (small !== null && small.text !== null) return parse(name, small.text);
    const text = await readPlain(join(folder, name));
    return text?.ok ? parse(name, text.value) : text;
  }

  async function stampOf(name: string, small: Small | null): Promise<string> {
    try {
      const seen = small?.seen ?? (await lstat(join(folder, name)));
      return `${seen.mtimeMs}:${seen.size}:${seen.ino}`;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return "gone";
      throw error;
    }
  }

  async function list() {
    const entries = await readFolder(folder);
    if (entries === null) return null;
    const nextGood = new Map<string, T>();
    const nextBroken = new Map<string, { stamp: string; why: string }>();
    const one = async (entry: Dirent): Promise<void> => {
      const { name } = entry;
      const held = good.get(name);
      if (held !== undefined) return void nextGood.set(name, held);
      // Stamped before the read: a change during it shows as a new stamp at the next look.
      const small = atOnce(join(folder, name));
      const stamp = await stampOf(name, small);
      const known = broken.get(name);
      if (known?.stamp === stamp) return void nextBroken.set(name, known);
      const found = await look(name, small);
      if (found?.ok) nextGood.set(name, found.value);
      else if (found) nextBroken.set(name, { stamp, why: found.why });
    };
    for (let at = 0; at < entries.length; at += readBatch) {
      if (at > 0) await yielded(); // a full inbox must not hold the loop
      await Promise.all(entries.slice(at, at + readBatch).map(one));
    }
    good = nextGood;
    broken = nextBroken;
    const names = entries.map((entry) => entry.name).sort(byName);
    return {
      good: names.flatMap((name) => (good.has(name) ? [good.get(name) as T] : [])),
      broken: names.flatMap((file) => {
        const why = broken.get(file)?.why;
        return why === undefined ? [] : [{ file, why }];
      }),
    };
  }

  return { list };
}

async function readFolder(folder: string): Promise<Dirent[] | null> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.name.startsWith("."));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** What is opened once for each of `members`, which may come and go. */
export function perMember<S>(
  members: readonly MemberName[],
  open: (member: MemberName) => S,
): () => readonly S[] {
  const opened = new Map<MemberName, S>();
  const get = (member: MemberName): S => {
    const known = opened.get(member) ?? open(member);
    opened.set(member, known);
    return known;
  };
  return () => members.map(get);
}
