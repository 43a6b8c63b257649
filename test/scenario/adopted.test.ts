import { describe, expect, it } from "vitest";
import { Failure } from "../../src/core/words.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask, obey, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const given = (day: Day) => day.events("task_assigned").map((e) => `${e.task}→${e.member}`);
const finish = async (day: Day) => {
  for (const card of day.room("merges").cards())
    if (card.card?.state === "open") await day.ada.reacts("✅", card);
  await day.quiet();
};

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

  it("that was cancelled and is wanted again begins like any other", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": worker } });
    await day.ada.says("/send eng-1-1 please\nwrite a.js ok");
    await day.quiet();
    await day.ada.presses("Yes", await day.ada.says("/task cancel 1"));
    await newTask(day, "Second", "write b.js ok");
    await day.quiet();
    day.edit(1, { status: "todo", assignee: null, body: "write c.js ok" });
    await day.quiet();
    expect(day.state().work.get(1)).toMatchObject({ phase: "asking", member: "eng-1-1" });
    await finish(day);
    expect(await day.trunk()).toMatchObject({ "b.js": "ok\n", "c.js": "ok\n" });
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
