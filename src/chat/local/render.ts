// A message of the chat as lines of text, for the terminal client and the demo's transcript. Pure: no screen, no clock.
import type { Action, Card } from "../../core/card.ts";
import type { Receipt } from "../../core/words.ts";
import { type Line, paint, type Style, span, widthOfLine } from "./spans.ts";
import { clean, pad, shorten, widthOf, wrap } from "./width.ts";

/** What is needed of a protocol line (interface §4) to show it. */
export interface Showable {
  readonly event?: "message" | "edit";
  readonly room: string;
  readonly from: string;
  readonly text: string;
  readonly card: Card | null;
  readonly ts: string;
  readonly loud?: boolean;
  readonly reactions?: readonly Mark[];
}

export interface Mark {
  readonly emoji: string;
  readonly state: Receipt | null;
  readonly by: string;
}

export interface RenderOptions {
  /** Names the room, and shows an edited card by its outcome alone [true]. */
  readonly transcript?: boolean;
  /** The card's actions are numbered: a key reaches them [false]. */
  readonly focused?: boolean;
}

/** @param width columns; no line is wider */
export function renderPost(
  post: Showable,
  width: number,
  options: RenderOptions & { readonly colour?: boolean } = {},
): string[] {
  return layOut(post, width, options).map((line) => paint(line, options.colour === true));
}

/** The text of a message whose card says the same is for programs and plain surfaces. */
function isOnCard(text: string, { title, lines }: Card): boolean {
  return text === clean(title) || text === clean([title, ...lines].join("\n")).trim();
}

const indent = "      ";

/** A narrow terminal still gets something readable. */
const narrowest = 16;

export function layOut(post: Showable, wide: number, options: RenderOptions = {}): Line[] {
  const width = Math.max(narrowest, wide);
  const { card } = post;
  const transcript = options.transcript ?? true;
  if (transcript && post.event === "edit") return outcome(post, width);
  const head = heading(post, transcript);
  if (card === null) return [...textLines(head, post.text, width), ...marks(post, width)];
  const text = clean(post.text).trim();
  return [
    fitHead([...head, span(` ${card.kind} · ${card.state}`, card.tone)], width),
    ...(text === "" || isOnCard(text, card)
      ? []
      : wrap(text, width - 6).map((l) => [span(indent + l)])),
    ...cardLines(card, width, options.focused === true),
    ...marks(post, width),
  ];
}

const fitHead = (line: Line, width: number): Line =>
  widthOfLine(line) <= width
    ? line
    : [span(shorten(line.map((s) => s.text).join(""), width), line.at(-1)?.style)];

function heading(post: Showable, transcript: boolean): Line {
  const from = span(clean(post.from), post.from === "batty" ? "dim" : "bold");
  const room = transcript ? [span(`${clean(post.room)} · `, "dim")] : [];
  const loud = post.loud === true && post.card?.state === "open" ? [span("! ", "warn")] : [];
  return [span(`${clock(post.ts)} `, "dim"), ...loud, ...room, from];
}

/** Hours and minutes where the reader is. */
function clock(ts: string): string {
  const at = new Date(ts);
  if (Number.isNaN(at.getTime())) return "--:--";
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Begins on the heading's line when there is room for a few words. */
function textLines(head: Line, raw: string, width: number): Line[] {
  const text = clean(raw).trimEnd();
  const start = fitHead([...head, span(" ")], width);
  const left = width - widthOfLine(start);
  const [first = "", ...rest] =
    left < 12 ? ["", ...wrap(text, width - 6)] : wrap(text, width - 6, left);
  return [[...start, span(first)], ...rest.map((line): Line => [span(indent + line)])];
}

// ---------------------------------------------------------------- cards

function cardLines(card: Card, width: number, focused: boolean): Line[] {
  const inner = width - indent.length - 2;
  const bar = span(`${indent}│ `, card.tone);
  const block = (text: string, style: Style = "plain"): Line[] =>
    text.trim() === "" ? [] : wrap(clean(text), inner).map((line) => [bar, span(line, style)]);
  const names = card.fields.map((f) => clean(f.name));
  const column = Math.min(12, Math.floor(inner / 2), Math.max(0, ...names.map(widthOf)));
  return [
    ...block(card.title, "bold"),
    ...card.lines.flatMap((line) => block(line)),
    ...card.fields.flatMap(({ name, value }) =>
      fieldLines(clean(name), clean(value), column, inner).map((line): Line => [bar, ...line]),
    ),
    ...(card.image === null ? [] : block(`picture: ${card.image.name}`, "dim")),
    ...actionLines(card.actions, inner, focused).map((line): Line => [bar, ...line]),
    ...block(card.footer, "dim"),
  ];
}

function fieldLines(name: string, value: string, column: number, inner: number): Line[] {
  // A whole commit id is for programs.
  const shown = /^[0-9a-f]{40}$/.test(value) ? value.slice(0, 12) : value;
  const lines = wrap(shown, Math.max(1, inner - column - 1));
  return lines.map((line, i) => [span(`${pad(i === 0 ? name : "", column)} `, "dim"), span(line)]);
}

/** As a person names it: what asks for a text ends in `…`. */
export const labelOf = (action: Action): string => {
  const label = clean(action.label);
  return action.asks === "text" && !label.endsWith("…") ? `${label}…` : label;
};

function actionLines(actions: readonly Action[], inner: number, focused: boolean): Line[] {
  const lines: Line[] = [];
  let line: Line = [];
  actions.forEach((action, i) => {
    const label = shorten(labelOf(action), Math.max(1, inner - 5));
    const style: Style = action.style === "danger" ? "bad" : "plain";
    const chip: Line = focused
      ? [span(`[${i + 1}] `, "key"), span(label, style)]
      : [span(`[${label}]`, "dim")];
    const gap = line.length === 0 ? 0 : 2;
    if (widthOfLine(line) + gap + widthOfLine(chip) > inner && line.length > 0) {
      lines.push(line);
      line = chip;
    } else line = gap === 0 ? chip : [...line, span("  "), ...chip];
  });
  return line.length === 0 ? lines : [...lines, line];
}

// ---------------------------------------------------------------- what came later

/** Receipts and reactions that stand on a message. */
function marks(post: Showable, width: number): Line[] {
  const standing = post.reactions ?? [];
  if (standing.length === 0) return [];
  const words = standing.map((m) => `${clean(m.emoji)} ${m.state ?? clean(m.by)}`).join("  ");
  const failed = standing.some((m) => m.state === "failed");
  return wrap(words, width - 6).map((line) => [span(indent + line, failed ? "bad" : "dim")]);
}

/** In a transcript the whole card stood there already; the steps of a task, and of the board, stand in the task's room. */
function outcome(post: Showable, width: number): Line[] {
  const { card } = post;
  if ((card?.kind === "task" || card?.kind === "board") && card.state === "open") return [];
  const said =
    card === null
      ? post.text
      : [`${card.title}: ${card.state}`, card.footer].filter((part) => part !== "").join(". ");
  return textLines([...heading(post, true), span(" (edited)", "dim")], said, width);
}
