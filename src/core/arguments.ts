// Raw words to a command's arguments: positions in key order, `--flags`, and text to the end, verbatim.
import { type Command, Refused } from "./command.ts";
import { type Slot, slotsOf } from "./slots.ts";

export function usageOf(command: Command): string {
  const words = slotsOf(command).map((s) => {
    const word = s.flag
      ? s.bool
        ? `--${s.word}`
        : `--${s.word} …`
      : s.rest
        ? `${s.name.toUpperCase()}…`
        : s.name.toUpperCase();
    return s.optional ? `[${word}]` : word;
  });
  return ["batty", command.name, ...words].join(" ");
}

/** A line each; those that say nothing of themselves stand in the usage only. */
export const argumentsOf = (command: Command): string[] =>
  slotsOf(command).flatMap((s) =>
    s.help === "" ? [] : [`  ${s.flag ? `--${s.word}` : s.name.toUpperCase()}  ${s.help}`],
  );

const usage = (command: Command, say: string): Refused =>
  new Refused("usage", say, `Usage: ${usageOf(command)}`);

/**
 * From the shell's words. After the last position before a `rest` slot everything is text.
 * @throws Refused `usage`
 */
export function fromWords(command: Command, words: readonly string[]): Record<string, unknown> {
  const slots = slotsOf(command);
  const positions = slots.filter((s) => !s.flag);
  const raw: Record<string, unknown> = {};
  let at = 0;
  let verbatim = false;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as string;
    const slot = positions[at];
    if (slot?.rest === true && at > 0) {
      raw[slot.name] = words.slice(i).join(" ");
      return checked(command, raw);
    }
    if (!verbatim && word === "--") {
      verbatim = true;
    } else if (!verbatim && word.startsWith("--")) {
      i += takeFlag(command, slots, words, i, raw);
    } else if (slot === undefined) {
      throw usage(command, `"${word}" is one word too many.`);
    } else if (slot.rest) {
      raw[slot.name] = words.slice(i).join(" ");
      return checked(command, raw);
    } else {
      raw[slot.name] = word;
      at += 1;
    }
  }
  return checked(command, raw);
}

/** Returns how many words beside the flag itself were used. */
function takeFlag(
  command: Command,
  slots: readonly Slot[],
  words: readonly string[],
  i: number,
  raw: Record<string, unknown>,
): number {
  const [name = "", inline] = splitFlag(words[i] as string);
  const slot = slots.find((s) => s.flag && s.word === name);
  if (slot === undefined) throw usage(command, `${command.name} knows no flag --${name}.`);
  if (slot.bool) {
    if (inline !== undefined) throw usage(command, `--${name} takes no value.`);
    raw[slot.name] = true;
    return 0;
  }
  const value = inline ?? words[i + 1];
  if (value === undefined) throw usage(command, `--${name} needs a value.`);
  raw[slot.name] = slot.many
    ? [...((raw[slot.name] as unknown[] | undefined) ?? []), value]
    : value;
  return inline === undefined ? 1 : 0;
}

function splitFlag(word: string): [string, string | undefined] {
  const eq = word.indexOf("=");
  return eq < 0 ? [word.slice(2), undefined] : [word.slice(2, eq), word.slice(eq + 1)];
}

function checked(command: Command, raw: Record<string, unknown>): Record<string, unknown> {
  const parsed = command.args.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? "");
  const missing = name !== "" && raw[name] === undefined;
  const word = slotsOf(command).find((s) => s.name === name)?.word ?? name;
  throw usage(
    command,
    missing
      ? `${command.name} needs ${word.toUpperCase()}.`
      : `${word}: ${issue?.message ?? "not valid"}.`,
  );
}

/**
 * From a chat message: what follows the verb. Quotes group words; a `rest` slot takes the message as it stands, to its end.
 * @throws Refused `usage`
 */
export function fromText(command: Command, text: string): Record<string, unknown> {
  const slots = slotsOf(command);
  const rest = slots.filter((s) => !s.flag).findIndex((s) => s.rest);
  if (rest < 0)
    return fromWords(
      command,
      split(text).map((w) => w.text),
    );
  const words = split(text);
  const used = widthOfHead(text, slots, words, rest);
  const from = words[used]?.start;
  const head = words.slice(0, used).map((w) => w.text);
  return fromWords(command, from === undefined ? head : [...head, text.slice(from)]);
}

/** How many words stand before the text: positions, flags, and the `--` that ends those. */
function widthOfHead(
  line: string,
  slots: readonly Slot[],
  words: readonly Word[],
  wanted: number,
): number {
  let positions = 0;
  let used = 0;
  let verbatim = false;
  while (used < words.length && (positions < wanted || wanted === 0)) {
    const { text, start } = words[used] as Word;
    // The text itself: a quote before its dashes is a part of it.
    if (positions === wanted && !line.startsWith("--", start)) break;
    const width = verbatim ? 0 : text === "--" ? 1 : widthOfFlag(slots, text);
    if (width === 0 && positions === wanted) break;
    if (width === 0) positions += 1;
    verbatim ||= text === "--";
    used += Math.max(1, width);
  }
  return used;
}

/** How many words a flag takes with its value; 0: it is none of the command's flags. */
function widthOfFlag(slots: readonly Slot[], word: string): number {
  const [name, inline] = splitFlag(word);
  const slot = slots.find((s) => s.flag && word.startsWith("--") && s.word === name);
  if (slot === undefined) return 0;
  return slot.bool || inline !== undefined ? 1 : 2;
}

interface Word {
  readonly text: string;
  readonly start: number;
}

/** Blanks separate, single and double quotes group, a backslash takes the next character (in double quotes only `"` and itself). */
export function split(text: string): readonly Word[] {
  const words: Word[] = [];
  let word: string | null = null;
  let start = 0;
  let quote = "";
  for (let i = 0; i < text.length; i += 1) {
    const ch = text[i] as string;
    if (word === null && /\s/.test(ch)) continue;
    if (word === null) {
      word = "";
      start = i;
    }
    if (quote !== "") {
      if (ch === quote) quote = "";
      else if (quote === '"' && ch === "\\" && /["\\]/.test(text[i + 1] ?? "")) word += text[++i];
      else word += ch;
    } else if (ch === '"' || ch === "'") quote = ch;
    else if (ch === "\\" && i + 1 < text.length) word += text[++i];
    else if (/\s/.test(ch)) {
      words.push({ text: word, start });
      word = null;
    } else word += ch;
  }
  if (word !== null) words.push({ text: word, start });
  return words;
}
