// state.json: the folded journal up to a line, so that a start need not read all of it; its time is the bot's heartbeat.
// Never the only home of a fact: one that is missing, torn, foreign or of another build is passed over.
import { createHash } from "node:crypto";
import { utimesSync } from "node:fs";
import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import { foldFrom } from "../core/fold.ts";
import { empty, type State } from "../core/state.ts";
import { type Position, readJournal, segmentsOf } from "../daemon/journal.ts";
import { fromJson, toJson } from "../lib/json-maps.ts";
import type { Paths } from "../world/paths.ts";
import { coreHash } from "../world/version.ts";

export interface Checkpoint {
  readonly at: Position;
  readonly state: State;
  /** The newest line up to there that audit.jsonl has to hold; 0: none. */
  readonly decided: number;
}

/** Bytes before the place whose hash tells our journal from another one. */
const tailBytes = 256;

export async function writeCheckpoint(
  paths: Paths,
  { at, state, decided }: Checkpoint,
): Promise<void> {
  const tail = await tailOf(paths.journal, at);
  if (tail === null) return; // the journal was changed under our feet: no word on it
  const fresh = `${paths.checkpoint}.${process.pid}.tmp`;
  const file = await open(fresh, "w", 0o600);
  try {
    await file.writeFile(`${toJson({ v: 1, shape: coreHash, at, tail, decided, state })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, paths.checkpoint);
}

/** Null: there is none, or none to be relied on; `told` hears why. */
export async function readCheckpoint(
  paths: Paths,
  told: (why: string) => void = () => undefined,
): Promise<Checkpoint | null> {
  const found = await parsed(paths.checkpoint);
  if (found === null) return null;
  const { shape, at, tail, state, decided } = found as Partial<Checkpoint> &
    Record<string, unknown>;
  const why =
    state === undefined || at === undefined || decided === undefined
      ? "it is torn or holds no state"
      : shape !== coreHash
        ? "another build wrote it"
        : (await tailOf(paths.journal, at)) !== tail
          ? "it is not of this journal"
          : null;
  if (why === null) return { at, state, decided } as Checkpoint;
  told(`state.json was passed over and the whole journal is read: ${why}`);
  return null;
}

/** Undefined fields: unreadable. Null: no file, or one that is the heartbeat only. */
async function parsed(path: string): Promise<object | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    return {};
  }
  if (text === beat) return null;
  try {
    return (fromJson(text) as object | null) ?? {};
  } catch {
    return {}; // torn: told by the caller
  }
}

async function tailOf(journal: string, at: Position): Promise<string | null> {
  const next = (await segmentsOf(journal)).find(({ last }) => last > at.after);
  let file: FileHandle;
  try {
    file = await open(next?.path ?? journal, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    const length = Math.min(tailBytes, at.bytes);
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, at.bytes - length);
    if (bytesRead < length) return null;
    return createHash("sha256").update(`${at.after} `).update(bytes).digest("hex");
  } finally {
    await file.close();
  }
}

/** What the files say, for somebody who only looks: the bot may be writing meanwhile. */
export async function stateOnFiles(paths: Paths): Promise<State> {
  const from = await readCheckpoint(paths);
  const fold = foldFrom(from?.state ?? empty);
  await readJournal(paths.journal, fold.take, from?.at);
  return fold.state();
}

/** Stands where no checkpoint was written yet. */
const beat = "{}\n";

/** The loop has just worked off a tick. */
export async function heartbeat(paths: Paths, now: Date): Promise<void> {
  try {
    utimesSync(paths.checkpoint, now, now); // some 10 µs each second; a thread for it would wake the loop once more
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const file = await open(paths.checkpoint, "a", 0o600);
    await file.appendFile(beat);
    await file.close();
  }
}
