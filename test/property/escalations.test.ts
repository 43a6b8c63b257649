// Random acts on questions and escalations, over the rules alone: people, members, files, time and restarts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { Recorded } from "../../src/core/event.ts";
import { evolve } from "../../src/core/evolve.ts";
import type { Input, Intent } from "../../src/core/input.ts";
import type { World } from "../../src/core/ports.ts";
import { type Escalation, empty, isOpen, type State } from "../../src/core/state.ts";
import { simple } from "../fakes/team.ts";

const minutes = (n: number): number => n * 60_000;
const policy = simple(
  {
    ladder: {
      mentionAfter: minutes(2),
      pushAfter: minutes(10),
      deputy: { after: minutes(30), name: "bob" },
    },
    quietHours: { from: "09:00", to: "10:00", timezone: "UTC", except: ["critical"] },
  },
  2,
);
const files = ["tasks/1.md", "tasks/2.md"];
const counts = new Map<string, number>();
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

type Act =
  | { readonly do: "ask"; readonly member: string; readonly what: string; readonly limit: boolean }
  | { readonly do: "answer" | "ack" | "snooze" | "resolve"; readonly nth: number }
  | { readonly do: "board"; readonly broken: readonly string[] }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "quiet"; readonly on: boolean; readonly long: boolean }
  | { readonly do: "team" | "restart" };

const weighted = (weight: number, arbitrary: fc.Arbitrary<Act>) => ({ weight, arbitrary });
const act: fc.Arbitrary<Act> = fc.oneof(
  weighted(
    4,
    fc.record({
      ...{ do: fc.constant("ask" as const), member: fc.constantFrom("eng-1-1", "eng-1-2") },
      ...{ what: fc.constantFrom("a?", "b?"), limit: fc.boolean() },
    }),
  ),
  weighted(
    6,
    fc.record({
      do: fc.constantFrom("answer" as const, "ack" as const, "snooze" as const, "resolve" as const),
      nth: fc.nat(3),
    }),
  ),
  weighted(3, fc.record({ do: fc.constant("board" as const), broken: fc.subarray(files) })),
  weighted(
    8,
    fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1_000, minutes(1), minutes(3), minutes(9), minutes(25), minutes(70)),
    }),
  ),
  weighted(
    1,
    fc.record({ do: fc.constant("quiet" as const), on: fc.boolean(), long: fc.boolean() }),
  ),
  weighted(1, fc.record({ do: fc.constantFrom("team" as const, "restart" as const) })),
);

interface Bot {
  state: State;
  world: World;
  now: number;
  readonly journal: Recorded[];
}

function take(bot: Bot, input: Input): void {
  if (input.type === "observed") bot.world = { ...bot.world, ...input.world };
  const decided = decide(bot.state, input, { policy, world: bot.world, now: bot.now });
  if (decided.refusal !== undefined) count(`refused ${decided.refusal.code}`);
  bot.state = decided.state;
  for (const line of decided.recorded) {
    bot.journal.push(line);
    const { event } = line;
    if (event.event === "escalation_raised") count(`raised ${event.step}`);
    else if (event.event === "escalation_changed") count(`became ${event.state}`);
    else if (/quest|escal|quiet/.test(event.event)) count(event.event);
  }
}

function intentOf(bot: Bot, a: Act): { by: string; intent: Intent } | null {
  const all = [...bot.state.escalations.values()];
  const open = all.filter(isOpen);
  // Mostly an open one, sometimes whichever.
  const nth = "nth" in a ? ((a.nth < 3 ? open.at(a.nth) : all.at(0))?.id ?? 1) : 1;
  switch (a.do) {
    case "ask": {
      const limit = a.limit ? { default: "yes", deadline: bot.now + minutes(20) } : null;
      const words = { question: a.what, options: ["yes"], default: null, deadline: null };
      return { by: a.member, intent: { type: "ask", ...words, ...limit } };
    }
    case "answer":
      return { by: "ada", intent: { type: "answer", escalation: nth, answer: "yes" } };
    case "ack":
      return { by: "ada", intent: wish(nth, "acknowledged") };
    case "snooze":
      return { by: "bob", intent: wish(nth, "snoozed") };
    case "resolve":
      return { by: "ada", intent: wish(nth, "resolved") };
    case "quiet":
      return {
        by: "ada",
        intent: { type: "quiet", on: a.on, until: a.long ? null : bot.now + minutes(15) },
      };
    case "team": {
      const up = bot.state.team === "running";
      const start: Intent = { type: "start-team", resume: false };
      return { by: "ada", intent: up ? { type: "stop-team" } : start };
    }
    default:
      return null;
  }
}

const wish = (escalation: number, to: "acknowledged" | "snoozed" | "resolved"): Intent => ({
  ...{ type: "escalation", escalation, to, until: null },
});

function step(bot: Bot, a: Act): void {
  if (a.do === "wait") bot.now += a.ms;
  if (a.do === "restart") bot.state = bot.journal.reduce(evolve, empty);
  if (a.do === "board") {
    bot.now += 1_000;
    const broken = a.broken.map((file) => ({ file, line: 1, why: "torn" }));
    const value = { config: {} as never, tasks: new Map(), broken };
    const board = { at: bot.now, probe: { known: true as const, value } };
    take(bot, { type: "observed", at: bot.now, world: { board } });
  }
  const wanted = intentOf(bot, a);
  if (wanted !== null) {
    const by =
      a.do === "ask"
        ? { name: wanted.by, via: "agent" as const, tier: "team" as const }
        : { name: wanted.by, via: "local" as const, tier: "admin" as const };
    take(bot, { type: "intent", at: bot.now, by, intent: wanted.intent });
  }
  bot.now += 1;
  take(bot, { type: "tick", at: bot.now });
}

const causeOf = (e: Escalation): string => JSON.stringify([e.member, e.kind, e.detail]);

function check(before: State, bot: Bot): void {
  const all = [...bot.state.escalations.values()];
  const causes = all.filter(isOpen).map(causeOf);
  expect(new Set(causes).size, "two open with the same cause").toBe(causes.length);
  for (const [id, was] of before.escalations) {
    const is = bot.state.escalations.get(id);
    if (!isOpen(was)) expect(is, "a closed one changed").toEqual(was);
  }
  for (const e of all) expect(new Set(e.raised).size, "a step twice").toBe(e.raised.length);
}

/** Whether nobody was rung at while it rested or while it was quiet, event by event. */
function checkJournal({ journal, state: end }: Bot): void {
  let state: State = empty;
  for (const line of journal) {
    const { event } = line;
    if (event.event === "question_asked" || event.event === "task_escalated")
      expect(state.escalations.has(event.escalation), "a number twice").toBe(false);
    if (event.event === "escalation_raised") {
      expect(state.escalations.get(event.escalation)?.state).toBe("open");
      expect(state.quiet.on).toBe(false);
    }
    state = evolve(state, line);
  }
  expect(state, "a replay gives another state").toEqual(end);
}

describe("escalations under random acts", () => {
  it("are never open twice for one cause, never change once closed, and ring only when they may", () => {
    counts.clear();
    const world: World = { panes: null, mail: null, signals: null, board: null, trunk: null };
    fc.assert(
      fc.property(fc.array(act, { minLength: 15, maxLength: 60, size: "max" }), (acts) => {
        const now = Date.UTC(2026, 0, 5, 8);
        const bot: Bot = { state: empty, world, now, journal: [] };
        step(bot, { do: "team" });
        for (const a of acts) {
          const before = bot.state;
          step(bot, a);
          check(before, bot);
        }
        checkJournal(bot);
      }),
      { numRuns: 600 },
    );
    const seen = Object.fromEntries([...counts].sort());
    console.log("escalations:", JSON.stringify(seen));
    const enough = (least: number, ...names: readonly string[]): void => {
      for (const name of names) expect(seen[name] ?? 0, name).toBeGreaterThanOrEqual(least);
    };
    const steps = ["raised mention", "raised push", "raised deputy"];
    const states = ["open", "acknowledged", "snoozed", "answered", "resolved", "withdrawn"];
    enough(50, "question_asked", "task_escalated", "quiet_began", "quiet_ended", ...steps);
    enough(50, ...states.map((state) => `became ${state}`));
    enough(10, "refused approval.closed", "refused escalation.acknowledged");
  });
});
