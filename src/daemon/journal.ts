// events.jsonl: append-only, one writer. Replayed at start; a torn last line is cut off; lines without `v` are Batty's.
import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type Event, journalVersion, type Recorded } from "../core/event.ts";
import { Failure } from "../core/words.ts";
import { rfc3339 } from "../lib/time.ts";

export interface Journal {
  /** Writes the lines at once (they survive a crash of this process). @throws Failure `io.full` | `io.failed`; nothing was written then */
  append(recorded: readonly Recorded[]): void;
  /** Resolves when everything appended so far is on disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Replay {
  readonly lines: number;
  /** Broken lines that were passed over, by number. */
  readonly broken: readonly number[];
  /** Bytes of a torn last line that were cut off. */
  readonly torn: number;
}

export function lineOf({ seq, at, event }: Recorded): string {
  const { event: name, ...fields } = event;
  return `${JSON.stringify({ v: journalVersion, seq, ts: rfc3339(at), event: name, ...fields })}\n`;
}

/** Null: not one of our lines. */
export function parseLine(line: string): Recorded | null {
  const { v, seq, ts, ...event } = JSON.parse(line) as Record<string, unknown>;
  if (v === undefined) return null;
  if (v !== journalVersion)
    throw new Error(`journal line version ${String(v)} is newer than ${journalVersion}`);
  return { seq: seq as number, at: Date.parse(ts as string), event: event as unknown as Event };
}

/** Reads the file in pieces, so that a long journal does not stall the loop, and cuts a torn tail. */
export async function replay(path: string, fold: (recorded: Recorded) => void): Promise<Replay> {
  const file = await open(path, "a+", 0o600);
  try {
    const { whole, ...read } = await readLines(file, fold);
    if (read.torn > 0) await file.truncate(whole);
    return read;
  } finally {
    await file.close();
  }
}

/** The same for somebody who only looks: a torn tail may be a line being written. No file: no lines. */
export async function readJournal(path: string, fold: (recorded: Recorded) => void): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    await readLines(file, fold);
  } finally {
    await file.close();
  }
}

async function readLines(
  file: FileHandle,
  fold: (recorded: Recorded) => void,
): Promise<Replay & { readonly whole: number }> {
  const broken: number[] = [];
  let lines = 0;
  let rest = "";
  let whole = 0;
  for await (const chunk of file.createReadStream({
    encoding: "utf8",
    autoClose: false,
    start: 0,
  })) {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      lines += 1;
      whole += Buffer.byteLength(line) + 1;
      if (line.trim() === "") continue;
      try {
        const recorded = parseLine(line);
        if (recorded !== null) fold(recorded);
      } catch {
        broken.push(lines); // named to a person by the caller; the rest is still good
      }
    }
  }
  return { lines, broken, torn: Buffer.byteLength(rest), whole };
}

/** What no act waited for is on disk after this, ms. */
const syncEach = 1_000;

export function openJournal(path: string): Journal {
  const fd = openSync(path, "a", 0o600);
  let dirty = false;
  let running: Promise<void> | null = null;

  const flush = (): Promise<void> =>
    new Promise((resolve, reject) => {
      dirty = false;
      fdatasync(fd, (error) => (error === null ? resolve() : reject(ioFailure(path, error))));
    });

  const sync = async (): Promise<void> => {
    while (running !== null) await running.catch(() => undefined); // its own caller hears of it
    if (!dirty) return;
    running = flush().finally(() => {
      running = null;
    });
    await running;
  };

  let soon: NodeJS.Timeout | null = null;
  const syncSoon = (): void => {
    soon ??= setTimeout(() => {
      soon = null;
      void sync().catch(() => undefined); // told at the next act that needs it
    }, syncEach).unref();
  };

  return {
    append(recorded) {
      if (recorded.length === 0) return;
      syncSoon();
      const text = Buffer.from(recorded.map(lineOf).join(""));
      dirty = true;
      let written = 0;
      try {
        while (written < text.length) written += writeSync(fd, text, written);
      } catch (error) {
        undo(fd, path, written);
        throw ioFailure(path, error as NodeJS.ErrnoException);
      }
    },
    sync,
    async close() {
      if (soon !== null) clearTimeout(soon);
      await sync();
      closeSync(fd);
    },
  };
}

/** Takes back the part of a line that a full disk let through. */
function undo(fd: number, path: string, written: number): void {
  if (written === 0) return;
  const { size } = fstatSync(fd);
  try {
    ftruncateSync(fd, size - written);
  } catch (error) {
    throw ioFailure(path, error as NodeJS.ErrnoException);
  }
}

function ioFailure(path: string, cause: NodeJS.ErrnoException): Failure {
  return cause.code === "ENOSPC"
    ? new Failure(
        "io.full",
        `writing ${path} failed: the disk is full. Free some space; nothing was lost.`,
        { cause },
      )
    : new Failure("io.failed", `writing ${path} failed: ${cause.message}`, { cause });
}
