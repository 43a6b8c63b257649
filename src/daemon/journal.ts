// events.jsonl and its full segments in events/: append-only, one writer. Replayed at start; a torn last line is cut off;
// lines without `v` are Batty's. Knows nothing of what a state is.
import {
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  writeSync,
} from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
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

/** A place between two lines, found again after any number of new segments. */
export interface Position {
  /** The last line's seq of the segment before; 0: there was none. */
  readonly after: number;
  /** Bytes of this segment before the place. */
  readonly bytes: number;
}

export interface JournalFile extends Journal {
  /** Behind everything appended so far. */
  position(): Position;
}

export interface Replay {
  readonly lines: number;
  /** Broken lines that were passed over, by file and number. */
  readonly broken: readonly string[];
  /** Bytes of a torn last line that were cut off. */
  readonly torn: number;
}

/** How far a reading is, bytes. */
export type Reading = (done: number, total: number) => void;

/** A full segment: some 60,000 lines, read in half a second. bytes */
const segmentBytes = 16 * 1024 * 1024;

/** Some hundred lines, folded before anything else gets its turn. bytes */
const pieceBytes = 32 * 1024;

const segmentsDir = (path: string): string => join(dirname(path), "events");
const isSegment = (name: string): boolean => /^\d{12}\.jsonl$/.test(name);
const seqIn = (name: string): number => Number.parseInt(name, 10);
const nameOf = (lastSeq: number): string => `${String(lastSeq).padStart(12, "0")}.jsonl`;

interface Segment {
  readonly path: string;
  readonly last: number;
}

/** Full segments, oldest first; each is named after its last line's seq. */
export async function segmentsOf(path: string): Promise<readonly Segment[]> {
  let names: string[];
  try {
    names = await readdir(segmentsDir(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return names
    .filter(isSegment)
    .sort()
    .map((name) => ({ path: join(segmentsDir(path), name), last: seqIn(name) }));
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

/** Reads what lies behind `from` in pieces, so that a long journal does not stall the loop, and cuts a torn tail. */
export async function replay(
  path: string,
  fold: (recorded: Recorded) => void,
  from?: Position,
  reading?: Reading,
): Promise<Replay> {
  const mend = async (file: FileHandle, read: Read): Promise<void> => {
    if (read.torn > 0) await file.truncate(read.whole);
  };
  return walk(path, fold, from, mend, reading);
}

/** The same for somebody who only looks: a torn tail may be a line being written. No file: no lines. */
export async function readJournal(
  path: string,
  fold: (recorded: Recorded) => void,
  from?: Position,
): Promise<void> {
  await walk(path, fold, from, null);
}

/** What somebody hears who wants every line, at their own pace. */
export interface Copyist {
  readonly ours: (recorded: Recorded) => void;
  /** A line without `v`: Batty's. */
  readonly foreign: (line: string) => void;
  /** A piece is read; the next one is when this resolves. */
  readonly pause: () => Promise<void>;
}

/** All lines behind a place, or from the segment on that holds this `seq`. */
export async function copyJournal(
  path: string,
  from: number | Position,
  copyist: Copyist,
): Promise<void> {
  const place = typeof from === "number" ? await segmentOf(path, from) : from;
  await walk(path, copyist.ours, place, null, undefined, copyist);
}

async function segmentOf(path: string, seq: number): Promise<Position> {
  const before = (await segmentsOf(path)).filter(({ last }) => last < seq).at(-1);
  return { after: before?.last ?? 0, bytes: 0 };
}

/** Enough for some hundred lines. bytes */
const newestBytes = 64 * 1024;

/** Lines at the end of the segment that is written now, for somebody who looks. */
export async function newestLines(path: string): Promise<readonly Recorded[]> {
  const list: Recorded[] = [];
  const { size } = await stat(path);
  const after = (await segmentsOf(path)).at(-1)?.last ?? 0;
  const bytes = Math.max(0, size - newestBytes);
  // Begun within a line: that one is broken, and the others are whole.
  await readJournal(path, (recorded) => void list.push(recorded), { after, bytes });
  return list;
}

interface Read extends Replay {
  /** Where the last whole line ends, bytes. */
  readonly whole: number;
}

async function walk(
  path: string,
  fold: (recorded: Recorded) => void,
  from: Position | undefined,
  mend: ((file: FileHandle, read: Read) => Promise<void>) | null,
  reading: Reading = () => undefined,
  copyist?: Copyist,
): Promise<Replay> {
  const current = await opened(path, mend === null ? "r" : "a+");
  try {
    const former = (await formerOf(path, current)).filter(({ last }) => last > (from?.after ?? 0));
    let start = from?.bytes ?? 0;
    const sizes = former.map(async (each) => (await stat(each.path)).size);
    const size = (await current?.stat())?.size ?? 0;
    const total = (await Promise.all(sizes)).reduce((sum, each) => sum + each, size) - start;
    let done = 0;
    const passed = (bytes: number): void => {
      done += bytes;
      reading(done, total);
    };
    let all: Replay = { lines: 0, broken: [], torn: 0 };
    for (const each of former) {
      const file = await open(each.path, "r");
      all = joined(
        all,
        await readLines(file, fold, start, passed, copyist).finally(() => file.close()),
      );
      start = 0;
    }
    if (current === null) return { ...all, torn: 0 };
    const read = await readLines(current, fold, start, passed, copyist);
    await mend?.(current, read);
    return joined(all, read);
  } finally {
    await current?.close();
  }
}

const joined = (a: Replay, b: Replay): Replay => ({
  lines: a.lines + b.lines,
  broken: [...a.broken, ...b.broken],
  torn: b.torn,
});

/**
 * The full segments before the one that was opened as the current one. It may have been put away since: what came
 * behind it then is for the next reader.
 */
async function formerOf(path: string, current: FileHandle | null): Promise<readonly Segment[]> {
  const segments = await segmentsOf(path);
  if (current === null) return segments;
  const { ino } = await current.stat();
  const inodes = await Promise.all(segments.map(async (each) => (await stat(each.path)).ino));
  const at = inodes.indexOf(ino);
  return at < 0 ? segments : segments.slice(0, at);
}

async function opened(path: string, flags: "a+" | "r"): Promise<FileHandle | null> {
  try {
    return await open(path, flags, 0o600);
  } catch (error) {
    if (flags === "r" && (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function readLines(
  file: FileHandle,
  fold: (recorded: Recorded) => void,
  start: number,
  passed: (bytes: number) => void,
  copyist?: Copyist,
): Promise<Read> {
  const broken: string[] = [];
  let lines = 0;
  let rest = "";
  let whole = start;
  const pieces = { encoding: "utf8", autoClose: false, start, highWaterMark: pieceBytes } as const;
  for await (const chunk of file.createReadStream(pieces)) {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    passed(Buffer.byteLength(String(chunk)));
    for (const line of parts) {
      lines += 1;
      const at = whole;
      whole += Buffer.byteLength(line) + 1;
      if (line.trim() === "") continue;
      try {
        const recorded = parseLine(line);
        if (recorded !== null) fold(recorded);
        else copyist?.foreign(line);
      } catch {
        broken.push(`line at byte ${at}`); // named to a person by the caller; the rest is still good
      }
    }
    await copyist?.pause();
  }
  return { lines, broken, torn: Buffer.byteLength(rest), whole };
}

/** What no act waited for is on disk after this, ms. */
const syncEach = 1_000;

/** @param full bytes after which a segment is put away */
export function openJournal(path: string, full = segmentBytes): JournalFile {
  let fd = openSync(path, "a", 0o600);
  let bytes = fstatSync(fd).size;
  let after = lastOf(path);
  /** Full segments whose last lines may not be on disk yet. */
  const put: number[] = [];
  let dirty = false;
  let running: Promise<void> | null = null;

  const flush = async (): Promise<void> => {
    dirty = false;
    for (const each of put.splice(0)) {
      await onDisk(each, path);
      closeSync(each);
    }
    await onDisk(fd, path);
  };

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

  const putAway = (last: number): void => {
    try {
      mkdirSync(segmentsDir(path), { recursive: true, mode: 0o700 });
      renameSync(path, join(segmentsDir(path), nameOf(last)));
    } catch {
      return; // the segment grows on, and the next line tries again
    }
    put.push(fd);
    fd = openSync(path, "a", 0o600);
    bytes = 0;
    after = last;
  };

  return {
    append(recorded) {
      const last = recorded.at(-1);
      if (last === undefined) return;
      const text = Buffer.from(recorded.map(lineOf).join(""));
      dirty = true;
      let written = 0;
      try {
        while (written < text.length) written += writeSync(fd, text, written);
      } catch (error) {
        undo(fd, path, written);
        throw ioFailure(path, error as NodeJS.ErrnoException);
      }
      syncSoon();
      bytes += text.length;
      if (bytes >= full) putAway(last.seq);
    },
    sync,
    position: () => ({ after, bytes }),
    async close() {
      if (soon !== null) clearTimeout(soon);
      await sync();
      closeSync(fd);
    },
  };
}

/** The newest segment's last seq; read at once, as all of the opening is. */
function lastOf(path: string): number {
  if (!existsSync(segmentsDir(path))) return 0;
  return Math.max(0, ...readdirSync(segmentsDir(path)).filter(isSegment).map(seqIn));
}

const onDisk = (fd: number, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error === null ? resolve() : reject(ioFailure(path, error))));
  });

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
