import { describe, expect, it } from "vitest";
import type { Message } from "../fakes/chat-desk.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const minutes = (n: number): number => n * 60_000;
const hours = { from: "22:00", to: "07:00", timezone: "Europe/Berlin", except: ["critical"] };
const night = simple({ quietHours: hours }, 1);
const at = (text: string): number => Date.parse(text);
const ask = (day: Day, question: string, ...more: readonly string[]) =>
  day.as("eng-1-1", "ask", question, ...more);
const loud = (day: Day): readonly Message[] => day.chat.all().filter((m) => m.loud);
const digests = (day: Day): readonly Message[] =>
  day
    .room("alerts")
    .messages()
    .filter((m) => m.text.startsWith("Quiet hours are over"));
const steps = (day: Day): readonly string[] => day.events("escalation_raised").map((e) => e.step);

describe("quiet hours", () => {
  for (const [what, begin] of [
    ["in winter", "2026-01-06T05:50:00Z"],
    ["in the night the clock goes forward", "2026-03-29T04:50:00Z"],
    ["in the night the clock goes back", "2026-10-25T05:50:00Z"],
  ] as const)
    it(`${what} end at seven by the clock on the wall, in one digest`, async () => {
      const day = await startDay({ team: night, begin: at(begin) });
      await ask(day, "First?");
      await ask(day, "Second?", "--default", "x", "--option", "x", "--deadline", "3h");
      await day.pass(at(begin) + minutes(10) - 2_000 - day.now());
      expect(day.room("eng-1-1").cards("question")).toHaveLength(2);
      expect(loud(day)).toEqual([]);
      expect(digests(day)).toEqual([]);
      await day.pass(4_000);
      expect(digests(day)).toMatchObject([{ loud: true }]);
      expect(digests(day)[0]?.text).toBe("Quiet hours are over: 2 things wait for you");
      expect(digests(day)[0]?.card?.lines.map((l) => l.split(" (")[0])).toEqual([
        "#2 eng-1-1 asks: Second?",
        "#1 eng-1-1 asks: First?",
      ]);
      await day.pass(minutes(1));
      expect(digests(day)).toHaveLength(1);
    });

  it("hold the ladder; its delays begin when they end", async () => {
    const day = await startDay({ team: night, begin: at("2026-01-06T05:30:00Z") });
    await ask(day, "First?");
    await day.pass(minutes(31));
    expect(digests(day)).toHaveLength(1);
    expect(steps(day)).toEqual([]);
    await day.pass(minutes(2));
    expect(steps(day)).toEqual(["mention"]);
  });

  it("begin by themselves and hold cards of a merge too, until the digest names it", async () => {
    const day = await startDay({
      team: night,
      begin: at("2026-01-05T20:59:00Z"),
      agents: { "eng-1-1": worker },
    });
    await day.pass(minutes(1));
    expect((await day.ada.says("/quiet")).text).toContain("It is quiet (batty");
    await carded(day);
    expect(day.room("merges").card("merge").loud).toBe(false);
    await day.ada.says("/quiet off");
    await day.quiet();
    expect(digests(day)[0]?.card?.lines[0]).toContain("Task #1 Build a waits for approval");
    // Ended by hand: it stays so until the next night.
    await day.pass(minutes(5));
    expect(day.events("quiet_began")).toHaveLength(1);
    await day.crash();
    await day.pass(minutes(1));
    expect(day.events("quiet_began")).toHaveLength(1);
  });

  it("let through that trunk is broken", async () => {
    const day = await startDay({
      team: night,
      begin: at("2026-01-06T02:00:00Z"),
      files: { "README.md": "hello\n", "a.js": "RED\n" },
    });
    await day.quiet();
    expect(loud(day).map((m) => m.text)).toEqual([expect.stringContaining("main is red at")]);
  });

  it("end in nothing when nothing was held", async () => {
    const day = await startDay({ team: night, begin: at("2026-01-06T05:59:00Z") });
    await day.pass(minutes(2));
    expect(day.events("quiet_ended")).toHaveLength(1);
    expect(digests(day)).toEqual([]);
  });

  it("survive a bot that dies in them and one that is away at their end", async () => {
    const day = await startDay({ team: night, begin: at("2026-01-06T05:50:00Z") });
    await ask(day, "First?");
    await day.crash();
    await day.pass(minutes(1));
    expect(day.events("quiet_began")).toHaveLength(1);
    await day.crash(minutes(30));
    await day.pass(5_000);
    await day.crash();
    await day.pass(5_000);
    expect(digests(day)).toHaveLength(1);
  });
});

describe("quiet by hand", () => {
  const team = simple({}, 1);

  it("holds for as long as it was told, and tells what was held", async () => {
    const day = await startDay({ team });
    expect((await day.ada.says("/quiet 30m")).text).toContain("It is quiet until 2026-01-05 08:");
    await ask(day, "Tabs?", "--option", "yes", "--default", "yes", "--deadline", "10m");
    await day.pass(minutes(29));
    expect(loud(day)).toEqual([]);
    await day.pass(minutes(1) + 2_000);
    expect(digests(day)).toMatchObject([
      {
        loud: false,
        card: { lines: ["Meanwhile:", "· eng-1-1's question took its default: yes"] },
      },
    ]);
    expect((await day.ada.says("/quiet")).text).toBe("It is not quiet.");
  });

  it("refuses an end of what is not and a time that is none", async () => {
    const day = await startDay({ team });
    expect((await day.ada.says("/quiet off")).refusal?.code).toBe("quiet.off");
    expect((await day.ada.says("/quiet soon")).refusal?.code).toBe("usage");
  });
});
