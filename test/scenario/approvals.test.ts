import { describe, expect, it } from "vitest";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, newTask, obey, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const agents = { "eng-1-1": worker };
const mails = (day: Day, member: string, what: string) =>
  day.turns.filter((t) => t.member === member && t.body.includes(what));

describe("approvals", () => {
  it("before its gate is green a task has no card to decide on", async () => {
    const day = await startDay({ team, agents });
    day.gate.hold();
    const id = await newTask(day, "Build a", "write a.js ok");
    await day.pass(3_000);
    expect(day.room("merges").cards()).toHaveLength(0);
    expect((await day.ada.says(`/approve ${id}`)).refusal?.code).toBe("approval.no-card");
    expect((await day.ada.says(`/merge ${id}`)).refusal?.code).toBe("task.not-done");
    expect((await day.ada.says("/approve 99")).refusal?.code).toBe("task.unknown");
  });

  it("a card that is approved twice lands once and names the first", async () => {
    const day = await startDay({ team, agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    const card = day.room("merges").card();
    day.repo.person.begin("merge");
    await day.ada.presses("Approve", card);
    await day.pass(2_000);
    const second = await bob.presses("Approve", card);
    expect(second.refusal?.code).toBe("approval.closed");
    expect(second.text).toContain("ada (local)");
    expect((await bob.says("/reject 1")).refusal?.code).toBe("approval.closed");
    day.repo.person.begin(null);
    await day.quiet();
    expect(day.landings).toHaveLength(1);
    expect((await bob.presses("Diff", day.room("merges").card())).text).toContain("a.js");
    expect((await bob.reacts("✅", card)).refusal?.code).toBe("approval.closed");
    expect(day.events("approval_recorded")).toHaveLength(1);
  });

  it("a rejected change stays blocked with the reason, and an approval after it is refused", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    await day.ada.says("/reject 1 --why not-now");
    await day.quiet();
    expect(await day.task(1)).toMatchObject({
      status: "in-progress",
      blocked: true,
      blockReason: "not-now",
      claimedBy: "eng-1-1",
    });
    const card = day.room("merges").card();
    expect(card.card).toMatchObject({ state: "done", tone: "bad" });
    expect(card.card?.footer).toBe("Rejected by ada (local) at 08:00 UTC: not-now");
    expect(mails(day, "eng-1-1", "Rejected by ada: not-now")).toHaveLength(1);
    expect((await day.ada.reacts("✅", card)).refusal?.code).toBe("approval.closed");
    expect((await day.ada.says("/merge 1")).refusal?.code).toBe("approval.closed");
    await day.quiet();
    expect(day.landings).toEqual([]);
  });

  it("an approval by number of a card younger than 3 s is refused unless it names the head", async () => {
    const day = await startDay({ team, agents });
    await newTask(day, "Build a", "write a.js ok");
    await day.until(() => day.room("merges").cards().length === 1);
    const early = await day.ada.says("/approve 1");
    expect(early.refusal?.code).toBe("approval.too-soon");
    const head = day.room("merges").card().card?.subject.head;
    const stale = await day.ada.says(`/approve 1 --head ${"0".repeat(40)}`);
    expect(stale.refusal?.code).toBe("approval.stale");
    expect((await day.ada.says(`/approve 1 --head ${head}`)).refusal).toBeNull();
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("new commits declared done in review supersede the card; the old one can't be approved", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const old = day.room("merges").card();
    day.script("eng-1-1", async (me) => {
      me.write("a.js", "better\n");
      me.commit("Better");
      await me.batty("done", "--task", "1");
    });
    await day.ada.says("/send eng-1-1 make it better");
    await day.quiet();
    const cards = day.room("merges").cards();
    expect(cards.map((m) => m.card?.state)).toEqual(["superseded", "open"]);
    expect((await day.ada.reacts("✅", old)).refusal?.code).toBe("approval.stale");
    expect((await day.ada.presses("Approve", old)).refusal?.code).toBe("approval.stale");
    await day.quiet();
    expect(day.landings).toEqual([]);
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect((await day.trunk())["a.js"]).toBe("better\n");
  });

  it("a turn's end with new commits on a branch in review supersedes too", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    day.script("eng-1-1", (me) => {
      me.write("a.js", "better\n");
      me.commit("Better");
    });
    await day.ada.says("/send eng-1-1 make it better");
    await day.quiet();
    expect(
      day
        .room("merges")
        .cards()
        .map((m) => m.card?.state),
    ).toEqual(["superseded", "open"]);
  });

  it("new commits while approved and not landed supersede the approval", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    day.repo.person.begin("merge");
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    day.script("eng-1-1", async (me) => {
      me.write("a.js", "unseen\n");
      me.commit("Unseen");
      await me.batty("done", "--task", "1");
    });
    await day.ada.says("/send eng-1-1 one more thing");
    await day.quiet();
    day.repo.person.begin(null);
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(
      day
        .room("merges")
        .cards()
        .map((m) => m.card?.state),
    ).toEqual(["superseded", "open"]);
  });

  it("a ✅ taken back before the landing opens the same card again", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    day.repo.person.begin("rebase");
    const card = day.room("merges").card();
    await day.ada.reacts("✅", card);
    await day.quiet();
    expect(day.room("merges").card().card?.state).toBe("decided");
    await day.ada.unreacts("✅", card);
    day.repo.person.begin(null);
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(day.room("merges").cards()).toHaveLength(1);
    expect(day.room("merges").card().card?.state).toBe("open");
    expect(day.room("merges").card().loud).toBe(true);
    expect(day.events("approval_closed").map((e) => e.why)).toEqual(["withdrawn"]);
    await day.ada.reacts("✅", card);
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("a ✅ taken back while the landing is under way comes too late, and says so", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const card = day.room("merges").card();
    day.mischief = {
      async afterCall(call) {
        if (call === "repo.land") await day.clock.sleep(5_000);
      },
    };
    await day.ada.reacts("✅", card);
    await day.until(() => day.landings.length === 1);
    expect((await day.ada.unreacts("✅", card)).refusal?.code).toBe("approval.closed");
    expect(await day.shell("task", "cancel", "1")).toMatchObject({
      refusal: { code: "task.closed" },
    });
    await day.quiet();
    expect(day.room("merges").card().card?.state).toBe("done");
    expect(day.events("main_moved_outside")).toEqual([]);
    expect((await day.task(1)).status).toBe("done");
  });

  it("a ✅ taken back of a held landing that succeeds in that very moment is a landing all the same", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    day.repo.person.begin("rebase");
    const card = day.room("merges").card();
    await day.ada.reacts("✅", card);
    await day.quiet();
    day.mischief = {
      async afterCall(call) {
        if (call === "repo.land") await day.clock.sleep(400);
      },
    };
    day.repo.person.begin(null);
    await day.until(() => day.landings.length === 1);
    await day.ada.unreacts("✅", card);
    await day.quiet();
    expect(day.room("merges").card().card?.state).toBe("done");
    expect(day.events("task_manual_merged")).toHaveLength(1);
    expect((await day.task(1)).status).toBe("done");
  });

  it("a ✅ is taken back of a landing that fails again and again, or waits for the end of a pause", async () => {
    const { Failure } = await import("../../src/core/words.ts");
    const day = await startDay({ team, agents });
    await carded(day);
    const card = day.room("merges").card();
    day.mischief = {
      beforeCall(call) {
        if (call === "repo.land") throw new Failure("git.refused", "no space for the ref");
      },
    };
    await day.ada.reacts("✅", card);
    await day.pass(40_000);
    expect((await day.ada.unreacts("✅", card)).refusal).toBeNull();
    await day.ada.reacts("✅", card);
    await day.ada.says("/pause");
    await day.pass(2_000);
    expect((await day.ada.unreacts("✅", card)).refusal).toBeNull();
    day.mischief = {};
    await day.ada.says("/resume");
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(day.room("merges").card().card?.state).toBe("open");
  });

  it("another person's taken-back reaction withdraws nothing", async () => {
    const day = await startDay({ team, agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    day.repo.person.begin("rebase");
    const card = day.room("merges").card();
    await day.ada.reacts("✅", card);
    await bob.unreacts("✅", card);
    await day.quiet();
    day.repo.person.begin(null);
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("an undecided card expires, and `merge` asks anew", async () => {
    const day = await startDay({ team: simple({ approvalExpires: 3_600_000 }, 1), agents });
    await carded(day);
    const old = day.room("merges").card();
    await day.pass(3_700_000);
    expect(day.room("merges").card().card?.state).toBe("expired");
    expect((await day.ada.reacts("✅", old)).refusal?.code).toBe("approval.stale");
    await day.ada.says("/merge 1");
    await day.quiet();
    expect(
      day
        .room("merges")
        .cards()
        .map((m) => m.card?.state),
    ).toEqual(["expired", "open"]);
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect(day.landings).toHaveLength(1);
  });

  it("`back` with a comment begins a new count on the same branch", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const refused = await day.ada.says("/back 1");
    expect(refused.refusal?.code).toBe("usage");
    day.script("eng-1-1", async (me, turn) => {
      if (!turn.body.includes("Sent back")) return;
      me.write("a.js", "shorter\n");
      me.commit("Shorter");
      await me.batty("done");
    });
    await day.ada.presses("Send back", day.room("merges").card(), "too long");
    await day.quiet();
    const [mail] = mails(day, "eng-1-1", "Sent back by ada: too long");
    expect(mail?.body).toContain("#1 Build a");
    expect(mail?.body).not.toContain("write a.js");
    expect(
      day
        .room("merges")
        .cards()
        .map((m) => m.card?.state),
    ).toEqual(["decided", "open"]);
    expect(day.room("merges").cards()[0]?.card?.footer).toBe(
      "Sent back by ada (local) at 08:00 UTC: too long",
    );
    expect(Object.fromEntries(day.repo.commitFiles("eng-1-1/1"))["a.js"]).toBe("shorter\n");
    expect(day.state().work.get(1)?.reds).toBe(0);
  });

  it("`back` while its author does something else comes first when it is free", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const release = day.gate.hold();
    await newTask(day, "Build b", "write b.js ok");
    await newTask(day, "Build c", "write c.js ok");
    await day.pass(3_000);
    await day.ada.says("/back 1 --why shorter");
    await day.pass(3_000);
    expect(day.state().work.get(1)?.phase).toBe("returned");
    release();
    await day.until(() => day.events("task_resumed").length === 1);
    expect(day.events("task_assigned").map((e) => e.task)).toEqual([1, 2]);
  });

  it("viewers, operators, members and strangers' tiers can't decide", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const card = day.room("merges").card();
    const carol = day.chat.person("carol", "operator");
    expect((await carol.reacts("✅", card)).refusal?.code).toBe("access.denied");
    expect((await carol.presses("Reject", card)).refusal?.code).toBe("access.denied");
    expect((await carol.says("/approve 1")).refusal?.code).toBe("access.denied");
    expect((await carol.says("/merge 1")).refusal).toBeNull();
    for (const verb of ["approve", "reject", "merge"])
      expect(await day.as("eng-1-1", verb, "1")).toMatchObject({
        ok: false,
        refusal: { code: "access.denied" },
      });
    await day.quiet();
    expect(day.landings).toEqual([]);
    expect(day.room("merges").card().card?.state).toBe("open");
  });

  it("a cancelled task's open card can't be approved any more", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": (me, turn) => void obey(me, turn) } });
    await carded(day);
    const asked = await day.ada.says("/task cancel 1");
    await day.ada.presses("Yes", asked);
    await day.quiet();
    const card = day.room("merges").card();
    expect(card.card).toMatchObject({ state: "expired", footer: "Closed: the task is cancelled" });
    expect((await day.ada.reacts("✅", card)).refusal?.code).toBe("approval.stale");
    expect((await day.task(1)).status).toBe("archived");
    expect(Object.fromEntries(day.repo.commitFiles("eng-1-1/1"))["a.js"]).toBe("one\n");
    expect(day.landings).toEqual([]);
    // Its commits are still ahead of main, and its author's next turn ends on them.
    await day.ada.says("/send eng-1-1 thank you");
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(1);
    expect(await day.as("eng-1-1", "done")).toMatchObject({ refusal: { code: "task.closed" } });
  });
});
