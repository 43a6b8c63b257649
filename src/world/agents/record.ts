// Reads what an agent adds to the file that holds its conversation. Where that lies is the agent's claim, and what stands
// in it is data; must not know what a line means.
import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { sep } from "node:path";
import type { Instant } from "../../core/words.ts";
import { fieldsOfLine, textOf } from "./json.ts";

export interface RecordLine {
  readonly text: string;
  /** It was written after `since`: not heard of in an earlier life of the bot. */
  readonly fresh: boolean;
}

export interface OpenRecord {
  /** What came since the last look, oldest first. A file that is not there (yet) has nothing. */
  look(signal: AbortSignal): Promise<readonly RecordLine[]>;
}

/** Bytes of the largest conversation that is read from its beginning; of a larger one its end. */
const readBack = 16 * 1024 * 1024;
/** Bytes a look reads at most; the next one goes on. */
const eachLook = 2 * 1024 * 1024;
const piece = 256 * 1024;
/** Bytes of the longest line: a longer one (a picture in it) is passed over. */
const lineAtMost = 1024 * 1024;

interface Place {
  readonly file: string;
  offset: number;
  /** Lines up to here were there before anybody looked: their own time says whether they are new. */
  readonly old: number;
  /** The beginning of a line whose end is not written yet. */
  rest: Buffer;
  /** The line under way is too long, or was joined in its middle: up to its end nothing counts. */
  skips: boolean;
}

/** @param home only files below it are read @param since what is older was heard before */
export function openRecord(path: string, home: string, since: Instant): OpenRecord {
  let place: Place | null = null;
  let lookedAt = since;
  return {
    async look(signal) {
      const began = Date.now();
      const handle = await openBelow(path, home);
      if (handle === null) return [];
      try {
        const stat = await handle.stat();
        if (!stat.isFile()) return [];
        const file = `${stat.dev}:${stat.ino}`;
        if (place?.file !== file || stat.size < place.offset) place = begin(file, stat.size);
        const lines = await readOn(handle, place, stat.size, lookedAt, signal);
        // Until all that was there at first is read, its end counts by the first look's time.
        if (place.offset >= stat.size) lookedAt = Math.max(lookedAt, began);
        return lines;
      } finally {
        await handle.close();
      }
    },
  };
}

function begin(file: string, size: number): Place {
  const offset = Math.max(0, size - readBack);
  return { file, offset, old: size, rest: Buffer.alloc(0), skips: offset > 0 };
}

/** Null: there is none, or it is none of ours to read. Opening waits for nobody, whatever lies there. */
async function openBelow(path: string, home: string): Promise<FileHandle | null> {
  try {
    const [real, base] = await Promise.all([realpath(path), realpath(home)]);
    if (!real.startsWith(`${base}${sep}`)) return null;
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
    return await open(real, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR" || code === "ELOOP")
      return null;
    throw error;
  }
}

async function readOn(
  handle: FileHandle,
  place: Place,
  size: number,
  since: Instant,
  signal: AbortSignal,
): Promise<RecordLine[]> {
  const lines: RecordLine[] = [];
  const end = Math.min(size, place.offset + eachLook);
  while (place.offset < end) {
    signal.throwIfAborted();
    const buffer = Buffer.alloc(Math.min(piece, end - place.offset));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, place.offset);
    if (bytesRead === 0) break;
    const isOld = place.offset < place.old;
    place.offset += bytesRead;
    for (const text of linesOf(place, buffer.subarray(0, bytesRead)))
      lines.push({ text, fresh: !isOld || writtenAt(text) > since });
  }
  return lines;
}

/** Whole lines; what is left begins the next one. */
function linesOf(place: Place, bytes: Buffer): string[] {
  const lines: string[] = [];
  let from = 0;
  for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
    const line = Buffer.concat([place.rest, bytes.subarray(from, to)]);
    if (!place.skips && line.length > 0 && line.length <= lineAtMost)
      lines.push(line.toString("utf8"));
    place.rest = Buffer.alloc(0);
    place.skips = false;
    from = to + 1;
  }
  place.rest = Buffer.concat([place.rest, bytes.subarray(from)]);
  if (place.rest.length > lineAtMost) {
    place.rest = Buffer.alloc(0);
    place.skips = true;
  }
  return lines;
}

/** By the line itself; one that does not say is old. */
function writtenAt(line: string): Instant {
  const at = Date.parse(textOf(fieldsOfLine(line)["timestamp"]));
  return Number.isNaN(at) ? 0 : at;
}
