// Text in pieces that fit into messages: cut at paragraphs, else lines, else words, never within a character. A code
// block that is cut is closed and opened again in its language. Must not know of cards.
import { draw, fencesAtMost, lengthWith, type Row, rowsOf } from "./blocks.ts";
import { clean, endsEscaping } from "./inert.ts";

/** Foreign text: markdown, or `plain` where only what stands in backticks is marked. */
export interface Passage {
  readonly text: string;
  readonly plain: boolean;
}

interface Room {
  /** UTF-16 units of a piece. */
  readonly limit: number;
  /** Of the first one. */
  readonly first?: number;
  /** No more pieces than this; what comes after them is not read. */
  readonly atMost: number;
}

/** Of a text that is longer than this many times its room, the beginning is read. */
const readAtMost = 3;

/** Pieces that can each be read for itself, none of them blank. `more`: they are not the whole. */
export function inPieces(
  passages: readonly Passage[],
  { limit, first = limit, atMost }: Room,
): { readonly pieces: readonly string[]; readonly more: boolean } {
  const most = Math.min(limit, first) - fencesAtMost;
  const read = limit * atMost * readAtMost;
  const pieces: string[] = [];
  for (const piece of packed(shortRows(passages, read, most), limit, first)) {
    if (pieces.length === atMost) return { pieces, more: true };
    pieces.push(piece);
  }
  return { pieces, more: passages.some(({ text }) => text.length > read) };
}

function* shortRows(passages: readonly Passage[], read: number, most: number): Generator<Row> {
  for (const { text, plain } of passages)
    for (const row of rowsOf(clean(text.slice(0, read)), plain)) {
      let rest = row.text;
      while (rest.length > most) {
        const at = cutAt(rest, most);
        yield { text: rest.slice(0, at), code: row.code };
        rest = rest.slice(at);
      }
      yield { text: rest, code: row.code };
    }
}

// ---------------------------------------------------------------- packing

function* packed(rows: Iterable<Row>, limit: number, first: number): Generator<string> {
  let room = first;
  let kept: Row[] = [];
  let lengths: number[] = [];
  const keep = (row: Row): number =>
    lengths.push(lengthWith(lengths.at(-1) ?? 0, kept.at(-1), row)) && kept.push(row);
  for (const row of rows) {
    while (kept.length > 0 && lengthWith(lengths.at(-1) ?? 0, kept.at(-1), row) > room) {
      const at = borderIn(kept, lengths, row, room);
      const piece = drawn(kept.slice(0, at));
      const others = kept.slice(at);
      kept = [];
      lengths = [];
      others.forEach(keep);
      if (piece === "") continue;
      room = limit;
      yield piece;
    }
    keep(row);
  }
  const last = drawn(kept);
  if (last !== "") yield last;
}

/** After how many rows the piece ends: where something ends in its second half, else with the last one. */
function borderIn(
  rows: readonly Row[],
  lengths: readonly number[],
  next: Row,
  room: number,
): number {
  for (let at = rows.length; at > 0 && (lengths[at - 1] ?? 0) >= room / 2; at -= 1)
    if (isBorder(rows[at - 1], rows[at] ?? next)) return at;
  return rows.length;
}

const isBorder = (before: Row | undefined, after: Row): boolean =>
  before?.code !== after.code ||
  (after.code === null && (before?.text.trim() === "" || /^#{1,3} /.test(after.text)));

/** Discord takes blanks off both ends; what nobody would see is nothing. */
function drawn(rows: readonly Row[]): string {
  const text = draw(rows).trim();
  return /^[\s\p{Cc}\p{Cf}]*$/u.test(text) ? "" : text;
}

// ---------------------------------------------------------------- cutting

const segments = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Where to cut so that at most `most` units come before it: at a blank near its end, never within a character. */
export function cutAt(text: string, most: number): number {
  if (text.length <= most) return text.length;
  const pieces = segments.segment(text.slice(0, most + 2));
  const begins = (at: number): boolean => pieces.containing(at)?.index === at;
  const blank = text.lastIndexOf(" ", most - 1) + 1;
  if (blank > most * 0.7 && begins(blank)) return blank;
  const at = pieces.containing(most)?.index ?? most;
  const whole = endsEscaping(text.slice(0, at)) ? at - 1 : at;
  // One character that is longer than all the room: between two of its parts.
  return whole > 0 ? whole : most - (isSecondHalf(text, most) ? 1 : 0);
}

const isSecondHalf = (text: string, at: number): boolean =>
  /[\udc00-\udfff]/.test(text.charAt(at)) && /[\ud800-\udbff]/.test(text.charAt(at - 1));

/** One line of at most so many units. */
export const shorten = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, cutAt(text, most - 1)).trimEnd()}…`;
