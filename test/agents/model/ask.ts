// What any model API is asked, whatever its wire form, and what the script answers to it: the one place that
// decides. Keeps nothing: the step is counted in the conversation itself, so retries and resumes need nothing more.
import { findScript, type Reply, repliesOf } from "./script.ts";

export type Turn =
  | { readonly by: "user"; readonly text: string }
  | { readonly by: "agent"; readonly tools: number };

export interface Ask {
  /** As the CLI names its session; null: it named none. */
  readonly session: string | null;
  readonly model: string;
  readonly stream: boolean;
  /** Names of the tools that may be called, with their kind. */
  readonly tools: ReadonlyMap<string, "function" | "custom">;
  /** User texts and answers, oldest first; tools' results are no turns. */
  readonly turns: readonly Turn[];
  /** Length of the request, bytes. */
  readonly size: number;
}

/** What to answer when a user's text holds `when`; the first that fits, for texts without a script of their own. */
export interface Page {
  readonly when: string | RegExp;
  readonly script: string;
}

export interface Answer {
  readonly reply: Reply;
  /** Which answer of the script. */
  readonly step: number;
  /** Not the conversation itself: a title, a summary, a probe of the quota. */
  readonly side: "title" | "summary" | "probe" | null;
  /** The user text it answers. */
  readonly text: string;
}

const reminder = /<system-reminder>[\s\S]*?<\/system-reminder>/g;
const compaction =
  /create a detailed summary of the conversation|CONTEXT CHECKPOINT COMPACTION|handoff summary for another/i;

const plain = (text: string): Reply => ({
  faults: [],
  parts: [{ kind: "say", text, ms: 0 }],
  tool: null,
  tokens: null,
});

const asides = {
  title: '{"title":"Scripted work"}',
  summary: "<summary>Work goes on as asked.</summary>",
  probe: "ok",
} as const;

/** @throws Error if the script cannot be read */
export function answerTo(ask: Ask, playbook: readonly Page[]): Answer {
  const last = lastText(ask.turns);
  const side = sideOf(ask, last.text);
  if (side !== null) return { reply: plain(asides[side]), side, ...last };
  const script = findScript(last.text) ?? pageFor(last.text, playbook);
  if (script === null) return { reply: plain("Understood."), side, ...last };
  const replies = repliesOf(script);
  return { reply: replies[last.step] ?? plain("That was all."), side, ...last };
}

function pageFor(text: string, playbook: readonly Page[]): string | null {
  const fits = ({ when }: Page): boolean =>
    typeof when === "string" ? text.includes(when) : when.test(text);
  return playbook.find(fits)?.script ?? null;
}

/** The last user text with words of its own, and the tools called since. */
function lastText(turns: readonly Turn[]): { readonly text: string; readonly step: number } {
  let step = 0;
  for (const turn of turns.toReversed()) {
    if (turn.by === "agent") step += turn.tools;
    else if (findScript(turn.text) !== null || turn.text.replace(reminder, "").trim() !== "")
      return { text: turn.text, step };
  }
  return { text: "", step };
}

function sideOf(ask: Ask, text: string): Answer["side"] {
  if (compaction.test(text.slice(0, 4_000)) || compaction.test(text.slice(-4_000)))
    return "summary";
  if (ask.tools.size > 0) return null;
  if (text.trim() === "quota") return "probe";
  return findScript(text) === null || /title/i.test(text) ? "title" : null;
}
