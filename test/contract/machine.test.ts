// The machine's adapters on the real one: /proc, statfs, files.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Pane } from "../../src/core/ports.ts";
import { openDisk } from "../../src/world/disk.ts";
import { findCommand } from "../../src/world/find-command.ts";
import { processTree, startTimeOf } from "../../src/world/proc.ts";
import { openReserve } from "../../src/world/reserve.ts";
import { createVitals } from "../../src/world/vitals.ts";
import { until } from "../e2e/waiting.ts";

const signal = (): AbortSignal => AbortSignal.timeout(10_000);
let folder = "";
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "batty-machine-"));
});
afterEach(async () => {
  for (const { pid } of children.splice(0)) endGroup(pid);
  await rm(folder, { recursive: true, force: true });
});

/** With everything it started: a child that computes would go on for ever. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it ended by itself
  }
}

function agentOf(script: string): Pane {
  const child = spawn("sh", ["-c", script], { stdio: "ignore", detached: true });
  children.push(child);
  const pid = child.pid ?? 0;
  const known = { pid, startTime: startTimeOf(pid) ?? "", agentPid: pid };
  return {
    pane: "%0",
    member: "eng",
    epoch: 2,
    ...known,
    dead: false,
    exit: null,
    inMode: false,
    stopped: false,
  };
}

/** Looks at one agent; running time goes on by itself. */
function watch(pane: Pane, screen: { lines: string[] }) {
  let now = 0;
  const vitals = createVitals({
    terminal: { screen: async () => ({ rows: screen.lines, title: "" }) },
    read: () => null,
    panes: () => [pane],
    homes: () => new Map(),
    now: Date.now,
    running: () => now,
  });
  return async (after: number) => {
    now += after;
    return (await vitals.look(signal())).get("eng");
  };
}

describe("whether an agent moves", () => {
  it("an agent that waits is quiet for as long as it waits; what it prints ends that", async () => {
    const screen = { lines: ["hello", ""] };
    const look = watch(agentOf("read x </dev/tty || exec sleep 60"), screen);
    expect(await look(0)).toMatchObject({ epoch: 2, quietFor: 0, screen: ["hello"] });
    await look(30_000);
    expect(await look(30_000)).toMatchObject({ quietFor: 60_000 });
    screen.lines = ["hello", "again"];
    expect(await look(30_000)).toMatchObject({ quietFor: 0 });
  });

  it("one whose child computes is not quiet, and the child is named with its start", async () => {
    const pane = agentOf("sh -c 'ulimit -t 30; while :; do :; done'; true");
    await until("the child", () => processTree(pane.pid).length > 1);
    const look = watch(pane, { lines: [] });
    await look(0);
    const before = processTree(pane.pid).reduce((sum, p) => sum + p.cpuTicks, 0);
    await until("some CPU", () => {
      const used = processTree(pane.pid).reduce((sum, p) => sum + p.cpuTicks, 0);
      return used - before > 20;
    });
    const vital = await look(1_000);
    expect(vital?.quietFor).toBe(0);
    expect(vital?.commands.map((c) => c.name)).toEqual(["sh"]);
    expect(Math.abs((vital?.commands[0]?.startedAt ?? 0) - Date.now())).toBeLessThan(30_000);
  });

  it("an agent that is stopped is told from one that waits, and from one that closed its output", async () => {
    const waiting = agentOf("exec sleep 60");
    const look = watch(waiting, { lines: [] });
    expect((await look(0))?.agent).toEqual({ pid: waiting.pid, stopped: false, mute: false });
    process.kill(waiting.pid, "SIGSTOP");
    await until("its stop", async () => (await look(10))?.agent?.stopped === true);
    process.kill(waiting.pid, "SIGCONT");
    await until("its going on", async () => (await look(10))?.agent?.stopped === false);
    const mute = watch(agentOf("exec sleep 60 >&-"), { lines: [] });
    await until("its closed output", async () => (await mute(10))?.agent?.mute === true);
  });
});

it("who runs without its worktree is found by folder and by `.git`", async () => {
  const homes = new Map(["there", "bare", "gone"].map((name) => [name, join(folder, name)]));
  await mkdir(join(folder, "there"));
  await writeFile(join(folder, "there", ".git"), "gitdir: x\n");
  await mkdir(join(folder, "bare"));
  const vitals = createVitals({
    terminal: { screen: async () => ({ rows: [], title: "" }) },
    read: () => null,
    panes: () => [],
    homes: () => homes,
    now: Date.now,
    running: () => 0,
  });
  expect(await vitals.homeless(signal())).toEqual(["bare", "gone"]);
});

describe("the disk", () => {
  const days = 24 * 3_600_000;
  async function stage(logs: number) {
    const places = { repository: folder, state: folder, worktrees: join(folder, "worktrees") };
    const gateLogs = join(folder, "gate");
    await mkdir(join(places.worktrees, "_gate", "node_modules"), { recursive: true });
    await mkdir(join(places.worktrees, "eng"), { recursive: true });
    await writeFile(join(places.worktrees, "_gate", "node_modules", "big.js"), "x".repeat(100_000));
    await mkdir(gateLogs);
    const tree = "a".repeat(40);
    await writeFile(join(gateLogs, `${tree}.json`), "{}");
    await writeFile(join(gateLogs, "notes.log"), "a person's");
    for (let n = 0; n < logs; n += 1) {
      const path = join(gateLogs, `${tree}.${n}.log`);
      await writeFile(path, "log\n");
      const at = (Date.now() - (n < 5 ? 20 : 1) * days) / 1000 + n;
      await utimes(path, at, at);
    }
    const disk = openDisk({ ...places, gateLogs, now: Date.now });
    return { disk, gateLogs, ...places };
  }

  it("says what is free at each place", async () => {
    const { disk } = await stage(0);
    const free = await disk.look(signal());
    expect(free.map((f) => f.what)).toEqual(["repository", "state", "worktrees"]);
    expect(free.every((f) => f.free > 0)).toBe(true);
  });

  it("old gate logs go, evidence, fresh logs and what is not ours stay; caches stay until space is short", async () => {
    const { disk, gateLogs, worktrees } = await stage(25);
    expect(await disk.tidy(false, signal())).toEqual({ files: 5, bytes: 20 });
    const left = await readdir(gateLogs);
    expect(left).toHaveLength(22);
    expect(left).toEqual(expect.arrayContaining([`${"a".repeat(40)}.json`, "notes.log"]));
    expect(await readdir(worktrees)).toEqual(["_gate", "eng"]);
    expect((await disk.tidy(true, signal())).files).toBe(1);
    expect(await readdir(worktrees)).toEqual(["eng"]);
    expect(await disk.tidy(true, signal())).toEqual({ files: 0, bytes: 0 });
  });

  it("the newest logs stay however old", async () => {
    const { disk } = await stage(5);
    expect(await disk.tidy(false, signal())).toEqual({ files: 0, bytes: 0 });
  });

  it("a reserve is real bytes, given up once, and taken again", async () => {
    const path = join(folder, "reserve");
    const reserve = openReserve(path);
    expect(reserve.release()).toBe(false);
    expect(reserve.take()).toBe(true);
    expect((await stat(path)).blocks * 512).toBeGreaterThanOrEqual(4 * 1024 * 1024);
    expect(reserve.release()).toBe(true);
    expect((await stat(path)).size).toBe(0);
    expect(reserve.release()).toBe(false);
    expect(reserve.take()).toBe(true);
  });
});

it("a command is found as a shell would find it, and a folder or a plain file is none", async () => {
  await mkdir(join(folder, "sub"));
  await writeFile(join(folder, "plain"), "");
  await writeFile(join(folder, "tool"), "#!/bin/sh\n", { mode: 0o755 });
  expect(await findCommand("tool", `/nowhere:${folder}`, "/")).toBe(join(folder, "tool"));
  expect(await findCommand("./tool", "", folder)).toBe(join(folder, "tool"));
  for (const name of ["plain", "sub", "absent"])
    expect(await findCommand(name, folder, "/")).toBeNull();
});
