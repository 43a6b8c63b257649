import { describe, expect, it } from "vitest";
import { startDay } from "../fakes/day.ts";
import { newTask, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const one = simple({}, 1);

describe("a task's card", () => {
  it("is one silent post that follows the task to its landing", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    const card = day.room("events").card("task");
    expect(card.loud).toBe(false);
    expect(card.card?.fields).toContainEqual({ name: "state", value: "waits for approval" });
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect(day.room("events").cards("task")).toHaveLength(1);
    const landed = day.room("events").card("task").card;
    expect(landed?.state).toBe("done");
    const commit = day.landings[0]?.commit.slice(0, 8);
    expect(landed?.fields).toContainEqual({ name: "state", value: `landed as ${commit}` });
    expect(landed?.actions.map((a) => a.verb)).toEqual(["diff"]);
    expect(day.room("task:1").text()).toContain(`#1 Build a landed as ${commit}.`);
  });

  it("stops its agent's turn with one tap", async () => {
    const day = await startDay({
      team: one,
      agents: { "eng-1-1": () => new Promise<never>(() => undefined) },
    });
    await newTask(day, "Build a", "");
    await day.until(() => day.state().seats.get("eng-1-1")?.activity === "working");
    await day.ada.presses("Interrupt eng-1-1", day.room("events").card("task"));
    await day.quiet();
    expect(day.events("member_interrupted")).toMatchObject([{ member: "eng-1-1", by: "ada" }]);
  });

  it("cancels the task after a question, its work kept", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    const asked = await day.ada.presses("Cancel the task", day.room("events").card("task"));
    expect(day.events("task_cancelled")).toEqual([]);
    await day.ada.presses("Yes", asked);
    await day.quiet();
    expect(day.events("task_cancelled")).toMatchObject([{ task: 1, by: "ada" }]);
    expect(day.room("events").card("task").card).toMatchObject({ state: "expired", actions: [] });
  });

  it("shows how far a long gate is, and nothing of it when the gate is over", async () => {
    const day = await startDay({
      team: one,
      agents: { "eng-1-1": worker },
      gate: { duration: () => 60_000 },
    });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    await newTask(day, "Build b", "write b.js ok");
    await day.until(() => day.state().work.get(2)?.phase === "verifying");
    await day.pass(20_000);
    const bar = () =>
      day
        .room("events")
        .card("task")
        .card?.fields.find((f) => f.name === "progress")?.value;
    expect(bar()).toMatch(/^gate of #2 {2}▰{2,3}▱{7,8} \d+ %, about \d+ s left$/u);
    await day.quiet();
    expect(bar()).toBeUndefined();
  });
});

describe("a diff in chat", () => {
  it("opens with its files from the merge card, and its pages turn in place", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    const first = await day.ada.presses("Diff", day.room("merges").card());
    expect(first.card?.lines).toEqual(["a.js +1 −0 (added)"]);
    const before = day.room("merges").messages().length;
    const pages = day.room("merges").messages().at(-1);
    if (pages === undefined) throw new Error("no answer in merges");
    const page = await day.ada.presses("Read", pages);
    expect(page.text).toMatch(/^```diff\n/);
    expect(page.card?.footer).toBe("page 1 of 1");
    expect(day.room("merges").messages()).toHaveLength(before);
    expect(day.room("merges").messages().at(-1)?.text).toBe(page.text);
  });
});
