import { describe, expect, it } from "vitest";
import type { Reading } from "../../src/core/agent.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { seatKey } from "../fakes/signals.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const engineer = "eng-1-1";
const alerts = (day: Day) => day.room(engineer).cards("alert");
const stateOf = async (day: Day): Promise<unknown> => {
  const reply = await day.shell("status");
  const { members } = reply.ok
    ? (reply.json as { members: readonly { name: string; state: string }[] })
    : { members: [] };
  return members.find(({ name }) => name === engineer)?.state;
};

/** Its screen shows this from now on and does not move. */
function shows(day: Day, reading: Reading, screen: readonly string[]): void {
  const since = day.now();
  day.machine.vital.set(engineer, {
    get quietFor() {
      return day.now() - since;
    },
    ...{ commands: [], screen, reading },
  });
}

describe("an agent whose word was lost", () => {
  it("is idle again when its screen says so; its screen's end is the answer, marked so", async () => {
    const day = await startDay({ team, agents: { [engineer]: () => "42, of course" } });
    day.lose(engineer, "idle", 1);
    await day.ada.says(`/send ${engineer} what is six times seven?`);
    await day.pass(2_000);
    expect(await stateOf(day)).toBe("working");
    shows(day, { shows: "idle", what: "" }, ["42, of course", "› "]);
    await day.pass(40_000);
    expect(await stateOf(day)).toBe("idle");
    const said = day
      .room(engineer)
      .messages()
      .filter(({ from }) => from === engineer);
    expect(said.map(({ text }) => text).join("\n")).toContain("42, of course");
    expect(said.map(({ text }) => text).join("\n")).toContain("its screen ends with");
    expect(day.events("member_seen")).toHaveLength(1);
  });

  it("is never taken for idle while its screen shows that it works", async () => {
    const day = await startDay({ team, agents: { [engineer]: (me) => me.sleep(600_000) } });
    await day.ada.says(`/send ${engineer} think`);
    shows(day, { shows: "working", what: "" }, ["thinking (esc to interrupt)"]);
    await day.pass(300_000);
    expect(await stateOf(day)).toBe("working");
    expect(day.events("member_seen")).toEqual([]);
  });
});

describe("a dialog that no card can answer", () => {
  it("is told once with where to go, and its question is withdrawn when it is answered in the pane", async () => {
    const day = await startDay({ team, agents: { [engineer]: (me) => me.sleep(600_000) } });
    await day.ada.says(`/send ${engineer} think`);
    await day.pass(5_000);
    shows(day, { shows: "waiting", what: "Trust this folder?" }, [
      "Trust this folder?",
      "› 1. Yes",
    ]);
    await day.pass(120_000);
    await day.crash();
    await day.pass(60_000);
    const asked = day.room(engineer).cards("question");
    expect(asked.map(({ card }) => card?.state)).toEqual(["open"]);
    expect(JSON.stringify(asked[0]?.card)).toContain("Trust this folder?");
    expect(JSON.stringify(asked[0]?.card)).toContain(`batty attach ${engineer}`);
    expect(await stateOf(day)).toBe("waiting");
    shows(day, { shows: "working", what: "" }, ["thinking"]);
    await day.pass(60_000);
    expect(
      day
        .room(engineer)
        .cards("question")
        .map(({ card }) => card?.state),
    ).toEqual(["expired"]);
    expect(alerts(day)).toEqual([]);
  });
});

it("a dialog holds up a task no longer than its agent: once it is answered in the pane the task is finished", async () => {
  let answer = (): void => undefined;
  const day = await startDay({
    team,
    agents: {
      async [engineer](me, { task }) {
        if (task === null) return;
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        me.write("a.js", "ok\n");
        me.commit("Did it");
        return "done";
      },
    },
  });
  await day.ada.says('/task new "Do it" --body "do it"');
  await day.pass(10_000);
  shows(day, { shows: "waiting", what: "Trust this folder?" }, ["Trust this folder?"]);
  await day.pass(120_000);
  expect(day.room(engineer).cards("question")).toHaveLength(1);
  shows(day, { shows: "working", what: "" }, ["on it"]);
  await day.pass(10_000);
  answer();
  await day.pass(30_000);
  expect(day.room("merges").cards("merge")).toHaveLength(1);
});

it("an agent that said nothing yet is looked at on: its first screen may be followed by a dialog", async () => {
  const day = await startDay({ team });
  day.lose(engineer, "started", 1);
  await day.ada.says(`/restart ${engineer}`);
  shows(day, { shows: "idle", what: "", ready: true }, ["› "]);
  await day.pass(40_000);
  expect(await stateOf(day)).toBe("idle");
  shows(day, { shows: "waiting", what: "Sign in?" }, ["> 1. Sign in", "Press enter to continue"]);
  await day.pass(60_000);
  expect(await stateOf(day)).toBe("waiting");
  expect(JSON.stringify(day.room(engineer).cards("question"))).toContain("Sign in?");
});

describe("an agent's own conversation", () => {
  const say = (day: Day, kind: string, more: object): void => {
    const epoch = day.terminal.launches.filter((l) => l.member === engineer).length;
    const event = { says: [{ kind, message: null, detail: "", ...more }] };
    const file = {
      member: engineer,
      epoch,
      kind: "hook",
      ts: day.now(),
      key: seatKey(engineer, epoch),
      event,
    };
    day.signal(engineer, JSON.stringify(file));
  };
  const resumed = (day: Day): readonly unknown[] =>
    day
      .events("agent_spawned")
      .filter((e) => e.member === engineer)
      .map((e) => e.resume);

  it("is gone on with after a death, and after stop and start; a fresh start begins a new one", async () => {
    const day = await startDay({ team });
    say(day, "working", { session: "s-1", record: "/home/ada/s-1.jsonl" });
    await day.pass(1_000);
    day.terminal.seat(engineer).exit(1);
    await day.quiet();
    expect(resumed(day)).toEqual([false, true]);
    await day.shell("stop");
    await day.quiet();
    await day.ada.says("/start");
    await day.quiet();
    expect(resumed(day)).toEqual([false, true, true]);
    await day.shell("stop");
    await day.shell("start", "--fresh");
    await day.quiet();
    expect(resumed(day)).toEqual([false, true, true, false]);
  });
});
