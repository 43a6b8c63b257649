// Rooms' histories on disk: one JSONL file a room, append-only. Knows lines, not what they say.
import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  writeSync,
} from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../core/words.ts";

export interface HistoryFiles {
  /** Written when it returns, so that lines stand in the order of the calls; durable when it resolves. @throws Failure `io.*`, and the line stands nowhere */
  append(room: string, line: object): Promise<void>;
  /** Resolves when all that was written to this room is durable. */
  settled(room: string): Promise<void>;
  close(): Promise<void>;
}

/** Rooms held open at once: each task has one, and a bot runs for months. */
const openAtMost = 16;

/** Beside the rooms, and the inbox's: which messages have acted. */
const idsFile = "ids.jsonl";

/** `task:12` → `task%3A12.jsonl`; a member may be called `ids`. */
const fileOf = (room: string): string =>
  room === "ids" ? "%69ds.jsonl" : `${encodeURIComponent(room)}.jsonl`;

/** @param take gets every readable line of every room, a room's lines in order */
export async function openHistoryFiles(
  dir: string,
  take: (line: unknown) => void,
): Promise<HistoryFiles> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(dir))
    if (name.endsWith(".jsonl") && name !== idsFile) await readLines(join(dir, name), take);
  const files = new Map<string, number>();
  const settling = new Map<string, Promise<void>>();

  /** Closed when nothing is being synced any more: its number must not mean another file by then. */
  const drop = async (room: string): Promise<void> => {
    const fd = files.get(room);
    files.delete(room);
    await settling.get(room);
    if (fd !== undefined) closeSync(fd);
  };

  /** Syncs of one room may end in any order: all of them count. */
  const settle = (room: string, synced: Promise<void>): void => {
    const all = Promise.allSettled([settling.get(room), synced]).then(() => {
      if (settling.get(room) === all) settling.delete(room);
    });
    settling.set(room, all);
  };

  const write = (room: string, text: string): number => {
    const path = join(dir, fileOf(room));
    try {
      const fd = files.get(room) ?? openSync(path, "a", 0o600);
      // Written last stands last.
      files.delete(room);
      files.set(room, fd);
      writeWhole(fd, Buffer.from(text));
      return fd;
    } catch (error) {
      void drop(room); // the next try opens what stands there then
      throw failureOf(error, path);
    }
  };

  return {
    append(room, line) {
      const fd = write(room, `${JSON.stringify(line)}\n`);
      const synced = new Promise<void>((resolve, reject) =>
        fdatasync(fd, (error) => {
          // A file that cannot be synced (a device) has no disk behind it to lose.
          if (error === null || error.code === "EINVAL") resolve();
          else reject(failureOf(error, join(dir, fileOf(room))));
        }),
      );
      settle(room, synced);
      const [longest] = files.keys();
      if (files.size > openAtMost && longest !== undefined) void drop(longest);
      return synced;
    },
    settled: async (room) => settling.get(room),
    async close() {
      await Promise.all([...files.keys()].map(drop));
    },
  };
}

/** All of it or nothing: half a line would take the next one along. */
function writeWhole(fd: number, bytes: Buffer): void {
  const { size } = fstatSync(fd);
  try {
    for (let done = 0; done < bytes.length; )
      done += writeSync(fd, bytes, done, bytes.length - done);
  } catch (error) {
    if (fstatSync(fd).size > size) ftruncateSync(fd, size);
    throw error;
  }
}

function failureOf(error: unknown, path: string): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new Failure(isFull ? "io.full" : "io.failed", `writing ${path} failed: ${message}`, {
    hint: isFull ? "Make room on the disk; it is tried again." : "Look at the file and its folder.",
    cause: error,
  });
}

const newline = 10;

/** A torn last line (a crash while writing) is cut off: it was never confirmed, and is offered again by its key. */
async function readLines(path: string, take: (line: unknown) => void): Promise<void> {
  const file = await open(path, "r+");
  try {
    let rest = Buffer.alloc(0);
    let whole = 0;
    for await (const chunk of file.createReadStream({ autoClose: false, start: 0 })) {
      const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      const end = bytes.lastIndexOf(newline) + 1;
      for (const text of bytes.toString("utf8", 0, end).split("\n")) takeLine(text, take);
      whole += end;
      rest = Buffer.from(bytes.subarray(end));
    }
    if (rest.length > 0) await file.truncate(whole);
  } finally {
    await file.close();
  }
}

function takeLine(text: string, take: (line: unknown) => void): void {
  if (text === "") return;
  try {
    take(JSON.parse(text));
  } catch {
    // one unreadable line must not hide the others
  }
}
