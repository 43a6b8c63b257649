// The line a person writes: text, cursor, and what was written before. Pure.
import { graphemes } from "../width.ts";

export interface Editor {
  readonly text: string;
  /** Index into `text`, never inside a character. */
  readonly cursor: number;
  /** Oldest first. */
  readonly past: readonly string[];
  /** Where in the past the person is; null: at the present line. */
  readonly at: number | null;
  /** The present line while the person looks at the past. */
  readonly draft: string;
}

const keptPast = 200;

export const blankEditor: Editor = { text: "", cursor: 0, past: [], at: null, draft: "" };

export type Motion = "left" | "right" | "home" | "end" | "word-left" | "word-right";

export const withText = (e: Editor, text: string): Editor => ({ ...e, text, cursor: text.length });

export const insert = (e: Editor, text: string): Editor => ({
  ...e,
  text: e.text.slice(0, e.cursor) + text + e.text.slice(e.cursor),
  cursor: e.cursor + text.length,
});

export const move = (e: Editor, motion: Motion): Editor => ({ ...e, cursor: target(e, motion) });

/** Deletes from the cursor to where the motion leads. */
export function erase(e: Editor, motion: Motion): Editor {
  const to = target(e, motion);
  const [from, end] = to < e.cursor ? [to, e.cursor] : [e.cursor, to];
  return { ...e, text: e.text.slice(0, from) + e.text.slice(end), cursor: from };
}

function target({ text, cursor }: Editor, motion: Motion): number {
  const before = text.slice(0, cursor);
  const after = text.slice(cursor);
  switch (motion) {
    case "left":
      return cursor - (graphemes(before).at(-1)?.length ?? 0);
    case "right":
      return cursor + (graphemes(after)[0]?.length ?? 0);
    case "home":
      return before.lastIndexOf("\n") + 1;
    case "end":
      return cursor + (after.includes("\n") ? after.indexOf("\n") : after.length);
    case "word-left":
      return before.replace(/\S*\s*$/, "").length;
    case "word-right":
      return cursor + (/^\s*\S*/.exec(after)?.[0].length ?? 0);
  }
}

/** The line was sent: it joins the past. */
export function sent(e: Editor): Editor {
  const past = e.past.at(-1) === e.text ? e.past : [...e.past, e.text].slice(-keptPast);
  return { ...blankEditor, past };
}

export function older(e: Editor): Editor {
  const at = (e.at ?? e.past.length) - 1;
  if (at < 0) return e;
  const draft = e.at === null ? e.text : e.draft;
  return { ...withText(e, e.past[at] ?? ""), at, draft };
}

export function newer(e: Editor): Editor {
  if (e.at === null) return e;
  const at = e.at + 1;
  if (at >= e.past.length) return { ...withText(e, e.draft), at: null, draft: "" };
  return { ...withText(e, e.past[at] ?? ""), at };
}
