import { describe, expect, it } from "vitest";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const minute = 60_000;
const reconciled = (day: Day) =>
  day.events("worktree_reconciled").filter((e) => e.how !== undefined);

describe("a worktree whose folder is deleted under a running agent", () => {
  it("comes back with what was committed, its agent starts anew in it, and the task goes on", async () => {
    const day = await startDay({
      team,
      agents: {
        "eng-1-1": async (me, turn) => {
          if (turn.body.includes("started anew")) {
            await me.insist("done");
            return;
          }
          me.write("a.js", "ok\n");
          me.commit("Add a");
          await me.sleep(60 * minute);
        },
      },
    });
    await newTask(day, "Build a", "");
    await day.pass(10_000);
    day.repo.member.lose("eng-1-1");
    await day.pass(minute);
    await day.quiet();
    expect(reconciled(day)).toMatchObject([{ member: "eng-1-1", how: "remade" }]);
    expect(day.terminal.launches.filter((l) => l.member === "eng-1-1")).toHaveLength(2);
    expect(day.events("agent_died")).toEqual([]);
    expect(day.room("events").text()).toContain("eng-1-1's worktree was put right: made the");
    expect(day.room("merges").cards()).toHaveLength(1);
  });

  it("three times within an hour is given to a person, with one question; `start again` goes on", async () => {
    const day = await startDay({ team });
    for (let n = 0; n < 9; n += 1) {
      day.repo.member.lose("eng-1-1");
      await day.pass(2 * minute);
    }
    expect(reconciled(day)).toHaveLength(3);
    const cards = day.room("eng-1-1").cards("question");
    expect(cards).toHaveLength(1);
    expect(cards[0]?.card?.lines.join("\n")).toContain("put right 3 times within an hour");
    const launches = day.terminal.launches.length;
    await day.crash();
    await day.pass(5 * minute);
    expect(day.terminal.launches).toHaveLength(launches);
    await newTask(day, "Build a", "");
    await day.pass(minute);
    expect(day.events("task_assigned")).toEqual([]);
    const [card] = day.room("eng-1-1").cards("question");
    if (card !== undefined) await day.ada.presses("start again", card);
    await day.pass(minute);
    await day.quiet();
    expect(day.events("task_assigned")).toHaveLength(1);
  });

  it("now and then, more than half an hour apart, is nobody's business", async () => {
    const day = await startDay({ team });
    for (let n = 0; n < 6; n += 1) {
      day.repo.member.lose("eng-1-1");
      await day.pass(35 * minute);
    }
    expect(reconciled(day)).toHaveLength(6);
    expect(day.events("task_escalated")).toEqual([]);
  });
});

describe("a turn that ends on no branch", () => {
  it("stands on its task's branch again, and what was committed there counts as done", async () => {
    const day = await startDay({
      team,
      agents: {
        "eng-1-1": (me) => {
          day.repo.member.detach("eng-1-1");
          me.write("a.js", "ok\n");
          me.commit("Add a");
        },
      },
    });
    await newTask(day, "Build a", "");
    await day.quiet();
    expect(reconciled(day)).toMatchObject([{ member: "eng-1-1", how: "detached" }]);
    expect(day.events("task_completed")).toHaveLength(1);
    expect(day.room("merges").cards()).toHaveLength(1);
  });

  it("is left alone while an operation of git's own explains it", async () => {
    const day = await startDay({
      team,
      agents: {
        "eng-1-1": () => {
          day.repo.member.detach("eng-1-1");
          day.repo.member.begin("eng-1-1", "rebase");
        },
      },
    });
    await newTask(day, "Build a", "");
    await day.quiet();
    expect(reconciled(day)).toEqual([]);
    expect(day.events("turn_ended")).toMatchObject([{ say: "done.operation" }]);
  });

  it("that holds less than its branch goes back to it, its own work kept under a ref", async () => {
    const day = await startDay({
      team,
      agents: {
        "eng-1-1": (me) => {
          me.write("a.js", "ok\n");
          me.commit("Add a");
          day.repo.member.detach("eng-1-1", "main");
          me.write("b.js", "half\n");
        },
      },
    });
    await newTask(day, "Build a", "");
    await day.quiet();
    const [event] = reconciled(day);
    expect(event?.say).toMatch(
      /went back to eng-1-1\/1; what it held is kept as refs\/batty\/rescue/,
    );
    expect(day.repo.member.read("eng-1-1", "a.js")).toBe("ok\n");
    expect(day.events("task_completed")).toHaveLength(1);
  });
});
