// Changes that more than one person must approve, or one by typing its number, or nobody: as the team file says.
import { describe, expect, it } from "vitest";
import type { MergeRule } from "../../src/core/policy.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, newTask, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const agents = { "eng-1-1": worker };
const two = simple({ approvals: 2 }, 1);
const ruled = (...mergeRules: MergeRule[]) => simple({ mergeRules }, 1);
const auto = (...mergeRules: MergeRule[]) =>
  simple({ mergeRules, autoMerge: { ...simple().autoMerge, enabled: true } }, 1);
const card = (day: Day) => day.room("merges").card();
const field = (day: Day, name: string) =>
  card(day).card?.fields.find((f) => f.name === name)?.value;
const decided = (day: Day) =>
  day.events("auto_merge_decision_recorded").map((e) => `${e.decision}: ${e.reason}`);

describe("two approvals", () => {
  it("one leaves the card open and shows whose, the second lands, and both stand in the commit", async () => {
    const day = await startDay({ team: two, agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    expect(field(day, "approvals")).toBe("0 of 2");
    const heard = await day.ada.says(`/approve ${card(day).key}`);
    expect(heard.refusal).toBeNull();
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(card(day).card).toMatchObject({ state: "open", footer: "1 of 2: ada. ✅ approves" });
    expect(card(day).loud).toBe(true);
    expect(field(day, "approvals")).toBe("1 of 2: ada");
    await bob.reacts("✅", card(day));
    await day.quiet();
    expect(day.landings).toHaveLength(1);
    const message = day.repo.messageOf(day.landings[0]?.commit ?? "");
    expect(message.match(/^Approved-by: .*$/gm)).toEqual([
      "Approved-by: ada (local)",
      "Approved-by: bob (local)",
    ]);
    expect(card(day).card?.footer).toContain("approved by ada (local) and bob (local) at 08:00");
  });

  it("of the same person are one, and they are told so", async () => {
    const day = await startDay({ team: two, agents });
    await carded(day);
    await day.ada.reacts("✅", card(day));
    for (const again of [
      await day.ada.presses("Approve", card(day)),
      await day.shell("approve", card(day).key),
    ])
      expect(again).toMatchObject({ refusal: { code: "approval.closed" } });
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(field(day, "approvals")).toBe("1 of 2: ada");
  });

  it("by the OS user under another name are one, unless the team file lets them count", async () => {
    for (const localAs of [false, true]) {
      const day = await startDay({ team: simple({ approvals: 2, localAs }, 1), agents });
      const bob = day.chat.person("bob", "approver", "local-as");
      const carl = day.chat.person("carl", "approver", "local-as");
      await carded(day);
      await bob.reacts("✅", card(day));
      const second = await carl.reacts("✅", card(day));
      expect(second.refusal?.code).toBe(localAs ? undefined : "approval.closed");
      await day.quiet();
      expect(day.landings).toHaveLength(localAs ? 1 : 0);
      day.end();
    }
  });

  it("one taken back of two leaves the other's; taken back by a third it leaves both", async () => {
    const day = await startDay({ team: two, agents });
    const bob = day.chat.person("bob", "approver");
    const carl = day.chat.person("carl", "approver");
    await carded(day);
    day.repo.person.begin("merge");
    await day.ada.reacts("✅", card(day));
    await bob.reacts("✅", card(day));
    await day.quiet();
    expect(card(day).card?.state).toBe("decided");
    await carl.unreacts("✅", card(day));
    expect(card(day).card?.state).toBe("decided");
    await day.ada.unreacts("✅", card(day));
    day.repo.person.begin(null);
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(card(day).card).toMatchObject({ state: "open", footer: "1 of 2: bob. ✅ approves" });
    await carl.reacts("✅", card(day));
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("the only one of two taken back leaves none", async () => {
    const day = await startDay({ team: two, agents });
    await carded(day);
    await day.ada.reacts("✅", card(day));
    await day.ada.unreacts("✅", card(day));
    await day.quiet();
    expect(field(day, "approvals")).toBe("0 of 2");
    expect((await day.ada.reacts("✅", card(day))).refusal).toBeNull();
  });

  it("a rejection by anyone ends it, also by who had approved", async () => {
    for (const who of ["ada", "bob"]) {
      const day = await startDay({ team: two, agents });
      const bob = day.chat.person("bob", "approver");
      await carded(day);
      await day.ada.reacts("✅", card(day));
      await (who === "ada" ? day.ada : bob).presses("Reject", card(day));
      await day.quiet();
      expect((await bob.reacts("✅", card(day))).refusal?.code).toBe("approval.closed");
      expect(day.landings).toEqual([]);
      expect(card(day).card?.footer).toBe(`Rejected by ${who} (local) at 08:00 UTC`);
      day.end();
    }
  });

  it("in the same tick are both counted", async () => {
    const day = await startDay({ team: two, agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    await Promise.all([day.ada.reacts("✅", card(day)), bob.reacts("✅", card(day))]);
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("half of them expires with its card, and a new card begins at none", async () => {
    const day = await startDay({
      team: simple({ approvals: 2, approvalExpires: 60_000 }, 1),
      agents,
    });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    await day.ada.reacts("✅", card(day));
    await day.pass(61_000);
    expect((await bob.reacts("✅", card(day))).refusal?.code).toBe("approval.stale");
    await day.ada.says("/merge 1");
    await day.quiet();
    expect(field(day, "approvals")).toBe("0 of 2");
    expect(day.landings).toEqual([]);
  });

  it("a new commit takes the first one's approval along with the card", async () => {
    const day = await startDay({ team: two, agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    await day.ada.reacts("✅", card(day));
    day.script("eng-1-1", async (me) => {
      me.write("a.js", "two\n");
      me.commit("Two");
      await me.batty("done", "--task", "1");
    });
    await day.ada.says("/send eng-1-1 once more");
    await day.quiet();
    await day.pass(4_000);
    await bob.reacts("✅", card(day));
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(field(day, "approvals")).toBe("1 of 2: bob");
  });

  it("the first is remembered over a restart", async () => {
    const day = await startDay({ team: two, agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    await day.ada.reacts("✅", card(day));
    await day.crash();
    expect((await day.ada.reacts("✅", card(day))).refusal?.code).toBe("approval.closed");
    await bob.reacts("✅", card(day));
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });
});

describe("rules by path", () => {
  it("ask for more people where one of the files is meant, and the card says which rule", async () => {
    const day = await startDay({ team: ruled({ paths: ["db/**"], approvals: 2 }), agents });
    await carded(day, "write db/one.txt x\nwrite a.js x");
    expect(field(day, "approvals")).toBe("0 of 2 · db/**: 2 approvals");
    await day.ada.reacts("✅", card(day));
    await day.quiet();
    expect(day.landings).toEqual([]);
    await carded(day, "write b.js x", "Build b");
    expect(field(day, "approvals")).toBeUndefined();
    await day.ada.reacts("✅", card(day));
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("the number typed: a ✅, an empty press and another number are refused, the right one lands", async () => {
    const rule: MergeRule = { paths: ["package-lock.json"], confirm: "task-number" };
    const day = await startDay({ team: ruled(rule), agents });
    await carded(day, "write package-lock.json {}");
    const open = card(day);
    expect(open.card?.footer).toBe("Approve, then type 1");
    expect(open.card?.actions[0]).toMatchObject({ verb: "approve", asks: "text" });
    for (const heard of [
      await day.ada.reacts("✅", open),
      await day.ada.presses("Approve", open),
      await day.ada.presses("Approve", open, "2"),
      await day.ada.says("/approve 1"),
      await day.ada.says("/merge 1"),
      await day.ada.says("/approve 1 --confirm 11"),
    ])
      expect(heard.refusal?.code).toBe("approval.needs-number");
    expect((await day.ada.presses("Approve", open, " #1 ")).refusal).toBeNull();
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("the number typed with the command lands too, in chat and on the shell", async () => {
    const rule: MergeRule = { paths: ["*.js"], confirm: "task-number", approvals: 2 };
    const day = await startDay({ team: ruled(rule), agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    expect((await day.shell("approve", "1", "--confirm", "1")).ok).toBe(true);
    expect((await bob.says("/approve 1 --confirm 1")).refusal).toBeNull();
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("let what is meant land alone, whatever its size and place, only while auto-merge is on", async () => {
    const rule: MergeRule = { paths: ["docs/**"], auto: true };
    for (const on of [true, false]) {
      const day = await startDay({ team: on ? auto(rule) : ruled(rule), agents });
      await newTask(day, "Docs", "write docs/auth/login.md x\nwrite docs/b.md x");
      await day.quiet();
      expect(day.landings).toHaveLength(on ? 1 : 0);
      expect(decided(day)).toEqual([on ? "land: inside the policy" : "ask: auto-merge is off"]);
      day.end();
    }
  });

  it("let nothing land alone that goes beyond them, or that a rule asks people about", async () => {
    const docs: MergeRule = { paths: ["docs/**"], auto: true };
    const law: MergeRule = { paths: ["docs/law/**"], approvals: 1 };
    const day = await startDay({
      team: auto(docs, law, { paths: ["*.cfg"], auto: false }),
      agents,
    });
    await newTask(day, "Law", "write docs/law/a.md x");
    await day.quiet();
    await newTask(day, "Both", "write docs/a.md x\nwrite src/auth.js x");
    await day.quiet();
    await newTask(day, "Config", "write a.cfg x");
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(decided(day)).toEqual([
      "ask: rule: docs/law/**: 1 approval",
      "ask: risk: auth",
      "ask: rule: never alone",
    ]);
  });

  it("let nothing land alone without a test counted, nor on a trunk that is red", async () => {
    const docs: MergeRule = { paths: ["docs/**"], auto: true };
    const one = { passed: 1, failed: 0, skipped: 0 };
    const counts = (files: ReadonlyMap<string, string>) => (files.has("docs/a.md") ? null : one);
    const uncounted = await startDay({ team: auto(docs), agents, gate: { counts } });
    await newTask(uncounted, "Docs", "write docs/a.md x");
    await uncounted.quiet();
    expect(uncounted.landings).toEqual([]);
    expect(decided(uncounted)).toEqual(["ask: risk: no test counted"]);
    uncounted.end();
    const red = await startDay({ team: auto(docs), agents, files: { "bad.js": "RED\n" } });
    await newTask(red, "Docs", "write docs/a.md x");
    await red.quiet();
    expect(red.landings).toEqual([]);
  });

  it("that ask for more than a card that is out supersede it; an approval that was enough stays enough where less is asked", async () => {
    const policy = { ...two };
    const day = await startDay({ team: policy, agents });
    await carded(day);
    await day.ada.reacts("✅", card(day));
    Object.assign(policy, { approvals: 3 });
    await day.quiet();
    expect(
      day
        .room("merges")
        .cards()
        .map((m) => m.card?.state),
    ).toEqual(["superseded", "open"]);
    expect(field(day, "approvals")).toBe("0 of 3");
    Object.assign(policy, { approvals: 1 });
    await day.quiet();
    await day.pass(4_000);
    day.repo.person.begin("merge");
    await day.ada.reacts("✅", card(day));
    await day.quiet();
    expect(card(day).card?.state).toBe("decided");
    Object.assign(policy, { mergeRules: [{ paths: ["*.js"], confirm: "task-number" }] });
    day.repo.person.begin(null);
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(card(day).card).toMatchObject({ state: "open", footer: "Approve, then type 1" });
  });
});

describe("a change that was to land alone", () => {
  it("waits for a person when trunk turned red before it landed", async () => {
    const day = await startDay({ team: auto(), agents });
    day.repo.person.begin("merge");
    await newTask(day, "Build a", "write a.js x");
    await day.quiet();
    day.repo.commitOnTrunk({ "bad.js": "RED\n" });
    await day.quiet();
    expect(decided(day)).toEqual(["land: inside the policy", "ask: trunk is red"]);
    day.repo.person.begin(null);
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(card(day).card?.state).toBe("open");
    expect(day.state().queue).toEqual([]);
  });
});
