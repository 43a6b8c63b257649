// `kill -9` of the bot at eight moments while messages, a gate and a landing are under way: nothing is lost, nothing
// happens twice. Each moment is made certain by something in the world that waits, and read from the journal's end.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { statOf } from "../../src/world/proc.ts";
import { actionOf, isCard } from "./chat.ts";
import type { Line } from "./journal.ts";
import {
  approve,
  cardsOf,
  expectActedOnce,
  expectLandedOnce,
  keepBusy,
  killAndStart,
} from "./kill.ts";
import { type Team, team } from "./team.ts";
import { until } from "./waiting.ts";

const gone = (t: Team, word: string) =>
  until(`the end of ${word}`, async () => {
    const ran = await t.place.run("pgrep", ["-f", `${t.place.folder}.*${word}`]);
    return ran.code === 1;
  });

test("killed after the intent to type and before the paste: the message is not typed again by itself", async () => {
  const t = await team({ holdsTmux: true });
  const busy = await keepBusy(t);
  const hold = await t.holds.tmux(/paste-buffer/);
  const id = await t.order("engineer", t.mark("typed"));
  await hold.held;
  expect(moment(t)).toMatchObject({ event: "message_typing", id });
  const { chat } = await killAndStart(t, async () => {
    await gone(t, "tmux-proxy");
    await hold.release();
  });
  await t.journal.until(
    "delivery_failed",
    (l) => l["id"] === id && l["code"] === "delivery.unknown",
  );
  expect(t.marks()).not.toContain("typed");
  const card = await chat.next("Send again", (l) => l["card"]?.actions[0]?.verb === "send-again");
  await chat.press(actionOf(card, "send-again"), card["id"]);
  await t.journal.until("message_answered", (l) => l["member"] === "engineer");
  await expectActedOnce(t, busy, ["typed"]);
});

test("killed after the paste and before Enter: what stands in the composer is entered, not pasted again", async () => {
  const t = await team({ holdsTmux: true });
  const busy = await keepBusy(t);
  const hold = await t.holds.tmux(/send-keys .*"Enter"/);
  const id = await t.order("engineer", t.mark("pasted"));
  await hold.held;
  expect(moment(t)).toMatchObject({ event: "message_typing", id });
  const pane = (await t.seats()).get("engineer")?.pane ?? "";
  expect((await t.tmux("capture-pane", "-p", "-t", pane)).stdout).toContain(`[batty ${id}`);
  await killAndStart(t, async () => {
    await gone(t, "tmux-proxy");
    await hold.release();
  });
  await t.journal.until("message_answered", (l) => l["id"] === id);
  expect(t.journal.of("message_typing", (l) => l["id"] === id)).toHaveLength(1);
  expect(t.journal.of("message_entered", (l) => l["id"] === id)).toHaveLength(1);
  await expectActedOnce(t, busy, ["pasted"]);
});

test("killed while a gate runs: the gate ends with the bot and runs anew", async () => {
  const t = await team();
  const busy = await keepBusy(t);
  const { task, hold, gate } = await atTheGate(t);
  expect(moment(t)).toMatchObject({
    event: "verification_phase_changed",
    task,
    phase: "verifying",
  });
  const { chat } = await killAndStart(t, async () => {
    await until("the end of the gate", () => !isRunning(Number(gate)));
    await hold.release();
  });
  await approve(chat, task);
  await expectLandedOnce(t, task, chat);
  await expectActedOnce(t, busy);
});

test("killed with the evidence written and not yet in the journal: the gate is not run again", async () => {
  const t = await team();
  const busy = await keepBusy(t);
  const { task, hold, tree } = await atTheGate(t);
  await cannotGrow(t, join(t.root, ".batty", "team_config", "events.jsonl"));
  await hold.release();
  await until("the evidence", () => existsSync(join(t.root, ".batty", "gate", `${tree}.json`)));
  expect(moment(t)).toMatchObject({ event: "verification_phase_changed", task });
  const { chat } = await killAndStart(t, async () => undefined);
  const evidence = await t.journal.until(
    "verification_evidence_collected",
    (l) => l["task"] === task,
  );
  expect(evidence).toMatchObject({ tree, result: "green", reused: true });
  const logs = (await readdir(join(t.root, ".batty", "gate"))).filter((f) => f.startsWith(tree));
  expect(logs.sort()).toEqual([`${tree}.1.log`, `${tree}.json`]);
  await approve(chat, task);
  await expectLandedOnce(t, task, chat);
  await expectActedOnce(t, busy);
});

test("killed with an approval on record and nothing begun: it lands without being asked for again", async () => {
  const t = await team();
  const busy = await keepBusy(t);
  const task = await t.task("engineer", "one");
  const card = await t.chat.next("the card", isCard("merge", "open", task));
  await quiet(t, "engineer");
  const hold = await t.holds.git(/./, "before");
  t.chat.write(JSON.stringify({ react: "✅", message: card["id"] }));
  await t.journal.until("merge_queued", (l) => l["task"] === task);
  await hold.held;
  const decided = t.journal
    .lines()
    .filter((l) => l.event.startsWith("approval_") || l.event.startsWith("merge_"))
    .slice(-2);
  expect(decided).toMatchObject([
    { event: "approval_recorded", task },
    { event: "merge_queued", task },
  ]);
  const { chat } = await killAndStart(t, hold.release);
  await expectLandedOnce(t, task, chat);
  await expectActedOnce(t, busy);
});

test("killed with trunk moved and not yet in the journal: the landing is found, not made again", async () => {
  const t = await team();
  const busy = await keepBusy(t);
  const task = await t.task("engineer", "one");
  const card = await t.chat.next("the card", isCard("merge", "open", task));
  await quiet(t, "engineer");
  const before = await t.git("rev-parse", "main");
  const hold = await t.holds.git(/ merge --ff-only |update-ref -m batty: land/, "after");
  await t.chat.react("✅", card["id"]);
  await hold.held;
  const [candidate] = t.journal.of("merge_candidate_built", (l) => l["task"] === task);
  expect(await t.git("rev-parse", "main", "main^")).toBe(`${candidate?.["commit"]}\n${before}`);
  expect(moment(t)).toMatchObject({
    event: "verification_evidence_collected",
    purpose: "candidate",
  });
  const { chat } = await killAndStart(t, hold.release);
  await expectLandedOnce(t, task, chat);
  expect(t.journal.of("main_moved_outside")).toEqual([]);
  await expectActedOnce(t, busy);
});

test("killed with a card due and not yet posted: it is posted once", async () => {
  const t = await team();
  const busy = await keepBusy(t);
  const room = join(t.root, ".batty", "chat", "local", "merges.jsonl");
  await mkdir(room); // a file that can't be written
  const task = await t.task("engineer", "one");
  await t.journal.until("approval_requested", (l) => l["task"] === task);
  // Whatever happens to a task shows its card again: nothing more may happen to this one.
  await t.journal.until("turn_ended", (l) => l["task"] === task);
  const [review] = t.journal.of("board_due", (l) => l["patch"].status === "review");
  await t.journal.until("board_written", (l) => l["due"] === review?.seq);
  expect(moment(t)).toMatchObject({ event: "approval_requested", task });
  expect(t.chat.lines.filter(isCard("merge", "open"))).toEqual([]);
  const { chat } = await killAndStart(t, () => rmdir(room));
  await approve(chat, task);
  await expectLandedOnce(t, task, chat);
  expect(cardsOf(t, task).states.filter((s) => s === "open")).toHaveLength(1);
  await expectActedOnce(t, busy);
});

test("killed after a landing and before the board knows: the board says done", async () => {
  const t = await team();
  const busy = await keepBusy(t);
  const task = await t.task("engineer", "one");
  const card = await t.chat.next("the card", isCard("merge", "open", task));
  await quiet(t, "engineer");
  const lock = await lockBoard(t);
  await t.chat.react("✅", card["id"]);
  const landed = await t.journal.until("task_manual_merged", (l) => l["task"] === task);
  await t.journal.until("board_due", (l) => l.seq > landed.seq && l["patch"].status === "done");
  expect(t.journal.of("board_written", (l) => l.seq > landed.seq)).toEqual([]);
  const [file = ""] = await readdir(join(t.root, ".batty/team_config/board/tasks"));
  expect(
    await readFile(join(t.root, ".batty/team_config/board/tasks", file), "utf8"),
  ).not.toContain("status: done");
  const { chat } = await killAndStart(t, async () => void lock.kill("SIGKILL"));
  await expectLandedOnce(t, task, chat);
  await expectActedOnce(t, busy);
});

const isRunning = (pid: number): boolean => !["Z", "X", undefined].includes(statOf(pid)?.state);

// ---------------------------------------------------------------- moments

/** The engineer's task is declared done and its gate waits before the first test. */
async function atTheGate(t: Team) {
  await t.journal.until("verification_evidence_collected", (l) => l["purpose"] === "trunk");
  const hold = await t.holds.gate();
  const task = await t.task("engineer", "one");
  await hold.held;
  await quiet(t, "engineer");
  const done = await t.journal.until("task_completed", (l) => l["task"] === task);
  const gate = (await readFile(join(t.place.folder, "holds", "gate.held"), "utf8")).trim();
  return { task, hold, gate, tree: done["tree"] as string };
}

/** The member's turn is over: nothing more of it comes into the journal by itself. */
async function quiet(t: Team, member: string): Promise<void> {
  const taken = await t.journal.until("message_taken", (l) => l["member"] === member);
  await t.journal.until(
    "member_signalled",
    (l) => l["member"] === member && l["kind"] === "idle" && l.seq > taken.seq,
  );
}

/** The newest line but for those that tell of turns, of the board and of who asked, which come when they come. */
function moment(t: Team): Line {
  const beside = ["member_signalled", "turn_ended", "board_written", "command_recorded"];
  return t.journal.lines().findLast((l) => !beside.includes(l.event)) as Line;
}

/** From now on the bot can't write beyond what this file holds: every append fails, as on a full disk. */
async function cannotGrow(t: Team, file: string): Promise<void> {
  const { size } = await stat(file);
  const limit = ["--pid", String(t.bot()?.pid), `--fsize=${size}:${size}`];
  expect((await t.place.run("prlimit", limit)).code).toBe(0);
}

async function lockBoard(t: Team): Promise<ChildProcess> {
  const path = join(t.root, ".batty", "team_config", "board", ".lock");
  const child = spawn("flock", ["-o", path, "sh", "-c", "echo locked; exec cat"], {
    stdio: "pipe",
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}
