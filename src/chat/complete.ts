// What a person's half-typed command may go on with: verbs they may use, members, tasks. Asks nobody, changes nothing.
import { slotsOf, split } from "../core/arguments.ts";
import type { Command } from "../core/command.ts";
import type { Policy } from "../core/policy.ts";
import { isOver, type State } from "../core/state.ts";
import type { Caller } from "../core/words.ts";
import { authorize } from "./authorize.ts";

/** What a platform shows at most. */
const shownAtMost = 25;

export function completions(
  commands: readonly Command[],
  by: Caller,
  state: State,
  policy: Policy,
  text: string,
): readonly string[] {
  const words = split(text.replace(/^\s*\/(?:batty\s+)?/, "")).map((w) => w.text);
  const beginning = /\s$/.test(text) ? "" : (words.pop() ?? "");
  const open = commands.filter(
    (c) => c.chat !== false && c.team !== "only" && authorize(by, c) === null,
  );
  const names = open.map((c) => c.name.split(" "));
  const verbs = names
    .filter((name) => words.every((word, i) => name[i] === word))
    .flatMap((name) => name[words.length] ?? []);
  const all = [...new Set([...verbs, ...values(open, state, policy, words)])];
  return all.filter((word) => word.startsWith(beginning)).slice(0, shownAtMost);
}

/** Of the argument whose turn it is. */
function values(
  open: readonly Command[],
  state: State,
  policy: Policy,
  words: readonly string[],
): readonly string[] {
  const named = (n: number): Command | undefined =>
    open.find((c) => c.name === words.slice(0, n).join(" "));
  const found = named(2) ?? named(1);
  if (found === undefined) return [];
  const given = words.length - found.name.split(" ").length;
  const slot = slotsOf(found).filter((s) => !s.flag)[given];
  switch (slot?.name) {
    case "task":
      return [...state.work.values()].filter((w) => !isOver(w)).map((w) => `${w.task}`);
    case "member":
    case "name":
      return policy.members.map((m) => m.name);
    default:
      return [];
  }
}
