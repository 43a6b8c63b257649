// Landings that the world refuses, and landings whose task goes on meanwhile.
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/core/words.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, newTask, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const agents = { "eng-1-1": worker };
const card = (day: Day) => day.room("merges").card();
const alerts = (day: Day) => day.room("alerts").cards("alert");
const refuses = (day: Day, call: string) => {
  const tries: number[] = [];
  day.mischief = {
    beforeCall(name) {
      if (name !== call) return;
      tries.push(day.now());
      throw new Failure("git.refused", "fatal: unable to write new index file");
    },
  };
  return tries;
};

describe("what git keeps refusing", () => {
  for (const [call, title] of [
    ["repo.land", "#1 Build a: it can't land"],
    ["repo.candidate", "#1 Build a: it can't be merged with trunk"],
  ] as const)
    it(`at ${call} is told once with git's words, tried on with growing pauses, and lands when it is mended`, async () => {
      const day = await startDay({ team, agents });
      await carded(day);
      const tries = refuses(day, call);
      await day.ada.reacts("✅", card(day));
      await day.pass(600_000);
      expect(alerts(day).map((m) => m.card?.title)).toEqual([title]);
      expect(alerts(day)[0]?.loud).toBe(true);
      expect(alerts(day)[0]?.card?.lines.join("\n")).toContain(
        "fatal: unable to write new index file",
      );
      expect(card(day).card).toMatchObject({ state: "decided" });
      expect(card(day).card?.footer).toContain("can't land yet: fatal: unable");
      const pauses = tries.slice(1).map((at, n) => at - (tries[n] ?? 0));
      expect(pauses.length).toBeLessThan(25);
      expect(pauses.at(-1)).toBeGreaterThanOrEqual(60_000);
      expect(day.events("merge_troubled")).toHaveLength(3);
      await day.crash();
      await day.pass(120_000);
      if (call === "repo.land") day.repo.commitOnTrunk({ "b.js": "theirs\n" });
      await day.pass(120_000);
      expect(alerts(day)).toHaveLength(1);
      day.mischief = {};
      await day.pass(70_000);
      expect(day.landings).toHaveLength(1);
      expect(card(day).card?.state).toBe("done");
      expect(day.events("approval_recorded")).toHaveLength(1);
    });

  it("before the card is told too", async () => {
    const day = await startDay({ team, agents });
    refuses(day, "repo.change");
    await newTask(day, "Build a", "write a.js one");
    await day.pass(120_000);
    expect(alerts(day).map((m) => m.card?.title)).toEqual(["#1 Build a: its card can't be made"]);
    day.mischief = {};
    await day.pass(70_000);
    expect(card(day).card?.state).toBe("open");
  });

  it("twice and then no more is told to nobody", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const tries = refuses(day, "repo.land");
    await day.ada.reacts("✅", card(day));
    await day.until(() => tries.length === 2);
    day.mischief = {};
    await day.quiet();
    expect(day.landings).toHaveLength(1);
    expect(alerts(day)).toEqual([]);
  });
});

describe("new work declared done while the former head lands", () => {
  /** A landing that is under way while its author goes on; `heard` says whether its end reaches us before a crash. */
  async function goesOn(heard: boolean): Promise<Day> {
    const day = await startDay({ team, agents });
    await carded(day);
    day.script("eng-1-1", async (me, turn) => {
      if (!turn.body.includes("go on")) return;
      me.write("a.js", "two\n");
      me.commit("Two");
      await me.batty("done", "--task", "1");
    });
    day.mischief = {
      async afterCall(call) {
        if (call === "repo.land") await day.clock.sleep(heard ? 8_000 : 600_000);
      },
      async observing(seen) {
        if (heard && seen.trunk) await day.clock.sleep(60_000);
      },
    };
    await day.ada.reacts("✅", card(day));
    await day.until(() => day.landings.length === 1);
    await day.ada.says("/send eng-1-1 go on");
    await day.until(() => day.events("task_completed").length === 2);
    if (heard) await day.until(() => day.events("task_manual_merged").length === 1, 10_000);
    else await day.crash();
    day.mischief = {};
    await day.quiet();
    return day;
  }

  for (const heard of [true, false])
    it(`is a landing of ours ${heard ? "by its end" : "by the look after a crash"}; the newer head has a card of its own`, async () => {
      const day = await goesOn(heard);
      expect(day.events("main_moved_outside")).toEqual([]);
      expect(day.room("alerts").messages()).toEqual([]);
      expect(day.events("task_manual_merged")).toHaveLength(1);
      const cards = day.room("merges").cards();
      const [first, last] = [cards[0], cards.at(-1)];
      expect(cards.map((m) => m.card?.state)).toEqual(
        heard ? ["done", "superseded", "open"] : ["done", "open"],
      );
      expect(first?.card).toMatchObject({ state: "done" });
      expect(first?.card?.fields.find((f) => f.name === "landed")?.value).toBe(
        day.landings[0]?.commit,
      );
      expect(last?.card?.subject.head).toBe(day.events("task_completed")[1]?.commit);
      expect((await day.task(1)).status).not.toBe("done");
      expect(day.turns.filter((t) => t.body.includes("landed on main"))).toHaveLength(1);
      await day.pass(4_000);
      await day.ada.reacts("✅", card(day));
      await day.quiet();
      expect((await day.trunk())["a.js"]).toBe("two\n");
      expect(day.landings).toHaveLength(2);
      expect((await day.task(1)).status).toBe("done");
    });
});

it("a set-up that says something else makes evidence of former runs worthless", async () => {
  const policy = { ...team };
  const day = await startDay({ team: policy, agents });
  await carded(day);
  const before = day.gate.runs.length;
  Object.assign(policy, { setUp: { command: "make ready", key: [], copy: [] } });
  await day.ada.reacts("✅", card(day));
  await day.quiet();
  expect(day.gate.runs.length).toBe(before + 1);
  expect(day.landings).toHaveLength(1);
});
