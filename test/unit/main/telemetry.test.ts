// telemetry.db follows the journal, and the same content comes back from the journal alone.
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Event, Recorded } from "../../../src/core/event.ts";
import { openJournal } from "../../../src/daemon/journal.ts";
import { checkTelemetry, keepTelemetry, rebuildTelemetry } from "../../../src/main/telemetry.ts";
import { loadSqlite, openTelemetry } from "../../../src/world/telemetry.ts";

const sqlite = await loadSqlite();
if (sqlite === null) process.stderr.write("skipped: better-sqlite3 is not installed here\n");

const oid = "a".repeat(40);
const day: readonly Event[] = [
  { event: "daemon_started", pid: 7, version: "0.1.0" },
  {
    ...{ event: "task_assigned", task: 12, member: "eng-1-1", branch: "eng-1-1/12", base: oid },
    ...{ by: "ana", title: "Add a flag", pulled: false, created_by: "ana" },
  },
  { event: "task_completed", task: 12, member: "eng-1-1", commit: oid, tree: oid, summary: "" },
  { event: "merge_confidence_scored", task: 12, score: 0.9, reasons: ["small"] },
  { event: "task_manual_merged", task: 12, commit: oid, tree: oid, base: oid },
  { event: "loop_stalled", ms: 300, what: "tick", times: 1 },
];

async function place() {
  const dir = await mkdtemp(join(tmpdir(), "batty-telemetry-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const files = { journal: join(dir, "events.jsonl"), telemetry: join(dir, "telemetry.db") };
  let seq = 0;
  const log: string[] = [];
  const append = (events: readonly Event[], full?: number): Recorded[] => {
    const lines = events.map((event) => ({ seq: ++seq, at: 1_780_000_000_000 + seq, event }));
    const journal = openJournal(files.journal, full);
    for (const line of lines) journal.append([line]);
    void journal.close();
    return lines;
  };
  const keep = () => keepTelemetry({ ...files, seq, log: (line) => log.push(line) });
  return { ...files, files, log, append, keep };
}

function ask(path: string, sql: string): unknown[] {
  const db = new (sqlite as NonNullable<typeof sqlite>)(path, { readonly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}
const dump = (path: string): unknown[] => ask(path, "SELECT * FROM events ORDER BY id");
const until = <T>(look: () => T) => vi.waitFor(look, { timeout: 10_000, interval: 20 });
const has = (path: string, rows: number) => until(() => expect(dump(path)).toHaveLength(rows));

const batty =
  '{"event":"daemon_started","ts":1750000000}\n{"event":"task_assigned","role":"eng-1-1","task":"3","ts":1750000001}\n';

describe.skipIf(sqlite === null)("telemetry", () => {
  it("that lags behind the journal is told with how much, and is in step when it was made again", async () => {
    const { files, append } = await place();
    append(day.slice(0, 3));
    await rebuildTelemetry(files);
    expect(await checkTelemetry(files)).toBeNull();
    append(day.slice(3, 5));
    expect(await checkTelemetry(files)).toBe("telemetry.db is 2 lines behind the journal");
    await rebuildTelemetry(files);
    expect(await checkTelemetry(files)).toBeNull();
  });

  it("a deleted file comes back from the journal with the same rows, Batty's lines among them", async () => {
    const { files, journal, telemetry, append, keep } = await place();
    await writeFile(journal, batty);
    append(day.slice(0, 3));
    const kept = keep();
    await has(telemetry, 5);
    kept.take(append(day.slice(3), 200)); // further segments begin
    await has(telemetry, 8);
    await kept.close();
    const before = dump(telemetry);
    expect(before.slice(0, 2)).toMatchObject([
      { seq: null, ts: "2025-06-15T15:06:40.000Z", event: "daemon_started" },
      { seq: null, event: "task_assigned", member: "eng-1-1", task: 3 },
    ]);
    await rm(telemetry);
    expect(await rebuildTelemetry(files)).toBe(true);
    expect(dump(telemetry)).toEqual(before);
    expect((await stat(telemetry)).mode & 0o777).toBe(0o600);
  });

  it("a second bot carries over only what is new, across segments, and nothing twice", async () => {
    const { journal, telemetry, append, keep } = await place();
    await writeFile(journal, batty);
    append(day, 300);
    const first = keep();
    await has(telemetry, 8);
    await first.close();
    await appendFile(journal, batty);
    append(day.slice(0, 2), 300);
    const second = keep();
    await has(telemetry, 12);
    await second.close();
    const third = keep();
    third.take(append(day.slice(0, 1)));
    await has(telemetry, 13);
    await third.close();
    expect(dump(telemetry).map((row) => (row as { seq: number | null }).seq)).toEqual([
      ...[null, null, 1, 2, 3, 4, 5, 6, null, null, 7, 8, 9],
    ]);
  });

  it("the typed tables answer what a report asks", async () => {
    const { files, telemetry, append } = await place();
    append(day);
    await rebuildTelemetry(files);
    expect(ask(telemetry, "SELECT seq, how, task, head FROM landings")).toEqual([
      { seq: 5, how: "manual", task: 12, head: null },
    ]);
    expect(ask(telemetry, "SELECT task, score FROM confidence_scores")).toEqual([
      { task: 12, score: 0.9 },
    ]);
    expect(ask(telemetry, "SELECT count(*) n FROM assignments")).toEqual([{ n: 1 }]);
    expect(ask(telemetry, "SELECT ms FROM loop_stalls")).toEqual([{ ms: 300 }]);
  });

  it("a file of another journal, one ahead of it and a damaged one are made again, each told once", async () => {
    const one = await place();
    const other = await place();
    one.append(day);
    await rebuildTelemetry(one.files);
    other.append(day.slice(1, 3));
    await writeFile(other.telemetry, await readFile(one.telemetry)); // ahead of it
    const ahead = other.keep();
    await has(other.telemetry, 2);
    await ahead.close();
    other.append([...day, ...day]);
    await writeFile(other.telemetry, await readFile(one.telemetry)); // of another one
    const foreign = other.keep();
    await has(other.telemetry, 14);
    await foreign.close();
    await writeFile(
      other.telemetry,
      "not a database, and long enough to be looked at as one\n".repeat(99),
    );
    const damaged = other.keep();
    await has(other.telemetry, 14);
    await damaged.close();
    expect(other.log).toHaveLength(3);
    expect(other.log[2]).toContain("telemetry.db is made again from the journal");
  });

  it("a file deleted under a running bot is back with the next event", async () => {
    const { telemetry, append, keep } = await place();
    append(day);
    const kept = keep();
    await has(telemetry, 6);
    await rm(telemetry);
    kept.take(append(day.slice(0, 1)));
    await has(telemetry, 7);
    await kept.close();
  });

  it("what is taken comes into the file as it goes, and its log stays short", async () => {
    const { telemetry } = await place();
    const db = await openTelemetry(sqlite as NonNullable<typeof sqlite>, telemetry);
    const each = 50;
    for (let n = 0; n < 100; n += 1) {
      const rows = Array.from({ length: each }, (_, i) => ({
        ...{ seq: n * each + i + 1, ts: "2026-05-28T20:26:40.001Z", event: "message_typing" },
        ...{ member: "eng-1-1", task: null, json: JSON.stringify({ body: "x".repeat(500) }) },
      }));
      while (rows.length > 0) {
        rows.splice(0, db.take(rows));
        await db.carryOver();
      }
    }
    const [file, log] = await Promise.all([stat(telemetry), stat(`${telemetry}-wal`)]);
    expect(file.size).toBeGreaterThan(2_000_000);
    expect(log.size).toBeLessThan(2_000_000);
    await db.close();
    expect(dump(telemetry)).toHaveLength(5_000);
  });
});
