import { describe, expect, it } from "vitest";
import type { Hands, Turn } from "../fakes/agents.ts";
import { startDay } from "../fakes/day.ts";
import { newTask, worker, workers } from "../fakes/scripts.ts";

const architect = async (me: Hands, turn: Turn) => {
  if (turn.from !== "ada") return undefined;
  await me.batty("send", "manager", "Plan:", turn.body);
  return "The manager has the plan.";
};

const manager = async (me: Hands, turn: Turn) => {
  if (turn.from !== "architect") return;
  for (const part of ["login", "logout"])
    await me.batty(
      "task",
      "new",
      `Build ${part}`,
      "--body",
      `Scope: one file\nwrite ${part}.js ok`,
    );
};

describe("a working day", () => {
  it("a directive becomes tasks, work, gates, cards and landings, and everyone is told once", async () => {
    const day = await startDay({ agents: { architect, manager, ...workers } });
    const { own } = await day.ada.says("/batty send architect build the doors");
    await day.quiet();
    expect(day.chat.receipts(own ?? "")).toEqual(["queued", "typed", "taken", "answered"]);
    expect(day.room("architect").text()).toBe("architect: The manager has the plan.");
    expect(day.room("merges").text()).toMatchInlineSnapshot(`
      "batty: [merge open] #1 Build login
      batty: [merge open] #2 Build logout"
    `);
    for (const card of day.room("merges").cards()) await day.ada.reacts("✅", card);
    await day.quiet();

    expect(await day.trunk()).toEqual({
      "README.md": "hello\n",
      "login.js": "ok\n",
      "logout.js": "ok\n",
    });
    expect(day.landings).toHaveLength(2);
    expect((await day.task(1)).status).toBe("done");
    expect((await day.task(2)).status).toBe("done");
    expect(day.room("merges").text()).toMatchInlineSnapshot(`
      "batty: [merge done] #1 Build login
      batty: [merge done] #2 Build logout"
    `);
    expect(day.room("events").text()).toMatchInlineSnapshot(`
      "batty: The team starts (ada).
      batty: architect is up (script, launch 1).
      batty: manager is up (script, launch 1).
      batty: eng-1-1 is up (script, launch 1).
      batty: eng-1-2 is up (script, launch 1).
      batty: eng-1-3 is up (script, launch 1).
      batty: Trunk is green: 1 passed, 0 failed, in 2.0 s.
      batty: [task done] #1 Build login
      batty: [task done] #2 Build logout"
    `);
    expect(day.room("task:1").text()).toMatchInlineSnapshot(`
      "batty: #1 Build login is on the board (manager).
      batty: #1 Build login goes to eng-1-1.
      batty: #1 is declared done by eng-1-1 at 19a671f5; the gate runs.
      batty: Gate green for #1: 1 passed, 0 failed, in 2.0 s.
      batty: Gate green for #1 on main: 1 passed, 0 failed, by evidence.
      batty: #1 Build login landed as f285798e."
    `);
    for (const [member, task] of [
      ["eng-1-1", 1],
      ["eng-1-2", 2],
    ] as const)
      expect(
        day.turns
          .filter((t) => t.member === member && t.body.includes("landed"))
          .map((t) => t.task),
      ).toEqual([task]);
    // Their creator is a member, so it hears of both.
    expect(
      day.turns.filter((t) => t.member === "manager").map((t) => t.body.split(" landed")[0]),
    ).toEqual(["Plan: build the doors", "#1 Build login", "#2 Build logout"]);
    expect(day.events("task_manual_merged").map((e) => e.task)).toEqual([1, 2]);
    expect(day.room("alerts").messages()).toEqual([]);
  });

  it("three engineers done in the same tick give three cards and three landings in the order of approval", async () => {
    const day = await startDay({ agents: workers });
    for (const name of ["a", "b", "c"]) await newTask(day, `Build ${name}`, `write ${name}.js ok`);
    await day.quiet();
    const cards = day.room("merges").cards();
    expect(cards.map((m) => m.card?.subject.task)).toEqual([1, 2, 3]);
    for (const n of [2, 0, 1]) await day.ada.reacts("✅", cards[n] as (typeof cards)[number]);
    await day.quiet();
    expect(Object.keys(await day.trunk()).sort()).toEqual(["README.md", "a.js", "b.js", "c.js"]);
    expect(day.events("task_manual_merged").map((e) => e.task)).toEqual([3, 1, 2]);
    expect(day.landings).toHaveLength(3);
    // One landing at a time: each builds on the one before.
    expect(day.landings[1]?.base).toBe(day.landings[0]?.commit);
    expect(day.landings[2]?.base).toBe(day.landings[1]?.commit);
  });

  it("an engineer whose card is out has its next task within two seconds", async () => {
    const day = await startDay({ agents: { "eng-1-1": worker } });
    await newTask(day, "First", "write a.js ok", "--assignee", "eng-1-1");
    await newTask(day, "Second", "write b.js ok", "--assignee", "eng-1-1");
    await day.until(() => day.room("merges").cards().length === 1);
    const out = day.now();
    await day.until(() => day.events("task_assigned").length === 2);
    expect(day.now() - out).toBeLessThanOrEqual(2_000);
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(2);
  });

  it("a standup, the status and the queue answer in chat while the day runs", async () => {
    const day = await startDay({ agents: workers });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    const standup = await day.ada.says("/standup");
    expect(standup.card?.lines.join("\n")).toContain("waits for approval: #1");
    expect(standup.card?.lines).toContain("  yesterday: nothing");
    const status = await day.ada.says("/batty status");
    expect(status.text).toContain("Waits for you: 1 to approve, 0 to answer");
    expect((await day.ada.says("/queue")).text).toBe("Nothing waits to land.");
    await day.as("manager", "task", "new", "Build b", "--body", "Scope: b.js");
    await day.quiet();
    const lines = (await day.ada.says("/standup")).card?.lines ?? [];
    expect(lines).toContain("  yesterday: made #2");
    expect(lines).toContain("  today: #2 Build b: in progress; waits for approval: #1");
  });
});
