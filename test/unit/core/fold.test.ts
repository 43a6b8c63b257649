// A journal folded in one go: the same state as event by event, to the order of its entries.
import { expect, it } from "vitest";
import type { Event, Recorded } from "../../../src/core/event.ts";
import { kept } from "../../../src/core/evolve/forget.ts";
import { evolve } from "../../../src/core/evolve.ts";
import { foldFrom } from "../../../src/core/fold.ts";
import { empty, type State } from "../../../src/core/state.ts";
import { toJson } from "../../../src/lib/json-maps.ts";
import { asked, assigned, completed, dawn, ready, running, sent, signalled } from "./told.ts";

/** Longer than anything is remembered: works, requests, escalations, messages and what was told are forgotten on the way. */
function* longLife(): Generator<Event> {
  yield running;
  for (let n = 1; n <= 2_200; n += 1) {
    const id = `${n}.1.1`;
    yield {
      ...{ event: "task_requested", key: `k${n}`, by: "ada", title: "x", body: "" },
      ...{ priority: null, tags: [], depends_on: [], assignee: null, adopt: null },
    } as Event;
    yield { event: "task_created", key: `k${n}`, task: n, title: "x", by: "ada" };
    yield assigned(n);
    if (n % 100 === 0) continue;
    yield* [
      ready(n),
      sent(id, "eng-1-1"),
      { event: "message_answered", id, member: "eng-1-1" },
    ] as Event[];
    yield signalled("eng-1-1", "idle", { signal: id });
    if (n % 10 === 0) yield { event: "task_released", task: n, member: "eng-1-1", why: "" };
    yield* [completed(n), asked(n)];
    if (n % 10 === 0)
      yield { event: "board_file_broken", file: `${n}.md`, line: null, why: "torn" };
    else yield { event: "board_due", task: n, patch: { status: "todo" }, by: "ada" };
    yield { event: "board_written", task: n, due: 0 };
    yield { event: "task_cancelled", task: n, by: "ada", ref: null };
    yield {
      ...{ event: "escalation_changed", escalation: n, state: "answered" },
      ...{ by: "ada", answer: "A", until: null },
    } as Event;
  }
}

/** The board is written for the line before. */
function* numbered(events: Iterable<Event>): Generator<Recorded> {
  let seq = 0;
  for (const each of events) {
    const event = each.event === "board_written" ? { ...each, due: seq } : each;
    seq += 1;
    yield { seq, at: dawn + seq * 1_000, event };
  }
}

/** So much was told before that the oldest of it goes soon. */
const talkative: State = {
  ...empty,
  told: new Set(Array.from({ length: 2 * kept.told - 100 }, (_, n) => `${n}`)),
};

function folded(lines: Iterable<Recorded>, from = empty): State {
  const fold = foldFrom(from);
  for (const line of lines) fold.take(line);
  return fold.state();
}

it("is the state that comes about event by event, with all that is forgotten on the way", () => {
  const state = [...numbered(longLife())].reduce(evolve, talkative);
  expect(state.forgotten).toBeGreaterThan(0);
  expect(state.told.size).toBeLessThan(talkative.told.size);
  expect(toJson(folded(numbered(longLife()), talkative))).toBe(toJson(state));
});

it("a state that was handed out does not change with what is taken later", () => {
  const lines = [...numbered(longLife())].slice(0, 200);
  const fold = foldFrom(empty);
  const handed: { readonly state: State; readonly text: string }[] = [];
  for (const line of lines) {
    fold.take(line);
    const state = fold.state();
    handed.push({ state, text: toJson(state) });
  }
  for (const { state, text } of handed) expect(toJson(state)).toBe(text);
  expect(toJson(empty)).toBe(toJson(folded([])));
});

it("an event that cannot be taken in changes nothing, and the next one is taken in", () => {
  const before: Event[] = [
    running,
    { event: "quiet_began", by: "ada", until: null, except: [] } as Event,
    sent("1.1.1", "eng-1-1"),
  ];
  // Answers a message, and then has no text to be told of.
  const broken = { event: "message_to_human", from: "eng-1-1", to: "ada", reply_to: "1.1.1" };
  const lines = [...numbered([...before, broken as Event, running])];
  const fold = foldFrom(empty);
  for (const line of lines.slice(0, 3)) fold.take(line);
  expect(() => fold.take(lines[3] as Recorded)).toThrow();
  expect(toJson(fold.state())).toBe(toJson(folded(lines.slice(0, 3))));
  fold.take(lines[4] as Recorded);
  expect(fold.state().seq).toBe(5);
});

it("what events ask of the state is answered by what came before them, not by what was asked earlier", () => {
  const refused: Event = {
    ...{ event: "command_recorded", person: "eng-1-1", via: "agent", verb: "done", args: "" },
    ...{ effect: "refused", code: "done.no-commits", message: null },
  };
  const life = [
    ...[assigned(1), ready(1), refused],
    { event: "task_cancelled", task: 1, by: "ada", ref: null } as Event,
    ...[assigned(2), ready(2), refused, refused],
  ];
  const fold = foldFrom(empty);
  let slowly: State = empty;
  life.forEach((event, n) => {
    const recorded: Recorded = { seq: n + 1, at: dawn + n, event };
    fold.take(recorded);
    slowly = evolve(slowly, recorded);
  });
  expect(fold.state().work.get(2)?.refusals).toEqual({ code: "done.no-commits", times: 2 });
  expect(toJson(fold.state())).toBe(toJson(slowly));
});
