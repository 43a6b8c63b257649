import { expect, it } from "vitest";
import type { Usage } from "../../src/core/agent.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask } from "../fakes/scripts.ts";
import { seatKey } from "../fakes/signals.ts";
import { simple } from "../fakes/team.ts";

const engineer = "eng-1-1";
const bot = { name: "batty", via: "bot", tier: "admin" } as const;
let input = 0;

/** After its turn its record says so. */
async function fills(day: Day, percent: number): Promise<void> {
  const epoch = day.state().seats.get(engineer)?.epoch ?? 0;
  input += 1;
  const usage: Usage = { input, cached: 0, output: 1, cost: null, context: percent, window: 100 };
  await day.life().loop.intend(bot, { type: "tell-usage", member: engineer, epoch, usage });
}

function hook(day: Day, says: object): void {
  const epoch = day.terminal.launches.filter((l) => l.member === engineer).length;
  const event = { says: [{ message: null, detail: "", ...says }] };
  day.signal(
    engineer,
    JSON.stringify({
      member: engineer,
      epoch,
      kind: "hook",
      ts: day.now(),
      key: seatKey(engineer, epoch),
      event,
    }),
  );
}

/** Half of a task is committed; when it is asked for notes it gives them. */
async function halfWay(team = simple({}, 1)): Promise<Day> {
  const day = await startDay({
    team,
    agents: {
      [engineer]: (me, turn) => {
        if (turn.body.includes("context is nearly full. A new session")) return "## Next step\nb";
        if (turn.body.includes("started anew")) return "I go on";
        me.write("a.js", "half");
        return "half of it";
      },
    },
  });
  await newTask(day, "Build a", "Scope: a.js");
  await day.quiet();
  hook(day, { kind: "working", session: "s-1" });
  hook(day, { kind: "idle" });
  await day.quiet();
  return day;
}

const bodies = (day: Day) => day.turns.filter((t) => t.member === engineer).map((t) => t.body);
const spawns = (day: Day) =>
  day
    .events("agent_spawned")
    .filter((e) => e.member === engineer)
    .map((e) => e.resume);

it("leaves notes when its context is nearly full, and a new conversation goes on with them", async () => {
  const day = await halfWay();
  await fills(day, 79);
  await day.quiet();
  expect(bodies(day)).toHaveLength(1);
  await fills(day, 80);
  await day.crash();
  await day.quiet();
  expect(bodies(day)).toEqual([
    expect.stringContaining("Scope: a.js"),
    expect.stringContaining("Answer with your notes"),
    expect.stringMatching(/^#1 Build a\n\nYou were started anew[\s\S]*## Next step\nb$/),
  ]);
  // A new conversation, and none of its turns was taken for the task's end.
  expect(spawns(day)).toEqual([false, false]);
  expect(day.events("task_completed")).toEqual([]);
  expect(day.state().work.get(1)?.phase).toBe("working");
  expect(day.repo.member.read(engineer, "a.js")).toBe("half");
});

it("is not looked at where the team file says so, nor when no task is in work", async () => {
  const off = await halfWay(simple({ contextThreshold: null }, 1));
  await fills(off, 99);
  await off.quiet();
  expect(bodies(off)).toHaveLength(1);
  off.end();
  const free = await startDay({ team: simple({}, 1) });
  await fills(free, 99);
  await free.quiet();
  expect(bodies(free)).toEqual([]);
});

/** So long a conversation lives at least for its filling not to be the task's fault. */
const worked = 11 * 60_000;

it("that is full makes way without notes, and a person is asked once when that does not help", async () => {
  const day = await halfWay();
  const full = { kind: "error", trouble: { kind: "context", until: null } };
  hook(day, full);
  await day.quiet();
  expect(bodies(day).at(-1)).toContain("It left no notes");
  expect(spawns(day)).toEqual([false, false]);
  for (let n = 0; n < 5; n += 1) {
    await day.pass(worked);
    hook(day, full);
    await day.quiet();
  }
  expect(spawns(day)).toHaveLength(4);
  const asked = day.room(engineer).cards("question");
  expect(asked).toHaveLength(1);
  expect(JSON.stringify(asked[0]?.card)).toContain("too long to go on");
  await day.ada.says(`/restart ${engineer}`);
  await day.quiet();
  expect(spawns(day)).toHaveLength(5);
  expect(
    day
      .room(engineer)
      .cards("question")
      .map(({ card }) => card?.state),
  ).toEqual(["expired"]);
});

it("of one task is filled three times, then a person is told once and it goes on", async () => {
  const day = await halfWay();
  for (let n = 0; n < 6; n += 1) {
    await day.pass(worked);
    await fills(day, 95);
    await day.quiet();
  }
  expect(spawns(day)).toHaveLength(4);
  expect(day.events("context_pressure")).toHaveLength(3);
  expect(day.room(engineer).cards("question")).toHaveLength(1);
  expect(day.state().work.get(1)?.phase).toBe("working");
});

it("is told where its task stands when its conversation can't be gone on with, and only to go on when it can", async () => {
  const day = await halfWay();
  const told = (): string => bodies(day).at(-1) ?? "";
  day.terminal.seat(engineer).exit(1);
  await day.quiet();
  expect(told()).toMatch(/^#1 Build a\n\nYour agent was started anew in the middle of this task\./);
  await day.shell("stop");
  await day.shell("start", "--fresh");
  await day.quiet();
  expect(told()).toMatch(/^#1 Build a\n\nYou were started anew, and your last session is gone/);
  expect(told()).toContain("batty task show 1");
  expect(told()).toContain("git log --oneline");
  expect(told()).not.toContain("notes");
});

it("that is filled again right after its new beginning asks for a smaller task, once, and loses nothing", async () => {
  const day = await halfWay();
  const from = day.now();
  await fills(day, 85);
  await day.until(() => bodies(day).length === 3);
  expect(day.now() - from).toBeLessThan(90_000);
  const branch = day.state().work.get(1)?.branch;
  await fills(day, 85);
  await day.quiet();
  await day.crash();
  await day.pass(2 * worked);
  await fills(day, 90);
  await day.quiet();
  expect(spawns(day)).toEqual([false, false]);
  expect(bodies(day)).toHaveLength(3);
  const [card, ...more] = day.room(engineer).cards("question");
  expect(more).toEqual([]);
  expect(JSON.stringify(card?.card)).toContain("has filled 2 conversations");
  expect(JSON.stringify(card?.card)).toContain("make smaller tasks of it");
  expect(day.state().work.get(1)).toMatchObject({ phase: "working", branch, member: engineer });
  expect(day.events("task_assigned")).toHaveLength(1);
  expect(day.repo.member.read(engineer, "a.js")).toBe("half");
});

it("that is too long right after its new beginning rests, and a person is asked to make smaller tasks", async () => {
  const day = await halfWay();
  const full = { kind: "error", trouble: { kind: "context", until: null } };
  for (let n = 0; n < 3; n += 1) {
    hook(day, full);
    await day.quiet();
  }
  await day.pass(2 * worked);
  expect(spawns(day)).toEqual([false, false]);
  const [card, ...more] = day.room(engineer).cards("question");
  expect(more).toEqual([]);
  expect(JSON.stringify(card?.card)).toContain("a new one did not help");
  expect(JSON.stringify(card?.card)).toContain("#1 may be too large");
});

it("that is taken up again after a fall is not judged by its new pane's age", async () => {
  const day = await halfWay();
  await fills(day, 85);
  await day.until(() => bodies(day).length === 3);
  await day.pass(worked);
  hook(day, { kind: "working", session: "s-2" });
  hook(day, { kind: "idle" });
  await day.quiet();
  day.terminal.seat(engineer).exit(1);
  await day.quiet();
  await fills(day, 85);
  await day.quiet();
  expect(spawns(day)).toEqual([false, false, true, false]);
  expect(day.room(engineer).cards("question")).toEqual([]);
});
