// A state does not grow with the bot's age, and what was forgotten gives no number twice.
import { expect, it } from "vitest";
import type { Event } from "../../../src/core/event.ts";
import { kept } from "../../../src/core/evolve/forget.ts";
import { evolve } from "../../../src/core/evolve.ts";
import type { State } from "../../../src/core/state.ts";
import { proposalOf } from "../../../src/core/work.ts";
import { asked, assigned, completed, gated, ready, requested, tell, told } from "./told.ts";

const cancelled = (task: number): Event => ({
  event: "task_cancelled",
  task,
  by: "ada",
  ref: null,
});
const wish = (task: number): Event[] => [
  {
    ...{ event: "task_requested", key: `k${task}`, by: "ada", title: `Task ${task}`, body: "" },
    ...{ priority: null, tags: [], depends_on: [], assignee: null, adopt: null },
  } as Event,
  { event: "task_created", key: `k${task}`, task, title: `Task ${task}`, by: "ada" },
];

function life(tasks: number): State {
  let state = told();
  for (let n = 1; n <= tasks; n += 1)
    state = [
      ...wish(n),
      assigned(n),
      asked(n),
      cancelled(n),
      {
        event: "escalation_changed",
        escalation: n,
        state: "answered",
        by: "ada",
        answer: "A",
        until: null,
      },
      { event: "board_written", task: n, due: 0 },
      { event: "board_file_broken", file: `${n}.md`, line: null, why: "torn" },
    ].reduce(
      (s, event, i) => evolve(s, { seq: s.seq + 1, at: 1_000 * n + i, event: event as Event }),
      state,
    );
  return state;
}

it("what is over is bounded, however long the bot has lived; what is under way stays", () => {
  const busy = tell(life(10), ...wish(11), assigned(11), asked(11));
  let state = busy;
  for (let n = 12; n < 3_000; n += 1)
    state = tell(state, ...wish(n), assigned(n), asked(n), cancelled(n), {
      ...{ event: "escalation_changed", escalation: n, state: "answered" },
      ...{ by: "ada", answer: "A", until: null },
    } as Event);
  expect(state.work.size).toBeLessThanOrEqual(kept.work * 2 + 1);
  expect(state.escalations.size).toBeLessThanOrEqual(kept.escalations * 2 + 1);
  expect(state.requests.size).toBeLessThanOrEqual(kept.requests * 2 + kept.work * 2);
  expect(state.work.get(11)?.phase).toBe("starting");
  expect(state.escalations.get(11)?.state).toBe("open");
  expect([...state.requests.values()].some((r) => r.task === 11)).toBe(true);
  expect(Math.max(...state.escalations.keys())).toBe(2_999);
});

it("a forgotten task that is worked on again gets cards with numbers never used before", () => {
  const card = (state: State): State =>
    tell(state, assigned(1), ready(1), completed(1), gated(1, "green"), requested(1));
  const first = card(told());
  expect(proposalOf(first.work.get(1) as never)?.round).toBe(1);
  let state = tell(first, cancelled(1));
  for (let n = 2; n < kept.work * 2 + 3; n += 1) state = tell(state, assigned(n), cancelled(n));
  expect(state.work.has(1)).toBe(false);
  const again = card(state);
  expect(proposalOf(again.work.get(1) as never)?.round).toBeGreaterThan(1);
});

it("a message that failed can be sent again, however many went well since; and failed ones are bounded too", () => {
  const sent = (n: number): Event =>
    ({
      ...{ event: "message_sent", id: `m${n}`, from: "ada", to: "architect" },
      mail: { id: `m${n}`, from: "ada", to: "architect", body: "hello", msgType: "send", at: n },
    }) as unknown as Event;
  const failed = (n: number): Event =>
    ({
      ...{ event: "delivery_failed", id: `m${n}`, member: "architect" },
      ...{ code: "delivery.unknown", say: "Nobody knows." },
    }) as unknown as Event;
  const taken = (n: number): Event =>
    ({ event: "message_taken", id: `m${n}`, member: "architect" }) as unknown as Event;
  let state = tell(told(), sent(0), failed(0));
  for (let n = 1; n < 3_000; n += 1) state = tell(state, sent(n), taken(n));
  expect(state.messages.get("m0")?.state).toBe("failed");
  expect(state.messages.size).toBeLessThan(1_000);
  for (let n = 3_000; n < 6_000; n += 1) state = tell(state, sent(n), failed(n));
  expect(state.messages.has("m0")).toBe(false);
  expect(state.messages.size).toBeLessThan(2_000);
});
