// What a bot remembers from its former lives: the journal, folded; and what of it no chat has shown yet.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { auditLine } from "../core/audit.ts";
import type { Recorded } from "../core/event.ts";
import { evolve } from "../core/evolve.ts";
import { foldFrom } from "../core/fold.ts";
import { empty, type State } from "../core/state.ts";
import { audited, writeAudit } from "../daemon/audit-file.ts";
import { copyJournal, type Journal, openJournal, type Reading, replay } from "../daemon/journal.ts";
import { type Reserve, withReserve } from "../daemon/reserve.ts";
import { write } from "../world/home.ts";
import type { Paths } from "../world/paths.ts";
import { openReserve } from "../world/reserve.ts";
import { version } from "../world/version.ts";
import { type Checkpoint, heartbeat, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { Place } from "./place.ts";

export interface Memory {
  readonly state: State;
  readonly journal: Journal;
  /** Decisions that audit.jsonl does not have yet. */
  readonly unaudited: readonly Recorded[];
  readonly reserve: Reserve;
  /**
   * Lines of former lives that no chat has shown, in order, each with the state after it. They are read for this: a
   * journal without a cursor can be longer than memory.
   */
  unshown(
    take: (recorded: Recorded, after: State) => void,
    pause: () => Promise<void>,
  ): Promise<void>;
  /** Everything up to this line is shown in this chat, or waits for it in a file. */
  cursor(chat: string): number;
  saveShown(chat: string, seq: number): Promise<void>;
  /** The journal has grown up to this state. */
  grown(state: State, by: readonly Recorded[]): void;
  /** A tick was worked off. */
  ticked(): void;
  /** The bot ends: everything up to this state is recorded, and shown in these chats. */
  keep(state: State, chats: readonly string[]): Promise<void>;
}

/** Lines between two checkpoints: a tail that is read in some 20 ms. */
const checkpointEach = 1_000;

/**
 * @param chats where what happens is shown
 * @param reading hears how far the journal is read
 */
export async function recall(
  place: Place,
  chats: readonly string[],
  reading?: Reading,
): Promise<Memory> {
  const { paths, log } = place;
  const cursors = await openCursors(paths, chats);
  const shownUpTo = cursors.last();
  const found = await readCheckpoint(paths, log);
  // Behind the cursor each line is shown with the state after it: those states have to be made anew.
  const from = found !== null && found.state.seq <= shownUpTo ? found : null;
  const audit = await auditing(paths, from);
  const fold = foldFrom(from?.state ?? empty);
  /** As it was at the cursor; null: nothing lies behind that. */
  let shown: State | null = null;
  const take = (recorded: Recorded): void => {
    if (recorded.seq > shownUpTo) shown ??= fold.state();
    fold.take(recorded);
    audit.take(recorded);
  };
  const read = await replay(paths.journal, take, from?.at, reading);
  for (const where of read.broken) log(`the journal's ${where} can't be read and was passed over`);
  if (read.torn > 0) log(`events.jsonl ended in a torn line of ${read.torn} bytes; it was cut off`);
  const state = fold.state();
  await cursors.begin(state.seq);
  const { unaudited, decided } = await audit.end();
  const reserve = openReserve(paths.reserve);
  const journal = withReserve(openJournal(paths.journal), reserve);
  reserve.take();
  const event = { event: "daemon_started", pid: process.pid, version } as const;
  const started: Recorded = { seq: state.seq + 1, at: Date.now(), event };
  journal.append([started]);
  const keeping = keep(place, () => journal.position(), { last: from?.state.seq ?? 0, decided });
  const ticked = (): void => void heartbeat(paths, new Date()).catch(() => undefined); // a full disk: its age tells
  ticked(); // as alive as it will be at its first tick
  return {
    ...{ state: evolve(state, started), journal, reserve, unaudited, ticked },
    cursor: cursors.of,
    async unshown(each, pause) {
      if (shown === null) return;
      let after = shown;
      shown = null; // its maps are many, and once is enough
      const ours = (recorded: Recorded): void => {
        if (recorded.seq <= shownUpTo || recorded.seq > state.seq) return;
        after = evolve(after, recorded);
        each(recorded, after);
      };
      const behind = from?.at ?? shownUpTo + 1;
      await copyJournal(paths.journal, behind, { ours, pause, foreign: () => undefined });
    },
    async saveShown(chat, seq) {
      await cursors.save(chat, seq);
      await keeping.shown(cursors.last());
    },
    grown: keeping.grown,
    async keep(last, shownIn) {
      for (const chat of shownIn) await cursors.save(chat, last.seq);
      if (cursors.last() >= last.seq) await writeCheckpoint(paths, keeping.now(last));
    },
  };
}

/**
 * A checkpoint is taken each so many lines and written when everything up to it is shown: one that is ahead of the
 * cursor could not be used.
 */
function keep(
  { paths, log }: Place,
  position: () => Checkpoint["at"],
  { last, decided }: { readonly last: number; readonly decided: number },
) {
  let taken = last;
  let newest = decided;
  let waiting: Checkpoint | null = null;
  const now = (state: State): Checkpoint => ({ at: position(), state, decided: newest });
  return {
    now,
    grown(state: State, by: readonly Recorded[]): void {
      newest = by.findLast((recorded) => auditLine(recorded) !== null)?.seq ?? newest;
      if (state.seq - taken < checkpointEach || waiting !== null) return;
      waiting = now(state);
      taken = state.seq;
    },
    async shown(seq: number): Promise<void> {
      if (waiting === null || waiting.state.seq > seq) return;
      const ready = waiting;
      waiting = null;
      await writeCheckpoint(paths, ready).catch((error: unknown) =>
        log(`state.json could not be written: ${String(error)}`),
      );
    },
  };
}

/** audit.jsonl is whole up to where the reading begins, and whoever reads everything writes it anew. */
async function auditing(paths: Paths, from: Checkpoint | null) {
  const upTo = from === null ? 0 : await audited(paths, from.decided);
  const unaudited: Recorded[] = [];
  let decided = from?.decided ?? 0;
  return {
    take(recorded: Recorded): void {
      if (auditLine(recorded) === null) return;
      decided = recorded.seq;
      if (recorded.seq > upTo) unaudited.push(recorded);
    },
    async end(): Promise<{ readonly unaudited: readonly Recorded[]; readonly decided: number }> {
      if (from !== null) return { unaudited, decided };
      await writeAudit(
        paths.audit,
        unaudited.flatMap((recorded) => auditLine(recorded) ?? []),
      );
      return { unaudited: [], decided };
    },
  };
}

interface Cursors {
  of(chat: string): number;
  /** Of the chat that is furthest behind. */
  last(): number;
  save(chat: string, seq: number): Promise<void>;
  /** A chat that is new to the team begins here: its past is not shown again. */
  begin(seq: number): Promise<void>;
}

/** The built-in chat was there from the first line: without a cursor everything is offered, and it knows what it has. */
const fromTheFirst = "local";

async function openCursors(paths: Paths, chats: readonly string[]): Promise<Cursors> {
  const file = (chat: string): string => join(paths.chat, chat, "cursor.json");
  const shown = new Map<string, number>();
  for (const chat of chats) {
    const seq = (await readCursor(file(chat))) ?? (chat === fromTheFirst ? 0 : null);
    if (seq !== null) shown.set(chat, seq);
  }
  const save = async (chat: string, seq: number): Promise<void> => {
    await mkdir(join(paths.chat, chat), { recursive: true, mode: 0o700 });
    await write(file(chat), `${JSON.stringify({ seq })}\n`);
    shown.set(chat, seq);
  };
  return {
    of: (chat) => shown.get(chat) ?? 0,
    last: () => Math.min(...shown.values()),
    save,
    async begin(seq) {
      for (const chat of chats) if (!shown.has(chat)) await save(chat, seq);
    },
  };
}

/** Null: there is none. */
async function readCursor(path: string): Promise<number | null> {
  try {
    const { seq } = JSON.parse(await readFile(path, "utf8")) as { seq?: unknown };
    return typeof seq === "number" ? seq : null;
  } catch {
    return null; // none yet, or torn
  }
}
