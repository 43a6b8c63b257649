import { describe, expect, it } from "vitest";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, newTask, obey, worker, workers } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const given = (day: Day) => day.events("task_assigned").map((e) => `${e.task}→${e.member}`);
const finish = async (day: Day) => {
  for (const card of day.room("merges").cards())
    if (card.card?.state === "open") await day.ada.reacts("✅", card);
  await day.quiet();
};

describe("dispatch", () => {
  it("an engineer holds one task at a time; the others wait on the board", async () => {
    const day = await startDay({ team });
    for (const n of [1, 2, 3]) await newTask(day, `Task ${n}`);
    await day.quiet();
    await day.pass(120_000);
    expect(given(day)).toEqual(["1→eng-1-1"]);
    expect((await day.task(2)).status).toBe("todo");
  });

  it("of several engineers that are free one gets the only task, once", async () => {
    const day = await startDay({ start: false });
    await newTask(day, "The only one");
    await day.ada.says("/start");
    await day.quiet();
    expect(given(day)).toEqual(["1→eng-1-1"]);
    expect(day.turns.filter((turn) => turn.task === 1)).toHaveLength(1);
  });

  it("a task waits for what it depends on to land, and says so", async () => {
    const day = await startDay({ agents: workers });
    await newTask(day, "First", "write a.js ok");
    await newTask(day, "Second", "write b.js ok", "--depends-on", "1");
    await day.quiet();
    expect(given(day)).toEqual(["1→eng-1-1"]);
    const explained = await day.ada.says("/dispatch --explain --task 2");
    expect(explained.text).toContain("it waits for #1");
    await finish(day);
    expect(given(day)).toEqual(["1→eng-1-1", "2→eng-1-1"]);
  });

  it("a cycle of dependencies is refused at write", async () => {
    const day = await startDay({ start: false });
    await newTask(day, "First");
    await newTask(day, "Second", "", "--depends-on", "1");
    expect(await day.shell("task", "depend", "1", "2")).toMatchObject({
      ok: false,
      refusal: { code: "task.cycle" },
    });
    expect((await day.task(1)).dependsOn).toEqual([]);
    expect(await day.shell("task", "new", "Third", "--depends-on", "99")).toMatchObject({
      ok: false,
    });
  });

  it("priority goes before number, and what is assigned to a member before both", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": worker }, start: false });
    await newTask(day, "Low", "write a.js ok", "--priority", "low");
    await newTask(day, "High", "write b.js ok", "--priority", "high");
    await newTask(day, "Mine", "write c.js ok", "--priority", "low", "--assignee", "eng-1-1");
    await newTask(day, "Other", "write d.js ok", "--priority", "critical", "--assignee", "manager");
    await day.ada.says("/start");
    await day.quiet();
    expect(given(day)).toEqual(["3→eng-1-1", "2→eng-1-1", "1→eng-1-1"]);
  });

  it("blocked, backlog, claimed and excluded tasks are not handed out", async () => {
    const day = await startDay({ team: simple({ excludedTags: ["later"] }, 1), start: false });
    for (const n of [1, 2, 3]) await newTask(day, `Task ${n}`);
    await newTask(day, "Task 4", "", "--tags", "later");
    await day.shell("task", "block", "1", "waits for a key");
    await day.shell("task", "move", "2", "backlog");
    day.edit(3, { claimedBy: "manager" });
    await day.ada.says("/start");
    await day.quiet();
    expect(given(day)).toEqual([]);
    const { text } = await day.ada.says("/dispatch --explain");
    for (const why of ["waits for a key", "only todo", "manager has claimed it", "tag later"])
      expect(text).toContain(why);
    await day.shell("task", "unblock", "1");
    await day.quiet();
    expect(given(day)).toEqual(["1→eng-1-1"]);
  });

  it("a paused team hands out nothing and lands nothing, and goes on when it is resumed", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": worker } });
    await newTask(day, "One", "write a.js ok");
    await day.quiet();
    await day.ada.says("/pause");
    await newTask(day, "Two", "write b.js ok");
    await day.ada.says("/approve 1");
    await day.quiet();
    expect(given(day)).toHaveLength(1);
    expect(day.landings).toEqual([]);
    await day.crash();
    await day.quiet();
    expect(day.landings).toEqual([]);
    await day.ada.says("/resume");
    await day.quiet();
    expect(given(day)).toHaveLength(2);
    expect(day.landings).toHaveLength(1);
  });

  it("a landing that was tested already waits for the end of a pause too", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": worker } });
    await newTask(day, "One", "write a.js ok");
    await day.quiet();
    day.repo.person.begin("merge");
    await day.pass(4_000);
    await day.ada.says("/approve 1");
    await day.quiet();
    await day.ada.says("/pause");
    day.repo.person.begin(null);
    await day.quiet();
    expect(day.landings).toEqual([]);
    await day.ada.says("/resume");
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("a paused member gets nothing while the others do", async () => {
    const day = await startDay({ team: simple({}, 2) });
    await day.ada.says("/pause eng-1-1");
    await newTask(day, "One");
    await newTask(day, "Two");
    await day.quiet();
    expect(given(day)).toEqual(["1→eng-1-2"]);
    await day.ada.says("/resume eng-1-1");
    await day.quiet();
    expect(given(day)).toEqual(["1→eng-1-2", "2→eng-1-1"]);
  });

  it("`task next --claim` gives the best task with its branch checked out, and no message", async () => {
    const day = await startDay({ team: simple({ autoDispatch: false }, 1) });
    await newTask(day, "Low", "write a.js ok", "--priority", "low");
    await newTask(day, "High", "write b.js ok", "--priority", "high");
    await day.quiet();
    const reply = await day.as("eng-1-1", "task", "next", "--claim");
    expect(reply).toMatchObject({
      ok: true,
      json: { id: 2, title: "High", branch: "eng-1-1/2" },
    });
    const signal = new AbortController().signal;
    const { head } = await day.repo.trunk(signal);
    expect((await day.repo.inspect("eng-1-1", head, signal)).branch).toBe("eng-1-1/2");
    expect(await day.task(2)).toMatchObject({ status: "in-progress", claimedBy: "eng-1-1" });
    await day.quiet();
    expect(day.turns).toEqual([]);
    expect(await day.as("eng-1-1", "task", "next", "--claim")).toMatchObject({
      refusal: { code: "task.busy" },
    });
  });

  it("assign gives at once when the engineer is free, and says when it is not", async () => {
    const day = await startDay({ team });
    const first = await day.shell("assign", "eng-1-1", "Fix the door\nIt squeaks.");
    expect(first).toMatchObject({ ok: true, json: { id: 1, launched: true } });
    const second = await day.shell("assign", "eng-1-1", "Fix the window");
    expect(second).toMatchObject({ ok: true, json: { id: 2, launched: false } });
    await day.quiet();
    expect(day.turns.map((t) => t.body.trimEnd())).toEqual(["#1 Fix the door\n\nIt squeaks."]);
    expect((await day.task(2)).assignee).toBe("eng-1-1");
    expect(await day.shell("assign", "manager", "1")).toMatchObject({ ok: false });
    expect(await day.shell("assign", "eng-1-1", "99")).toMatchObject({
      refusal: { code: "task.unknown" },
    });
  });

  it("a task whose worktree can't be set up twice is escalated and blocked, and retried on request", async () => {
    const day = await startDay({ team, setUp: { command: "npm ci", key: [], copy: [] } });
    day.repo.failSetUps("ENOTFOUND registry");
    await newTask(day, "Build a");
    await day.quiet();
    const card = day.room("eng-1-1").card("question");
    expect(card.card?.lines.join("\n")).toContain("ENOTFOUND registry");
    expect(await day.task(1)).toMatchObject({ blocked: true, claimedBy: "eng-1-1" });
    expect(day.turns.filter((t) => t.body.includes("#1 Build a\n"))).toEqual([]);
    day.repo.failSetUps(null);
    await day.ada.presses("retry", card);
    await day.quiet();
    expect(day.turns.filter((t) => t.member === "eng-1-1").map((t) => t.body.trimEnd())).toEqual([
      "#1 Build a",
    ]);
  });
});

describe("a task that is not its author's turn", () => {
  it("can't be declared done while another is in its hands", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": (me, turn) => void obey(me, turn) } });
    const first = await carded(day);
    await newTask(day, "Second", "hold still");
    await day.until(() => day.state().work.get(2)?.phase === "working");
    await day.ada.presses("Send back", day.room("merges").card(), "make it better");
    await day.repo.startTask(
      { member: "eng-1-1", branch: "eng-1-1/1", base: "" },
      new AbortController().signal,
    );
    day.repo.member.write("eng-1-1", { "a.js": "better\n" });
    day.repo.member.commit("eng-1-1", "Better");
    expect(await day.as("eng-1-1", "done", "--task", String(first))).toMatchObject({
      ok: false,
      refusal: { code: "done.other-task" },
    });
    expect(day.state().work.get(first)?.phase).toBe("returned");
  });
});

describe("a cancelled task", () => {
  it("is not handed over any more, though its assignment waited for its author", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": worker } });
    day.terminal.seat("eng-1-1").composer = "a draft";
    await newTask(day, "Build a", "write a.js ok");
    await day.pass(10_000);
    expect((await day.task(1)).claimedBy).toBe("eng-1-1");
    await day.shell("task", "cancel", "1");
    day.terminal.seat("eng-1-1").composer = "";
    await day.quiet();
    expect(day.turns.map((t) => t.body.split("\n").at(-1))).toEqual([
      "Cancelled by ada. Stop working on it; your branch eng-1-1/1 is kept.",
    ]);
    expect(await day.mailbox.names("eng-1-1", "new")).toEqual([]);
    expect((await day.task(1)).status).toBe("archived");
  });
});

describe("the assignment's message", () => {
  it("holds title and body verbatim though the board can't be read when the worktree is ready", async () => {
    const day = await startDay({ team });
    const { Failure } = await import("../../src/core/words.ts");
    day.mischief = {
      beforeEffect(effect) {
        if (effect.type === "ensure.start")
          day.board.failWith(new Failure("io.failed", "the disk stumbles"));
      },
      async afterEffect(effect) {
        if (effect.type === "ensure.start") await day.clock.sleep(6_000);
      },
    };
    await newTask(day, "Build a", "Scope: a.js\n\nTest: npm test");
    await day.pass(20_000);
    expect(day.turns).toEqual([]);
    day.mischief = {};
    day.board.failWith(null);
    await day.pass(60_000);
    expect(day.turns.map((t) => t.body.trimEnd())).toEqual([
      "#1 Build a\n\nScope: a.js\n\nTest: npm test",
    ]);
  });
});
