import { describe, expect, it } from "vitest";
import { Failure } from "../../src/core/words.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask, workers } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const mib = 1024 * 1024;
const minute = 60_000;
const titles = (day: Day) =>
  day
    .room("alerts")
    .cards("alert")
    .map((m) => m.card?.title);

describe("space that runs out", () => {
  it("below the first limit nothing new is handed out, told once; with space again work goes on, told once", async () => {
    const day = await startDay({ team, agents: workers });
    day.machine.free = 300 * mib;
    await day.pass(minute);
    await newTask(day, "Build a", "write a.js ok");
    await day.pass(30 * minute);
    expect(day.events("task_assigned")).toEqual([]);
    expect(titles(day)).toEqual(["300 MiB are free at /repo/.batty"]);
    expect((await day.ada.says("/dispatch --explain --task 1")).text).toContain(
      "#1 Build a: nothing is handed out: only 300 MiB are free at /repo/.batty",
    );
    expect((await day.ada.says("/status")).text).toContain("Disk: only 300 MiB are free");
    expect((await day.ada.says("/send eng-1-1 hello")).own).toBeDefined();
    day.machine.free = 550 * mib;
    await day.pass(minute);
    expect(day.events("task_assigned")).toEqual([]);
    day.machine.free = 700 * mib;
    await day.pass(minute);
    await day.quiet();
    expect(day.events("task_assigned")).toHaveLength(1);
    expect(titles(day)).toEqual([
      "300 MiB are free at /repo/.batty",
      "There is space again: 700 MiB at /repo/.batty",
    ]);
    expect((await day.ada.says("/status")).text).not.toContain("Disk:");
  });

  it("below the second limit no gate runs; what was declared done waits and lands later", async () => {
    const day = await startDay({ team, agents: workers });
    day.machine.free = 50 * mib;
    await day.pass(minute);
    const before = day.events("verification_evidence_collected").length;
    day.script("eng-1-1", async (me) => {
      me.write("b.js", "ok\n");
      me.commit("Add b");
      await me.insist("done");
    });
    await day.ada.says("/send eng-1-1 build b");
    await day.pass(10 * minute);
    expect(day.events("task_completed")).toHaveLength(1);
    expect(day.events("verification_evidence_collected")).toHaveLength(before);
    expect((await day.ada.says("/status")).text).toContain("no gate runs");
    day.machine.free = 5_000 * mib;
    await day.pass(minute);
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(1);
  });

  it("cleans up what is ours at once when space is short, then each hour; and once a day otherwise", async () => {
    const day = await startDay({ team });
    day.machine.free = 300 * mib;
    await day.pass(2 * minute);
    expect(day.machine.tidied).toEqual([true]);
    await day.pass(61 * minute);
    expect(day.machine.tidied).toEqual([true, true]);
    day.machine.free = 5_000 * mib;
    await day.pass(2 * minute);
    // While the bot is down time passes too.
    await day.crash(23 * 60 * minute - 5 * minute);
    expect(day.machine.tidied).toHaveLength(2);
    await day.crash(70 * minute);
    await day.pass(5_000);
    expect(day.machine.tidied).toEqual([true, true, false]);
    expect(day.room("events").text()).toContain("Cleaned up: 3 old gate logs and caches, 5 MiB.");
  });

  it("a look that fails changes nothing", async () => {
    const day = await startDay({ team });
    day.machine.free = 300 * mib;
    await day.pass(minute);
    day.machine.blind = true;
    day.machine.free = 5_000 * mib;
    await day.pass(10 * minute);
    expect(day.state().disk).toMatchObject({ level: "low" });
    day.machine.blind = false;
    await day.pass(minute);
    expect(day.state().disk).toBeNull();
  });
});

describe("a disk that takes nothing", () => {
  it("for ten minutes: what is asked is refused, the bot stays up, and afterwards all goes on with nothing lost or doubled", async () => {
    const day = await startDay({ team, agents: workers });
    await newTask(day, "Build a", "write a.js ok");
    await day.pass(1_500);
    day.mischief = {
      beforeAppend() {
        throw new Failure("io.full", "the disk is full");
      },
    };
    const lines = day.journal.lines.length;
    // From now on each tick has something to write.
    day.terminal.seat("manager").exit(1);
    await day.pass(10_000);
    const { refusal } = await day.ada.says("/send eng-1-1 hello");
    expect(refusal).toMatchObject({ code: "io.full" });
    await day.pass(10 * minute);
    expect(day.journal.lines).toHaveLength(lines);
    // Memory is what the disk says, no more.
    expect(day.state().seq).toBe(lines);
    expect(day.life().gaveUp()).toBe(false);
    day.mischief = {};
    await day.ada.says("/send eng-1-1 hello again");
    await day.quiet();
    expect(day.turns.filter((t) => t.body.includes("write a.js ok"))).toHaveLength(1);
    expect(day.turns.filter((t) => t.body === "hello again")).toHaveLength(1);
    expect(day.turns.filter((t) => t.body === "hello")).toEqual([]);
    expect(day.room("merges").cards()).toHaveLength(1);
    const { size } = day.state().messages;
    await day.crash();
    expect(day.state().messages.size).toBe(size);
  });
});
