// Lines of styled text. Styles are meanings; which colours they are is decided here, once.
import { shorten, widthOf } from "./width.ts";

export type Style = "plain" | "dim" | "bold" | "calm" | "good" | "warn" | "bad" | "key" | "here";

export interface Span {
  readonly text: string;
  readonly style: Style;
}
export type Line = readonly Span[];

export const span = (text: string, style: Style = "plain"): Span => ({ text, style });

export const widthOfLine = (line: Line): number => line.reduce((n, s) => n + widthOf(s.text), 0);

/** At most `width` columns of it. */
export function shortenLine(line: Line, width: number): Line {
  const kept: Span[] = [];
  let left = width;
  for (const { text, style } of line) {
    if (left <= 0) break;
    const cut = shorten(text, left);
    kept.push({ text: cut, style });
    left -= widthOf(cut);
    if (cut !== text) break;
  }
  return kept;
}

/** Filled up with blanks, or cut, to exactly `width` columns. */
export function padLine(line: Line, width: number): Line {
  const cut = shortenLine(line, width);
  const missing = width - widthOfLine(cut);
  return missing > 0 ? [...cut, span(" ".repeat(missing), cut.at(-1)?.style ?? "plain")] : cut;
}

/** Colours of the terminal's own palette: readable on dark and on light ones. */
const codes: Readonly<Record<Style, string>> = {
  plain: "",
  dim: "2",
  bold: "1",
  calm: "36",
  good: "32",
  warn: "33",
  bad: "31",
  key: "1;36",
  here: "7",
};

/** The line for a terminal. Without colour it is its text alone. */
export function paint(line: Line, colour: boolean): string {
  return line
    .map(({ text, style }) =>
      colour && codes[style] !== "" ? `\x1b[${codes[style]}m${text}\x1b[0m` : text,
    )
    .join("");
}
