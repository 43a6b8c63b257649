// telemetry.db: the journal's lines for questions in SQL. The one home of better-sqlite3, which may be missing.
// A projection: never asked what is true, made again from the journal whenever it does not fit.

import { chmod, open, rm, stat } from "node:fs/promises";
import type Database from "better-sqlite3";
import { Failure } from "../core/words.ts";
import { viewsSql } from "./telemetry-views.ts";

/** A line of the journal, taken apart. Lines that are not ours have no `seq`. */
export interface TelemetryRow {
  readonly seq: number | null;
  readonly ts: string;
  readonly event: string;
  readonly member: string | null;
  readonly task: number | null;
  readonly json: string;
}

/** How far the rows go: our last line, and how many foreign ones behind it. */
export interface TelemetryCursor {
  readonly seq: number;
  readonly foreign: number;
}

export interface Telemetry {
  readonly cursor: TelemetryCursor;
  /** The row of a line of ours; null: there is none. */
  row(seq: number): TelemetryRow | null;
  /** Takes as many of the first rows as fit into one short transaction. @returns how many */
  take(rows: readonly TelemetryRow[]): number;
  /** Now and then brings what was taken from the write-ahead log into the file. To be awaited before the next `take`. */
  carryOver(): Promise<void>;
  /** Whether its file is still the one that was opened. */
  isThere(): Promise<boolean>;
  close(): Promise<void>;
}

type Sqlite = typeof Database;

/** Raised when `events` changes its columns. */
const shape = 1;
/** A transaction ends after this, so that the loop stands still for less than 5 ms with its commit. ms */
const chunkMs = 1;
const chunkRows = 200;
/** Transactions that are carried over at once: few, so that it is short. */
const carryEach = 16;

const tables = `
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, seq INTEGER, ts TEXT NOT NULL, event TEXT NOT NULL, member TEXT, task INTEGER, json TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS events_seq ON events (seq) WHERE seq IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_event ON events (event, ts);
CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, "foreign" INTEGER NOT NULL);
INSERT OR IGNORE INTO cursor VALUES (1, 0, 0);
`;

/** Null: it is not installed, or was built for another Node. */
export async function loadSqlite(): Promise<Sqlite | null> {
  try {
    const { default: Sqlite } = await import("better-sqlite3");
    new Sqlite(":memory:").close(); // the native part is loaded by the first use
    return Sqlite;
  } catch {
    return null; // an optional package: what is not there is said once by the caller
  }
}

/** Its files; deleted together. */
export const removeTelemetry = async (path: string): Promise<void> => {
  for (const end of ["", "-wal", "-shm"]) await rm(`${path}${end}`, { force: true });
};

/** @throws Failure `telemetry.unusable` when the file is none of ours */
export async function openTelemetry(sqlite: Sqlite, path: string): Promise<Telemetry> {
  const made = await open(path, "a", 0o600);
  await made.close();
  await chmod(path, 0o600);
  const db = opened(sqlite, path);
  const { ino } = await stat(path);
  // Closing any handle of the file drops the locks that SQLite has on it: these are closed after it.
  const [file, log] = await Promise.all([open(path), open(`${path}-wal`)]).catch((error) => {
    db.close();
    throw error;
  });
  const insert = db.prepare(
    "INSERT INTO events (seq, ts, event, member, task, json) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const move = db.prepare('UPDATE cursor SET seq = ?, "foreign" = ?');
  const find = db.prepare("SELECT seq, ts, event, member, task, json FROM events WHERE seq = ?");
  const [begin, commit, undo] = ["BEGIN", "COMMIT", "ROLLBACK"].map((sql) => db.prepare(sql));
  let inLog = 0;
  let cursor = db.prepare('SELECT seq, "foreign" FROM cursor').get() as TelemetryCursor;
  return {
    get cursor() {
      return cursor;
    },
    row: (seq) => (find.get(seq) as TelemetryRow | undefined) ?? null,
    take(rows) {
      const until = performance.now() + chunkMs;
      let next = cursor;
      let taken = 0;
      begin?.run();
      try {
        for (const { seq, ts, event, member, task, json } of rows) {
          if (taken === chunkRows || performance.now() > until) break;
          insert.run(seq, ts, event, member, task, json);
          next = seq === null ? { ...next, foreign: next.foreign + 1 } : { seq, foreign: 0 };
          taken += 1;
        }
        move.run(next.seq, next.foreign);
        commit?.run();
      } catch (error) {
        undo?.run();
        throw error;
      }
      cursor = next;
      inLog += 1;
      return taken;
    },
    async carryOver() {
      if (inLog < carryEach) return;
      // What SQLite does at this point, in its order, but for who waits for the disk: a thread, not the loop.
      await log.datasync();
      db.pragma("wal_checkpoint(PASSIVE)");
      await file.datasync();
      inLog = 0;
    },
    isThere: () =>
      stat(path).then(
        (now) => now.ino === ino,
        () => false, // gone, or not to be seen: opened anew, which says why
      ),
    async close() {
      db.pragma("synchronous = NORMAL"); // it carries the rest over
      db.close();
      await Promise.all([file.close(), log.close()]);
    },
  };
}

function opened(sqlite: Sqlite, path: string): Database {
  const db = new sqlite(path, { timeout: 100 });
  try {
    db.pragma("journal_mode = WAL");
    db.pragma("wal_autocheckpoint = 0");
    const found = db.pragma("user_version", { simple: true });
    if (found !== 0 && found !== shape) throw unusable(path, "another build made it");
    db.exec(`BEGIN; ${tables}${viewsSql} PRAGMA user_version = ${shape}; COMMIT;`);
    // Safe as NORMAL is, since `carryOver` waits for the disk where it would.
    db.pragma("synchronous = OFF");
    return db;
  } catch (error) {
    db.close();
    const { code } = error as { code?: unknown };
    if (code === "SQLITE_NOTADB" || String(code).startsWith("SQLITE_CORRUPT"))
      throw unusable(path, "it is damaged");
    throw error;
  }
}

/** Null: it can be read, and is of this build's shape. */
export function damageOf(sqlite: Sqlite, path: string): string | null {
  let db: Database | null = null;
  try {
    db = new sqlite(path, { readonly: true, timeout: 100 });
    const found = db.pragma("user_version", { simple: true });
    return found === shape ? null : "telemetry.db was made by another build";
  } catch (error) {
    return `telemetry.db can't be read: ${(error as Error).message}`;
  } finally {
    db?.close();
  }
}

/** How far a file goes that is not damaged, for somebody who looks. */
export function telemetryUpTo(sqlite: Sqlite, path: string): number {
  const db = new sqlite(path, { readonly: true, timeout: 100 });
  try {
    return (db.prepare("SELECT seq FROM cursor").get() as TelemetryCursor).seq;
  } finally {
    db.close();
  }
}

const unusable = (path: string, why: string): Failure =>
  new Failure("telemetry.unusable", `${path} can't be used: ${why}.`, {
    hint: "`batty doctor --fix` makes it again from the journal.",
  });
