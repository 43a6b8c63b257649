import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Recorded } from "../../../src/core/event.ts";
import { auditedUpTo, openAudit } from "../../../src/daemon/audit-file.ts";
import { lineOf } from "../../../src/daemon/journal.ts";

const decision = (seq: number, verb = "approve"): Recorded => ({
  seq,
  at: Date.UTC(2026, 0, 5) + seq,
  event: {
    event: "command_recorded",
    ...{ person: "ada", via: "local", verb, args: "1", effect: "done", code: null, message: "m1" },
  },
});

async function place() {
  const dir = await mkdtemp(join(tmpdir(), "batty-audit-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, "audit.jsonl");
  const journal = join(dir, "events.jsonl");
  const troubles: unknown[] = [];
  const audit = openAudit({ path, journal, onTrouble: (error) => troubles.push(error) });
  const take = async (...lines: readonly Recorded[]): Promise<void> => {
    await appendFile(journal, lines.map(lineOf).join(""));
    for (const line of lines) audit.take(line);
  };
  return { path, journal, audit, take, troubles };
}

describe("audit.jsonl", () => {
  it("gets a line for each decision, in the interface's shape, for its owner alone", async () => {
    const { path, audit, take } = await place();
    await take(decision(3), { seq: 4, at: 0, event: { event: "board_written", task: 1, due: 1 } });
    await take(decision(5, "reject"));
    expect(await audit.read(1)).toEqual([
      {
        ...{ seq: 5, ts: "2026-01-05T00:00:00.005Z", person: "ada", via: "local", id: null },
        ...{ verb: "reject", args: "1", effect: "done", code: null, message: "m1" },
      },
    ]);
    expect((await readFile(path, "utf8")).trimEnd().split("\n")).toHaveLength(2);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await auditedUpTo(path)).toBe(5);
  });

  it("is made again from the journal when it was deleted, before a look and before a line", async () => {
    const { path, audit, take, troubles } = await place();
    await take(decision(1), decision(2));
    expect(await audit.read(10)).toHaveLength(2);
    await rm(path);
    expect(await audit.read(10)).toHaveLength(2);
    await rm(path);
    await take(decision(3));
    expect((await audit.read(10)).map((l) => l.seq)).toEqual([1, 2, 3]);
    expect(troubles).toEqual([]);
  });

  it("that a crash tore is begun anew, and one that is gone starts at nothing", async () => {
    const { path } = await place();
    expect(await auditedUpTo(path)).toBe(0);
    await writeFile(path, '{"seq":7}\n{"seq":');
    expect(await auditedUpTo(path)).toBe(0);
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
