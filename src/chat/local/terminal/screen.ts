// The view as a screen: rooms at the left (or, on a narrow one, in the heading), messages, a hint, the line being written. Pure.
import { layOut } from "../render.ts";
import { type Line, padLine, shortenLine, span } from "../spans.ts";
import { clean, graphemes, pad, shorten, widthOf } from "../width.ts";
import type { Extent } from "./act.ts";
import { hintLines } from "./hint.ts";
import { type Entry, entriesOf, focused, type View, wantsSomebody } from "./view.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Screen {
  /** Exactly `rows` lines, none wider than `columns`. */
  readonly lines: readonly Line[];
  readonly cursor: { readonly row: number; readonly column: number };
}

/** From here on the rooms stand in a column of their own. */
const wideFrom = 64;
const roomsWidth = 18;
const longestInput = 6;

const messagesWidth = ({ columns }: Size): number =>
  columns >= wideFrom ? columns - roomsWidth - 1 : columns;

export function screen(view: View, size: Size): Screen {
  const input = inputLines(view, size);
  const hint = hintOf(view, size, input);
  const bodyRows = bodyRowsOf(size, hint, input);
  const body = messageRows(view, size, bodyRows);
  const wide = size.columns >= wideFrom;
  const list = wide ? roomRows(view, bodyRows) : [];
  const middle = body.map(
    (line, row): Line =>
      wide
        ? [...padLine(list[row] ?? [], roomsWidth), span("│", "dim"), ...line]
        : shortenLine(line, size.columns),
  );
  const lines = [
    padLine(heading(view, wide), size.columns),
    ...middle,
    ...hint.map((line) => shortenLine(line, size.columns)),
    ...input.lines,
  ];
  return {
    lines: lines.slice(-size.rows),
    cursor: { row: size.rows - input.lines.length + input.row, column: input.column },
  };
}

/** What scrolling must know. */
export function extentOf(view: View, size: Size): Extent {
  const input = inputLines(view, size);
  const rows = bodyRowsOf(size, hintOf(view, size, input), input);
  return { lines: roomLines(view, messagesWidth(size)).length, rows };
}

/** The messages keep half of a small screen. */
const hintOf = (view: View, { columns, rows }: Size, input: Input): readonly Line[] =>
  hintLines(view, columns, Math.max(1, Math.floor(rows / 2) - input.lines.length));

const bodyRowsOf = ({ rows }: Size, hint: readonly Line[], input: Input): number =>
  Math.max(1, rows - 1 - hint.length - input.lines.length);

// ---------------------------------------------------------------- messages

/** An entry is laid out once for a width: a room of a thousand messages must not be, at each key. */
const laidOut = new WeakMap<Entry, { readonly for: string; readonly lines: readonly Line[] }>();

function linesOf(entry: Entry, width: number, isFocused: boolean): readonly Line[] {
  const key = `${width} ${isFocused}`;
  const before = laidOut.get(entry);
  if (before?.for === key) return before.lines;
  const lines = layOut(entry, width, { transcript: false, focused: isFocused });
  laidOut.set(entry, { for: key, lines });
  return lines;
}

function roomLines(view: View, width: number): readonly Line[] {
  const chosen = focused(view);
  return entriesOf(view, view.current).flatMap((entry) =>
    linesOf(entry, width, entry.id === chosen?.id),
  );
}

function messageRows(view: View, size: Size, rows: number): readonly Line[] {
  const lines = roomLines(view, messagesWidth(size));
  const last = Math.max(0, lines.length - rows);
  const top = Math.min(view.top ?? last, last);
  const shown = lines.slice(top, top + rows);
  const blank = Array.from({ length: rows - shown.length }, (): Line => []);
  return [...shown, ...blank];
}

// ---------------------------------------------------------------- rooms

function heading(view: View, wide: boolean): Line {
  const room = view.rooms.find((r) => r.name === view.current);
  const title = clean(room?.title ?? view.current);
  const who = view.me === null ? "" : `  ${view.me.name} (${view.me.tier})`;
  const others = wide
    ? []
    : view.rooms
        .filter((r) => r.name !== view.current)
        .flatMap((r) => {
          const mark = markOf(view, r.name);
          return mark === "" ? [] : [`${clean(r.name)} ${mark}`];
        });
  return [span([` ${title}${who}`, ...others].join("  "), "here")];
}

/** `!`: something waits for a person; else how much is unread. */
function markOf(view: View, room: string): string {
  const unread = view.unread.get(room) ?? 0;
  return `${wantsSomebody(view, room) ? "!" : ""}${unread > 0 ? Math.min(unread, 99) : ""}`;
}

function roomRows(view: View, rows: number): readonly Line[] {
  const at = view.rooms.findIndex((room) => room.name === view.current);
  const from = Math.max(0, Math.min(at - Math.floor(rows / 2), view.rooms.length - rows));
  return view.rooms.slice(from, from + rows).map(({ name }): Line => {
    const mark = markOf(view, name);
    const text = pad(clean(name), roomsWidth - 2 - widthOf(mark) - 1);
    if (name === view.current) return [span(` ${text} ${mark} `, "here")];
    const style = mark.startsWith("!") ? "warn" : mark === "" ? "dim" : "bold";
    return [span(` ${text} ${mark} `, style)];
  });
}

// ---------------------------------------------------------------- input

interface Input {
  readonly lines: readonly Line[];
  readonly row: number;
  readonly column: number;
}

/** Broken at the edge, not at blanks: what is written never moves to another line while it is written. */
function inputLines(view: View, { columns, rows }: Size): Input {
  const label = shorten(
    clean(view.asking?.label ?? view.current),
    Math.max(1, Math.floor(columns / 3)),
  );
  const prompt = `${label}> `;
  const { text, cursor } = view.editor;
  const lines: string[] = [""];
  let used = widthOf(prompt);
  let at = 0;
  let place = { row: 0, column: used };
  const turn = (): void => {
    lines.push("");
    used = 0;
  };
  for (const piece of graphemes(text)) {
    if (at === cursor) place = { row: lines.length - 1, column: used };
    at += piece.length;
    if (piece === "\n") {
      turn();
      continue;
    }
    const shown = clean(piece);
    const wide = widthOf(shown);
    if (used + wide >= columns) turn();
    if (at - piece.length === cursor) place = { row: lines.length - 1, column: used };
    lines[lines.length - 1] += shown;
    used += wide;
  }
  if (at === cursor) place = { row: lines.length - 1, column: used };
  const visible = Math.max(1, Math.min(longestInput, rows - 4));
  const from = Math.max(0, Math.min(place.row - visible + 1, lines.length - visible));
  const shown = lines
    .map((line, i): Line => (i === 0 ? [span(prompt, "key"), span(line)] : [span(line)]))
    .slice(from, from + visible);
  return { lines: shown, row: place.row - from, column: place.column };
}
