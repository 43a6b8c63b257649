// Every decision and refusal at the counter is a line of the journal: who, where, what, and what came of it.

import type { Event } from "../event.ts";
import type { Asked, Input } from "../input.ts";
import type { Mail } from "../ports.ts";
import { events, nothing, type Rule } from "../rule.ts";
import type { State } from "../state.ts";
import type { Caller, Refusal } from "../words.ts";
import { ofRefused } from "./forgeries.ts";
import { clean } from "./letters.ts";
import { unfinished } from "./unfinished.ts";

/** Characters of what was said along. The whole of it stands where it had its effect. */
const argsKept = 200;

export const audit: Rule = (_state, input) => {
  if (input.type !== "intent" || input.asked === undefined) return nothing;
  const { by, asked, intent } = input;
  return intent.type === "note-visit"
    ? events(line(by, asked, intent.effect, intent.code))
    : events(line(by, asked, "done", null));
};

/** What stays of an input that a rule refused. */
export function refused(state: State, input: Input, refusal: Refusal): readonly Event[] {
  if (input.type !== "intent") return [];
  const { by, asked } = input;
  const said = asked === undefined ? [] : [line(by, asked, "refused", refusal.code)];
  return [...said, ...ofRefused(state, input), ...unfinished(state, input, refusal)];
}

/** A person's message from while no bot ran: they gave it on the shell. */
export const filed = (mail: Mail): Event => {
  const by = { name: mail.from, via: "shell", tier: "operator" } as const;
  return line(by, { verb: "send", args: `${mail.to} ${mail.body}`, message: null }, "done", null);
};

function line(
  by: Caller,
  { verb, args, message }: Asked,
  effect: "done" | "refused" | "held",
  code: string | null,
): Event {
  const { name: person, via, id } = by;
  const account = id === undefined ? {} : { id };
  return {
    event: "command_recorded",
    ...{ person, via, ...account, verb, args: short(args), effect, code, message },
  };
}

/** One line, bounded. */
function short(args: string): string {
  const flat = clean(args).replace(/\s+/g, " ").trim();
  return flat.length > argsKept ? `${flat.slice(0, argsKept)}…` : flat;
}
