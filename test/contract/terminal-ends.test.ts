// How agents end in the real terminal: statuses, process trees, and what a fallen one left behind.
import { readFileSync } from "node:fs";
import { appendFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Pane, PaneIdentity } from "../../src/core/ports.ts";
import {
  allProcesses,
  ancestors,
  isAlive,
  type ProcessId,
  startTimeOf,
} from "../../src/world/proc.ts";
import { type TmuxStage, tmuxStage } from "./terminal-stages.ts";

const forever = new AbortController().signal;
let stage: TmuxStage;

beforeEach(async () => {
  stage = await tmuxStage();
});
afterEach(() => stage.close());

async function launch(member: string, more = {}): Promise<Pane> {
  const pane = await stage.terminal.launch(stage.launchOf(member, more), forever);
  await stage.ready(member);
  return pane;
}

async function submit(pane: PaneIdentity, text: string): Promise<void> {
  await stage.terminal.paste(pane, text, forever);
  await stage.terminal.keys(pane, ["Enter"], forever);
}

/** A daemon of the member's agent, which leaves session and parent and ignores SIGTERM. */
async function daemonOf(pane: PaneIdentity): Promise<ProcessId> {
  await submit(pane, "orphan");
  const pid = await stage.until(() => {
    const found = stage.notes(pane.member).find(({ orphan }) => orphan !== undefined);
    if (found === undefined) throw new Error("not yet");
    return Number(found["orphan"]);
  });
  return { pid, startTime: startTimeOf(pid) ?? "" };
}

test("killing ends daemons that left session and parent, and agents that ignore SIGTERM", async () => {
  const pane = await launch("eng-1-1");
  const daemon = await daemonOf(pane);
  await stage.terminal.kill(pane, forever);
  expect(isAlive(daemon.pid, daemon.startTime)).toBe(false);
  expect(isAlive(pane.pid, pane.startTime)).toBe(false);
});

/** Its agent falls, and nothing is above what it left behind. */
async function fall(pane: PaneIdentity): Promise<void> {
  const death = stage.death(pane.member);
  await submit(pane, "exit 1");
  await death;
  await stage.until(() => expect(isAlive(pane.pid, pane.startTime)).toBe(false));
}

test("the next launch ends what a fallen agent left running, and leaves a colleague's alone", async () => {
  const [mine, other] = [await launch("eng-1-1"), await launch("eng-1-2")];
  const [left, colleagues] = [await daemonOf(mine), await daemonOf(other)];
  await fall(mine);
  expect(isAlive(left.pid, left.startTime)).toBe(true);
  const next = await launch("eng-1-1", { epoch: 2 });
  expect(isAlive(left.pid, left.startTime)).toBe(false);
  expect(isAlive(colleagues.pid, colleagues.startTime)).toBe(true);
  expect(isAlive(next.pid, next.startTime)).toBe(true);
});

test("an agent that outlives its tmux server is over before the next one begins", async () => {
  const script = "trap '' HUP; echo up; while :; do sleep 0.05; done";
  const made = stage.launchOf("eng-1-1", { argv: ["sh", "-c", script] });
  const { pane } = await stage.terminal.launch(made, forever);
  const shown = () => stage.tmux("capture-pane", "-p", "-t", pane);
  await stage.until(async () => expect(await shown()).toContain("up"));
  const agent = (await stage.terminal.list(forever))[0]?.agentPid ?? 0;
  const startTime = startTimeOf(agent) ?? "";
  await stage.tmux("kill-server");
  await stage.until(async () => expect(await stage.terminal.list(forever)).toEqual([]));
  expect(isAlive(agent, startTime)).toBe(true);
  await launch("eng-1-1", { epoch: 2 });
  expect(isAlive(agent, startTime)).toBe(false);
});

test("the team's end leaves nothing running of an agent that fell before", async () => {
  const pane = await launch("eng-1-1");
  const left = await daemonOf(pane);
  await fall(pane);
  await stage.terminal.end(forever);
  expect(isAlive(left.pid, left.startTime)).toBe(false);
});

test("an orphan of an agent still descends from its wrapper", async () => {
  const orphan = join(stage.folder, "orphan");
  const script = `(setsid sh -c 'echo $$ >${orphan}; exec sleep 60' &); exec sleep 60`;
  const made = stage.launchOf("eng-1-1", { argv: ["sh", "-c", script] });
  const pane = await stage.terminal.launch(made, forever);
  const pid = await stage.until(async () => {
    const found = Number(readFileSync(orphan, "utf8"));
    if (found === 0) throw new Error("not yet");
    return found;
  });
  await stage.until(() => expect(ancestors(pid).map((each) => each.pid)).toContain(pane.pid));
});

test("Ctrl-C reaches the agent and leaves its wrapper alive", async () => {
  const made = stage.launchOf("eng-1-1", {
    argv: ["sh", "-c", "trap 'exit 5' INT; echo up; while :; do sleep 0.05; done"],
  });
  const pane = await stage.terminal.launch(made, forever);
  await stage.until(async () =>
    expect(await stage.terminal.capture(pane, null, forever)).toContain("up"),
  );
  const death = stage.death("eng-1-1");
  await stage.terminal.keys(pane, ["C-c"], forever);
  await death;
  expect((await stage.terminal.list(forever))[0]).toMatchObject({ dead: true, exit: 5 });
});

test("a killed agent's pane shows its last words, and no shell's word on it", async () => {
  const argv = ["sh", "-c", "echo working; exec sleep 60"];
  const { pane } = await stage.terminal.launch(stage.launchOf("eng-1-1", { argv }), forever);
  // tmux's own line at the bottom pushes the first one out of the window.
  const shown = () => stage.tmux("capture-pane", "-p", "-S", "-", "-t", pane);
  await stage.until(async () => expect(await shown()).toContain("working"));
  const [{ agentPid } = { agentPid: null }] = await stage.terminal.list(forever);
  const death = stage.death("eng-1-1");
  process.kill(agentPid ?? 0, "SIGKILL");
  await death;
  await stage.until(async () =>
    expect(await stage.tmux("display-message", "-p", "-t", pane, "#{pane_dead}")).toBe("1"),
  );
  expect(await shown()).toMatch(/^working\s*(Pane is dead.*)?$/);
});

test("a killed agent and a killed wrapper are both told as deaths", async () => {
  const one = await launch("eng-1-1");
  const other = await launch("eng-1-2");
  const panes = await stage.terminal.list(forever);
  const agent = panes.find(({ member }) => member === "eng-1-1")?.agentPid ?? 0;
  const first = stage.death("eng-1-1");
  process.kill(agent, "SIGKILL");
  await first;
  const second = stage.death("eng-1-2");
  process.kill(other.pid, "SIGKILL");
  await second;
  const after = await stage.terminal.list(forever);
  expect(after.map(({ dead }) => dead)).toEqual([true, true]);
  expect(after.find(({ member }) => member === "eng-1-1")?.exit).toBe(137);
  await stage.terminal.kill(one, forever);
});

test("an exit file that holds no whole status yet says nothing of how its agent ended", async () => {
  await launch("eng-1-1", { epoch: 1 });
  const exit = join(stage.folder, "seats", "eng-1-1.1.exit");
  for (const text of ["", "13"]) {
    await writeFile(exit, text);
    expect((await stage.terminal.list(forever))[0]).toMatchObject({ dead: false, exit: null });
  }
  await writeFile(exit, "137\n");
  expect((await stage.terminal.list(forever))[0]).toMatchObject({ dead: true, exit: 137 });
});

test("an exit file of an agent that lives is no certain death, whoever wrote it", async () => {
  await launch("eng-1-1", { epoch: 1 });
  let certain: Pane | null = null;
  void stage.certainDeath("eng-1-1").then((pane) => {
    certain = pane;
  });
  const hint = stage.death("eng-1-1");
  await writeFile(join(stage.folder, "seats", "eng-1-1.1.exit"), "0\n");
  await hint;
  await new Promise(setImmediate);
  expect(certain).toBeNull();
});

test("an exit file that an agent wrote before its end does not hide how it ended, nor that it did", async () => {
  const mine = join(stage.folder, "seats", "eng-1-1.1.exit");
  const pane = await launch("eng-1-1", { epoch: 1 });
  const [listed] = await stage.terminal.list(forever);
  const hint = stage.death("eng-1-1");
  await appendFile(mine, "0\n");
  await hint;
  const death = stage.certainDeath("eng-1-1");
  process.kill(listed?.agentPid ?? pane.pid, "SIGKILL");
  expect(await death).toMatchObject({ dead: true, exit: 137 });
});

test("an agent that cannot be started is a dead pane with the shell's status", async () => {
  const death = stage.death("eng-1-1");
  await stage.terminal.launch(stage.launchOf("eng-1-1", { argv: ["no-such-agent"] }), forever);
  await death;
  expect((await stage.terminal.list(forever))[0]).toMatchObject({ dead: true, exit: 127 });
});

test("the files of seats are private and those of former launches go away", async () => {
  const first = await launch("eng-1-1", { epoch: 1 });
  const file = join(stage.folder, "seats", "eng-1-1.1.pid");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const death = stage.death("eng-1-1");
  await submit(first, "exit 0");
  await death;
  expect((await stat(join(stage.folder, "seats", "eng-1-1.1.exit"))).mode & 0o777).toBe(0o600);
  await launch("eng-1-1", { epoch: 2 });
  await expect(stat(file)).rejects.toMatchObject({ code: "ENOENT" });
});

test("ending a server that hangs kills it with all that ran under it", async () => {
  const pane = await launch("eng-1-1");
  await stage.freeze();
  await stage.terminal.end(forever);
  expect(isAlive(pane.pid, pane.startTime)).toBe(false);
  expect(allProcesses().filter(({ session }) => session === pane.pid)).toEqual([]);
  stage.forgetFreeze();
});

const seen = async (member: string): Promise<Pane> => {
  const pane = (await stage.terminal.list(forever)).find((p) => p.member === member);
  return pane ?? expect.fail(`${member} has no pane`);
};

async function stopped(member: string): Promise<Pane> {
  await launch(member);
  const pane = await seen(member);
  process.kill(pane.agentPid ?? 0, "SIGSTOP");
  await stage.until(async () =>
    expect(await seen(member)).toMatchObject({ stopped: true, dead: false }),
  );
  return pane;
}

test("a stopped agent's pane takes a megabyte at once, others go on, and it hears all of it once when it goes on", async () => {
  const [mine, other] = [await stopped("eng-1-1"), await launch("eng-1-2")];
  const text = `long\n${`${"é".repeat(50)}\n`.repeat(10_000)}end`;
  await submit(mine, text);
  await submit(other, "hello");
  expect(await stage.taken("eng-1-2", 1)).toEqual(["hello"]);
  expect(stage.notes("eng-1-1").some(({ took }) => took !== undefined)).toBe(false);
  process.kill(mine.agentPid ?? 0, "SIGCONT");
  const [took = "", ...more] = await stage.taken("eng-1-1", 1);
  expect(took === text && more.length === 0).toBe(true);
});

test("a stopped agent is ended, not waited for, and hears SIGTERM before SIGKILL", async () => {
  const said = join(stage.folder, "said");
  const argv = [
    "sh",
    "-c",
    `trap 'echo asked >${said}; exit 0' TERM; echo up; while :; do sleep 0.05; done`,
  ];
  const pane = await stage.terminal.launch(stage.launchOf("eng-1-1", { argv }), forever);
  await stage.until(async () =>
    expect(await stage.terminal.capture(pane, null, forever)).toContain("up"),
  );
  process.kill((await seen("eng-1-1")).agentPid ?? 0, "SIGSTOP");
  await stage.terminal.kill(pane, forever);
  expect(isAlive(pane.pid, pane.startTime)).toBe(false);
  expect(readFileSync(said, "utf8")).toBe("asked\n");
});
