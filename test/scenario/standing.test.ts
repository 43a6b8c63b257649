import { describe, expect, it } from "vitest";
import { Failure } from "../../src/core/words.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const launches = (day: Day, member: string) =>
  day.terminal.launches.filter((l) => l.member === member).length;

/** The agent of this member prints its last words and ends, a moment after each launch. */
function diesAtOnce(day: Day, member: string, after: number): void {
  day.mischief = {
    afterCall(call) {
      if (call !== "terminal.launch" || day.terminal.launches.at(-1)?.member !== member) return;
      const seat = day.terminal.seat(member);
      void day.clock.sleep(after).then(() => {
        seat.print("Loading the licence …", "error: no licence for this machine");
        seat.exit(3);
      });
    },
  };
}

describe("an agent that cannot be kept running", () => {
  it("is started three times more, then parked, with one escalation that shows command, PATH and its last lines", async () => {
    const day = await startDay({ team, start: false });
    diesAtOnce(day, "eng-1-1", 100);
    await day.ada.says("/start");
    await day.pass(110_000);
    expect(launches(day, "eng-1-1")).toBe(4);
    const [card] = day.room("eng-1-1").cards("question");
    const text = card?.card?.lines.join("\n") ?? "";
    expect(text).toContain("4 tries within 2 minutes. Last: ended with exit 3");
    expect(text).toContain("Command: agent");
    expect(text).toContain("PATH: /usr/bin:/bin");
    expect(text).toContain("error: no licence for this machine");
    await day.pass(3_600_000);
    await day.crash();
    await day.pass(600_000);
    expect(launches(day, "eng-1-1")).toBe(4);
    expect(day.room("eng-1-1").cards("question")).toHaveLength(1);
    expect(day.events("task_escalated")).toHaveLength(1);
  });

  it("is given up once too when the bot dies between the last fall and its word", async () => {
    const day = await startDay({ team, start: false });
    diesAtOnce(day, "eng-1-1", 100);
    await day.ada.says("/start");
    await day.until(() => day.events("agent_died").length === 4);
    await day.crash(600_000);
    await day.quiet();
    expect(launches(day, "eng-1-1")).toBe(4);
    expect(day.events("member_parked", "task_escalated")).toHaveLength(2);
  });

  it("is given up without its pane's lines when tmux does not answer", async () => {
    const day = await startDay({ team, start: false });
    day.terminal.failLaunches("eng-1-1", 4);
    day.mischief = {
      beforeEffect(effect) {
        if (effect.type === "probe.remains") throw new Failure("tmux.timeout", "no answer");
      },
    };
    await day.ada.says("/start");
    await day.quiet();
    const card = day.room("eng-1-1").card("question");
    expect(card.card?.lines.join("\n")).toContain("Its pane could not be read: no answer");
  });

  it("is given up after four lives of minutes each that ended no turn", async () => {
    const day = await startDay({ team, start: false });
    diesAtOnce(day, "eng-1-1", 120_000);
    await day.ada.says("/start");
    await day.pass(7_200_000);
    expect(launches(day, "eng-1-1")).toBe(4);
    const card = day.room("eng-1-1").card("question");
    expect(card.card?.lines[0]).toContain("4 falls without a whole turn in between");
  });

  it("is not blamed for panes that are closed from outside, minutes apart", async () => {
    const day = await startDay({ team });
    for (let n = 0; n < 8; n += 1) {
      day.terminal.crash();
      await day.pass(180_000);
    }
    expect(day.events("member_parked")).toEqual([]);
    expect(launches(day, "eng-1-1")).toBe(9);
  });

  it("gets a new count after long health", async () => {
    const day = await startDay({ team, start: false });
    diesAtOnce(day, "eng-1-1", 700_000);
    await day.ada.says("/start");
    await day.pass(15 * 700_000);
    expect(launches(day, "eng-1-1")).toBeGreaterThan(12);
    expect(day.events("member_parked")).toEqual([]);
    expect(day.state().seats.get("eng-1-1")?.falls.length).toBeLessThanOrEqual(1);
  });
});

describe("status of a bot that does not tick", () => {
  it("is never healthy once its last tick is older than three periods, and is again when it ticks", async () => {
    const day = await startDay({ team });
    const bot = async () => (await day.shell("status")) as unknown as { json: Status };
    expect((await bot()).json.bot).toMatchObject({ healthy: true });
    day.mischief = {
      beforeAppend() {
        throw new Error("a bug in every tick");
      },
    };
    // Something must be written at each tick.
    day.terminal.seat("eng-1-1").exit(1);
    await day.pass(3_500);
    expect((await bot()).json.bot).toMatchObject({ healthy: false });
    expect((await day.ada.says("/status")).text).toMatch(
      /The bot is stuck: its last tick is \d s old/,
    );
    day.mischief = {};
    await day.pass(1_500);
    expect((await bot()).json.bot).toMatchObject({ healthy: true });
  });
});

interface Status {
  readonly bot: { readonly healthy: boolean };
}
