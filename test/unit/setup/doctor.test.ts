// What `doctor` finds, and what it mends without asking.
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Failure } from "../../../src/core/words.ts";
import { examine, type Patient } from "../../../src/setup/doctor.ts";
import type { Orphan } from "../../../src/world/git/orphans.ts";
import { pathsOf } from "../../../src/world/paths.ts";

const now = Date.UTC(2026, 0, 5);

async function patient(more: Partial<Patient> = {}): Promise<Patient> {
  const root = await mkdtemp(join(tmpdir(), "batty-doctor-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const paths = pathsOf(root);
  await mkdir(paths.teamConfig, { recursive: true });
  return {
    ...{ paths, tools: async () => undefined, hasPerl: async () => true, team: async () => null },
    ...{
      agents: async () => [],
      platforms: async () => [],
      bot: async () => null,
      checkpoint: async () => null,
    },
    ...{ telemetry: async () => null, remakeTelemetry: async () => undefined },
    ...{ disk: async () => ({ free: 2, low: 1 }), board: async () => [], orphans: async () => [] },
    ...{ forget: async () => undefined, leftOver: async () => [], now: () => now },
    ...{ stalls: async () => ({ times: 0, worst: 0, at: 0 }), ...more },
  };
}
const ill = async (p: Patient) => (await examine(p)).filter((f) => f.result !== "ok");

it("a healthy team has nothing to mend", async () => {
  expect(await ill(await patient())).toEqual([]);
});

it("what is missing is named with the command that installs it", async () => {
  const tools = (): Promise<never> =>
    Promise.reject(
      new Failure("tmux.missing", "tmux is not installed.", { hint: "apt-get install tmux" }),
    );
  const found = await ill(await patient({ tools, hasPerl: async () => false }));
  expect(found).toMatchObject([
    { name: "tools", result: "bad", say: "tmux is not installed.", fix: "apt-get install tmux" },
    { name: "perl", result: "warn" },
  ]);
});

it("what others can read, a killed bot's pid file and a useless checkpoint are mended; after it all is well", async () => {
  let why: string | null = "it is torn";
  const p = await patient({ checkpoint: async () => why });
  await writeFile(p.paths.journal, "");
  await chmod(p.paths.journal, 0o644);
  await mkdir(p.paths.inboxes);
  await chmod(p.paths.inboxes, 0o755);
  for (const path of [p.paths.pidFile, p.paths.checkpoint])
    await writeFile(path, "1\n", { mode: 0o600 });
  const found = await ill(p);
  expect(found.map((f) => f.name)).toEqual(["bot", "checkpoint", "permissions", "permissions"]);
  for (const each of found) await each.mend?.();
  why = null;
  expect(await ill(p)).toEqual([]);
  expect((await stat(p.paths.inboxes)).mode & 0o777).toBe(0o700);
});

it("the checkpoint of a bot that runs is left alone", async () => {
  const p = await patient({ bot: async () => 7, checkpoint: async () => "another build wrote it" });
  expect((await ill(p)).map((f) => [f.name, f.mend])).toEqual([["checkpoint", undefined]]);
});

it("telemetry that is gone is made again, one that can't be is told with its reason, and so is a full disk", async () => {
  let why: string | null = "telemetry.db is missing";
  const p = await patient({
    telemetry: async () => why,
    remakeTelemetry: async () => {
      why = null;
    },
  });
  const [found] = await ill(p);
  expect(found).toMatchObject({ name: "telemetry", say: why });
  await found?.mend?.();
  expect(await ill(p)).toEqual([]);
  const bare = await patient({
    telemetry: () => Promise.reject(new Error("better-sqlite3 is not installed")),
    disk: async () => ({ free: 1, low: 2 }),
  });
  expect((await ill(bare)).map((f) => [f.name, f.result, f.mend])).toEqual([
    ["telemetry", "warn", undefined],
    ["disk", "bad", undefined],
  ]);
});

it("task files that can't be read are named with their line, and what can't be looked at hides nothing else", async () => {
  const board = async () => [
    { file: "tasks/012-a.md", line: 3, why: "status is not one of todo, done" },
  ];
  const orphans = (): Promise<never> => Promise.reject(new Error("EACCES"));
  const found = await ill(await patient({ board, orphans }));
  expect(found).toMatchObject([
    {
      ...{ name: "board", result: "bad", fix: expect.stringContaining("Mend it in an editor") },
      say: ".batty/team_config/board/tasks/012-a.md:3: status is not one of todo, done",
    },
    { name: "worktrees", result: "warn", say: "it could not be looked at: EACCES" },
  ]);
});

it("of worktrees that nobody has only those are mended of which nothing is lost", async () => {
  const forgotten: string[] = [];
  const one = (name: string, is: Orphan["is"]): Orphan => ({
    ...{ name, is, path: `/w/${name}`, admin: "/r", head: is === "detached" ? "abc" : null },
  });
  const p = await patient({
    orphans: async () => [
      one("a", "folder"),
      one("b", "gone"),
      one("c", "detached"),
      one("d", "locked"),
    ],
    forget: async ({ name }) => void forgotten.push(name),
  });
  const found = await ill(p);
  expect(found.map((f) => [f.name, f.mend !== undefined])).toEqual([
    ["worktrees", false],
    ["worktrees", true],
    ["worktrees", false],
    ["worktrees", false],
  ]);
  for (const each of found) await each.mend?.();
  expect(forgotten).toEqual(["b"]);
  expect(found[2]?.fix).toContain("git branch c-rescued abc");
});

it("what lives without its bot is named with pid and start, and ended only when it is ours for certain", async () => {
  let isEnded = false;
  const process = { pid: 71, startTime: "5", began: now - 1_000, fix: "Look at it." };
  const end = async (): Promise<void> => {
    isEnded = true;
  };
  const leftOver = async () => [
    { ...process, what: "a spawner", end },
    { ...process, what: "tmux" },
  ];
  const [ours, other] = await ill(await patient({ leftOver }));
  expect(ours?.say).toBe("a spawner lives without a bot (pid 71, since 2026-01-04T23:59:59.000Z)");
  expect([other?.mend, other?.fix]).toEqual([undefined, "Look at it."]);
  await ours?.mend?.();
  expect(isEnded).toBe(true);
});

it("stalls of the last day are told, older ones are not", async () => {
  const stalls = (ago: number) => async () => ({ times: 2, worst: 800, at: now - ago });
  expect(await ill(await patient({ stalls: stalls(3_600_000) }))).toMatchObject([
    { name: "stalls", say: expect.stringContaining("2 times since its start, for 800 ms at most") },
  ]);
  expect(await ill(await patient({ stalls: stalls(2 * 24 * 3_600_000) }))).toEqual([]);
});

it.each([
  ["2.1.329", "ok", "as it was tried"],
  ["2.1.400", "warn", "newer than what was tried"],
  ["2.0.999", "warn", "older than what was tried"],
  [null, "warn", "does not say its version"],
  [undefined, "bad", "no program claude on PATH"],
] as const)("an agent of version %s is %s: %s", async (version, result, say) => {
  const tried = { oldest: "2.1.329", newest: "2.1.329" };
  const agents = async () => [{ agent: "claude", members: ["architect"], tried, version }];
  const found = (await examine(await patient({ agents }))).filter(({ name }) => name === "claude");
  expect(found).toMatchObject([{ result, say: expect.stringContaining(say) }]);
  expect(found[0]?.say).toContain("architect");
});
