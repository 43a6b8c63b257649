// Makes an open escalation louder while nobody answers: mention, push, deputy, each once, each after its delay.
// What was acknowledged or snoozed rests; a snooze that is over rings anew.
import type { Event } from "../event.ts";
import type { Policy } from "../policy.ts";
import { events, type Rule } from "../rule.ts";
import { type Escalation, isOpen, type State, type Step } from "../state.ts";
import type { Instant, Millis } from "../words.ts";
import { isSilenced } from "./quiet.ts";

export const ladder: Rule = (state, input, { policy }) => {
  const list: Event[] = [];
  for (const e of state.escalations.values()) {
    if (!isOpen(e)) continue;
    if (e.state === "snoozed" && e.until !== null && e.until <= input.at)
      list.push({
        ...{ event: "escalation_changed", escalation: e.id, state: "open" },
        ...{ by: "batty", answer: null, until: null },
      });
    else if (e.state === "open" && !isSilenced(state.quiet, e.kind))
      list.push(...raised(state, e, input.at, policy));
  }
  return events(...list);
};

function raised(state: State, e: Escalation, at: Instant, policy: Policy): Event[] {
  // Quiet time does not count: its digest was the first ring.
  const from = Math.max(e.ringsFrom, state.quiet.on ? 0 : state.quiet.since);
  return steps(policy)
    .filter(({ step, after }) => !e.raised.includes(step) && at >= from + after)
    .map(({ step, people }) => ({
      ...{ event: "escalation_raised", escalation: e.id, step, people: [...people] },
    }));
}

interface Rung {
  readonly step: Step;
  readonly after: Millis;
  readonly people: readonly string[];
}

function steps({ ladder: { mentionAfter, pushAfter, deputy }, answerers }: Policy): Rung[] {
  // The deputy has peace until it is the deputy's turn.
  const others = answerers.filter((name) => name !== deputy?.name);
  const people = others.length > 0 ? others : answerers;
  return [
    { step: "mention", after: mentionAfter, people },
    { step: "push", after: pushAfter, people },
    ...(deputy === null
      ? []
      : [{ step: "deputy" as const, after: deputy.after, people: [deputy.name] }]),
  ];
}
