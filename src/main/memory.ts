// What a bot remembers from its former lives: the journal, folded; and what of it no chat has shown yet.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { auditLine } from "../core/audit.ts";
import type { Recorded } from "../core/event.ts";
import { evolve } from "../core/evolve.ts";
import { foldFrom } from "../core/fold.ts";
import { empty, type State } from "../core/state.ts";
import { audited, auditedUpTo } from "../daemon/audit-file.ts";
import { type Journal, openJournal, type Reading, replay } from "../daemon/journal.ts";
import { type Reserve, withReserve } from "../daemon/reserve.ts";
import { write } from "../world/home.ts";
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
  readonly unshown: readonly { readonly recorded: Recorded; readonly after: State }[];
  /** Everything up to this line is shown in the local chat, or waits for it in a file. */
  readonly cursor: number;
  saveShown(seq: number): Promise<void>;
  /** The journal has grown up to this state. */
  grown(state: State): void;
  /** A tick was worked off. */
  ticked(): void;
  /** The bot ends: everything up to this state is recorded and shown. */
  keep(state: State): Promise<void>;
}

/** Lines between two checkpoints: a tail that is read in some 20 ms. */
const checkpointEach = 1_000;

/** @param reading hears how far the journal is read */
export async function recall(place: Place, reading?: Reading): Promise<Memory> {
  const { paths, log } = place;
  const cursor = join(paths.chat, "local", "cursor.json");
  const shownUpTo = await readCursor(cursor);
  const found = await readCheckpoint(paths, log);
  // Behind the cursor each line is shown with the state after it: those states have to be made anew.
  const from = found !== null && found.state.seq <= shownUpTo ? found : null;
  const auditedTo = from === null ? await auditedUpTo(paths.audit) : await audited(paths);
  const unaudited: Recorded[] = [];
  const unshown: { recorded: Recorded; after: State }[] = [];
  const shown = foldFrom(from?.state ?? empty);
  let later: State | null = null;
  const fold = (recorded: Recorded): void => {
    if (recorded.seq <= shownUpTo && later === null) shown.take(recorded);
    else {
      later = evolve(later ?? shown.state(), recorded);
      unshown.push({ recorded, after: later });
    }
    if (recorded.seq > auditedTo && auditLine(recorded) !== null) unaudited.push(recorded);
  };
  const read = await replay(paths.journal, fold, from?.at, reading);
  for (const where of read.broken) log(`the journal's ${where} can't be read and was passed over`);
  if (read.torn > 0) log(`events.jsonl ended in a torn line of ${read.torn} bytes; it was cut off`);
  const state = later ?? shown.state();
  const reserve = openReserve(paths.reserve);
  const journal = withReserve(openJournal(paths.journal), reserve);
  reserve.take();
  const event = { event: "daemon_started", pid: process.pid, version } as const;
  const started: Recorded = { seq: state.seq + 1, at: Date.now(), event };
  journal.append([started]);
  const keeping = keep(place, () => journal.position(), from?.state.seq ?? 0);
  const ticked = (): void => void heartbeat(paths, new Date()).catch(() => undefined); // a full disk: its age tells
  ticked(); // as alive as it will be at its first tick
  return {
    ...{ state: evolve(state, started), journal, reserve, unaudited, unshown, ticked },
    cursor: shownUpTo,
    async saveShown(seq) {
      await write(cursor, `${JSON.stringify({ seq })}\n`);
      await keeping.shown(seq);
    },
    grown: keeping.grown,
    async keep(last) {
      await write(cursor, `${JSON.stringify({ seq: last.seq })}\n`);
      await writeCheckpoint(paths, { at: journal.position(), state: last });
    },
  };
}

/**
 * A checkpoint is taken each so many lines and written when everything up to it is shown: one that is ahead of the
 * cursor could not be used.
 */
function keep({ paths, log }: Place, position: () => Checkpoint["at"], last: number) {
  let taken = last;
  let waiting: Checkpoint | null = null;
  return {
    grown(state: State): void {
      if (state.seq - taken < checkpointEach || waiting !== null) return;
      waiting = { at: position(), state };
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

async function readCursor(path: string): Promise<number> {
  try {
    const { seq } = JSON.parse(await readFile(path, "utf8")) as { seq?: unknown };
    return typeof seq === "number" ? seq : 0;
  } catch {
    return 0; // no cursor: everything is offered again, and the store knows what it has
  }
}
