import { describe, expect, it } from "vitest";
import type { Trouble } from "../../src/core/agent.ts";
import type { Script } from "../fakes/agents.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { seatKey } from "../fakes/signals.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 2);
const [engineer, other] = ["eng-1-1", "eng-1-2"];
const minute = 60_000;

/** What its hook says when its turn ends badly. */
function fails(day: Day, member: string, trouble: Trouble, detail = "it failed"): void {
  const epoch = day.terminal.launches.filter((l) => l.member === member).length;
  const event = { says: [{ kind: "error", message: null, detail, trouble }] };
  const key = seatKey(member, epoch);
  day.signal(member, JSON.stringify({ member, epoch, kind: "hook", ts: day.now(), key, event }));
}

/** Its first turns end in this trouble, without any other word; those after go well. */
function failing(days: () => Day, times: number, trouble: (now: number) => Trouble): Script {
  let left = times;
  return async (me, turn) => {
    if (turn.body.includes("cut short") || left > 0) await me.sleep(1_000);
    if (left <= 0) return turn.body.includes("cut short") ? "42, at last" : "42";
    left -= 1;
    days().lose(me.member, "idle", 1);
    fails(days(), me.member, trouble(days().now()));
    return undefined;
  };
}

const member = async (day: Day, name = engineer): Promise<Record<string, unknown>> => {
  const reply = await day.shell("status");
  const { members } = (reply.ok ? reply.json : {}) as { members: Record<string, unknown>[] };
  return members.find((m) => m["name"] === name) ?? {};
};
const bodies = (day: Day, name = engineer) =>
  day.turns.filter((t) => t.member === name).map((t) => t.body);
const receipt = (day: Day, body: string) =>
  [...day.state().messages.values()].find((d) => d.mail.body === body)?.state;
const said = (day: Day, name = engineer) =>
  day
    .room(name)
    .messages()
    .filter(({ from }) => from === name)
    .map(({ text }) => text);

describe("a used-up plan", () => {
  it("rests its member until the stated time; then the cut turn is begun anew and answers the person", async () => {
    let day: Day | null = null;
    const until = (now: number): Trouble => ({ kind: "limit", until: now + 90 * minute });
    const script = failing(() => day as unknown as Day, 1, until);
    day = await startDay({ team, agents: { [engineer]: script } });
    await day.ada.says(`/send ${engineer} six times seven?`);
    await day.pass(10_000);
    const seen = await member(day);
    expect(seen["state"]).toBe("parked");
    expect(seen["why"]).toContain("plan is used up");
    expect(seen["until"]).not.toBeNull();
    expect(receipt(day, "six times seven?")).toBe("taken");
    await day.ada.says(`/send ${engineer} and seven times eight?`);
    await day.crash(5_000);
    await day.pass(80 * minute);
    expect(bodies(day)).toEqual(["six times seven?"]);
    await day.pass(12 * minute);
    expect(bodies(day)).toEqual([
      "six times seven?",
      expect.stringContaining("cut short"),
      "and seven times eight?",
    ]);
    expect(receipt(day, "six times seven?")).toBe("answered");
    expect(said(day)).toEqual(["42, at last", "42"]);
    expect((await member(day))["state"]).toBe("idle");
    const cards = day.room(engineer).cards("alert");
    expect(cards.map(({ card }) => card?.title)).toEqual([`${engineer} goes on`]);
    expect(day.events("member_rested", "member_roused")).toHaveLength(2);
  });

  it("without a time is tried by growing pauses, and told once however often it is hit", async () => {
    let day: Day | null = null;
    const script = failing(
      () => day as unknown as Day,
      4,
      () => ({ kind: "limit", until: null }),
    );
    day = await startDay({ team, agents: { [engineer]: script } });
    await day.ada.says(`/send ${engineer} six times seven?`);
    const tries: number[] = [];
    for (let n = 0; n < 115; n += 1) {
      const before = bodies(day).length;
      await day.pass(minute);
      if (bodies(day).length > before) tries.push(n);
    }
    expect(tries).toEqual([0, 5, 20, 50, 110]);
    expect(said(day)).toEqual(["42, at last"]);
    expect(day.room("alerts").cards("alert")).toHaveLength(1);
    expect(day.room(engineer).cards("alert")).toHaveLength(1);
    expect(day.room(engineer).cards("question")).toEqual([]);
  });

  it("of several members on one plan is one notice, which names them all", async () => {
    const day = await startDay({ team });
    const until = day.now() + 30 * minute;
    for (const name of [engineer, other]) {
      await day.ada.says(`/send ${name} hello`);
      await day.pass(1_000);
      fails(day, name, { kind: "limit", until });
      await day.pass(minute);
    }
    const notices = day.room("alerts").cards("alert");
    expect(notices).toHaveLength(1);
    expect(notices[0]?.card?.title).toContain(`${engineer}, ${other} rest`);
    await day.pass(30 * minute);
    expect(day.room("alerts").cards("alert")[0]?.card?.title).toContain("go on");
  });

  it("gives no task to its member meanwhile, and no new agent is started", async () => {
    const day = await startDay({ team: simple({}, 1) });
    const launches = day.terminal.launches.length;
    fails(day, engineer, { kind: "limit", until: day.now() + 30 * minute });
    await day.pass(1_000);
    await day.ada.says(`/task new "Something" --body "do it"`);
    await day.pass(20 * minute);
    expect(day.events("task_assigned")).toEqual([]);
    expect(bodies(day)).toEqual([]);
    await day.pass(15 * minute);
    expect(day.events("task_assigned")).toHaveLength(1);
    // No turn was cut, so none is begun anew.
    expect(bodies(day).filter((body) => body.includes("cut short"))).toEqual([]);
    expect(day.terminal.launches).toHaveLength(launches);
  });

  it("leaves its member the task, is no stall, and starts no agent in place of one that ended before its time", async () => {
    let day: Day | null = null;
    const until = (now: number): Trouble => ({ kind: "limit", until: now + 90 * minute });
    const script = failing(() => day as unknown as Day, 1, until);
    day = await startDay({ team: simple({}, 1), agents: { [engineer]: script } });
    await day.ada.says(`/task new "Something" --body "do it"`);
    await day.pass(10_000);
    const launches = day.terminal.launches.length;
    day.machine.vital.set(engineer, { quietFor: 80 * minute, commands: [], screen: ["›"] });
    await day.pass(20 * minute);
    day.terminal.seat(engineer).exit(1);
    await day.crash(minute);
    await day.pass(60 * minute);
    expect((await member(day))["state"]).toBe("parked");
    expect((await member(day))["why"]).toContain("goes on by itself");
    expect(await day.task(1)).toMatchObject({ status: "in-progress", claimedBy: engineer });
    expect(day.terminal.launches).toHaveLength(launches);
    expect(day.events("member_stalled", "task_escalated", "member_parked")).toEqual([]);
    expect(day.room("alerts").cards("alert")).toHaveLength(1);
    await day.pass(15 * minute);
    expect(day.terminal.launches).toHaveLength(launches + 1);
    expect(bodies(day).at(-1)).toContain("#1 Something");
    expect((await member(day))["state"]).toBe("idle");
  });

  it("heard of twice, by a hook and then by the record with its time, is one rest until that time", async () => {
    const day = await startDay({ team, agents: { [engineer]: (me) => me.sleep(100 * minute) } });
    await day.ada.says(`/send ${engineer} think`);
    await day.pass(2_000);
    fails(day, engineer, { kind: "limit", until: null });
    await day.pass(2_000);
    const until = day.now() + 40 * minute;
    fails(day, engineer, { kind: "limit", until });
    await day.pass(2_000);
    expect(day.events("member_rested").map((e) => e.tries)).toEqual([1, 1]);
    expect(day.events("member_rested").at(-1)?.until).toBeGreaterThanOrEqual(until);
    await day.pass(41 * minute);
    expect(day.events("member_roused")).toHaveLength(1);
    expect(day.typed(engineer).filter((text) => text.includes("cut short"))).toHaveLength(1);
  });
});

describe("an agent that is not logged in", () => {
  it("waits for a person, who is told once what to run, and goes on after a press", async () => {
    let day: Day | null = null;
    const script = failing(
      () => day as unknown as Day,
      1,
      () => ({ kind: "login", until: null }),
    );
    day = await startDay({ team, agents: { [engineer]: script } });
    await day.ada.says(`/send ${engineer} six times seven?`);
    await day.pass(5 * 60 * minute);
    await day.crash();
    expect(bodies(day)).toHaveLength(1);
    const questions = day.room(engineer).cards("question");
    expect(questions).toHaveLength(1);
    expect(JSON.stringify(questions[0]?.card)).toContain(`batty attach ${engineer}`);
    expect(JSON.stringify(questions[0]?.card)).toContain("/login");
    expect((await member(day))["state"]).toBe("parked");
    const [card] = questions;
    if (card !== undefined) await day.ada.presses("go on", card);
    await day.quiet();
    expect(bodies(day)).toHaveLength(2);
    expect(said(day)).toEqual(["42, at last"]);
    expect((await member(day))["state"]).toBe("idle");
  });

  it("is not started again and again when it ends: the answer starts it, and nothing else does", async () => {
    const day = await startDay({ team });
    fails(day, engineer, { kind: "login", until: null });
    await day.pass(5_000);
    const launches = day.terminal.launches.length;
    day.terminal.seat(engineer).exit(1);
    await day.pass(5 * 60 * minute);
    expect(day.terminal.launches).toHaveLength(launches);
    const questions = day.room(engineer).cards("question");
    expect(questions).toHaveLength(1);
    expect((await member(day))["state"]).toBe("parked");
    const [card] = questions;
    if (card !== undefined) await day.ada.presses("go on", card);
    await day.quiet();
    expect(day.terminal.launches).toHaveLength(launches + 1);
    expect((await member(day))["state"]).toBe("idle");
  });

  it("goes on by `resume`, which withdraws the question", async () => {
    const day = await startDay({ team });
    fails(day, engineer, { kind: "login", until: null });
    await day.pass(5_000);
    await day.shell("resume", engineer);
    await day.quiet();
    expect((await member(day))["state"]).toBe("idle");
    expect(
      day
        .room(engineer)
        .cards("question")
        .map(({ card }) => card?.state),
    ).toEqual(["expired"]);
  });
});

describe("a provider that fails", () => {
  it("is tried again by growing pauses; after the last of them a person is asked, once", async () => {
    let day: Day | null = null;
    const script = failing(
      () => day as unknown as Day,
      4,
      () => ({ kind: "overloaded", until: null }),
    );
    day = await startDay({ team, agents: { [engineer]: script } });
    await day.ada.says(`/send ${engineer} six times seven?`);
    await day.pass(60 * minute);
    expect(bodies(day)).toHaveLength(4);
    expect(day.room(engineer).cards("question")).toHaveLength(1);
    expect(day.room("alerts").cards("alert")).toEqual([]);
    const rests = day.events("member_rested").map((e) => e.until !== null);
    expect(rests).toEqual([true, true, true, false]);
    await day.shell("resume", engineer);
    await day.quiet();
    expect(said(day)).toEqual(["42, at last"]);
    expect(receipt(day, "six times seven?")).toBe("answered");
  });

  it("cuts no turn that counts as done: what was committed by then is tested when the turn is whole", async () => {
    let day: Day | null = null;
    let turns = 0;
    const script: Script = async (me) => {
      turns += 1;
      me.write(`a${turns}.js`, "ok\n");
      me.commit(`Part ${turns}`);
      if (turns > 1) return "done";
      day?.lose(me.member, "idle", 1);
      if (day !== null) fails(day, me.member, { kind: "overloaded", until: null });
      return undefined;
    };
    day = await startDay({ team: simple({}, 1), agents: { [engineer]: script } });
    await day.ada.says(`/task new "Two parts" --body "do both"`);
    await day.pass(20_000);
    expect(day.events("task_completed")).toEqual([]);
    await day.pass(60_000);
    expect(turns).toBe(2);
    expect(day.events("task_completed")).toHaveLength(1);
  });
});
