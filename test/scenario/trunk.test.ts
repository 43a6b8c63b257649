import { describe, expect, it } from "vitest";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, newTask, workers } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const auto = { ...simple().autoMerge, enabled: true };
const team = simple({ autoMerge: auto });
const decisions = (day: Day) =>
  day.events("auto_merge_decision_recorded").map((e) => `${e.decision}: ${e.reason}`);

describe("auto-merge", () => {
  it("inside the policy a green change lands alone, and everyone is told", async () => {
    const day = await startDay({ team, agents: workers });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    expect(Object.keys(await day.trunk())).toContain("a.js");
    expect(day.room("merges").cards()).toEqual([]);
    expect(day.room("task:1").text()).toContain("#1 Build a landed as");
    expect((await day.task(1)).status).toBe("done");
    expect(day.turns.filter((t) => t.body.includes("landed"))).toHaveLength(1);
    expect(day.events("task_auto_merged")).toHaveLength(1);
    expect(day.events("approval_recorded")).toEqual([]);
  });

  it("a change with a risk gets a card though auto-merge is on", async () => {
    const day = await startDay({ team, agents: workers });
    await newTask(day, "Build a", "write package-lock.json {}");
    await day.quiet();
    expect(day.landings).toEqual([]);
    const risk = day
      .room("merges")
      .card()
      .card?.fields.find((f) => f.name === "risk");
    expect(risk?.value).toBe("lockfile");
    expect(decisions(day)).toEqual(["ask: risk: lockfile"]);
  });

  it("no test counted is green with a risk mark, warned of on trunk, and never lands alone", async () => {
    const day = await startDay({ team, agents: workers, gate: { counts: null } });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    expect(day.room("alerts").text()).toContain("Trunk's gate counted no test");
    expect(day.landings).toEqual([]);
    const fields = day.room("merges").card().card?.fields;
    expect(fields?.find((f) => f.name === "gate")?.value).toBe("green, no test counted");
    expect(fields?.find((f) => f.name === "risk")?.value).toBe("no test counted");
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("is off unless the team file says so", async () => {
    const day = await startDay({ agents: workers });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    expect(decisions(day)).toEqual(["ask: auto-merge is off"]);
    await day.pass(3_600_000);
    expect(day.landings).toEqual([]);
  });
});

describe("trunk", () => {
  it("red at start warns, lets nothing land alone, and an approved green candidate mends it", async () => {
    const day = await startDay({ team, agents: workers, files: { "bad.js": "RED\n" } });
    const alert = day.room("alerts").card("alert");
    expect(alert.card?.title).toMatch(/^main is red at /);
    expect(alert.loud).toBe(true);
    await newTask(day, "Mend it", "write bad.js ok");
    await day.quiet();
    expect(decisions(day)).toEqual(["ask: trunk is red"]);
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect(await day.trunk()).toEqual({ "bad.js": "ok\n" });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    expect(day.events("task_auto_merged")).toHaveLength(1);
    expect(day.room("alerts").cards("alert")).toHaveLength(1);
  });

  it("agents' gates go before the one on trunk, and no task waits for it", async () => {
    const day = await startDay({ agents: workers, start: false, gate: { duration: () => 60_000 } });
    await newTask(day, "Build a", "write a.js ok");
    await day.ada.says("/start");
    await day.quiet();
    expect(day.events("task_completed")).toHaveLength(1);
    expect(day.room("merges").cards()).toHaveLength(1);
  });

  it("moved by a person is told silently, tested, and told aloud only when it is red", async () => {
    const day = await startDay({ team });
    day.repo.commitOnTrunk({ "b.js": "ok\n" });
    await day.quiet();
    expect(day.room("alerts").messages()).toMatchObject([{ loud: false }]);
    expect(day.room("alerts").text()).toContain("main was moved by somebody else");
    day.repo.commitOnTrunk({ "b.js": "RED\n" });
    await day.quiet();
    expect(
      day
        .room("alerts")
        .messages()
        .map((m) => m.loud),
    ).toEqual([false, false, true]);
    expect(day.room("alerts").card().card?.lines).toContain("not ok: b.js");
    expect(day.events("main_broken")).toHaveLength(1);
  });

  it("made red by a person after an approval: the approved candidate lands only when it is green", async () => {
    const day = await startDay({ agents: workers });
    await carded(day, "write a.js ok");
    day.repo.commitOnTrunk({ "b.js": "RED\n" });
    await day.quiet();
    const { head } = await day.repo.trunk(new AbortController().signal);
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect((await day.repo.trunk(new AbortController().signal)).head).toBe(head);
  });

  it("a landing's own move of main is never told as somebody else's", async () => {
    const day = await startDay({ agents: workers });
    await carded(day);
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    await day.crash();
    await day.quiet();
    expect(day.room("alerts").messages()).toEqual([]);
    expect(day.events("main_moved_outside")).toEqual([]);
    // Its tree has evidence: the gate does not run on it again.
    const { tree } = await day.repo.trunk(new AbortController().signal);
    expect(day.gate.runs.filter((r) => r.tree === tree)).toHaveLength(1);
  });

  it("leads' worktrees follow main while they are idle", async () => {
    const day = await startDay({ agents: workers });
    day.repo.commitOnTrunk({ "b.js": "ok\n" });
    await day.quiet();
    expect(day.repo.member.read("architect", "b.js")).toBe("ok\n");
    expect(day.repo.member.read("manager", "b.js")).toBe("ok\n");
  });
});
