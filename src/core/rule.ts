// What a rule is: state, input and what is seen, to events, effects or a refusal. One policy each, in rules/.
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import type { Input } from "./input.ts";
import type { Policy } from "./policy.ts";
import type { World } from "./ports.ts";
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
