// What a person's half-typed command may go on with: verbs they may use, and what its arguments name. Asks nobody,
// changes nothing.
import { split } from "../core/arguments.ts";
import type { Command } from "../core/command.ts";
import { type Slot, slotsOf } from "../core/slots.ts";
import type { Caller } from "../core/words.ts";
import { authorize } from "./authorize.ts";
import type { Completion } from "./desk.ts";
import { type Known, named } from "./named.ts";

/** What a platform shows at most. */
const shownAtMost = 25;

export function completions(
  commands: readonly Command[],
  by: Caller,
  known: Known,
  text: string,
): readonly Completion[] {
  const words = split(text.replace(/^\s*\/(?:batty\s+)?/, "")).map((w) => w.text);
  const beginning = /\s$/.test(text) ? "" : (words.pop() ?? "");
  const open = commands.filter(
    (c) => c.chat !== false && c.team !== "only" && authorize(by, c) === null,
  );
  const all = [...verbs(open, words), ...values(open, by, known, words, beginning)];
  const begun = all.filter(({ word }) => word.startsWith(beginning));
  const found = begun.length > 0 ? begun : all.filter(({ about }) => holds(about, beginning));
  return found.slice(0, shownAtMost);
}

/** Who does not know the number knows a word of the title. */
const holds = (about: string, part: string): boolean =>
  about.toLowerCase().includes(part.toLowerCase());

/** The next word of each verb that begins so. */
function verbs(open: readonly Command[], words: readonly string[]): readonly Completion[] {
  const next = open
    .map((c) => c.name.split(" "))
    .filter((name) => words.every((word, i) => name[i] === word))
    .flatMap((name) => name[words.length] ?? []);
  return [...new Set(next)].map((word) => ({ word, about: "" }));
}

/** Of the argument whose turn it is. */
function values(
  open: readonly Command[],
  by: Caller,
  known: Known,
  words: readonly string[],
  beginning: string,
): readonly Completion[] {
  const verb = (n: number): Command | undefined =>
    open.find((c) => c.name === words.slice(0, n).join(" "));
  const found = verb(2) ?? verb(1);
  if (found === undefined) return [];
  const slot = turnOf(slotsOf(found), words.slice(found.name.split(" ").length));
  if (slot === undefined) return [];
  if (slot.of === "verb") return open.map((c) => ({ word: c.name, about: c.summary }));
  if (slot.of === null) return slot.choices.map((word) => ({ word, about: "" }));
  return named(slot.of, by, known, beginning);
}

/** The slot that the next word belongs to. */
function turnOf(slots: readonly Slot[], given: readonly string[]): Slot | undefined {
  let at = 0;
  let verbatim = false;
  for (let i = 0; i < given.length; i += 1) {
    const word = given[i] as string;
    if (verbatim || !word.startsWith("--")) {
      at += 1;
    } else if (word === "--") {
      verbatim = true;
    } else {
      const flag = slots.find((s) => s.flag && `--${s.word}` === word);
      if (flag === undefined || flag.bool) continue;
      if (i === given.length - 1) return flag;
      i += 1;
    }
  }
  return slots.filter((s) => !s.flag)[at];
}
