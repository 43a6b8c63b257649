import { describe, expect, it } from "vitest";
import type { PermissionRequest, Verdict } from "../../src/core/agent.ts";
import { type AskPeople, createAskPeople } from "../../src/main/permissions.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { simple } from "../fakes/team.ts";

const team = simple(
  { permissions: { allow: ["npm test*"], deny: [], ask: "rest", timeout: 600_000 } },
  1,
);
const engineer = "eng-1-1";
const cards = (day: Day) => day.room(engineer).cards("permission");
const newest = (day: Day) => cards(day).at(-1)?.card;
const never = new AbortController().signal;

/** An engineer at work on #1. */
async function atWork(): Promise<Day> {
  const day = await startDay({ team, agents: { [engineer]: (me) => me.sleep(3_000_000) } });
  await day.shell("task", "new", "Do it", "--body", "Scope: all of it");
  await day.pass(10_000);
  return day;
}

const desks = new WeakMap<object, AskPeople>();

/** A bot has one. */
function deskOf(loop: Parameters<typeof createAskPeople>[0]): AskPeople {
  const desk = desks.get(loop) ?? createAskPeople(loop);
  desks.set(loop, desk);
  return desk;
}

/** What its hook is told in the end; null: it still waits. */
function asks(day: Day, command: string, gone = never): { verdict: Verdict | null } {
  const { loop } = day.life();
  const request: PermissionRequest = {
    tool: "Bash",
    what: command,
    subject: command,
    cwd: "/work",
  };
  const epoch = loop.state().seats.get(engineer)?.epoch ?? 0;
  const said: { verdict: Verdict | null } = { verdict: null };
  void deskOf(loop)(engineer, epoch, request, gone).then((verdict) => {
    said.verdict = verdict;
  });
  return said;
}

async function press(day: Day, label: string, text?: string): Promise<void> {
  const message = cards(day).at(-1);
  if (message === undefined) throw new Error("no card");
  await day.ada.presses(label, message, text);
  await day.pass(1_000);
}

const stateOf = (day: Day): unknown => day.state().seats.get(engineer)?.activity;

describe("an agent that needs permission", () => {
  it("waits for a person, who sees the exact command; once is for once", async () => {
    const day = await atWork();
    const hook = asks(day, "make deploy TARGET='staging; prod'");
    await day.pass(5_000);
    expect(hook.verdict).toBeNull();
    expect(stateOf(day)).toBe("waiting");
    expect(newest(day)).toMatchObject({
      ...{ kind: "permission", state: "open", subject: { member: engineer, task: 1 } },
      lines: ["make deploy TARGET='staging; prod'"],
    });
    expect(newest(day)?.actions.map(({ verb }) => verb)).toEqual([
      "allow-once",
      "allow-task",
      "allow-task",
      "deny",
      "deny",
    ]);
    expect(cards(day)[0]?.loud).toBe(true);
    await press(day, "Allow once");
    expect(hook.verdict).toEqual({ effect: "allow" });
    expect(stateOf(day)).toBe("working");
    expect(newest(day)).toMatchObject({ state: "done", footer: "Answered by ada: Allow once" });
    asks(day, "make deploy TARGET='staging; prod'");
    await day.pass(1_000);
    expect(cards(day)).toHaveLength(2);
  });

  it("is asked about once where a person allows it for the task, and again in the next task", async () => {
    const day = await atWork();
    asks(day, "make lint");
    await day.pass(1_000);
    await press(day, "Allow for this task");
    const again = asks(day, "make lint && npm test");
    await day.pass(1_000);
    expect(again.verdict).toEqual({ effect: "allow" });
    const other = asks(day, "make lint && make clean");
    await day.pass(1_000);
    expect(other.verdict).toBeNull();
    expect(cards(day)).toHaveLength(2);
  });

  it("is asked about once where a person allows it with other words after it for the task", async () => {
    const day = await atWork();
    asks(day, "npm install left-pad");
    await day.pass(1_000);
    await press(day, "Allow npm install … for this task");
    expect(newest(day)?.footer).toBe("Answered by ada: Allow npm install … for this task");
    const again = asks(day, "npm install right-pad --save-dev");
    await day.pass(1_000);
    expect(again.verdict).toEqual({ effect: "allow" });
    const other = asks(day, "npm uninstall left-pad");
    await day.pass(1_000);
    expect(other.verdict).toBeNull();
  });

  it("is told why when it is denied, in the person's own words", async () => {
    const day = await atWork();
    const hook = asks(day, "make deploy");
    await day.pass(1_000);
    await press(day, "Deny, because…", "use the staging box");
    expect(hook.verdict).toEqual({ effect: "deny", reason: "use the staging box" });
    const other = asks(day, "make deploy");
    await day.pass(1_000);
    await press(day, "Deny");
    expect(other.verdict).toEqual({ effect: "deny", reason: "ada denied it" });
  });

  it("shows what would be drawn as nothing, and asks in its pane what no card shows whole", async () => {
    const day = await atWork();
    const hidden = asks(day, "make \u202eyolped\u0007");
    await day.pass(1_000);
    expect(newest(day)?.lines).toEqual(["make \\u{202e}yolped\\u{7}"]);
    const long = asks(day, `make ${"x".repeat(9_000)}; make evil`);
    await day.pass(1_000);
    expect(hidden.verdict).toBeNull();
    expect(long.verdict).toEqual({ effect: "pane" });
    expect(cards(day)).toHaveLength(1);
  });

  it("is not allowed for the task where that was not offered", async () => {
    const day = await atWork();
    const line = `make ${"x".repeat(3_000)}; make evil`;
    const hook = asks(day, line);
    await day.pass(1_000);
    expect(newest(day)?.actions.map(({ label }) => label)).not.toContain("Allow for this task");
    await press(day, "Deny, because…", "allow for this task");
    expect(hook.verdict).toMatchObject({ effect: "deny" });
  });

  it("cannot bury people under cards", async () => {
    const day = await atWork();
    const all = Array.from({ length: 12 }, (_, n) => asks(day, `make n${n}`));
    await day.pass(2_000);
    expect(all.filter(({ verdict }) => verdict?.effect === "pane")).toHaveLength(2);
    expect(cards(day)).toHaveLength(10);
  });

  it("asks in its pane when nobody decides in time: silence is never a yes", async () => {
    const day = await atWork();
    const hook = asks(day, "make deploy");
    await day.pass(601_000);
    expect(hook.verdict).toEqual({ effect: "pane" });
    expect(newest(day)).toMatchObject({ state: "expired", actions: [] });
    expect(newest(day)?.footer).toContain("asks in its pane");
  });

  it("needs no answer any more when it is answered in its pane", async () => {
    const day = await atWork();
    const hook = new AbortController();
    const said = asks(day, "make deploy", hook.signal);
    await day.pass(1_000);
    hook.abort();
    await day.pass(1_000);
    expect(said.verdict).toEqual({ effect: "pane" });
    expect(newest(day)).toMatchObject({ state: "expired" });
  });

  it("loses its card with the bot that held its hook, and with its own end", async () => {
    const day = await atWork();
    asks(day, "make deploy");
    await day.pass(1_000);
    await day.crash();
    await day.pass(5_000);
    expect(newest(day)?.footer).toContain("the bot was started anew");
    asks(day, "make deploy");
    await day.pass(1_000);
    day.terminal.seat(engineer).exit(1);
    await day.pass(5_000);
    expect(newest(day)?.footer).toContain("its agent ended");
    expect(day.state().permissions.size).toBe(0);
  });
});

describe("what needs no person", () => {
  it("is allowed or denied by the team file at once, without a card", async () => {
    const day = await atWork();
    const tests = asks(day, "npm test -- --run");
    const push = asks(day, "git push origin main");
    await day.pass(1_000);
    expect(tests.verdict).toEqual({ effect: "allow" });
    expect(push.verdict).toMatchObject({
      effect: "deny",
      reason: expect.stringContaining("never push"),
    });
    expect(cards(day)).toEqual([]);
  });
});

it("no agent answers in a person's place", async () => {
  const day = await atWork();
  const hook = asks(day, "make deploy");
  await day.pass(1_000);
  const { escalation } = [...day.state().permissions.values()][0] ?? { escalation: 0 };
  const reply = await day.as(
    "architect",
    "escalations",
    "answer",
    String(escalation),
    "Allow once",
  );
  await day.pass(1_000);
  expect(reply.ok).toBe(false);
  expect(hook.verdict).toBeNull();
});
