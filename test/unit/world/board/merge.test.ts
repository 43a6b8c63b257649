import { describe, expect, it } from "vitest";
import type { TaskPatch } from "../../../../src/core/ports.ts";
import { newConfig, readSettings } from "../../../../src/world/board/config.ts";
import {
  deedsOf,
  isClaimed,
  mergePatch,
  newRecord,
  refuseDependencies,
} from "../../../../src/world/board/merge.ts";
import type { TaskRecord } from "../../../../src/world/board/record.ts";

const settings = readSettings(newConfig("Demo"), "config.yml");
const now = Date.parse("2026-01-15T08:00:00Z");
const hour = 3_600_000;
const base = (status = "todo"): TaskRecord =>
  newRecord(1, { title: "T", body: "Hello.\n", status }, settings, now);
const after = (record: TaskRecord, ...patches: TaskPatch[]): TaskRecord =>
  patches.reduce((r, patch, i) => mergePatch(r, patch, settings, now + (i + 1) * hour), record);

describe("started and completed", () => {
  const moves: [string, string, string[], (number | null)[]][] = [
    ["leaving the first column starts", "backlog", ["todo"], [1, null]],
    ["moving on from a later column does not", "todo", ["in-progress"], [null, null]],
    ["reaching the end starts and completes", "todo", ["in-progress", "done"], [2, 2]],
    ["archiving completes", "backlog", ["archived"], [1, 1]],
    ["archiving what is done keeps its times", "backlog", ["todo", "done", "archived"], [1, 2]],
    ["reopening clears completed and keeps started", "backlog", ["done", "todo"], [1, null]],
  ];
  it.each(moves)("%s", (_, from, to, times) => {
    const { started, completed } = after(base(from), ...to.map((status) => ({ status })));
    const at = (hours: number | null): number | null =>
      hours === null ? null : now + hours * hour;
    expect([started, completed]).toEqual(times.map((t) => at(t ?? null)));
  });
});

describe("a patch that changes nothing", () => {
  const same: TaskPatch[] = [
    {},
    { status: "todo", title: "T", priority: "medium", body: "Hello." },
    { tags: [], dependsOn: [], assignee: null, claimedBy: null, blocked: false, blockReason: null },
    { appendBody: "" },
    { appendBody: "Hello." },
  ];
  it.each(same)("gives the same record: %j", (patch) => {
    const record = base();
    expect(mergePatch(record, patch, settings, now + hour)).toBe(record);
  });
});

describe("a claim", () => {
  const claimed = after(base(), { claimedBy: "eng-1" });
  it("holds for the board's hour, and for ever without a time or a limit", () => {
    const { task } = claimed;
    expect(isClaimed(task, settings, now + 1.5 * hour)).toBe(true);
    expect(isClaimed(task, settings, now + 2 * hour)).toBe(false);
    expect(isClaimed({ ...task, claimedAt: null }, settings, now + 9 * hour)).toBe(true);
    expect(isClaimed(task, { ...settings, claimTimeoutMs: null }, now + 9 * hour)).toBe(true);
  });

  it("asked for again beside a real change is as fresh as that change", () => {
    const patch = { claimedBy: "eng-1", status: "review" };
    const next = mergePatch(claimed, patch, settings, now + hour + 1);
    expect(next.task.claimedAt).toBe(now + hour + 1);
  });
});

describe("the log", () => {
  const told = (from: TaskRecord, patch: TaskPatch): string[] =>
    deedsOf(from, mergePatch(from, patch, settings, now)).map((d) => `${d.action} ${d.detail}`);
  const held = after(base(), { claimedBy: "eng-1", blocked: true, blockReason: "keys" });

  it("tells of an edit and what it did", () => {
    expect(told(base(), { priority: "low" })).toEqual(["edit T"]);
    expect(told(base(), { title: "New" })).toEqual(["edit New"]);
    expect(told(base(), { blocked: true, blockReason: "keys" })).toEqual(["edit T", "block keys"]);
    expect(told(held, { blocked: false })).toEqual(["edit T", "unblock T"]);
    expect(told(base(), { claimedBy: "eng-1" })).toEqual(["edit T", "claim eng-1"]);
    expect(told(held, { claimedBy: null })).toEqual(["edit T", "release eng-1"]);
  });

  it("tells of a move without an edit, unless text changed too", () => {
    expect(told(base(), { status: "done" })).toEqual(["move todo -> done"]);
    expect(told(base(), { status: "in-progress", claimedBy: "eng-2" })).toEqual([
      "claim eng-2",
      "move todo -> in-progress",
    ]);
    expect(told(held, { status: "review", claimedBy: null, appendBody: "x" })).toEqual([
      "edit T",
      "move todo -> review",
      "release eng-1",
    ]);
  });
});

describe("dependencies", () => {
  it("may meet again below, but not lead back", () => {
    const record = (id: number, dependsOn: number[]) =>
      [id, { ...base().task, id, dependsOn }] as const;
    const tasks = new Map([record(1, []), record(2, [1]), record(3, [1]), record(4, [2, 3])]);
    expect(() => refuseDependencies(5, [4, 2], tasks)).not.toThrow();
    expect(() => refuseDependencies(1, [4], tasks)).toThrow("1 → 4 → 2 → 1");
  });

  it("are searched on a board with lost and already circular ones too", () => {
    const record = (id: number, dependsOn: number[]) =>
      [id, { ...base().task, id, dependsOn }] as const;
    const tasks = new Map([record(1, [2, 99]), record(2, [1]), record(3, [])]);
    expect(() => refuseDependencies(3, [1], tasks)).not.toThrow();
  });
});
