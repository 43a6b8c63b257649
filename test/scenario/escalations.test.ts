import { describe, expect, it } from "vitest";
import type { Message } from "../fakes/chat-desk.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask, worker } from "../fakes/scripts.ts";
import { simple, solo } from "../fakes/team.ts";

const team = simple({}, 1);
const open = async (day: Day): Promise<readonly { member: string | null; kind: string }[]> => {
  const reply = await day.shell("escalations");
  return reply.ok ? (reply.json as { member: string | null; kind: string }[]) : [];
};
const card = (day: Day, room: string): Message => {
  const found = day
    .room(room)
    .cards()
    .findLast((m) => m.key.startsWith("question:"));
  if (found === undefined) throw new Error(`no escalation in ${room}`);
  return found;
};
const closings = (day: Day) => day.events("escalation_changed").map((e) => [e.state, e.why]);

describe("an escalation", () => {
  it("of the same cause is not opened twice: its card counts", async () => {
    const day = await startDay({ team, start: false });
    day.terminal.failLaunches("eng-1-1", 10);
    await day.ada.says("/start");
    await day.quiet();
    await day.ada.says("/resume eng-1-1");
    await day.quiet();
    expect(day.room("eng-1-1").cards("question")).toHaveLength(1);
    expect(card(day, "eng-1-1").card?.fields).toEqual([
      { name: "seen", value: expect.stringMatching(/^2 times, again at 2026-01-05 08:\d\d UTC$/) },
    ]);
    expect(await open(day)).toMatchObject([{ member: "eng-1-1", kind: "agent" }]);
  });

  it("about a member that can't start is withdrawn when it is up, and says so", async () => {
    const day = await startDay({ team, start: false });
    day.terminal.failLaunches("eng-1-1", 5);
    await day.ada.says("/start");
    await day.quiet();
    expect(await open(day)).toHaveLength(1);
    await day.ada.says("/resume eng-1-1");
    await day.quiet();
    expect(card(day, "eng-1-1").card).toMatchObject({
      state: "expired",
      footer: "Withdrawn: eng-1-1 is up again",
      actions: [],
    });
  });

  it("of two members that fall in the same look is one each", async () => {
    const day = await startDay({ team: simple({}, 2), start: false });
    day.terminal.failLaunches("eng-1-1", 5);
    day.terminal.failLaunches("eng-1-2", 5);
    await day.ada.says("/start");
    await day.quiet();
    expect((await open(day)).map((e) => e.member).sort()).toEqual(["eng-1-1", "eng-1-2"]);
  });

  it("about a red task is withdrawn when it goes on or is cancelled, and says so", async () => {
    const broken = { "eng-1-1": worker };
    for (const [act, why] of [
      ["/retry 1", "Withdrawn: #1 goes on"],
      ["/task cancel 1", "Withdrawn: #1 was cancelled"],
    ] as const) {
      const day = await startDay({ team: { ...team, maxRetries: 0 }, agents: broken });
      await newTask(day, "Build a", "write a.js RED");
      await day.quiet();
      const said = await day.ada.says(act);
      if (said.card !== null) await day.ada.presses("Yes", said);
      await day.until(() => card(day, "eng-1-1").card?.state === "expired");
      expect(day.room("eng-1-1").cards()[0]?.card?.footer).toBe(why);
      day.end();
    }
  });

  it("that trunk is red stands in alerts, is refreshed by the next red, and ends when it is green", async () => {
    const day = await startDay({ team, files: { "README.md": "hello\n", "a.js": "RED\n" } });
    await day.quiet();
    expect(card(day, "alerts")).toMatchObject({ loud: true, card: { kind: "alert", tone: "bad" } });
    expect(await open(day)).toMatchObject([{ member: null, kind: "main-broken" }]);
    const words = await day.ada.says("I know", { room: "alerts", replyTo: card(day, "alerts") });
    expect(words.refusal?.code).toBe("escalation.no-question");
    day.repo.commitOnTrunk({ "b.js": "still red\n" });
    await day.quiet();
    expect(card(day, "alerts").card?.fields[0]?.value).toMatch(/^2 times/);
    day.repo.commitOnTrunk({ "a.js": "ok\n" });
    await day.quiet();
    expect(card(day, "alerts").card).toMatchObject({
      state: "expired",
      footer: "Withdrawn: main is green again",
    });
    expect(day.room("alerts").cards("alert")).toHaveLength(1);
  });

  it("that a board file is broken ends when it is mended, and the same again is told anew", async () => {
    const day = await startDay({ team });
    const broken = { file: "tasks/009-x.md", line: 3, why: "no closing ---" };
    day.board.breakFile(broken);
    await day.pass(70_000);
    expect(card(day, "alerts").card).toMatchObject({
      title: "tasks/009-x.md:3 can't be read",
      state: "open",
    });
    await day.crash();
    day.board.mendFile(broken.file);
    await day.pass(70_000);
    expect(card(day, "alerts").card?.footer).toBe("Withdrawn: tasks/009-x.md can be read again");
    day.board.breakFile(broken);
    await day.pass(70_000);
    expect(
      day
        .room("alerts")
        .cards("alert")
        .map((m) => m.card?.state),
    ).toEqual(["expired", "open"]);
    expect(closings(day)).toEqual([["withdrawn", "tasks/009-x.md can be read again"]]);
  });
});

describe("what would go to a manager", () => {
  const red = { maxRetries: 0 };
  const pair = simple(red, 0);
  const [architect] = pair.members;
  const engineer = { ...solo().members[0], talksTo: ["architect"], reportsTo: "architect" };
  for (const [what, policy, member, lead] of [
    ["goes to the manager, where there is one", simple(red, 1), "eng-1-1", "manager"],
    [
      "goes to the architect in a pair",
      { ...pair, members: [{ ...architect, talksTo: ["engineer"] }, engineer] },
      "engineer",
      "architect",
    ],
    ["goes to nobody but people where the engineer is alone", solo(red), "engineer", null],
  ] as const)
    it(`${what}, and a person is asked in any case`, async () => {
      const day = await startDay({ team: policy as never, agents: { [member]: worker } });
      await newTask(day, "Build a", "write a.js RED");
      await day.quiet();
      const told = day.turns.filter((t) => t.body.includes("a person has been asked."));
      expect(told.filter((t) => t.member !== member).map((t) => t.member)).toEqual(
        lead === null ? [] : [lead],
      );
      expect(card(day, member)).toMatchObject({ loud: true, card: { state: "open" } });
      await day.ada.says("retry", { room: member, replyTo: card(day, member) });
      await day.quiet();
      expect(day.events("task_retried")).toMatchObject([{ task: 1, by: "ada" }]);
    });
});
