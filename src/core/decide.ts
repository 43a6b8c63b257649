// Routes an input through the rules, folding between them, so that each rule sees what the ones before it decided.
import type { Effect } from "./effect.ts";
import type { Event, Recorded } from "./event.ts";
import { evolve } from "./evolve.ts";
import type { Input } from "./input.ts";
import type { Policy } from "./policy.ts";
import type { World } from "./ports.ts";
import { answer } from "./rules/answer.ts";
import { decideOn } from "./rules/approve.ts";
import { assign } from "./rules/assign.ts";
import { board } from "./rules/board.ts";
import { deliver } from "./rules/deliver.ts";
import { gate } from "./rules/gate.ts";
import { health } from "./rules/health.ts";
import { intake } from "./rules/intake.ts";
import { merge } from "./rules/merge.ts";
import { review } from "./rules/review.ts";
import { send } from "./rules/send.ts";
import { tasks } from "./rules/tasks.ts";
import { team } from "./rules/team.ts";
import { trunk } from "./rules/trunk.ts";
import { verify } from "./rules/verify.ts";
import type { State } from "./state.ts";
import type { Instant, Refusal } from "./words.ts";

/** What a rule may look at beside the state: the policy, the newest looks at the world, the time. */
export interface Seen {
  readonly policy: Policy;
  readonly world: World;
  readonly now: Instant;
}

export interface Decision {
  readonly events: readonly Event[];
  readonly effects: readonly Effect[];
  readonly refusal?: Refusal;
}

/** One policy each; `[]` in both: nothing to say. A refusal ends the input. */
export type Rule = (state: State, input: Input, seen: Seen) => Decision;

export const nothing: Decision = { events: [], effects: [] };
export const refuse = (code: string, say: string, hint?: string): Decision => ({
  ...nothing,
  refusal: { code, say, ...(hint === undefined ? {} : { hint }) },
});
export const events = (...list: readonly Event[]): Decision => ({ events: list, effects: [] });

/**
 * Order matters only for what one input can do at once: facts come in first (intake, verify),
 * then people's wishes, then what follows from the state.
 */
const rules: readonly Rule[] = [
  intake,
  team,
  send,
  answer,
  decideOn,
  tasks,
  verify,
  review,
  trunk,
  merge,
  assign,
  board,
  gate,
  health,
  deliver,
];

export interface Decided {
  readonly state: State;
  readonly recorded: readonly Recorded[];
  readonly effects: readonly Effect[];
  readonly refusal: Refusal | undefined;
}

export function decide(before: State, input: Input, seen: Seen): Decided {
  let state = before;
  const recorded: Recorded[] = [];
  const effects: Effect[] = [];
  for (const rule of rules) {
    const decision = rule(state, input, seen);
    if (decision.refusal !== undefined)
      return { state: before, recorded: [], effects: [], refusal: decision.refusal };
    for (const event of decision.events) {
      const line: Recorded = { seq: state.seq + 1, at: input.at, event };
      state = evolve(state, line);
      recorded.push(line);
    }
    effects.push(...decision.effects);
  }
  return { state, recorded, effects, refusal: undefined };
}
