// Claude Code's screen in its inline layout: the composer between two rules, the line below it, and the dialogs that
// stand in their place. Reads rows as they are; must not know what was done before.
import type { Reading, Screen } from "../../../core/agent.ts";
import { known, type Probe, unknown } from "../../../core/words.ts";
import { withoutColours } from "../screen-text.ts";
import { undimmed } from "../styled.ts";

/** May hold the session's name. */
const rule = /^─{8,}.*─$|^─{8,}$/;
/** The mark of the composer is followed by a no-break space, that of an echoed prompt by a plain one; `!` is its shell. */
const mark = /^[❯!](?:\u00a0|$)/;
/** Stands below the last composer once the program is over. */
const over = /^(?:Pane is dead|Resume this session with:)/;
const folded = /\[(?:Pasted text #\d+|\.\.\.Truncated text #\d+)/;

interface Composer {
  /** Of the screen's rows: its first one, and the one after its last. */
  readonly from: number;
  readonly to: number;
}

function findComposer(rows: readonly string[]): Composer | null {
  const to = rows.findLastIndex((row) => rule.test(row));
  const top = rows.slice(0, Math.max(0, to)).findLastIndex((row) => rule.test(row));
  if (top < 0 || top + 1 >= to || !mark.test(rows[top + 1] ?? "")) return null;
  if (rows.slice(to).some((row) => over.test(row))) return null;
  return { from: top + 1, to };
}

export function composer(screen: Screen): Probe<string> {
  const found = findComposer(screen.rows.map(withoutColours));
  if (found === null) return unknown("the screen shows no composer");
  const draft = draftOf(screen.rows.slice(found.from, found.to).map(undimmed));
  // Ours shows its header in front; behind a fold anything may stand.
  if (folded.test(draft) && !draft.startsWith("[batty "))
    return unknown("a folded paste stands in its composer");
  return known(draft);
}

/** Rows after the first are indented by two. A header that the pane's edge cut is one line again. */
function draftOf([first = "", ...rest]: readonly string[]): string {
  const shell = first.startsWith("!") ? "!" : "";
  const lines = [shell + first.slice(2), ...rest.map((row) => row.slice(2))];
  const text = lines
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();
  const end = text.indexOf("]");
  if (!text.startsWith("[batty ") || end < 0) return text;
  return text.slice(0, end).replaceAll("\n", " ") + text.slice(end);
}

export function read(screen: Screen): Reading {
  const rows = screen.rows.map(withoutColours);
  const found = findComposer(rows);
  if (found === null) return dialog(rows);
  const below = rows.slice(found.to + 1).join("\n");
  const busy = /\besc to interrupt\b/.test(below) || (spins(screen.title) && counts(rows, found));
  return { shows: busy ? "working" : "idle", what: "" };
}

/** A hint may take the place of the line below: then the title and the running counter above say the same. */
const spins = (title: string): boolean => /^[◐◓◑◒\u2800-\u28ff] /.test(title);
const counts = (rows: readonly string[], { from }: Composer): boolean =>
  rows.slice(Math.max(0, from - 8), from).some((row) => /^[^\s●❯⎿] .*…|retrying in \d/.test(row));

/** The screens of a first run. Who answers them once, by hand, is not asked again. */
const firstRun: readonly (readonly [RegExp, string])[] = [
  [/^ *Choose the text style|^ *Let's get started/m, "its first set-up: run claude once by hand"],
  [/^ *Select login method|Paste code here if prompted/m, "a login: run claude once by hand"],
  [/^ *Quick safety check:/m, "whether it may trust this folder"],
  [/^ *Detected a custom API key/m, "whether to use ANTHROPIC_API_KEY: answer once by hand"],
  [/^ *WARNING: .*Bypass Permissions mode/m, "whether to run without asking for permission"],
];

const option = /^\s*(?:❯ )?\d+\. \S/;
const chosen = /^\s*❯ (?:\d+\. )?\S/;
const hint = /\b(?:Esc to cancel|Enter to (?:confirm|select))\b/;

function dialog(rows: readonly string[]): Reading {
  const text = rows.join("\n");
  const first = firstRun.find(([shown]) => shown.test(text));
  if (first !== undefined) return { shows: "waiting", what: first[1] };
  const at = rows.findLastIndex((row) => chosen.test(row));
  const last = rows.filter((row) => row.trim() !== "").slice(-3);
  const open = last.some((row) => hint.test(row)) || option.test(last.at(-1) ?? "");
  if (at < 0 || !open) return { shows: "unknown", what: "" };
  return { shows: "waiting", what: questionAbove(rows.slice(0, at)) };
}

/** What stands above the first answer: the nearest question, or the dialog's first line. */
function questionAbove(rows: readonly string[]): string {
  const top = rows.findLastIndex((row) => /^\s*[─▔]{8,}/.test(row));
  const lines = rows.slice(top + 1).map((row) => row.trim());
  return lines.findLast((line) => line.endsWith("?")) ?? lines.find((line) => line !== "") ?? "";
}
