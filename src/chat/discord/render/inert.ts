// Lines of foreign text as Discord may be given them: nothing in them calls anybody, hides where a link leads, opens a
// code block or looks like other text. Works on one line at a time; must not know of messages.
import { breakMentions } from "../../../lib/mentions.ts";

/** Seen by nobody; it parts what Discord would take together. */
export const apart = "\u200b";

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
/** A whole escape sequence of a terminal. */
const sequence = new RegExp(
  `${ESC}(?:[\\]PX^_][^${BEL}${ESC}\n]*(?:${BEL}|${ESC}\\\\)|\\[[0-?]*[ -/]*[@-~]|[ -~])`,
  "g",
);
const control = /[^\P{Cc}\n\t]/gu;
/** What turns the reading direction of all that follows. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;

/** Without what no person reads: terminal codes, control characters, halves of characters. Newlines and tabs stay. */
export const clean = (text: string): string =>
  text
    .replace(/\r\n?/g, "\n")
    .replace(sequence, "")
    .replace(control, "")
    .replace(/\p{Cs}/gu, "\ufffd")
    .replace(turning, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);

/** What calls people, names rooms, commands or times, wherever it stands. */
const calls = /<(?=[@#]|a?:\w+:\d|t:-?\d|id:|\/[^>\n]{1,100}:\d)|@(?=everyone|here)/giu;
/** A link whose words are not its address. */
const masked = /\](?=\(\s*<?[a-z][a-z+.-]*:)/giu;
/** A code block of Discord's begins and ends with it, anywhere in a line. */
const ticks = /`{3,}/g;

const parted = (text: string): string => [...text].join(apart);

/** A line inside a code block. `@name` stays as it is: it can be copied, and calls nobody there. */
export const inertCode = (line: string): string =>
  line.replace(calls, (one) => `${one}${apart}`).replace(ticks, parted);

/** A line without any of these means what it says. */
const marks = /[@<>\]`\\*_~|#-]/;

/** A line outside; `plain`: it is no markdown, and is shown as it is but for what stands in backticks. */
export function inertProse(line: string, plain: boolean): string {
  if (!marks.test(line)) return line;
  const safe = breakMentions(line)
    .replace(calls, (one) => `${one}${apart}`)
    .replace(masked, `]${apart}`)
    .replace(/(?<!`)`{3,}([^`]+)`{3,}(?!`)/g, "`$1`")
    .replace(ticks, parted);
  return pairTicks(safe, plain);
}

/** A line that may be cut within has no code in it: each half would lack its other end. */
const wholeAtMost = 1_000;

/** Backticks without a partner in the line are spelt out: they would find one in the next code block. */
function pairTicks(line: string, plain: boolean): string {
  const runs = [...line.matchAll(/`+/g)].map((m) => ({ at: m.index, long: m[0].length }));
  let out = "";
  let at = 0;
  for (const [i, run] of runs.entries()) {
    if (run.at < at) continue;
    const before = line.slice(at, run.at);
    const isEscaped = !plain && endsEscaping(before);
    const end = isEscaped || line.length > wholeAtMost ? undefined : partner(runs, i);
    const after = end === undefined ? run.at + run.long : end.at + end.long;
    const code = line.slice(run.at, after);
    out += plain ? spelt(before, at === 0) : before;
    out += end !== undefined ? code : `${isEscaped ? "" : "\\"}${[...code].join("\\")}`;
    at = after;
  }
  const rest = line.slice(at);
  return out + (plain ? spelt(rest, at === 0) : rest);
}

type Run = { readonly at: number; readonly long: number };
const partner = (runs: readonly Run[], from: number): Run | undefined =>
  runs.find((other, i) => i > from && other.long === runs[from]?.long);

/** Whether what follows is taken by its letter: its last backslash stands for itself alone. */
export function endsEscaping(text: string): boolean {
  let from = text.length;
  while (text[from - 1] === "\\") from -= 1;
  return (text.length - from) % 2 === 1;
}

/** Letters that would be taken for markdown, outside addresses. */
const meaning = /\*|~(?=~)|\|(?=\|)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|\\(?=[^\p{L}\p{N}\s]|$)/gu;

function spelt(text: string, begins: boolean): string {
  const marked = text
    .split(/(https?:\/\/\S+)/)
    .map((piece, i) => (i % 2 === 1 ? piece : piece.replace(meaning, "\\$&")))
    .join("");
  return begins ? marked.replace(/^(\s*)(?=(?:#{1,3}|-#|>|>>>)\s)/, "$1\\") : marked;
}
