import { describe, expect, it } from "vitest";
import type { Script } from "../fakes/agents.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, newTask, orders, worker, workers } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const mails = (day: Day, member: string, what: string) =>
  day.turns.filter((t) => t.member === member && t.body.includes(what));
const files = async (day: Day) => Object.keys(await day.trunk()).sort();

describe("landing", () => {
  it("a conflict with main goes back to its author with the files, and lands when it is mended", async () => {
    const day = await startDay({ agents: workers });
    await carded(day, "write a.js mine");
    day.repo.commitOnTrunk({ "a.js": "theirs\n" });
    await day.quiet();
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    const [mail] = mails(day, "eng-1-1", "conflicts with main");
    expect(mail?.body).toContain("- a.js");
    expect(mail?.body).toContain("git merge main");
    expect((await day.trunk())["a.js"]).toBe("theirs\n");
    expect(await day.task(1)).toMatchObject({ status: "in-progress", claimedBy: "eng-1-1" });
    expect(day.room("merges").card().card?.state).toBe("superseded");
    expect(day.room("task:1").text()).toContain("#1 goes back to its author: conflict in a.js.");
    expect(day.events("merge_rejected")).toHaveLength(1);
  });

  it("a conflict found before the card goes back without a card", async () => {
    const day = await startDay({ agents: workers });
    const release = day.gate.hold();
    await newTask(day, "Build a", "write a.js mine");
    await day.pass(2_000);
    day.repo.commitOnTrunk({ "a.js": "theirs\n" });
    await day.pass(6_000);
    release();
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(0);
    expect(mails(day, "eng-1-1", "conflicts with main")).toHaveLength(1);
  });

  it("a main that moved is built upon and tested anew, and the approval survives", async () => {
    const day = await startDay({ agents: workers });
    await carded(day, "write a.js ok");
    const release = day.gate.hold();
    const moved = day.repo.commitOnTrunk({ "b.js": "theirs\n" });
    await day.ada.reacts("✅", day.room("merges").card());
    await day.pass(6_000);
    const again = day.repo.commitOnTrunk({ "c.js": "theirs too\n" });
    await day.pass(6_000);
    release();
    await day.quiet();
    expect(await files(day)).toEqual(["README.md", "a.js", "b.js", "c.js"]);
    expect(day.landings.map((l) => l.base)).toEqual([again]);
    expect(moved).not.toBe(again);
    const card = day.room("merges").card();
    expect(day.room("merges").cards()).toHaveLength(1);
    expect(card.card?.footer).toContain("approved by ada (local)");
    expect(day.events("approval_recorded")).toHaveLength(1);
    const tree = day.events("task_manual_merged")[0]?.tree;
    expect(day.gate.runs.some((r) => r.tree === tree)).toBe(true);
  });

  it("what was tested already lands in the breath of its approval, not at the next tick", async () => {
    const day = await startDay({ agents: workers });
    await carded(day, "write a.js ok");
    await day.ada.reacts("✅", day.room("merges").card());
    await day.pass(20);
    expect(day.landings).toHaveLength(1);
  });

  it("main moved to another diff of the same files supersedes the card", async () => {
    const day = await startDay({ agents: workers, files: { "a.js": "one\n" } });
    await carded(day, "write a.js two");
    // The person made the very same change: nothing of it is left to land.
    day.repo.commitOnTrunk({ "a.js": "two\n" });
    await day.quiet();
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect((await day.trunk())["a.js"]).toBe("two\n");
    expect(
      day
        .room("merges")
        .cards()
        .map((m) => m.card?.state),
    ).toEqual(["superseded", "open"]);
  });

  it("a merge commit says whose it is, which head and tree were tested, and who approved", async () => {
    const day = await startDay({ agents: workers });
    await carded(day);
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    const [landing] = day.landings;
    const [merged] = day.events("task_manual_merged");
    const [asked] = day.events("approval_requested");
    expect(day.repo.messageOf(landing?.commit ?? "")).toBe(
      `Merge #1: Build a\n\nBatty-Task: 1\nBatty-Branch-Head: ${asked?.head}\nBatty-Gate-Tree: ${merged?.tree}\nApproved-by: ada (local)\n`,
    );
  });
});

describe("work that is in main already", () => {
  it("a task whose branch a person merged by hand while it waited is landed and holds nobody up", async () => {
    const day = await startDay({ agents: workers });
    await carded(day, "write a.js ok");
    await carded(day, "write b.js ok", "Build b");
    const [first, second] = day.room("merges").cards();
    day.repo.person.begin("merge");
    await day.ada.reacts("✅", first as NonNullable<typeof first>);
    await day.ada.reacts("✅", second as NonNullable<typeof second>);
    await day.quiet();
    day.repo.mergeOnTrunk("eng-1-1/1");
    day.repo.person.begin(null);
    await day.quiet();
    expect(await files(day)).toEqual(["README.md", "a.js", "b.js"]);
    expect(day.landings).toHaveLength(1);
    expect((await day.task(1)).status).toBe("done");
    expect((await day.task(2)).status).toBe("done");
    expect(
      day
        .room("merges")
        .cards()
        .map((m) => m.card?.state),
    ).toEqual(["done", "done"]);
  });

  it("merged by hand into a red main leaves main red", async () => {
    const day = await startDay({ agents: workers });
    await carded(day, "write a.js ok");
    day.repo.person.begin("merge");
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    day.repo.commitOnTrunk({ "b.js": "RED\n" });
    day.repo.mergeOnTrunk("eng-1-1/1");
    day.repo.person.begin(null);
    await day.quiet();
    expect(day.state().main?.verdict).toBe("red");
    expect(day.state().work.get(1)?.phase).toBe("landed");
  });

  it("says how many commits came along, whoever let it land", async () => {
    const twice: Script = async (me, turn) => {
      const list = orders(turn.body);
      for (const [path, text] of list) {
        me.write(path, text);
        me.commit(`Write ${path}`);
      }
      if (list.length > 0) await me.insist("done");
    };
    for (const enabled of [true, false]) {
      const team = simple({ autoMerge: { ...simple().autoMerge, enabled } }, 1);
      const day = await startDay({ team, agents: { "eng-1-1": twice } });
      await newTask(day, "Build", "write a.js one\nwrite a.test.js two");
      await day.quiet();
      if (!enabled) await day.ada.reacts("✅", day.room("merges").card());
      await day.quiet();
      const landed = enabled ? "task_auto_merged" : "task_manual_merged";
      expect(day.events(landed)).toMatchObject([{ task: 1, commits: 2 }]);
      day.end();
    }
  });

  it("a turn that ends just as its work lands makes no new task of it", async () => {
    const team = simple({ autoMerge: { ...simple().autoMerge, enabled: true } }, 1);
    const day = await startDay({ team, agents: workers });
    day.mischief = {
      async settling(effect) {
        if (effect.type === "ensure.inspect") await day.clock.sleep(10_000);
      },
    };
    await newTask(day, "Build a", "write a.js ok");
    await day.pass(60_000);
    day.mischief = {};
    await day.quiet();
    expect(day.landings).toHaveLength(1);
    expect(day.events("task_requested").map((e) => e.title)).toEqual(["Build a"]);
  });
});

describe("a person's checkout in the way", () => {
  for (const [what, begin, end] of [
    [
      "a conflicted merge of their own",
      (day: Day) => day.repo.person.begin("merge"),
      (day: Day) => day.repo.person.begin(null),
    ],
    [
      "open edits of the same file",
      (day: Day) => day.repo.person.write({ "a.js": "mine\n" }),
      (day: Day) => day.repo.person.write({ "a.js": null }),
    ],
  ] as const) {
    for (const when of ["before", "after"] as const) {
      it(`${what} holds a landing approved ${when} it began: told once, and it lands by itself within 5 s of the end`, async () => {
        const day = await startDay({ agents: workers });
        await carded(day, "write a.js ok");
        if (when === "after") begin(day);
        const release = day.gate.hold();
        day.repo.commitOnTrunk({ "b.js": "theirs\n" });
        await day.pass(6_000);
        await day.ada.reacts("✅", day.room("merges").card());
        if (when === "before") begin(day);
        release();
        await day.quiet();
        await day.pass(60_000);
        expect(await files(day)).toEqual(["README.md", "b.js"]);
        const alerts = day
          .room("alerts")
          .messages()
          .filter((m) => m.text.includes("held"));
        expect(alerts).toHaveLength(1);
        const card = day.room("merges").card();
        expect(card.card?.state).toBe("decided");
        expect(card.card?.footer).toContain("Held:");
        end(day);
        const over = day.now();
        await day.until(() => day.landings.length === 1);
        expect(day.now() - over).toBeLessThanOrEqual(5_000);
        await day.quiet();
        expect(await files(day)).toEqual(["README.md", "a.js", "b.js"]);
        expect(day.events("approval_recorded")).toHaveLength(1);
        expect(day.events("merge_held")).toHaveLength(1);
        expect(day.room("merges").card().card?.state).toBe("done");
      });
    }
  }

  it("a held landing does not hold the next one that can land", async () => {
    const day = await startDay({ agents: workers });
    await carded(day, "write a.js ok");
    await carded(day, "write b.js ok", "Build b");
    day.repo.person.write({ "a.js": "mine\n" });
    for (const card of day.room("merges").cards()) await day.ada.reacts("✅", card);
    await day.quiet();
    expect(await files(day)).toEqual(["README.md", "b.js"]);
    // It waits for a person, who must find that wherever they ask.
    expect(await day.shell("catchup")).toMatchObject({
      text: expect.stringContaining("Task #1 Build a cannot land: it changes what you have open"),
    });
    expect(await day.shell("status")).toMatchObject({
      text: expect.stringContaining("0 to approve, 0 to answer, 1 landing held"),
    });
    day.repo.person.write({ "a.js": null });
    await day.quiet();
    expect(await files(day)).toEqual(["README.md", "a.js", "b.js"]);
  });

  it("edits of theirs that do not overlap stay where they are", async () => {
    const day = await startDay({ agents: { "eng-1-1": worker } });
    await carded(day, "write a.js ok");
    day.repo.person.write({ "notes.txt": "mine\n" });
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect(await files(day)).toEqual(["README.md", "a.js"]);
    expect(day.repo.person.read("notes.txt")).toBe("mine\n");
    expect(day.repo.person.read("a.js")).toBe("ok\n");
  });
});
