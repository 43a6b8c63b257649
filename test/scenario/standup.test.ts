import { describe, expect, it } from "vitest";
import type { Policy } from "../../src/core/policy.ts";
import type { Message } from "../fakes/chat-desk.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask, workers } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const seconds = (n: number): number => n * 1_000;
const minutes = (n: number): number => n * 60_000;
const hours = (n: number): number => n * 3_600_000;
const at = (text: string): number => Date.parse(text);

const due = (cron: string, timezone = "UTC", more: Partial<Policy> = {}): Policy =>
  simple({ standup: { cron, timezone }, ...more }, 1);
const nine = due("0 9 * * *");

const standups = (day: Day): readonly Message[] => day.room("standup").cards("standup");
const titles = (day: Day): readonly string[] => standups(day).map((m) => m.text);
const until = (day: Day, text: string): Promise<void> => day.pass(at(text) - day.now());
/** Something to tell of. */
const ask = (day: Day, question = "Which database?") =>
  day.as("eng-1-1", "ask", question, "--option", "Postgres");

async function busyDay(team: Policy, begin: string): Promise<Day> {
  const day = await startDay({ team, begin: at(begin) });
  await ask(day);
  return day;
}

describe("the daily standup", () => {
  for (const [zone, what, before, then] of [
    ["Europe/Berlin", "in winter", "2026-01-05T07:58:00Z", "2026-01-05T08:00:00Z"],
    ["Europe/Berlin", "on the day of 23 hours", "2026-03-29T06:58:00Z", "2026-03-29T07:00:00Z"],
    ["Europe/Berlin", "on the day of 25 hours", "2026-10-25T07:58:00Z", "2026-10-25T08:00:00Z"],
    ["America/New_York", "on the day of 23 hours", "2026-03-08T12:58:00Z", "2026-03-08T13:00:00Z"],
    ["America/New_York", "on the day of 25 hours", "2026-11-01T13:58:00Z", "2026-11-01T14:00:00Z"],
  ] as const)
    it(`comes at nine by the clock on the wall of ${zone} ${what}, once and silently`, async () => {
      const day = await busyDay(due("0 9 * * *", zone), before);
      await day.pass(at(then) - 1_000 - day.now());
      expect(standups(day)).toEqual([]);
      await day.pass(seconds(3));
      expect(titles(day)).toEqual([`Standup of demo, ${then.slice(0, 10)}`]);
      expect(standups(day)[0]).toMatchObject({ loud: false, mentions: [] });
      expect(standups(day)[0]?.card?.footer).toBe("The last 24 hours, from the journal.");
      await day.pass(minutes(5));
      expect(standups(day)).toHaveLength(1);
    });

  for (const [zone, what, before, first, second] of [
    [
      ...["Europe/Berlin", "skips", "2026-03-29T00:58:00Z"],
      ...["2026-03-29T01:00:02Z", "2026-03-29T01:35:00Z"],
    ],
    [
      ...["Europe/Berlin", "shows twice", "2026-10-25T00:28:00Z"],
      ...["2026-10-25T00:30:02Z", "2026-10-25T01:35:00Z"],
    ],
    [
      ...["America/New_York", "skips", "2026-03-08T06:58:00Z"],
      ...["2026-03-08T07:00:02Z", "2026-03-08T07:35:00Z"],
    ],
    [
      ...["America/New_York", "shows twice", "2026-11-01T05:28:00Z"],
      ...["2026-11-01T05:30:02Z", "2026-11-01T06:35:00Z"],
    ],
  ] as const)
    it(`due in the hour that the clock of ${zone} ${what} comes once all the same`, async () => {
      const hour = zone === "America/New_York" && what === "shows twice" ? 1 : 2;
      const day = await busyDay(due(`30 ${hour} * * *`, zone), before);
      await until(day, first);
      expect(standups(day)).toHaveLength(1);
      await day.crash();
      await until(day, second);
      expect(standups(day)).toHaveLength(1);
    });

  it("comes once when the bot dies a second before its time and a second after it", async () => {
    const day = await busyDay(nine, "2026-01-05T08:58:00Z");
    await until(day, "2026-01-05T08:59:59Z");
    await day.crash(1_500);
    await until(day, "2026-01-05T09:00:01Z");
    await day.crash();
    await day.pass(seconds(10));
    expect(titles(day)).toEqual(["Standup of demo, 2026-01-05"]);
    expect(day.events("standup_posted")).toHaveLength(1);
  });

  it("comes once however often the bot is restarted", async () => {
    const day = await busyDay(nine, "2026-01-05T08:58:00Z");
    await until(day, "2026-01-05T09:00:02Z");
    for (let n = 0; n < 3; n += 1) {
      await day.crash(n * 1_000);
      await day.pass(seconds(5));
    }
    expect(standups(day)).toHaveLength(1);
  });

  it("comes each day, of what that day brought", async () => {
    const day = await busyDay(nine, "2026-01-05T08:59:00Z");
    await until(day, "2026-01-05T09:00:02Z");
    await day.crash(hours(24) - minutes(1));
    await until(day, "2026-01-06T09:00:02Z");
    expect(titles(day)).toEqual(["Standup of demo, 2026-01-05", "Standup of demo, 2026-01-06"]);
  });

  it("comes later when the bot was away at its time, and says so", async () => {
    const day = await busyDay(nine, "2026-01-05T08:58:00Z");
    await day.crash(hours(2));
    await day.pass(seconds(3));
    expect(titles(day)).toEqual(["Standup of demo, 2026-01-05"]);
    expect(standups(day)[0]?.card?.footer).toMatch(
      /^It comes 1 h 5\d min late: the bot was away at its time\./,
    );
  });

  it("is left out when the bot was away for most of the day", async () => {
    const day = await busyDay(nine, "2026-01-05T08:58:00Z");
    await day.crash(hours(5));
    await day.pass(minutes(1));
    expect(standups(day)).toEqual([]);
    expect(day.events("standup_posted", "standup_skipped")).toEqual([]);
  });

  it("is left out on a day without anything to tell, also when something comes after its time", async () => {
    const day = await startDay({ team: nine, begin: at("2026-01-05T08:58:00Z") });
    await until(day, "2026-01-05T09:00:02Z");
    expect(day.events("standup_skipped")).toEqual([
      { event: "standup_skipped", day: "2026-01-05" },
    ]);
    await ask(day);
    await day.crash();
    await day.pass(minutes(1));
    expect(standups(day)).toEqual([]);
  });

  it("comes on the days of its cron line only, and never where there is none", async () => {
    for (const cron of ["0 9 * * 1-5", null]) {
      const team = simple({ standup: { cron, timezone: "UTC" } }, 1);
      const day = await busyDay(team, "2026-01-04T08:59:00Z");
      await until(day, "2026-01-04T09:01:00Z");
      expect(standups(day)).toEqual([]);
      day.end();
    }
  });

  it("comes without a sound in quiet hours too", async () => {
    const quietHours = { from: "08:00", to: "10:00", timezone: "UTC", except: [] };
    const day = await busyDay(due("0 9 * * *", "UTC", { quietHours }), "2026-01-05T08:59:00Z");
    await until(day, "2026-01-05T09:00:02Z");
    expect(standups(day)).toMatchObject([{ loud: false }]);
  });
});

describe("its card", () => {
  const engineers = ["eng-1-1", "eng-1-2", "eng-1-3", "eng-1-4"];
  const base = simple({}, 4);
  const team: Policy = {
    ...base,
    maxRetries: 0,
    standup: { cron: "30 8 * * *", timezone: "UTC" },
    members: base.members.map((m) => (engineers.includes(m.name) ? { ...m, role: "engineer" } : m)),
  };

  it("has a head for a role of several, one line for those without news, and the end of a red gate", async () => {
    const day = await startDay({ team, agents: workers });
    await newTask(day, "Build a", "write a.js ok");
    await newTask(day, "Build b", "write b.js RED");
    await until(day, "2026-01-05T08:20:00Z");
    await day.ada.says("/approve 1");
    await until(day, "2026-01-05T08:30:02Z");
    const card = standups(day)[0]?.card;
    const lines = card?.lines ?? [];
    expect(lines.slice(0, 3)).toEqual([
      "architect (idle)",
      "  yesterday: nothing",
      "  today: free",
    ]);
    expect(lines).toContain("engineer:");
    expect(lines).toContain("  yesterday: landed #1 Build a");
    expect(lines.join("\n")).toMatch(/⛔ blocked: #2 .*\n {4}│ /);
    expect(lines.at(-1)).toBe("nothing to tell: eng-1-3 (idle), eng-1-4 (idle)");
    expect(card?.tone).toBe("warn");
    expect(card?.fields).toEqual([
      { name: "landed", value: "1" },
      { name: "to approve", value: "0" },
      { name: "in work", value: "0" },
      { name: "blocked", value: "1" },
    ]);
    expect(card?.actions.map((a) => a.label)).toEqual(["retry · #2", "Answer… · #2"]);
  });

  it("has buttons that do what those of the block's own card do", async () => {
    const day = await startDay({ team, agents: workers });
    await ask(day);
    await newTask(day, "Build a", "write a.js ok");
    await until(day, "2026-01-05T08:30:02Z");
    const standup = day.room("standup").card("standup");
    expect(standup.card?.lines).toContain("  ⛔ blocked: Which database?");
    await day.ada.presses("Postgres · eng-1-1", standup);
    await day.quiet();
    expect(day.room("eng-1-1").card("question").card?.state).toBe("done");
    await day.ada.presses("Send #1 back…", standup, "Too short.");
    await day.quiet();
    expect(day.room("merges").card("merge").card?.footer).toContain("Too short.");
  });

  it("shows the last lines of a member that stalls, and stops its turn", async () => {
    const day = await startDay({
      team,
      agents: { "eng-1-1": (me) => me.sleep(hours(2)) },
    });
    await newTask(day, "Build a");
    await day.pass(seconds(10));
    const since = day.now();
    day.machine.vital.set("eng-1-1", {
      get quietFor() {
        return day.now() - since;
      },
      commands: [],
      screen: ["one", "two", "three", "› press any key"],
    });
    await until(day, "2026-01-05T08:30:02Z");
    const card = standups(day)[0]?.card;
    expect(card?.lines.join("\n")).toMatch(
      /⛔ blocked: stalled: .*\n {4}│ two\n.*three\n.*press any key/,
    );
    expect(card?.actions.map((a) => a.label)).toContain("Interrupt eng-1-1");
  });

  it("keeps within what a thumb and a platform take, and says what it left out", async () => {
    const day = await startDay({ team });
    for (let n = 0; n < 12; n += 1) await ask(day, `Question ${n}?`);
    const card = (await day.ada.says("/standup")).card;
    expect(card?.actions).toHaveLength(20);
    expect(card?.footer).toContain("see `escalations`");
    expect(new Set(card?.actions.map((a) => a.id)).size).toBe(20);
  });
});
