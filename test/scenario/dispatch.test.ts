import { describe, expect, it } from "vitest";
import { Failure } from "../../src/core/words.ts";
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

describe("work without a task", () => {
  it("gets one at done: title of its last commit, body of the message that began the turn", async () => {
    const day = await startDay({
      team,
      agents: {
        "eng-1-1": async (me) => {
          me.write("a.js", "ok\n");
          me.commit("Mend the door");
          await me.insist("done");
        },
      },
    });
    await day.ada.says("/send eng-1-1 the door squeaks");
    await day.quiet();
    expect(await day.task(1)).toMatchObject({
      title: "Mend the door",
      status: "review",
      claimedBy: "eng-1-1",
    });
    expect((await day.task(1)).body.trim()).toBe("the door squeaks");
    expect(day.room("merges").text()).toBe("batty: [merge open] #1 Mend the door");
    await finish(day);
    expect(Object.keys(await day.trunk())).toContain("a.js");
    expect(day.turns.filter((t) => t.body.includes("#1 Mend the door\n\nthe door"))).toEqual([]);
  });

  it("sent back while its author did something else, it goes on where its branch was", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": worker } });
    await day.ada.says("/send eng-1-1 please\nwrite a.js ok");
    await day.quiet();
    const card = day.room("merges").card();
    await newTask(day, "Second", "write b.js ok");
    await day.quiet();
    await day.ada.presses("Send back", card, "make it better\nwrite a.js better");
    await day.quiet();
    expect(day.state().work.get(1)).toMatchObject({ phase: "asking", branch: "eng-1-1/1" });
    await finish(day);
    expect(await day.trunk()).toMatchObject({ "a.js": "better\n", "b.js": "ok\n" });
  });

  it("whose set-up failed is taken up again though its author stands elsewhere by then", async () => {
    const setUp = { command: "make set-up", key: [], copy: [] };
    const day = await startDay({
      team: simple({ setUp }, 1),
      setUp,
      agents: { "eng-1-1": worker },
    });
    day.repo.failSetUps("no network");
    await day.ada.says("/send eng-1-1 please\nwrite a.js ok");
    await day.until(() => day.state().work.get(1)?.phase === "blocked");
    day.repo.failSetUps(null);
    await newTask(day, "Second", "write b.js ok");
    await day.quiet();
    await day.ada.says("/retry 1");
    await day.quiet();
    await finish(day);
    expect(await day.trunk()).toMatchObject({ "a.js": "ok\n", "b.js": "ok\n" });
  });

  it("gets one though the board is slow and the turn ends meanwhile", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": worker } });
    day.board.failWith(new Failure("board.locked", "somebody holds the board"));
    await day.ada.says("/send eng-1-1 please\nwrite a.js ok");
    await day.until(() => day.events("turn_ended").length > 0);
    day.board.failWith(null);
    await day.quiet();
    expect(day.events("task_requested")).toHaveLength(1);
    expect(day.room("merges").cards()).toHaveLength(1);
  });

  it("gets one at a turn's end too, once", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": (me, turn) => void obey(me, turn) } });
    await day.ada.says("/send eng-1-1 please\nwrite a.js ok");
    await day.quiet();
    await day.ada.says("/send eng-1-1 thanks");
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(1);
    expect(day.events("task_requested")).toHaveLength(1);
    expect(Object.fromEntries(day.repo.commitFiles("eng-1-1/1"))["a.js"]).toBe("ok\n");
  });

  it("is held by its author while it is being made a task: no other is handed out meanwhile", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": (me, turn) => void obey(me, turn) } });
    await day.ada.says("/pause eng-1-1");
    await newTask(day, "Waiting", "");
    await day.quiet();
    day.mischief = {
      async beforeEffect(effect) {
        if (effect.type === "ensure.create") await day.clock.sleep(5_000);
      },
    };
    await day.ada.says("/send eng-1-1 please\nwrite a.js ok");
    await day.pass(200);
    await day.ada.says("/resume eng-1-1");
    await day.quiet();
    expect(given(day)).toEqual(["2→eng-1-1", "1→eng-1-1"]);
    expect(day.room("merges").text()).toBe("batty: [merge open] #2 Work on a.js");
  });

  it("the done contract refuses dirty trees, no commits, markers, the wrong branch and .batty", async () => {
    const day = await startDay({ team });
    await newTask(day, "Build a");
    await day.quiet();
    const done = async () => {
      const reply = await day.as("eng-1-1", "done");
      return reply.ok ? "ok" : reply.refusal.code;
    };
    const me = day.repo.member;
    expect(await done()).toBe("done.no-commits");
    me.write("eng-1-1", { "a.js": "x\n" });
    expect(await done()).toBe("done.dirty");
    me.write("eng-1-1", { "a.js": "<<<<<<< mine\nx\n=======\ny\n>>>>>>> theirs\n" });
    me.commit("eng-1-1", "Half merged");
    expect(await done()).toBe("done.conflict-markers");
    me.write("eng-1-1", { "a.js": "x\n", ".batty/team_config/team.yaml": "mine\n" });
    me.commit("eng-1-1", "Take over");
    expect(await done()).toBe("task.touches-batty");
    me.write("eng-1-1", { ".batty/team_config/team.yaml": null });
    me.commit("eng-1-1", "Give back");
    me.begin("eng-1-1", "rebase");
    expect(await done()).toBe("done.operation");
    me.begin("eng-1-1", null);
    me.detach("eng-1-1");
    expect(await done()).toBe("done.wrong-branch");
    expect(await day.as("manager", "done")).toMatchObject({
      refusal: {
        code: "done.not-engineer",
        say: "Only engineers finish tasks; the role of manager is manager.",
      },
    });
    expect(await day.shell("done")).toMatchObject({ refusal: { code: "access.denied" } });
  });
});
