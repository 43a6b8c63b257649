// Lives of bot and team: who counts as alive, one bot a project, stops that save work, returns after a fall.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isAlive, type ProcessId, startTimeOf, statOf } from "../../src/world/proc.ts";
import { isCard } from "./chat.ts";
import { program } from "./holds.ts";
import { clone, commandOf } from "./place.ts";
import { type Team, team } from "./team.ts";
import { until } from "./waiting.ts";

/** Bots of this place's project. */
const bots = (t: Team) =>
  t.place.processes().filter(({ pid }) => commandOf(pid).includes("dist/main.js"));

const resumeMarker = (t: Team): string => join(t.root, ".batty", "resume");

/** `kill -TERM` of the bot; resolves with the ms until it is gone. */
async function terminate(t: Team, bot = t.bot()): Promise<number> {
  if (bot === null) throw new Error("no bot to end");
  const began = performance.now();
  process.kill(bot.pid, "SIGTERM");
  await until("the bot's end", () => !isAlive(bot.pid, bot.startTime), 20_000);
  return performance.now() - began;
}

test("a zombie is no living bot: status says so, and start starts another", async () => {
  const t = await team({ started: false });
  const parent = spawn(
    "perl",
    ["-e", "exec @ARGV unless fork; sleep 1 while 1", join(clone, "bin/batty"), "daemon"],
    { cwd: t.root, env: t.place.env, stdio: "ignore" },
  );
  onTestFinished(() => void parent.kill("SIGKILL"));
  const bot = await until("the bot", () => t.bot() ?? undefined);
  await until("its answer", async () => (await t.batty("start")).code === 0);
  const seats = await t.seats();
  process.kill(bot.pid, "SIGKILL");
  await until("the zombie", () => statOf(bot.pid)?.state === "Z");
  expect((await t.batty("status", "--json")).json.bot).toBeNull();
  expect((await t.batty("start")).code).toBe(0);
  expect(statOf(bot.pid)?.state).toBe("Z");
  expect(t.bot()?.pid).not.toBe(bot.pid);
  expect(await t.seats()).toEqual(seats);
});

test("a pid that another process has by now is no living bot", async () => {
  const t = await team({ started: false });
  await t.write(".batty/daemon.pid", `${process.pid}\n`);
  expect((await t.batty("status", "--json")).json.bot).toBeNull();
  expect((await t.batty("stop")).code).toBe(69);
  expect((await t.batty("start")).code).toBe(0);
  expect(t.bot()?.pid).not.toBe(process.pid);
});

test("two starts at once make one team; the other ends with 1 and names the owner", async () => {
  const t = await team({ started: false });
  const both = await Promise.all([t.batty("start"), t.batty("start")]);
  await expectOneTeam(t, both);
});

test("of two starts the one whose bot comes late does not take the team for its own", async () => {
  const t = await team({ started: false });
  const first = join(t.place.folder, "first");
  // The second to ask for the instance lock asks late, when the other bot answers already.
  await program(
    t.place,
    "flock",
    `case "$*" in *daemon.lock*) mkdir '${first}' 2>/dev/null || sleep 1 ;; esac\nexec /usr/bin/flock "$@"\n`,
  );
  const both = await Promise.all([t.batty("start"), t.batty("start")]);
  await expectOneTeam(t, both);
});

async function expectOneTeam(
  t: Team,
  both: readonly { code: number | null; stderr: string }[],
): Promise<void> {
  expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
  const loser = both.find(({ code }) => code === 1);
  expect(loser?.stderr).toContain(`pid ${t.bot()?.pid}`);
  await until("the other bot's end", () => bots(t).length === 1);
  expect(t.journal.of("agent_spawned")).toHaveLength(2);
  expect((await t.seats()).size).toBe(2);
}

test("SIGTERM ends bot and team within 10 s, and uncommitted work is kept under a ref", async () => {
  const t = await team();
  const id = await t.order("engineer", "write draft.txt not yet committed", "say written");
  await t.journal.until("message_answered", (l) => l["id"] === id);
  const seats = await t.seats();
  expect(await terminate(t)).toBeLessThan(10_000);
  for (const { agent, wrapper } of seats.values())
    for (const each of [agent, wrapper]) expect(isAlive(each.pid, each.startTime)).toBe(false);
  const refs = await t.git("for-each-ref", "--format=%(refname)", "refs/batty/rescue/engineer/");
  expect(refs.split("\n")).toHaveLength(1);
  expect(await t.git("show", `${refs}:draft.txt`)).toBe("not yet committed");
  const [spawned] = t.journal.of("agent_spawned", (l) => l["member"] === "engineer");
  expect(existsSync(join(spawned?.["worktree"], "draft.txt"))).toBe(true);
  expect(existsSync(resumeMarker(t))).toBe(true);
  expect(t.journal.last().event).toBe("daemon_stopped");
});

test("after kill-server the team is back with its tasks", async () => {
  const t = await team();
  const began = join(t.place.folder, "began");
  const body = `Scope: test/one.sh\n\nbatty-script: run touch ${began} ;; hang`;
  await t.batty("task", "new", "Add one", "--body", body, "--assignee", "engineer");
  await until("the turn", () => existsSync(began));
  const before = await t.seats();
  await t.tmux("kill-server");
  for (const member of ["architect", "engineer"])
    await t.journal.until("agent_spawned", (l) => l["member"] === member && l["epoch"] > 1, 60_000);
  const after = await until("two agents", async () => {
    const seats = await t.seats();
    return seats.size === 2 && seats;
  });
  expect(after.get("engineer")?.agent).not.toEqual(before.get("engineer")?.agent);
  const board = await t.batty("board", "list", "--json");
  expect(board.json).toMatchObject([{ id: 1, status: "in-progress", claimed_by: "engineer" }]);
  await t.order("engineer", "write test/one.sh exit 0\\n", "commit Add one", "batty done");
  await t.chat.next("the card", isCard("merge", "open", 1));
});

test("restart starts the bot anew and no agent; restart MEMBER that agent and no other", async () => {
  const t = await team();
  const bot = t.bot();
  const seats = await t.seats();
  const again = await t.batty("restart", "--json");
  expect(again.json).toEqual({ ok: true, pid: t.bot()?.pid });
  expect(t.bot()?.pid).not.toBe(bot?.pid);
  expect(await t.seats()).toEqual(seats);
  expect(bots(t)).toHaveLength(1);
  expect((await t.batty("restart", "engineer")).code).toBe(0);
  const after = await t.seats();
  expect(after.get("architect")).toEqual(seats.get("architect"));
  expect(after.get("engineer")?.agent).not.toEqual(seats.get("engineer")?.agent);
});

test("stop ends the team and leaves the bot; again is no error; the next start begins anew", async () => {
  const t = await team();
  const bot = t.bot();
  expect((await t.batty("stop", "--json")).json).toEqual({ ok: true });
  expect((await t.seats()).size).toBe(0);
  expect(existsSync(resumeMarker(t))).toBe(true);
  expect((await t.batty("stop")).code).toBe(0);
  const status = (await t.batty("status", "--json")).json;
  expect(status).toMatchObject({ running: false, bot: { pid: bot?.pid } });
  expect((await t.batty("start")).code).toBe(0);
  expect((await t.seats()).size).toBe(2);
  expect(existsSync(resumeMarker(t))).toBe(false);
});

test("stop --bot waits for the bot's end; after it there is nothing to stop", async () => {
  const t = await team();
  const bot = t.bot();
  expect((await t.batty("stop", "--bot")).code).toBe(0);
  expect(isAlive(bot?.pid ?? 0, bot?.startTime ?? "")).toBe(false);
  expect(await t.chat.exit).toBe(69);
  expect(t.place.processes()).toEqual([]);
  expect((await t.batty("stop", "--bot")).code).toBe(69);
});

test("stop ends a team whose bot was killed", async () => {
  const t = await team();
  await t.kill();
  expect((await t.batty("stop")).code).toBe(0);
  expect((await t.seats()).size).toBe(0);
  expect((await t.batty("stop")).code).toBe(69);
  expect((await t.batty("start")).code).toBe(0);
  await until("the team", async () => (await t.seats()).size === 2);
});

test("the daemon in the foreground ends on SIGTERM, and with --resume brings a stopped team back", async () => {
  const t = await team();
  await t.batty("stop", "--bot");
  const daemon = foreground(t, "--resume");
  await until("the team", async () => (await t.seats()).size === 2);
  const bot = t.bot();
  expect(bot?.pid).toBe(daemon.pid);
  const exit = new Promise((resolve) => daemon.once("exit", resolve));
  expect(await terminate(t, bot)).toBeLessThan(10_000);
  expect(await exit).toBe(0);
  expect((await t.seats()).size).toBe(0);
});

function foreground(t: Team, ...flags: readonly string[]): ChildProcess {
  const words = ["daemon", "--project-root", t.root, ...flags];
  return spawn(join(clone, "bin/batty"), words, { cwd: "/", env: t.place.env, stdio: "ignore" });
}

test("a bot whose lock holder is killed takes the lock again, each time, and stays the only one", async () => {
  const t = await team();
  const bot = t.bot();
  const file = join(t.root, ".batty", "daemon.lock");
  for (const time of ["once", "twice"]) {
    const holder = holderOf(file);
    expect(holder, time).not.toBeNull();
    process.kill(holder?.pid ?? 0, "SIGKILL");
    await until(
      "another holder",
      () => (holderOf(file)?.pid ?? holder?.pid) !== holder?.pid,
      2_000,
    );
    expect(t.bot(), time).toEqual(bot);
  }
  expect((await t.batty("start")).code).toBe(1);
});

/** By the kernel's own list: trying for the lock would get in the bot's way. */
function holderOf(file: string): ProcessId | null {
  const { ino } = statSync(file);
  const line = readFileSync("/proc/locks", "utf8")
    .split("\n")
    .find((l) => l.includes(`:${ino} `));
  const pid = Number(line?.trim().split(/\s+/)[4] ?? 0);
  const startTime = startTimeOf(pid);
  return startTime === null ? null : { pid, startTime };
}

test("a bot that is stopped is never called healthy: status says how old its last tick is, with 3", async () => {
  const t = await team();
  const bot = t.bot();
  if (bot === null) throw new Error("no bot");
  process.kill(bot.pid, "SIGSTOP");
  const said = await t.batty("status", "--json");
  process.kill(bot.pid, "SIGCONT");
  expect(said.code).toBe(3);
  expect(said.json.error.code).toBe("bot.stalled");
  expect(said.json.error.say).toMatch(/last tick was \d+ s ago/);
  expect((await t.batty("status")).code).toBe(0);
});

test("a bot that was ended starts from its checkpoint and remembers the same", async () => {
  const t = await team();
  const before = await t.batty("status", "--json");
  expect((await t.batty("stop", "--bot")).code).toBe(0);
  const kept = JSON.parse(readFileSync(join(t.root, ".batty", "state.json"), "utf8"));
  expect(kept.state.seq).toBe(t.journal.last().seq - 1);
  expect((await t.batty("start", "--resume")).code).toBe(0);
  const log = readFileSync(join(t.root, ".batty", "daemon.log"), "utf8");
  expect(log).not.toContain("passed over");
  const after = await t.batty("status", "--json");
  expect(after.json.main).toEqual(before.json.main);
});
