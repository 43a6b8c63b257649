// Two members that write each other and nothing comes of it: no further message goes, and a person is asked, once.
import { lettersOf, loopKind, pairOf } from "../evolve/exchanges.ts";
import { limits } from "../policy.ts";
import { events, nothing, type Rule } from "../rule.ts";
import { isOpen, type State } from "../state.ts";
import type { MemberName, Refusal } from "../words.ts";
import { raise } from "./raise.ts";

export const exchange: Rule = (state) => {
  const due = [...state.exchanges.keys()].filter((pair) => isTalkedOut(state, pair));
  if (due.length === 0) return nothing;
  const open = [...state.escalations.values()].filter((e) => e.kind === loopKind && isOpen(e));
  const fresh = due.filter((pair) => !open.some((e) => e.detail === pair));
  return events(...fresh.map((pair, n) => told(state, pair, n)));
};

function told(state: State, pair: string, n: number) {
  const [member = ""] = pair.split(" ");
  const say = `${what(pair)}\nNo further message goes between them until that changes or you answer; what else you say goes to both.`;
  return raise(
    state,
    { member, task: null, kind: loopKind, detail: pair },
    say,
    ["let them go on"],
    n,
  );
}

const what = (pair: string): string =>
  `${pair.replace(" ", " and ")} have written each other ${limits.lettersAtMost} messages, and nothing came of it: no task was made, handed out, declared done or landed.`;

/** @param more messages between the two that are let go and not recorded yet */
export const isTalkedOut = (state: State, pair: string, more = 0): boolean =>
  lettersOf(state, pair) + more >= limits.lettersAtMost;

/** Why a message is one too many; null: it is not. */
export function tooMany(state: State, from: MemberName, to: MemberName, more = 0): Refusal | null {
  const pair = pairOf(from, to);
  return isTalkedOut(state, pair, more)
    ? {
        code: "message.loop",
        say: `The message to ${to} was not sent: ${what(pair)}`,
        hint: "Don't thank or confirm: go on with your task, or end your turn. `batty ask` reaches a person.",
      }
    : null;
}
