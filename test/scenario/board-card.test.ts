import { describe, expect, it } from "vitest";
import type { Message } from "../fakes/chat-desk.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask, workers } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const seconds = (n: number): number => n * 1_000;
const hours = (n: number): number => n * 3_600_000;
const at = (text: string): number => Date.parse(text);
/** Nobody works on their own: the test says who. */
const team = simple({ autoDispatch: false, standup: { cron: null, timezone: "Europe/Berlin" } });

const board = (day: Day): Message => day.room("board").card("board");
const lines = (day: Day): readonly string[] => board(day).card?.lines ?? [];

describe("the pinned board", () => {
  it("is one silent card: in progress, review, todo and what landed today, by priority, with who and since when", async () => {
    const day = await startDay({ team, agents: { ...workers, "eng-1-1": () => undefined } });
    await newTask(day, "Small", "", "--priority", "low");
    await newTask(day, "Urgent", "", "--priority", "critical");
    await newTask(day, "After it", "", "--depends-on", "2");
    await newTask(day, "In hand", "", "--priority", "high");
    await newTask(day, "To approve", "write a.js ok");
    await newTask(day, "To land", "write b.js ok");
    await day.shell("assign", "eng-1-1", "4");
    await day.shell("assign", "eng-1-2", "5");
    await day.shell("assign", "eng-1-3", "6");
    await day.quiet();
    await day.ada.says("/approve 6");
    await day.quiet();
    const clock = (pattern: RegExp): unknown => expect.stringMatching(pattern);
    expect(lines(day)).toEqual([
      "In progress: 1",
      clock(/^ {2}❗ #4 In hand · eng-1-1 · since 09:0\d$/u),
      "Review: 1",
      clock(/^ {2}#5 To approve · eng-1-2 · waits for approval · since 09:0\d$/),
      "Todo: 3",
      "  ‼ #2 Urgent",
      "  #3 After it · after #2",
      "  #1 Small",
      "Done today: 1",
      clock(/^ {2}#6 To land · eng-1-3 · 09:0\d$/),
    ]);
    expect(day.room("board").messages()).toHaveLength(1);
    expect(board(day)).toMatchObject({ loud: false, mentions: [], text: "Board of demo" });
  });

  it("is edited, at most once in five seconds, and not at all when nothing changed", async () => {
    const day = await startDay({ team });
    await day.quiet();
    const before = board(day).shown.length;
    for (let n = 0; n < 20; n += 1) {
      await newTask(day, `Task ${n}`);
      await day.pass(500);
    }
    await day.quiet();
    const edits = board(day).shown.length - before;
    expect(edits).toBeGreaterThanOrEqual(2);
    expect(edits).toBeLessThanOrEqual(4);
    expect(lines(day)).toContain("Todo: 20");
    expect(lines(day)).toContain("  … and 12 more");
    const then = board(day).shown.length;
    await day.pass(seconds(600));
    expect(board(day).shown).toHaveLength(then);
  });

  it("follows what a person writes into a task's file, and forgets at midnight what landed", async () => {
    const day = await startDay({
      team: simple({ standup: { cron: null, timezone: "Europe/Berlin" } }, 1),
      agents: workers,
      begin: at("2026-01-05T22:50:00Z"),
    });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    await day.ada.says("/approve 1");
    await day.quiet();
    expect(lines(day)).toContain("Done today: 1");
    await newTask(day, "Later");
    day.edit(2, { title: "Much later", status: "backlog" });
    await day.quiet();
    expect(board(day).card?.fields).toEqual([{ name: "backlog", value: "1" }]);
    await day.pass(at("2026-01-05T23:00:06Z") - day.now());
    expect(lines(day)).toContain("Done today: nothing");
  });

  it("marks what is blocked, with the reason", async () => {
    const day = await startDay({ team });
    await newTask(day, "Build a");
    await day.shell("task", "block", "1", "waits for the key");
    await day.quiet();
    expect(lines(day)).toContain("  ⛔ #1 Build a · waits for the key");
  });

  it("stays the same card over restarts, and over the bot's death right after its posting", async () => {
    let posted = 0;
    const day = await startDay({
      ...{ team, start: false, elsewhere: {} },
      mischief: {
        afterCall(call) {
          if (call !== "elsewhere.post" || ++posted > 1) return;
          day.kill();
        },
      },
    });
    await day.until(() => posted === 1);
    for (const title of ["Build a", "Build b"]) {
      await day.crash(hours(1));
      await newTask(day, title);
      await day.quiet();
    }
    expect(day.room("board").messages()).toHaveLength(1);
    expect(lines(day)).toContain("Todo: 2");
    expect(day.elsewhere?.platform.posts("board")).toHaveLength(1);
  });
});
