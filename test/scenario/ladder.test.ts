import { describe, expect, it } from "vitest";
import type { Message } from "../fakes/chat-desk.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { simple } from "../fakes/team.ts";

/** Ten times as quick as a team file would have it: most tests wait for all of the ladder. */
const minutes = (n: number): number => n * 6_000;
const team = simple(
  {
    people: ["ada", "bob", "cleo"],
    answerers: ["ada", "bob", "cleo"],
    ladder: {
      mentionAfter: minutes(2),
      pushAfter: minutes(10),
      deputy: { after: minutes(30), name: "cleo" },
    },
  },
  1,
);
const ask = (day: Day, ...more: readonly string[]) =>
  day.as("eng-1-1", "ask", "Which database?", "--option", "Postgres", ...more);
/** What rang besides the card, in order. */
const rings = (day: Day): readonly Message[] =>
  day.chat.all().filter((m) => m.loud && m.card === null);
const steps = (day: Day): readonly string[] => day.events("escalation_raised").map((e) => e.step);
const card = (day: Day): Message => day.room("eng-1-1").card("question");
const changes = (day: Day) => day.events("escalation_changed").map((e) => [e.state, e.by]);

describe("an unanswered question", () => {
  it("mentions after 2 minutes, pushes after 10, and comes to the deputy after 30, each once", async () => {
    const day = await startDay({ team });
    await ask(day);
    await day.pass(minutes(2) - 2_000);
    expect(rings(day)).toEqual([]);
    await day.pass(4_000);
    expect(rings(day)).toMatchObject([{ room: "eng-1-1", mentions: ["ada", "bob"] }]);
    expect(rings(day)[0]?.text).toContain("#1 eng-1-1 asks: Which database?");
    await day.pass(minutes(8) - 6_000);
    expect(rings(day)).toHaveLength(1);
    await day.pass(6_000);
    expect(rings(day)[1]).toMatchObject({ room: "alerts", mentions: ["ada", "bob"] });
    expect(rings(day)[1]?.text).toContain("Its card is in eng-1-1");
    await day.pass(minutes(20));
    expect(rings(day)[2]).toMatchObject({ room: "eng-1-1", mentions: ["cleo"] });
    await day.pass(minutes(60));
    expect(rings(day)).toHaveLength(3);
    expect(steps(day)).toEqual(["mention", "push", "deputy"]);
  });

  for (const [what, end, says] of [
    ["answered", "/escalations answer 1 Postgres", "Answered by ada: Postgres"],
    ["taken on", "/escalations ack 1", "ada is on it."],
    ["resolved", "/escalations resolve 1", "Resolved by ada"],
    ["put off", "/escalations snooze 1", "Snoozed by ada until 2026-01-05"],
  ] as const)
    it(`asks nowhere any more once it is ${what}: its reminders are edited, without a sound`, async () => {
      const day = await startDay({ team });
      await ask(day);
      await day.pass(minutes(30) + 4_000);
      const before = rings(day);
      expect(before).toHaveLength(3);
      await day.ada.says(end);
      await day.quiet();
      const after = before.map(({ id }) => day.chat.all().find((m) => m.id === id));
      for (const reminder of after) {
        expect(reminder?.text).toContain("#1 eng-1-1 asks: Which database?");
        expect(reminder?.text).toContain(says);
        expect(reminder).toMatchObject({ loud: false, mentions: [] });
      }
    });

  it("is no reminder's any more when its cause is gone", async () => {
    const day = await startDay({
      team: { ...team, quietHours: null },
      files: { "README.md": "hello\n", "a.js": "RED\n" },
    });
    await day.pass(minutes(10) + 20_000);
    const [mention] = rings(day);
    expect(mention).toMatchObject({ room: "alerts", mentions: ["ada", "bob"] });
    day.repo.commitOnTrunk({ "a.js": "ok\n" }, "Mend");
    day.life().nudge("trunk");
    await day.pass(60_000);
    const now = day.chat.all().find((m) => m.id === mention?.id);
    expect(now?.text).toContain("Withdrawn");
  });

  it("rings no more once it is answered, by a reply to a reminder too", async () => {
    const day = await startDay({ team });
    await ask(day);
    await day.pass(minutes(10) + 2_000);
    const push = rings(day).at(-1) as Message;
    await day.ada.says('Postgres,\n"as" always 🐘', { room: "alerts", replyTo: push });
    await day.pass(minutes(40));
    expect(steps(day)).toEqual(["mention", "push"]);
    expect(card(day).card).toMatchObject({ state: "done" });
    const answer = day.turns.find((t) => t.body.startsWith("Answer to your question"));
    expect(answer?.body).toBe(
      'Answer to your question\n> Which database?\n\nPostgres,\n"as" always 🐘',
    );
  });

  it("rings no more once somebody is on it; a second one is told who", async () => {
    const day = await startDay({ team });
    const bob = day.chat.person("bob", "operator");
    await ask(day);
    await day.ada.presses("I'm on it", card(day));
    expect(card(day).card?.footer).toContain("ada is on it.");
    const second = await bob.says("/escalations ack 1");
    expect(second.refusal).toMatchObject({ code: "escalation.acknowledged" });
    expect(second.text).toContain("ada is on it");
    await day.pass(minutes(40));
    expect(rings(day)).toEqual([]);
  });

  it("rests while it is snoozed, returns by itself, says so, and rings from the start", async () => {
    const day = await startDay({ team });
    await ask(day);
    await day.pass(minutes(3));
    expect((await day.ada.says("/escalations snooze 1 2m")).refusal).toBeNull();
    expect(card(day)).toMatchObject({ loud: false, card: { state: "open", tone: "calm" } });
    expect(card(day).card?.footer).toContain("Snoozed by ada until 2026-01-05 08:");
    await day.pass(minutes(19));
    expect(steps(day)).toEqual(["mention"]);
    await day.pass(minutes(1) + 2_000);
    expect(rings(day).at(-1)?.text).toContain("Its snooze is over and it still waits");
    expect(card(day)).toMatchObject({ loud: true, card: { tone: "warn" } });
    await day.pass(minutes(2) + 2_000);
    expect(steps(day)).toEqual(["mention", "mention"]);
    expect(changes(day)).toEqual([
      ["snoozed", "ada"],
      ["open", "batty"],
    ]);
  });

  for (const [how, act] of [
    ["a button", (day: Day, verb: string) => day.ada.presses(verb, card(day))],
    ["a command", (day: Day, verb: string) => day.ada.says(`/escalations ${verb.toLowerCase()} 1`)],
    [
      "a reply",
      (day: Day, verb: string) =>
        day.ada.says(`/${verb.toLowerCase()}`, { room: "eng-1-1", replyTo: card(day) }),
    ],
  ] as const)
    it(`is snoozed and resolved by ${how}; then it is closed for good`, async () => {
      const day = await startDay({ team });
      await ask(day);
      expect((await act(day, "Snooze")).refusal).toBeNull();
      expect((await act(day, "Resolve")).refusal).toBeNull();
      expect(card(day).card).toMatchObject({ state: "done", footer: "Resolved by ada" });
      for (const verb of ["ack", "snooze", "resolve"]) {
        const late = await day.ada.says(`/escalations ${verb} 1`);
        expect(late.refusal?.code).toBe("approval.closed");
        expect(late.text).toContain("resolved by ada");
      }
      await day.pass(minutes(90));
      expect(rings(day)).toEqual([]);
      expect(changes(day)).toEqual([
        ["snoozed", "ada"],
        ["resolved", "ada"],
      ]);
    });

  it("shows its deadline with the time left, minute by minute", async () => {
    const day = await startDay({ team });
    await ask(day, "--default", "Postgres", "--deadline", "3m");
    const shown = (): string | undefined => card(day).card?.fields[0]?.value;
    expect(shown()).toMatch(/ UTC \(3 min left\)$/);
    await day.pass(minutes(11));
    expect(shown()).toMatch(/\(2 min left\)$/);
    await day.pass(minutes(19) + 2_000);
    expect(card(day).card?.footer).toBe("No answer in time: the default counts: Postgres");
  });

  it("takes each step once though the bot dies between any two, or slept through them", async () => {
    const day = await startDay({ team });
    await ask(day);
    for (const pause of [1, 2, 6, 2, 18, 4]) {
      await day.crash();
      await day.pass(minutes(pause));
    }
    expect(rings(day).map((m) => m.room)).toEqual(["eng-1-1", "alerts", "eng-1-1"]);
    const late = await startDay({ team });
    await ask(late);
    await late.crash(minutes(45));
    await late.pass(5_000);
    await late.crash();
    await late.pass(5_000);
    expect(steps(late)).toEqual(["mention", "push", "deputy"]);
    expect(rings(late)).toHaveLength(3);
  });

  it("rings once a step though the bot dies just after each step is on record", async () => {
    for (const step of ["mention", "push", "deputy"]) {
      const day = await startDay({ team });
      let died = false;
      day.mischief = {
        afterAppend(recorded) {
          const now = recorded.some(
            (r) => r.event.event === "escalation_raised" && r.event.step === step,
          );
          if (!now || died) return;
          died = true;
          day.kill();
        },
      };
      await ask(day);
      day.reviveAfter = 3_000;
      await day.pass(minutes(35));
      expect(died).toBe(true);
      expect(rings(day).map((m) => m.room)).toEqual(["eng-1-1", "alerts", "eng-1-1"]);
      day.end();
    }
  });
});
