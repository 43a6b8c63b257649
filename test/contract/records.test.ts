import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import type { Event, Recorded } from "../../src/core/event.ts";
import { evolve } from "../../src/core/evolve.ts";
import type { Intent } from "../../src/core/input.ts";
import { empty } from "../../src/core/state.ts";
import { followRecords } from "../../src/main/records.ts";
import { claudeDriver } from "../../src/world/agents/claude.ts";

const now = Date.UTC(2026, 0, 5, 8);
const at = (ms: number): string => new Date(now + ms).toISOString();
const error = (ms: number, resetsAt: number): string =>
  `${JSON.stringify({
    ...{ type: "assistant", isApiErrorMessage: true, timestamp: at(ms), quotaLimits: { resetsAt } },
    message: { model: "<synthetic>", content: [{ type: "text", text: "limit reached" }] },
  })}\n`;
const answer = (id: string, input_tokens: number): string =>
  `${JSON.stringify({
    ...{ type: "assistant", timestamp: at(-1) },
    message: { id, model: "m", usage: { input_tokens, output_tokens: 7 } },
  })}\n`;

/** A seat whose record is followed, over a journal that only the test writes. */
function follow() {
  const home = mkdtempSync(join(tmpdir(), "records-"));
  const record = join(home, "c-1.jsonl");
  let state = empty;
  let told: (recorded: readonly Recorded[]) => void = () => undefined;
  const write = (event: Event): void => {
    const recorded = { seq: state.seq + 1, at: now, event };
    state = evolve(state, recorded);
    told([recorded]);
  };
  const heard: unknown[] = [];
  const intents: Intent[] = [];
  const follower = followRecords({
    loop: {
      state: () => state,
      onRecorded: (listener) => {
        told = (recorded) => listener(recorded, state, state);
      },
      intend: async (_by, intent) => {
        intents.push(intent);
        return { ok: true } as never;
      },
    },
    driverOf: () => claudeDriver,
    heard: (member, epoch, event) => heard.push([member, epoch, ...claudeDriver.hear(event)]),
    onHeard: () => undefined,
    log: (text) => {
      throw new Error(text);
    },
    home,
  });
  onTestFinished(() => {
    follower.close();
    rmSync(home, { recursive: true, force: true });
  });
  const signal = (kind: string, more: object = {}): void =>
    write({
      ...{ event: "member_signalled", member: "eng-1-1", epoch: 1, kind, signal: kind },
      ...{ message: null, detail: "", ...more },
    } as Event);
  write({
    ...{ event: "agent_spawned", member: "eng-1-1", agent: "claude", resume: false, epoch: 1 },
    ...{ pane: "%1", pid: 1, start: "1", worktree: "/w" },
  });
  return { record, heard, intents, signal };
}

const limit = (resetsAt: number) => [
  ...["eng-1-1", 1],
  {
    ...{ kind: "error", message: null, detail: "limit reached" },
    trouble: { kind: "limit", until: resetsAt * 1000 },
  },
];

it("hears what only stands in the record, and of an old one nothing that was before", async () => {
  const { record, heard, signal } = follow();
  writeFileSync(record, error(-1_000, 5) + error(1_000, 6));
  signal("working", { session: "c-1", record });
  await vi.waitFor(() => expect(heard).toEqual([limit(6)]), 5_000);
  appendFileSync(record, error(2_000, 7).slice(0, 20));
  appendFileSync(record, `${error(2_000, 7).slice(20)}not JSON\n`);
  await vi.waitFor(() => expect(heard).toEqual([limit(6), limit(7)]), 8_000);
});

it("tells after a turn what the whole conversation used, old turns too", async () => {
  const { record, intents, signal } = follow();
  writeFileSync(record, answer("a", 100));
  signal("working", { session: "c-1", record });
  appendFileSync(record, answer("b", 250));
  signal("idle");
  await vi.waitFor(() => expect(intents).toHaveLength(1), 5_000);
  expect(intents[0]).toMatchObject({
    ...{ type: "tell-usage", member: "eng-1-1", epoch: 1 },
    usage: { input: 350, output: 14, context: 250, window: null },
  });
});

it("follows no path that leads out of the home folder", async () => {
  const { record, heard, intents, signal } = follow();
  const outside = mkdtempSync(join(tmpdir(), "outside-"));
  onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
  writeFileSync(join(outside, "c.jsonl"), answer("a", 100));
  signal("working", { session: "c-1", record: `${record}/../../${outside.slice(5)}/c.jsonl` });
  signal("idle");
  signal("working", { session: "c-2", record });
  writeFileSync(record, answer("b", 1));
  signal("idle");
  await vi.waitFor(() => expect(intents).toHaveLength(1), 5_000);
  expect(intents[0]).toMatchObject({ usage: { input: 1 } });
  expect(heard).toEqual([]);
});
