// Keeps telemetry.db behind the journal, at its own pace and in pieces. Without the module there is none, and nothing
// else changes.
import { stat } from "node:fs/promises";
import type { Recorded } from "../core/event.ts";
import { Failure } from "../core/words.ts";
import { copyJournal, newestLines } from "../daemon/journal.ts";
import { rfc3339 } from "../lib/time.ts";
import {
  damageOf,
  loadSqlite,
  openTelemetry,
  removeTelemetry,
  type Telemetry,
  type TelemetryRow,
  telemetryUpTo,
} from "../world/telemetry.ts";

export interface TelemetryFiles {
  readonly telemetry: string;
  readonly journal: string;
}

/** What is new is carried over this often, ms. */
const flushEach = 1_000;
/** Lines kept in memory while the file can't be written; beyond, they are read from the journal again. */
const mostWaiting = 20_000;

const closeWithin = 1_000;

export const noSqlite =
  "better-sqlite3 is not installed, or not built for this Node: no telemetry. Everything else works";

/** Gives the loop its turn between two transactions. */
const turn = (): Promise<void> => new Promise((go) => setImmediate(go));

function rowOf({ seq, at, event }: Recorded): TelemetryRow {
  const { event: name, ...fields } = event;
  return rowFrom(seq, rfc3339(at), name, fields);
}

/** Batty's own form has `ts` in seconds, and names a member by its role. */
function foreignRow(line: string): TelemetryRow {
  const { ts, event, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const at = typeof ts === "number" ? rfc3339(ts * 1_000) : String(ts ?? "");
  return rowFrom(null, at, String(event ?? ""), fields);
}

function rowFrom(seq: number | null, ts: string, event: string, fields: object): TelemetryRow {
  const { member, role, task } = fields as Record<string, unknown>;
  const who = member ?? role;
  const number = typeof task === "string" && /^\d+$/.test(task) ? Number(task) : task;
  return {
    ...{ seq, ts, event, json: JSON.stringify(fields) },
    member: typeof who === "string" ? who : null,
    task: Number.isInteger(number) ? (number as number) : null,
  };
}

async function takeAll(db: Telemetry, rows: TelemetryRow[]): Promise<void> {
  while (rows.length > 0) {
    rows.splice(0, db.take(rows));
    await db.carryOver();
    await turn();
  }
}

/**
 * What the journal has behind the cursor, up to the line `upTo`.
 * @returns false: the file is not of this journal, or ahead of it
 */
async function catchUp(db: Telemetry, journal: string, upTo: number): Promise<boolean> {
  const { seq: from, foreign: known } = db.cursor;
  const rows: TelemetryRow[] = [];
  let met = from === 0;
  let last = 0;
  let foreign = 0;
  await copyJournal(journal, from, {
    ours(recorded) {
      if (recorded.seq === from) met = isSame(db.row(from), rowOf(recorded));
      if (met && recorded.seq > from && recorded.seq <= upTo) rows.push(rowOf(recorded));
      last = recorded.seq;
      foreign = 0;
    },
    foreign(line) {
      foreign += 1;
      const isNew = last > from || (last === from && foreign > known);
      if (met && isNew && last < upTo) rows.push(foreignRow(line));
    },
    pause: () => takeAll(db, rows),
  });
  return met && from <= upTo;
}

const isSame = (a: TelemetryRow | null, b: TelemetryRow): boolean =>
  a !== null && a.ts === b.ts && a.event === b.event && a.json === b.json;

/** Opened and in step with the journal; made again where it does not fit. */
async function inStep(
  sqlite: NonNullable<Awaited<ReturnType<typeof loadSqlite>>>,
  { telemetry, journal }: TelemetryFiles,
  upTo: number,
  say: (line: string) => void,
): Promise<Telemetry> {
  for (let again = false; ; again = true) {
    let db: Telemetry | null = null;
    let why = "it is not of this journal";
    try {
      db = await openTelemetry(sqlite, telemetry);
      if (await catchUp(db, journal, upTo)) return db;
      await db.close();
    } catch (error) {
      await db?.close();
      const isUnusable = error instanceof Failure && error.code === "telemetry.unusable";
      if (!isUnusable || again) throw error;
      why = error.message;
    }
    if (again) throw new Failure("telemetry.unusable", `${telemetry} can't be made: ${why}.`);
    say(`telemetry.db is made again from the journal: ${why}`);
    await removeTelemetry(telemetry);
  }
}

/** For somebody who looks. Null: nothing to mend. @throws Error when there is none because the module is missing */
export async function checkTelemetry(files: TelemetryFiles): Promise<string | null> {
  const sqlite = await loadSqlite();
  if (sqlite === null) throw new Error(noSqlite);
  const isMade = await stat(files.telemetry).then(
    () => true,
    () => false, // not made yet, or gone: the same to a copy
  );
  const isJournalMade = (await stat(files.journal).catch(() => null)) !== null; // none: a new team
  if (!isMade) return isJournalMade ? "telemetry.db is missing" : null;
  return damageOf(sqlite, files.telemetry) ?? lagOf(files, telemetryUpTo(sqlite, files.telemetry));
}

/** What is younger may be on its way, ms. */
const onItsWay = 10_000;

async function lagOf({ journal }: TelemetryFiles, upTo: number): Promise<string | null> {
  const due = (await newestLines(journal)).findLast(({ at }) => at < Date.now() - onItsWay);
  const lines = due === undefined ? 0 : due.seq - upTo;
  return lines > 0 ? `telemetry.db is ${lines} lines behind the journal` : null;
}

/** For somebody alone with the files. @returns false: the module is missing */
export async function rebuildTelemetry(files: TelemetryFiles): Promise<boolean> {
  const sqlite = await loadSqlite();
  if (sqlite === null) return false;
  await removeTelemetry(files.telemetry);
  const db = await inStep(sqlite, files, Number.POSITIVE_INFINITY, () => undefined);
  await db.close();
  return true;
}

interface KeepParts extends TelemetryFiles {
  /** The journal's last line now. */
  readonly seq: number;
  readonly log: (line: string) => void;
}

export interface TelemetryKeeper {
  take(recorded: readonly Recorded[]): void;
  /** Carries over what waits, and closes. */
  close(): Promise<void>;
}

export function keepTelemetry(parts: KeepParts): TelemetryKeeper {
  const { log } = parts;
  let waiting: TelemetryRow[] = [];
  let last = parts.seq;
  let isBehind = true;
  let db: Telemetry | null = null;
  let running: Promise<void> | null = null;
  let isOff = false;
  let told = "";
  let due: NodeJS.Timeout | null = null;

  const flush = async (): Promise<void> => {
    const sqlite = await loadSqlite();
    if (sqlite === null) {
      isOff = true;
      waiting = [];
      return log(noSqlite);
    }
    if (db !== null && (isBehind || !(await db.isThere()))) {
      const former = db;
      db = null;
      await former.close();
    }
    if (db === null) {
      waiting = []; // they are in the journal, and `last` says how far it goes
      isBehind = false;
      db = await inStep(sqlite, parts, last, log);
    }
    await takeAll(db, waiting);
    told = "";
  };
  const run = (): Promise<void> => {
    running ??= flush()
      .catch((error: unknown) => {
        isBehind = true; // tried again at the next flush
        if (told !== String(error)) log(`telemetry.db: ${String(error)}`);
        told = String(error);
      })
      .finally(() => {
        running = null;
        if (isBehind || waiting.length > 0) soon();
      });
    return running;
  };
  /** Nothing to carry over, nothing that wakes us. */
  const soon = (): void => {
    if (isOff || due !== null) return;
    due = setTimeout(() => {
      due = null;
      if (!isOff) void run();
    }, flushEach);
    due.unref();
  };
  soon();
  return {
    take(recorded) {
      last = recorded.at(-1)?.seq ?? last;
      soon();
      if (isOff || isBehind) return;
      if (waiting.length + recorded.length > mostWaiting) {
        waiting = [];
        isBehind = true;
      } else waiting.push(...recorded.map(rowOf));
    },
    async close() {
      if (due !== null) clearTimeout(due);
      const ended = async (): Promise<void> => {
        await running;
        if (db !== null && waiting.length > 0) await run();
      };
      // What is not carried over by then is at the next start.
      await Promise.race([ended(), new Promise((go) => setTimeout(go, closeWithin).unref())]);
      isOff = true;
      await db?.close();
    },
  };
}
