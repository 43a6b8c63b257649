// What a bot remembers from its former lives: the journal, folded; and what of it no chat has shown yet.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { auditLine } from "../core/audit.ts";
import type { Recorded } from "../core/event.ts";
import { evolve } from "../core/evolve.ts";
import { empty, type State } from "../core/state.ts";
import { auditedUpTo } from "../daemon/audit-file.ts";
import { type Journal, openJournal, replay } from "../daemon/journal.ts";
import { type Reserve, withReserve } from "../daemon/reserve.ts";
import { write } from "../world/home.ts";
import { openReserve } from "../world/reserve.ts";
import { version } from "../world/version.ts";
import type { Place } from "./place.ts";

export interface Memory {
  readonly state: State;
  readonly journal: Journal;
  /** Decisions that audit.jsonl does not have yet. */
  readonly unaudited: readonly Recorded[];
  readonly reserve: Reserve;
  readonly unshown: readonly { readonly recorded: Recorded; readonly after: State }[];
  /** Everything up to this line is shown. */
  saveShown(seq: number): Promise<void>;
}

export async function recall({ paths, log }: Place): Promise<Memory> {
  const cursor = join(paths.chat, "local", "cursor.json");
  const shownUpTo = await readCursor(cursor);
  const auditedTo = await auditedUpTo(paths.audit);
  const unaudited: Recorded[] = [];
  const unshown: { recorded: Recorded; after: State }[] = [];
  let state: State = empty;
  const read = await replay(paths.journal, (recorded) => {
    state = evolve(state, recorded);
    if (recorded.seq > auditedTo && auditLine(recorded) !== null) unaudited.push(recorded);
    if (recorded.seq > shownUpTo) unshown.push({ recorded, after: state });
  });
  for (const line of read.broken)
    log(`events.jsonl line ${line} can't be read and was passed over`);
  if (read.torn > 0) log(`events.jsonl ended in a torn line of ${read.torn} bytes; it was cut off`);
  const reserve = openReserve(paths.reserve);
  const journal = withReserve(openJournal(paths.journal), reserve);
  reserve.take();
  const event = { event: "daemon_started", pid: process.pid, version } as const;
  const started: Recorded = { seq: state.seq + 1, at: Date.now(), event };
  journal.append([started]);
  return {
    state: evolve(state, started),
    journal,
    unaudited,
    reserve,
    unshown,
    saveShown: (seq) => write(cursor, `${JSON.stringify({ seq })}\n`),
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
