// What becomes of a decision, whenever and by whomever it is made: on main, on the card, and in the ears of each.
import { describe, expect, it } from "vitest";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const agents = { "eng-1-1": worker };
const head = async (day: Day) => (await day.repo.trunk(new AbortController().signal)).head;
const faces = (day: Day) =>
  day
    .room("merges")
    .cards()
    .map((m) => `${m.card?.state}: ${m.card?.footer}`);
const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
const long = (edits: Readonly<Record<number, string>> = {}) =>
  `${lines.map((line, i) => edits[i] ?? line).join("\n")}\n`;
/** A task that changes line 20 of a long file, up to its card. */
async function oneLine(): Promise<Day> {
  const day = await startDay({
    team,
    files: { "long.txt": long() },
    agents: {
      "eng-1-1": async (me, turn) => {
        if (!turn.body.includes("line 20")) return;
        me.write("long.txt", long({ 20: "mine" }));
        me.commit("Line 20");
        await me.insist("done");
      },
    },
  });
  await carded(day, "change line 20");
  return day;
}

describe("two decisions in the same tick", () => {
  it("an approval and a rejection: the first counts, the other hears whose, where and when", async () => {
    const day = await startDay({ team, agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    const before = await head(day);
    const card = day.room("merges").card();
    const [yes, no] = await Promise.all([bob.presses("Reject", card), day.ada.reacts("✅", card)]);
    await day.quiet();
    expect(yes.refusal).toBeNull();
    expect(no.refusal).toMatchObject({
      code: "approval.closed",
      say: "#1 was decided already: rejected by bob (local) at 08:00 UTC.",
    });
    expect(await head(day)).toBe(before);
    expect(faces(day)).toEqual(["done: Rejected by bob (local) at 08:00 UTC"]);
    expect(day.events("approval_recorded")).toHaveLength(1);
  });

  it("two approvals: one landing, one name on it", async () => {
    const day = await startDay({ team, agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    const card = day.room("merges").card();
    const heard = await Promise.all([day.ada.presses("Approve", card), bob.reacts("✅", card)]);
    await day.quiet();
    expect(heard.map((h) => h.refusal?.code)).toEqual([undefined, "approval.closed"]);
    expect(heard[1]?.text).toContain("by ada (local) at 08:00 UTC");
    expect(day.landings).toHaveLength(1);
    const message = day.repo.messageOf(await head(day));
    expect(message.match(/^Approved-by: .*$/gm)).toEqual(["Approved-by: ada (local)"]);
  });
});

describe("a decision after a new commit", () => {
  it("that is declared done: refused, main stays, the new card decides", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const before = await head(day);
    const old = day.room("merges").card();
    day.script("eng-1-1", async (me) => {
      me.write("a.js", "two\n");
      me.commit("Two");
      await me.batty("done", "--task", "1");
    });
    await day.ada.says("/send eng-1-1 once more");
    await day.quiet();
    for (const heard of [
      await day.ada.presses("Reject", { ...old }),
      await day.ada.reacts("✅", old),
      await day.ada.says(`/approve 1 --head ${old.card?.subject.head}`),
    ])
      expect(heard.refusal?.code).toBe("approval.stale");
    expect(await head(day)).toBe(before);
    expect(faces(day)).toEqual([
      "superseded: Superseded: a newer state of it counts",
      "open: ✅ approves",
    ]);
  });

  it("that nobody declared done: what was shown lands, and nothing else", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    day.repo.member.write("eng-1-1", { "unseen.js": "unseen\n" });
    day.repo.member.commit("eng-1-1", "Unseen");
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect(Object.keys(await day.trunk()).sort()).toEqual(["README.md", "a.js"]);
    expect(day.repo.messageOf(await head(day))).toContain(
      `Batty-Branch-Head: ${day.events("approval_requested")[0]?.head}`,
    );
  });
});

describe("a decision after main moved", () => {
  it("elsewhere in the same file: it lands on the new main, by the one approval", async () => {
    const day = await oneLine();
    const moved = day.repo.commitOnTrunk({ "long.txt": long({ 2: "theirs" }) });
    await day.quiet();
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect((await day.trunk())["long.txt"]).toBe(long({ 2: "theirs", 20: "mine" }));
    expect(day.landings.map((l) => l.base)).toEqual([moved]);
    expect(day.room("merges").cards()).toHaveLength(1);
    expect(day.events("approval_closed")).toEqual([]);
  });

  it("so that something else would land: main stays, people are asked anew with what they see", async () => {
    const day = await oneLine();
    const moved = day.repo.commitOnTrunk({ "long.txt": long({ 18: "close by" }) });
    await day.quiet();
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect(await head(day)).toBe(moved);
    expect(faces(day)).toEqual([
      "superseded: Superseded: a newer state of it counts",
      "open: ✅ approves",
    ]);
    expect(day.room("merges").card().loud).toBe(true);
    await day.pass(3_000);
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect((await day.trunk())["long.txt"]).toBe(long({ 18: "close by", 20: "mine" }));
  });

  it("an approval by a hash of an older journal asks anew, though the difference is the same", async () => {
    const day = await oneLine();
    const record = day.journal.lines.findIndex((l) => l.includes('"approval_requested"'));
    const asked = day.journal.lines[record] ?? "";
    day.kill();
    (day.journal.lines as string[])[record] = asked.replace(
      /"diff":"[0-9a-f]+"/,
      `"diff":"${"0".repeat(64)}"`,
    );
    await day.crash();
    const moved = day.repo.commitOnTrunk({ "long.txt": long({ 2: "theirs" }) });
    await day.quiet();
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect(await head(day)).toBe(moved);
    expect(day.room("merges").cards().at(-1)?.card?.state).toBe("open");
  });
});

describe("a decision that is nobody's to make, or comes too late", () => {
  it("after expiry it is refused on every way, and main stays", async () => {
    const day = await startDay({ team: simple({ approvalExpires: 60_000 }, 1), agents });
    await carded(day);
    const card = day.room("merges").card();
    const before = await head(day);
    await day.pass(61_000);
    for (const heard of [
      await day.ada.reacts("✅", card),
      await day.ada.presses("Approve", card),
      await day.ada.says("/approve 1"),
      await day.ada.says("/reject 1"),
    ])
      expect(heard.refusal).toMatchObject({
        code: "approval.stale",
        say: "The card of #1 is expired.",
      });
    expect(await head(day)).toBe(before);
    expect(faces(day)).toEqual(["expired: Expired without a decision; `/batty merge` asks anew"]);
  });

  it("of who may only look, or of a member, has no effect by any way and is told", async () => {
    const day = await startDay({ team, agents });
    const eve = day.chat.person("eve", "viewer");
    await carded(day);
    const card = day.room("merges").card();
    const shown = String(card.card?.subject.head);
    const before = await head(day);
    const heard = [
      await eve.reacts("✅", card),
      await eve.presses("Approve", card),
      await eve.presses("Send back", card, "no"),
      await eve.says(`/approve 1 --head ${shown}`),
      await eve.says("/merge 1"),
      await day.as("eng-1-1", "approve", "1", "--head", shown),
      await day.as("manager", "reject", "1", "--head", shown),
      await day.as("manager", "back", "1", "--why", "no"),
    ];
    for (const each of heard) expect(each).toMatchObject({ refusal: { code: "access.denied" } });
    await day.quiet();
    expect(await head(day)).toBe(before);
    expect(faces(day)).toEqual(["open: ✅ approves"]);
    expect(day.events("approval_recorded", "approval_closed")).toEqual([]);
  });

  it("of a member is refused by the rule itself, whatever door it came through", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const by = { name: "eng-1-1", via: "agent", tier: "team" } as const;
    const shown = String(day.room("merges").card().card?.subject.head);
    for (const type of ["approve", "reject", "back"] as const) {
      const intent = { type, task: 1, head: shown, why: "because" };
      expect(await day.life().loop.intend(by, intent)).toMatchObject({
        ok: false,
        refusal: { code: "access.denied" },
      });
    }
  });

  it("made twice by the same person it counts once, before the landing and after", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const card = day.room("merges").card();
    day.repo.person.begin("merge");
    await day.ada.presses("Approve", card);
    await day.quiet();
    const again = await day.ada.reacts("✅", card);
    expect(again.text).toBe("#1 was decided already: approved by ada (local) at 08:00 UTC.");
    day.repo.person.begin(null);
    await day.quiet();
    expect((await day.ada.says("/approve 1")).refusal?.code).toBe("approval.closed");
    expect(day.landings).toHaveLength(1);
  });

  it("taken back after the card's time: there is time again to decide", async () => {
    const day = await startDay({ team: simple({ approvalExpires: 60_000 }, 1), agents });
    await carded(day);
    day.repo.person.begin("merge");
    await day.ada.reacts("✅", day.room("merges").card());
    await day.pass(120_000);
    await day.ada.unreacts("✅", day.room("merges").card());
    await day.pass(50_000);
    expect(faces(day)).toEqual(["open: ✅ approves"]);
    await day.pass(20_000);
    expect(day.room("merges").card().card?.state).toBe("expired");
  });

  it("taken back: main stays, the same card is open for everybody, and another may decide", async () => {
    const day = await startDay({ team, agents });
    const bob = day.chat.person("bob", "approver");
    await carded(day);
    const before = await head(day);
    const card = day.room("merges").card();
    day.repo.person.begin("merge");
    await day.ada.reacts("✅", card);
    await day.quiet();
    await day.ada.unreacts("✅", card);
    day.repo.person.begin(null);
    await day.quiet();
    expect(await head(day)).toBe(before);
    expect(faces(day)).toEqual(["open: ✅ approves"]);
    expect((await bob.reacts("✅", card)).refusal).toBeNull();
    await day.quiet();
    expect(day.repo.messageOf(await head(day))).toContain("Approved-by: bob (local)");
  });
});
