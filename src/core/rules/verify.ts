// The gate's word on what a member declared done.
import type { Event, EventOf } from "../event.ts";
import type { Input } from "../input.ts";
import { type Decision, events, nothing, type Rule, type Seen } from "../rule.ts";
import type { State, Work } from "../state.ts";
import { due } from "./letters.ts";
import { escalate, evidenceOf } from "./outcomes.ts";
import { redAgain } from "./red.ts";

export const verify: Rule = (state, input, seen) => {
  const ours =
    input.type === "settled" &&
    input.effect.type === "ensure.gate" &&
    input.effect.purpose === "done";
  return ours ? gated(state, input, seen) : nothing;
};

function gated(state: State, input: Extract<Input, { type: "settled" }>, seen: Seen): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "ensure.gate" || effect.task === null) return nothing;
  const work = state.work.get(effect.task);
  if (work === undefined || work.phase !== "verifying" || work.done?.commit !== effect.order.commit)
    return nothing;
  const evidence = evidenceOf(effect, outcome);
  if (evidence === null) return nothing;
  if (evidence.result === "green") return events(evidence, ...passed(work));
  if (evidence.result === "infra") return events(evidence, ...trouble(state, work, evidence, seen));
  return events(evidence, ...redAgain(state, work, evidence.lines, seen, evidence));
}

const passed = (work: Work): Event[] => [
  due(work.task, { status: "review" }, "batty"),
  { event: "verification_phase_changed", task: work.task, phase: "green", attempt: work.reds + 1 },
];

function trouble(
  state: State,
  work: Work,
  evidence: EventOf<"verification_evidence_collected">,
  seen: Seen,
): Event[] {
  // One more run by itself: rules/gate waits a moment before it.
  if (work.troubles === 0) return [];
  return escalate(
    state,
    work,
    seen,
    1,
    "gate-trouble",
    `The gate of #${work.task} ${work.title} can't run: ${evidence.why ?? "unknown"}. Nobody's fault; retry when it is mended.`,
    `the gate can't run: ${evidence.why ?? "unknown"}`,
  );
}
