// How wide text stands in a terminal, and what follows: cutting and wrapping it. Knows nothing of cards or screens.
import { eastAsianWidth } from "get-east-asian-width";

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);

/** A whole escape sequence: a string (title, clipboard), a control sequence, or two characters. */
const sequence = new RegExp(
  `${ESC}(?:[\\]PX^_][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\|$)|\\[[0-?]*[ -/]*[@-~]|[ -~])`,
  "g",
);
const control = /[^\P{Cc}\n]/gu;
/** Marks that turn the reading direction: text from agents must not look like other text. */
const direction = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Parts of emoji about whose width terminals disagree; without them the width is certain. */
const decoration =
  /\u200d|[\ufe00-\ufe0f]|[\u{1f3fb}-\u{1f3ff}]|[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/gu;
const plain = /^[ -~]*$/;
const noWidth = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;

/** Text as it may be shown: no control characters, no escape sequences, newlines kept. */
export function clean(text: string): string {
  if (plain.test(text)) return text;
  return text
    .replace(/\r\n?/g, "\n")
    .replace(sequence, "")
    .replace(/\t/g, "    ")
    .replace(control, "")
    .replace(direction, "")
    .replace(decoration, "");
}

/** Columns that cleaned text takes. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (code < 0x300) width += 1;
    else if (!noWidth.test(char)) width += eastAsianWidth(code);
  }
  return width;
}

const segments = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What a person counts as characters. */
export const graphemes = (text: string): readonly string[] =>
  plain.test(text) ? [...text] : Array.from(segments.segment(text), ({ segment }) => segment);

/** At most `width` columns of one line; what was cut is shown as `…`. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = "";
  let used = 0;
  for (const piece of graphemes(text)) {
    used += widthOf(piece);
    if (used > width - 1) break;
    cut += piece;
  }
  return width < 1 ? "" : `${cut}…`;
}

/** Filled up with blanks, or cut, to exactly `width` columns. */
export function pad(text: string, width: number): string {
  const cut = shorten(text, width);
  return cut + " ".repeat(Math.max(0, width - widthOf(cut)));
}

/** Lines of at most `width` columns, broken at blanks where there are any. `first`: columns of the first one. */
export function wrap(text: string, width: number, first = width): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n"))
    lines.push(...wrapParagraph(paragraph, width, lines.length === 0 ? first : width));
  return lines;
}

function wrapParagraph(text: string, width: number, first: number): string[] {
  if (widthOf(text) <= first) return [text];
  const lines: string[] = [];
  let line = "";
  let used = 0;
  const room = (): number => Math.max(1, lines.length === 0 ? first : width);
  const turn = (): void => {
    lines.push(line.trimEnd());
    line = "";
    used = 0;
  };
  const put = (piece: string, wide: number): void => {
    line += piece;
    used += wide;
  };
  for (const word of text.match(/ +|[^ ]+/g) ?? []) {
    const wide = widthOf(word);
    const blank = word.startsWith(" ");
    // The blanks at which a line was broken are its end; those that begin a text are its indent.
    if (blank && used === 0 && lines.length > 0) continue;
    if (used + wide > room() && used > 0 && !blank) turn();
    if (used + wide <= room()) put(word, wide);
    else if (blank) turn();
    else
      for (const piece of graphemes(word)) {
        const one = widthOf(piece);
        if (used + one > room() && used > 0) turn();
        put(piece, one);
      }
  }
  if (line !== "") turn();
  return lines;
}
