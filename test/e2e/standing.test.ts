// Agents that cannot be kept running, with real panes: what it costs, and what people are told.
import { copyFile, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { statOf, ticksPerSecond } from "../../src/world/proc.ts";
import { type Team, team } from "./team.ts";
import { until } from "./waiting.ts";

const minute = 60_000;

interface Open {
  readonly member: string;
  readonly kind: string;
  readonly question: string;
}

async function escalationsOf(own: Team): Promise<readonly Open[]> {
  return (await own.batty("escalations", "--json")).json as readonly Open[];
}

const count = (own: Team, event: string, member: string): number =>
  own.journal.of(event, (line) => line["member"] === member).length;

it("an agent that dies at once ends after four tries with one escalation that shows its last words", async () => {
  const own = await team({
    started: false,
    playbooks: { engineer: [{ on: "start", do: ["say no licence for this machine", "exit 3"] }] },
  });
  const started = await own.batty("start", "--json");
  expect(started.code).toBe(0);
  await own.journal.until("task_escalated", () => true, 2 * minute);
  const open = await escalationsOf(own);
  expect(open).toMatchObject([{ member: "engineer", kind: "agent" }]);
  const { question } = open[0] as Open;
  expect(question).toContain("4 tries within 2 minutes. Last: ended with exit 3");
  expect(question).toMatch(/Command: \S*node \S*script-agent\.js/);
  expect(question).toMatch(/PATH: \S*\/\.batty\/bin:/);
  expect(question).toContain("no licence for this machine");
  expect(count(own, "agent_spawned", "engineer")).toBe(4);
  expect((await own.seats()).has("architect")).toBe(true);
  expect((await own.batty("status")).stdout).toContain("✗ engineer parked");
}, 180_000);

it("a member whose command is missing ends after four tries: one escalation, little log, no work for the machine", async () => {
  const own = await team({ started: false });
  // The bot runs on a copy of Node that is gone when it starts its agents with it.
  const node = join(own.place.bin, "node");
  await copyFile(process.execPath, node);
  expect((await own.batty("start", "--json")).code).toBe(0);
  expect((await own.batty("stop", "--json")).code).toBe(0);
  await rm(node);
  const start = await own.batty("start", "--json");
  expect(start.code).toBe(3);
  expect(start.stdout).toContain(`there is no program ${node}`);
  const open = await escalationsOf(own);
  expect(open.map((e) => `${e.member} ${e.kind}`).sort()).toEqual([
    "architect agent",
    "engineer agent",
  ]);
  for (const { question } of open) {
    expect(question).toContain(`there is no program ${node}`);
    expect(question).toContain("PATH: ");
  }
  expect(count(own, "spawn_failed", "engineer")).toBe(4);
  const lines = own.journal.lines().length;
  const bot = own.bot()?.pid ?? 0;
  const before = statOf(bot)?.cpuTicks ?? 0;
  const span = 10_000;
  const since = Date.now();
  await until("a time to measure", () => Date.now() - since >= span);
  const used = ((statOf(bot)?.cpuTicks ?? 0) - before) / ticksPerSecond;
  const cpu = ((used / span) * 1e5).toFixed(2);
  expect(used / (span / 1000)).toBeLessThan(0.03);
  expect(own.journal.lines()).toHaveLength(lines);
  const log = join(own.root, ".batty", "daemon.log");
  const { size } = await stat(log);
  process.stdout.write(`afterwards: ${cpu} % of a core; ${size} bytes of log in all\n`);
  expect(size).toBeLessThan(10_000);
  expect((await readFile(log, "utf8")).match(/there is no program/g)?.length).toBeLessThan(15);
}, 180_000);
