import { describe, expect, it } from "vitest";
import { startDay } from "../fakes/day.ts";
import { newTask, worker, workers } from "../fakes/scripts.ts";
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

  it("says how long it is until a queued task lands, and nothing of it when it did", async () => {
    const day = await startDay({ agents: workers, gate: { duration: () => 60_000 } });
    for (const name of ["a", "b", "c"]) await newTask(day, `Build ${name}`, `write ${name}.js ok`);
    await day.until(() => day.room("merges").cards("merge").length === 3, 900_000);
    for (const card of day.room("merges").cards("merge")) await day.ada.reacts("✅", card);
    await day.until(() => day.landings.length === 1, 300_000); // the others' trees are new ones now
    await day.pass(12_000);
    const fields = (task: number) =>
      day
        .room("events")
        .cards("task")
        .find((m) => m.card?.subject.task === task)?.card?.fields;
    const progress = (task: number) => fields(task)?.find((f) => f.name === "progress")?.value;
    const [first, second] = day.state().queue as [number, number];
    expect(progress(first)).toMatch(/^gate of #\d on main {2}▰▱+ 1\d %, about \d+ s left$/u);
    expect(progress(second)).toBe(`landing of #${second}, 2nd in the queue, about 2 min left`);
    expect((await day.ada.says("/standup")).card?.lines).toContain(`  today: lands: #${second}`);
    const footers = day
      .room("merges")
      .cards("merge")
      .map((m) => m.card?.footer)
      .join("\n");
    expect(footers).toMatch(/; its tree on trunk is being tested$/m);
    expect(footers).toMatch(/; it lands in its turn$/m);
    await day.until(() => day.landings.length === 3, 300_000);
    await day.quiet();
    expect([1, 2, 3].map(progress)).toEqual([undefined, undefined, undefined]);
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
    expect(page.card?.footer).toMatch(/^page 1 of 1 · at [0-9a-f]{8}$/);
    expect(day.room("merges").messages()).toHaveLength(before);
    expect(day.room("merges").messages().at(-1)?.text).toBe(page.text);
  });

  it("has the whole patch as a file, without the secrets in it", async () => {
    const secret = `ghp_${"a1".repeat(18)}`;
    const day = await startDay({ team: one, agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", `write a.js ok\nwrite b.js ${secret}`);
    await day.quiet();
    await day.ada.presses("Diff", day.room("merges").card());
    const file = day.room("merges").messages().at(-1)?.files[0] ?? "";
    const { head } = day.state().work.get(1)?.proposals[0] ?? {};
    expect(file).toBe(`/kept/1-${head?.slice(0, 8)}.patch`);
    const patch = day.chat.kept.get(file);
    expect(patch).toContain("+++ b/a.js\n+ok\n");
    expect(patch).toContain("+++ b/b.js\n+");
    expect(patch).not.toContain(secret);
  });

  it("shows pages of one head: a pager of an older one says so and offers the newest", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", "write a.js first");
    await day.quiet();
    const old = day.room("merges").card();
    await day.ada.presses("Diff", old);
    const pager = () =>
      day
        .room("merges")
        .messages()
        .filter((m) => m.card?.kind === "task");
    const at = (n: number) => pager().at(n) as NonNullable<ReturnType<typeof pager>[0]>;
    expect((await day.ada.presses("Read", at(-1))).text).toContain("+first");
    await day.ada.says("/send eng-1-1 write a.js second");
    await day.quiet();
    const page = await day.ada.presses("◂ Files", at(-1));
    expect(page.text).toMatch(/^This diff is outdated: it showed \w+, and #1 is at \w{8} now\.$/);
    await day.ada.presses("Show the new one", at(-1));
    expect(at(-1).files).toHaveLength(1);
    expect(day.chat.kept.get(at(-1).files[0] ?? "")).toContain("+second");
    expect((await day.ada.presses("Read", at(-1))).text).toContain("+second");
    expect((await day.ada.presses("Diff", old)).text).toMatch(/^This diff is outdated/);
    expect(day.room("merges").card("merge").card?.state).toBe("open");
  });

  it("stays as it was when its change has landed", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    await day.ada.presses("Diff", day.room("merges").card());
    const pages = day.room("merges").messages().at(-1);
    if (pages === undefined) throw new Error("no answer in merges");
    await day.ada.reacts("✅", day.room("merges").card("merge"));
    await day.quiet();
    expect((await day.ada.presses("Read", pages)).text).toContain("+ok");
  });
});
