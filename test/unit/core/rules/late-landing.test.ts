// A landing begun with an approval may be found on trunk after its card has expired; without one nothing begins.
import { expect, it } from "vitest";
import type { Input } from "../../../../src/core/input.ts";
import { decideOn as approve } from "../../../../src/core/rules/approve.ts";
import { queue } from "../../../../src/core/rules/queue.ts";
import { trunk } from "../../../../src/core/rules/trunk.ts";
import type { State } from "../../../../src/core/state.ts";
import { known } from "../../../../src/core/words.ts";
import { proposalOf } from "../../../../src/core/work.ts";
import { approved, built, gated, later, oid, seenWith, tell, told } from "../told.ts";

const candidate = { purpose: "candidate", commit: oid("e"), tree: oid("f") };
const launched = told(...approved, built(1), gated(1, "green", candidate));
const tick = (at: number): Input => ({ type: "tick", at }) as Input;
const takenBack: Input = {
  ...{ type: "intent", at: later, by: { name: "ada", via: "local", tier: "approver" } },
  intent: { type: "withdraw-approval", task: 1, head: oid("c") },
} as Input;
const day = 24 * 3_600_000;

/** Taken back when the landing had had its time and nobody knew of it; nobody decided anew. */
function expired(): State {
  const open = tell(launched, ...approve(launched, takenBack, seenWith()).events);
  expect(proposalOf(open.work.get(1) as never)?.state).toBe("open");
  const at = later + 2 * day;
  return tell(open, ...approve(open, tick(at), seenWith({}, undefined, at)).events);
}

it("what was launched while it was approved is recorded as landed when trunk turns out to be there", () => {
  const state = expired();
  expect(proposalOf(state.work.get(1) as never)?.state).toBe("expired");
  const at = later + 2 * day;
  const now = { branch: "main", head: oid("e"), tree: oid("f") };
  const look = { trunk: { at, probe: known(now) } };
  const seen = seenWith(look as never, undefined, at);
  const input = { type: "observed", at, world: look } as unknown as Input;
  const { events } = trunk(state, input, seen);
  expect(events.map((e) => e.event)).toContain("task_manual_merged");
});

it("a card that has expired begins no landing", () => {
  const at = later + 2 * day;
  const { effects } = queue(expired(), tick(at), seenWith({}, undefined, at));
  expect(
    effects.filter((e) => e.type === "ensure.landing" || e.type === "ensure.candidate"),
  ).toEqual([]);
  expect(queue(launched, tick(later), seenWith()).effects.map((e) => e.type)).toContain(
    "ensure.landing",
  );
});
