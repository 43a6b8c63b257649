// What Codex's screen shows: its composer, a dialog, work. Layout and words as of the versions that the driver names.
import type { Reading, Screen } from "../../../core/agent.ts";
import { known, type Probe, unknown } from "../../../core/words.ts";
import { withoutColours } from "../screen-text.ts";
import { undimmed } from "../styled.ts";

/** Where the composer or a dialog's choice stands; nothing below is history. */
interface Bottom {
  readonly rows: readonly string[];
  readonly prompt: number;
}

function bottomOf(screen: Screen): Bottom | null {
  const rows = screen.rows.map(withoutColours);
  const prompt = rows.findLastIndex((row) => /^(?:›(?: |$)|> \d+\. )/.test(row));
  // A composer stands right below it already, for as long as that takes.
  const loads = rows
    .slice(Math.max(0, prompt - 2))
    .some((row) => /^\s+Resuming session…$/.test(row));
  return prompt < 0 || loads ? null : { rows, prompt };
}

const isChoice = ({ rows, prompt }: Bottom): boolean => /^[›>] \d+\. /.test(rows[prompt] ?? "");

/** A choice of a list, and what says below which keys choose. */
const isDialog = (bottom: Bottom): boolean =>
  isChoice(bottom) &&
  bottom.rows
    .slice(bottom.prompt + 1)
    .some((row) => /\benter\b.*\besc\b|^ *Press enter\b/i.test(row));

/** tmux writes so below all that the program left there. */
const isDead = (screen: Screen): boolean =>
  /^Pane is dead\b/.test(screen.rows.map(withoutColours).findLast((row) => row !== "") ?? "");

export function composer(screen: Screen): Probe<string> {
  if (isDead(screen)) return unknown("its program has ended");
  const bottom = bottomOf(screen);
  if (bottom === null) return unknown("the screen shows no composer");
  if (isDialog(bottom)) return unknown("a dialog stands where the composer is");
  if (statusOf(screen)?.includes(hookRuns) === true) return unknown("it waits for a permission");
  const draft = draftOf(bottom);
  // What nobody typed is dim.
  if (undimmed(screen.rows[bottom.prompt] ?? "") === "›" && !draft.includes("\n")) return known("");
  if (draft.startsWith("[Pasted Content ")) return unknown("it shows a long paste folded");
  return known(whole(draft));
}

/** From its prompt to the blank row above the footer; each row but the first is indented as the first is by the prompt. */
function draftOf({ rows, prompt }: Bottom): string {
  const below = rows.slice(prompt);
  const footer = below.lastIndexOf("");
  const drafted = footer < 0 ? below : below.slice(0, footer);
  return drafted
    .map((row) => row.slice(2))
    .join("\n")
    .trim();
}

/** A header that a narrow pane broke is one line again. */
const whole = (draft: string): string =>
  draft.replace(/^\[batty [^\]]*\]/, (header) => header.replaceAll("\n", " "));

export function read(screen: Screen): Reading {
  if (isDead(screen)) return { shows: "unknown", what: "its program has ended" };
  const bottom = bottomOf(screen);
  if (bottom !== null && isDialog(bottom)) return { shows: "waiting", what: questionOf(bottom) };
  if (screen.title.includes("Action Required")) return { shows: "waiting", what: "an answer" };
  const status = statusOf(screen);
  if (status?.includes(hookRuns) === true) return { shows: "waiting", what: "a permission" };
  if (status !== undefined) return { shows: "working", what: "" };
  // The title of one that was killed stays.
  // A list whose last rows are still to be drawn, or somebody's draft.
  if (bottom === null || isChoice(bottom)) return { shows: "unknown", what: "" };
  if (spins(screen.title)) return { shows: "working", what: "" };
  return { shows: "idle", what: "", ready: true };
}

/** `• Working (3s • esc to interrupt)`, `◦ Reconnecting... 2/5 (1s • esc to interrupt)`. */
const statusRow = /^[•◦] .*\(.*\besc to interrupt\)/;

/** Its hooks are over at once, but for the one that asks people. */
const hookRuns = "Running hook";

/** Right above the composer, but for its own details. Its time is dim, which nothing that the model writes can be. */
function statusOf(screen: Screen): string | undefined {
  const rows = screen.rows.map(withoutColours);
  const at = rows.findLastIndex((row) => statusRow.test(row));
  const row = rows[at];
  if (row === undefined || /esc to interrupt/.test(undimmed(screen.rows[at] ?? "")))
    return undefined;
  const prompt = rows.findLastIndex((one) => one.startsWith("›"));
  const between = prompt < at ? [] : rows.slice(at + 1, prompt);
  return between.every((one) => one === "" || one.startsWith("  ")) ? row : undefined;
}

/** While an answer streams in, only the title says so. */
const spins = (title: string): boolean => /^[\u2801-\u28ff] /.test(title);

/** The nearest question above the choice, with the command it is about. */
function questionOf({ rows, prompt }: Bottom): string {
  const above = rows.slice(0, prompt).map((row) => row.trim());
  const at = above.findLastIndex((row) => row.includes("?"));
  const question = at < 0 ? (above.findLast((row) => row !== "") ?? "") : (above[at] ?? "");
  const command = above.slice(at + 1).find((row) => row.startsWith("$ "));
  return command === undefined ? question : `${question} ${command}`;
}
