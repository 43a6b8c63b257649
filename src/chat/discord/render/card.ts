// A card as Discord's embed, for a phone: a title, short lines, its tone as the colour of its edge, how it stands in the
// footer. Must not know of messages, people or what the card is about.
import { type APIEmbed, EmbedBuilder } from "discord.js";
import type { Card, CardKind, CardState, Tone } from "../../../core/card.ts";
import { fenced } from "../../../core/views/diff.ts";
import { isOver, longLabels } from "./buttons.ts";
import { clean, inertCode, inertProse } from "./inert.ts";
import { limits } from "./limits.ts";
import { inPieces, type Passage, shorten } from "./text.ts";

/** docs/discord.md has the same table. */
const colours: Readonly<Record<Tone, { readonly open: number; readonly closed: number }>> = {
  calm: { open: 0x5b8def, closed: 0x747f8d },
  good: { open: 0x3ba55d, closed: 0x2d6a43 },
  warn: { open: 0xf0a020, closed: 0x747f8d },
  bad: { open: 0xe03e3e, closed: 0x8b3a3a },
};
const noLongerTrue = 0x4f545c;

const icons: Readonly<Record<CardKind, string>> = {
  merge: "🔀",
  question: "❓",
  permission: "🔐",
  confirm: "❗",
  standup: "🌅",
  status: "📊",
  task: "🔧",
  alert: "🔔",
  board: "📋",
};

/** Kinds on which it is said how they stand. */
const decided: readonly CardKind[] = ["merge", "question", "permission", "confirm"];

const standing: Readonly<Record<CardState, string>> = {
  open: "Open",
  decided: "Decided",
  done: "Done",
  superseded: "Superseded",
  expired: "Expired",
};

export interface Drawn {
  /** The card, then what it goes on with: one a message. */
  readonly embeds: readonly [APIEmbed, ...APIEmbed[]];
  /** All of it, where the embeds do not have all. */
  readonly whole: string | null;
}

/** @param file what the whole would be called */
export function drawCard(card: Card, file: string): Drawn {
  const { read, isWhole } = beginningOf(card);
  const title = titleOf(read);
  const footer = footerOf(read);
  const body = bodyOf(read, file, title.isCut, isWhole && footer.length <= limits.footer);
  const [first = "", ...others] = body.pieces;
  const embed = new EmbedBuilder().setTitle(title.text).setColor(colourOf(card));
  if (first !== "") embed.setDescription(first);
  if (footer !== "") embed.setFooter({ text: shorten(footer, limits.footer) });
  if (card.image !== null) embed.setImage(`attachment://${attachmentName(card.image.name)}`);
  const more = others.map((text) =>
    new EmbedBuilder().setColor(colourOf(card)).setDescription(text).toJSON(),
  );
  return { embeds: [embed.toJSON(), ...more], whole: body.isWhole ? null : allOf(card) };
}

/** Units of one text of a card that are looked at: more than there is room for. */
const readAtMost = 12_000;

/** A log of 1 MB in a card must not hold up the bot: only its beginning can be shown. */
function beginningOf(card: Card): { readonly read: Card; readonly isWhole: boolean } {
  let isWhole = true;
  let left = limits.parts * readAtMost;
  const beginning = (text: string): string => {
    const most = Math.min(readAtMost, left);
    left -= Math.min(most, text.length + 1);
    isWhole &&= text.length <= most;
    return text.slice(0, most);
  };
  const read = {
    ...card,
    title: beginning(card.title),
    footer: beginning(card.footer),
    actions: card.actions.map((action) => ({ ...action, label: beginning(action.label) })),
    fields: card.fields.map(({ name, value }) => ({ name, value: beginning(value) })),
    lines: card.lines.map(beginning),
  };
  return { read, isWhole };
}

/** Discord renames files with other letters, and the embed would not find its picture. */
export const attachmentName = (name: string): string =>
  name.replace(/[^\w.-]+/g, "_").slice(-80) || "picture.png";

function colourOf({ tone, state, kind }: Card): number {
  if (state === "superseded" || state === "expired") return noLongerTrue;
  return colours[tone][isOver(kind, state) ? "closed" : "open"];
}

const oneLine = (text: string): string => clean(text).replace(/\s+/g, " ").trim();

/** It is markdown there, and a task's title is none. */
function titleOf({ kind, tone, title }: Card): { readonly text: string; readonly isCut: boolean } {
  const icon = kind === "alert" && tone === "bad" ? "🚨" : icons[kind];
  const line = oneLine(title);
  for (let most = limits.title - icon.length - 1; ; most -= 16) {
    const text = `${icon} ${inertProse(shorten(line, most), true)}`.trim();
    if (text.length <= limits.title) return { text, isCut: most < line.length };
  }
}

function footerOf({ kind, state, footer }: Card): string {
  const said = inertCode(oneLine(footer));
  const isTold = decided.includes(kind) || state === "superseded" || state === "expired";
  const word = standing[state];
  if (!isTold || said.startsWith(word)) return said;
  return said === "" ? word : `${word} · ${said}`;
}

// ---------------------------------------------------------------- body

/** People decide on what these say: it is shown to its end. */
const shownWhole: readonly CardKind[] = ["question", "permission"];

const below = "\n-# goes on below ↓";

interface Body {
  readonly pieces: readonly string[];
  readonly isWhole: boolean;
}

function bodyOf(card: Card, file: string, isTitleCut: boolean, isWhole: boolean): Body {
  const passages = passagesOf(card, isTitleCut);
  const atMost = shownWhole.includes(card.kind) ? limits.parts : 1;
  const all = inPieces(passages, { limit: limits.description - below.length, atMost });
  if (isWhole && !all.more) {
    const last = all.pieces.length - 1;
    return { pieces: all.pieces.map((text, i) => (i < last ? text + below : text)), isWhole };
  }
  const note = `-# … the whole of it is in ${file}`;
  const limit = limits.description - note.length - 1;
  const { pieces } = inPieces(passages, { limit, atMost: 1 });
  return { pieces: [[...pieces, note].join("\n")], isWhole: false };
}

function passagesOf(card: Card, isCut: boolean): Passage[] {
  const labels = longLabels(card).map((name) => `- ${oneLine(name)}`);
  return [
    ...(isCut ? [{ text: oneLine(card.title), plain: true }] : []),
    linesOf(card),
    { text: fieldLines(card.fields).join("\n"), plain: false },
    { text: labels.join("\n"), plain: true },
  ].filter(({ text }) => text !== "");
}

function linesOf({ kind, lines }: Card): Passage {
  const text = lines.join("\n");
  switch (kind) {
    case "permission":
      return {
        text: text === "" ? "" : fenced(text, isChange(lines) ? "diff" : "sh"),
        plain: false,
      };
    case "question":
      return { text, plain: false };
    case "standup":
    case "board":
      return { text: outline(lines).join("\n"), plain: false };
    default:
      return { text, plain: true };
  }
}

const isChange = ([, ...lines]: readonly string[]): boolean =>
  lines.some((line) => /^[-+]/.test(line)) && lines.every((line) => /^(?:[-+ @…]|$)/.test(line));

/** A line with others indented below it is a heading; what stands behind a bar is output. */
function outline(lines: readonly string[]): string[] {
  const out: string[] = [];
  let output: string[] = [];
  const flush = (): void => {
    if (output.length > 0) out.push(fenced(output.join("\n")));
    output = [];
  };
  for (const [i, line] of lines.entries()) {
    const quoted = /^\s+│ ?(.*)$/s.exec(line)?.[1];
    if (quoted !== undefined) output.push(quoted);
    else {
      flush();
      const safe = inertProse(oneLine(line), true);
      const isHeading = line.endsWith(":") || /^\s/.test(lines[i + 1] ?? "");
      out.push(/^\s/.test(line) ? `- ${safe}` : isHeading && safe !== "" ? `**${safe}**` : safe);
    }
  }
  flush();
  return out;
}

/** Letters that a phone shows in one line. */
const phoneLine = 44;

/** Name and value; short ones share a line. */
function fieldLines(fields: Card["fields"]): string[] {
  const lines: string[] = [];
  let used = phoneLine;
  for (const { name, value } of fields) {
    const long = name.length + value.length + 4;
    const isShort = !value.includes("·") && !value.includes("\n");
    const text = `**${inertProse(oneLine(name), true)}** ${shownValue(name, value)}`;
    if (isShort && used + long <= phoneLine) lines.push(`${lines.pop()} · ${text}`);
    else {
      lines.push(text);
      used = isShort ? 0 : phoneLine;
    }
    used += long;
  }
  return lines;
}

/** Branches and ids stand in code. A whole commit id is for programs. */
function shownValue(name: string, value: string): string {
  const marked = value.includes("`")
    ? value
    : name === "branch"
      ? value.replace(/\S+/g, "`$&`")
      : value.replace(/\b(?=[a-f]*\d)[0-9a-f]{8,40}\b/g, (id) => `\`${id.slice(0, 12)}\``);
  return clean(marked)
    .split("\n")
    .map((line) => inertProse(line, true))
    .join("\n");
}

/** For a file: nothing is left out, nothing is marked. */
const allOf = ({ title, lines, fields, footer }: Card): string =>
  [title, lines.join("\n"), fields.map(({ name, value }) => `${name}: ${value}`).join("\n"), footer]
    .filter((part) => part !== "")
    .join("\n\n");
