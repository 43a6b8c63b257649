// What `doctor` finds, and what it mends without asking.
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Failure } from "../../../src/core/words.ts";
import { examine, type Patient } from "../../../src/setup/doctor.ts";
import { pathsOf } from "../../../src/world/paths.ts";

async function patient(more: Partial<Patient> = {}): Promise<Patient> {
  const root = await mkdtemp(join(tmpdir(), "batty-doctor-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const paths = pathsOf(root);
  await mkdir(paths.teamConfig, { recursive: true });
  return {
    ...{ paths, tools: async () => undefined, hasPerl: async () => true, team: async () => null },
    ...{ bot: async () => null, checkpoint: async () => null },
    ...{ telemetry: async () => null, remakeTelemetry: async () => undefined },
    ...{ disk: async () => ({ free: 2, low: 1 }), ...more },
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
