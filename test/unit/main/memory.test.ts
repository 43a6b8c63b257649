// What a bot finds of its former lives: decisions that never reached audit.jsonl, lines that no chat has shown.
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Event, Recorded } from "../../../src/core/event.ts";
import { evolve } from "../../../src/core/evolve.ts";
import { empty, type State } from "../../../src/core/state.ts";
import { openAudit } from "../../../src/daemon/audit-file.ts";
import { openJournal } from "../../../src/daemon/journal.ts";
import { writeCheckpoint } from "../../../src/main/checkpoint.ts";
import { type Memory, recall } from "../../../src/main/memory.ts";
import type { Place } from "../../../src/main/place.ts";
import { pathsOf } from "../../../src/world/paths.ts";

async function place() {
  const root = await mkdtemp(join(tmpdir(), "batty-memory-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const paths = pathsOf(root);
  await mkdir(paths.teamConfig, { recursive: true });
  await mkdir(join(paths.chat, "local"), { recursive: true });
  const log: string[] = [];
  const place = { paths, log: (line: string) => log.push(line) } as unknown as Place;
  const cursor = (seq: number): Promise<void> =>
    writeFile(join(paths.chat, "local", "cursor.json"), JSON.stringify({ seq }));
  return { paths, log, place, cursor };
}

const decision = (args: string): Event => ({
  ...{ event: "command_recorded", person: "ada", via: "local", verb: "approve", args },
  ...{ effect: "done", code: null, message: null },
});
const other: Event = { event: "team_paused", by: "ada", member: null };
const lines = (...events: readonly Event[]): Recorded[] =>
  events.map((event, i) => ({ seq: i + 1, at: 1_000 * i, event }));
const stateAfter = (all: readonly Recorded[]): State => all.reduce(evolve, empty);

async function auditOf({
  paths,
  place: here,
}: Awaited<ReturnType<typeof place>>): Promise<number[]> {
  const memory = await recall(here, ["local"]);
  await memory.journal.close();
  const parts = { path: paths.audit, journal: paths.journal };
  const audit = openAudit({ ...parts, onTrouble: (error) => expect(error).toBeNull() });
  for (const recorded of memory.unaudited) audit.take(recorded);
  await audit.read(1);
  const text = await readFile(paths.audit, "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { seq: number }).seq);
}

it("decisions older than the checkpoint that never reached audit.jsonl are carried over by the next start", async () => {
  const p = await place();
  const all = lines(decision("1"), other, decision("2"), decision("3"), other);
  const journal = openJournal(p.paths.journal);
  journal.append(all);
  const checkpoint = { at: journal.position(), state: stateAfter(all), decided: 4 };
  await writeCheckpoint(p.paths, checkpoint);
  journal.append([{ seq: 6, at: 9_000, event: decision("4") }]);
  await journal.close();
  await p.cursor(6);
  const audit = openAudit({ path: p.paths.audit, journal: p.paths.journal, onTrouble: () => 0 });
  audit.take(all[0] as Recorded);
  await audit.read(1);
  expect(await auditOf(p)).toEqual([1, 3, 4, 6]);
  expect(p.log).toEqual([]); // the checkpoint was good: only what was missing was read
});

it("a start that reads the whole journal leaves no gap in audit.jsonl, wherever it is", async () => {
  const p = await place();
  const journal = openJournal(p.paths.journal);
  journal.append(lines(decision("1"), decision("2"), decision("3")));
  await journal.close();
  await writeFile(p.paths.audit, '{"seq":1}\n{"seq":3}\n');
  expect(await auditOf(p)).toEqual([1, 2, 3]);
});

it("a decision that stands torn in the middle of audit.jsonl is written whole", async () => {
  const p = await place();
  const journal = openJournal(p.paths.journal);
  journal.append(lines(decision("1"), decision("2")));
  await journal.close();
  await writeFile(p.paths.audit, "");
  await appendFile(p.paths.audit, '{"seq":1}\n{"seq":2,"per\n');
  expect(await auditOf(p)).toEqual([1, 2]);
});

async function shownOf(memory: Memory) {
  const shown: [number, State][] = [];
  let most = 0;
  let before = 0;
  await memory.unshown(
    ({ seq }, after) => void shown.push([seq, after]),
    async () => {
      most = Math.max(most, shown.length - before);
      before = shown.length;
    },
  );
  return { shown, most };
}

it("without a cursor a long past is handed out piece by piece, each line with the state after it", async () => {
  const p = await place();
  const all = lines(
    ...Array.from(
      { length: 5_000 },
      (_, i): Event => ({
        ...{ event: "daemon_heartbeat", uptime_ms: i },
      }),
    ),
  );
  const journal = openJournal(p.paths.journal, 200_000);
  for (const line of all) journal.append([line]);
  await journal.close();
  const memory = await recall(p.place, ["local"]);
  await memory.journal.close();
  const { shown, most } = await shownOf(memory);
  expect(shown.map(([seq]) => seq)).toEqual(all.map(({ seq }) => seq));
  expect(most).toBeLessThan(500);
  for (const n of [1, 2_500, 5_000]) expect(shown[n - 1]?.[1]).toEqual(stateAfter(all.slice(0, n)));
});

it("behind a cursor only what was not shown is handed out, and this life's own lines are not", async () => {
  const p = await place();
  const all = lines(other, decision("1"), other, decision("2"));
  const journal = openJournal(p.paths.journal);
  journal.append(all);
  await journal.close();
  await p.cursor(2);
  const memory = await recall(p.place, ["local"]);
  await memory.journal.close();
  const { shown } = await shownOf(memory);
  expect(shown).toEqual([
    [3, stateAfter(all.slice(0, 3))],
    [4, stateAfter(all)],
  ]);
});

it("a chat that is new to the team is shown nothing of the past, and a chat that lags behind gets all it missed", async () => {
  const p = await place();
  const all = lines(other, other, other, other);
  const journal = openJournal(p.paths.journal);
  journal.append(all);
  await journal.close();
  await p.cursor(4);
  const first = await recall(p.place, ["local", "elsewhere"]);
  await first.journal.close();
  expect(first.cursor("elsewhere")).toBe(4);
  expect((await shownOf(first)).shown).toEqual([]);
  await p.cursor(5);
  const second = await recall(p.place, ["local", "elsewhere"]);
  await second.journal.close();
  expect(second.cursor("elsewhere")).toBe(4);
  expect((await shownOf(second)).shown.map(([seq]) => seq)).toEqual([5]);
});
