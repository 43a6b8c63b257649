// A post, or an answer, as the messages it takes: text in pieces, the card and its buttons on the first, what is too long
// as a file. Pure: no network, no clock; whom a name is comes with the call.
import type { APIEmbed } from "discord.js";
import type { Card, Post, PostFile } from "../../../core/card.ts";
import { type ButtonRow, buttonRows } from "./buttons.ts";
import { attachmentName, type Drawn, drawCard } from "./card.ts";
import { clean, inertProse } from "./inert.ts";
import { limits } from "./limits.ts";
import { inPieces, type Passage } from "./text.ts";

/** One message. It is sent with no mention allowed but those of `Rendered.mentioned`. */
export interface Part {
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly ButtonRow[];
  /** Files that exist, by path. */
  readonly files: readonly PostFile[];
  /** Files made of text that there was no room for. */
  readonly made: readonly Made[];
}

export interface Made {
  readonly name: string;
  readonly text: string;
}

export interface Rendered {
  readonly parts: readonly [Part, ...Part[]];
  /** Ids of users, each as `<@id>` in the first part. */
  readonly mentioned: readonly string[];
  /** Nobody has to act on it: it comes without a sound. */
  readonly silent: boolean;
}

/**
 * @param people a name's Discord user id; null: none, and nobody is called
 * @param byline names the sender, where its message does not bear that name [as for all but the bot itself]
 */
export function renderPost(
  post: Post,
  people: (name: string) => string | null,
  byline = post.from !== "batty" && post.from !== post.room,
): Rendered {
  const ids = post.mentions.flatMap((name) => people(name) ?? []);
  const mentioned = [...new Set(ids)].slice(0, mentionsAtMost);
  return {
    parts: partsOf(post, [
      ...mentioned.map((id) => `<@${id}>`),
      ...(byline ? [`**${inertProse(clean(post.from).slice(0, nameAtMost), true)}**:`] : []),
    ]),
    mentioned,
    silent: !post.loud && mentioned.length === 0,
  };
}

/** What answers a command or a press. */
export const renderAnswer = (answer: Content): Rendered => ({
  parts: partsOf(answer, []),
  mentioned: [],
  silent: true,
});

/** More at once is a crowd, and the text needs its room. */
const mentionsAtMost = 20;
const nameAtMost = 80;

// ---------------------------------------------------------------- parts

interface Content {
  readonly text: string;
  readonly card: Card | null;
  readonly files?: readonly PostFile[];
}

const wholeText = "message.md";
const wholeCard = "card.md";
const empty = "(nothing to show)";

function partsOf(content: Content, heads: readonly string[]): readonly [Part, ...Part[]] {
  const { card } = content;
  const { pieces, made } = textOf(content, heads.join(" "));
  const drawn = card === null ? null : drawCard(card, wholeCard);
  const [files, ...otherFiles] = filesOf(content, [...made, ...wholeOf(drawn)]);
  const [embed, ...otherEmbeds] = drawn?.embeds ?? [];
  const part = (more: Partial<Part>): Part => ({ ...nothing, ...more });
  const first = part({
    content: pieces[0] ?? "",
    embeds: embed === undefined ? [] : [embed],
    components: card === null ? [] : buttonRows(card),
    ...files,
  });
  return [
    isEmpty(first) ? { ...first, content: empty } : first,
    ...pieces.slice(1).map((text) => part({ content: text })),
    ...otherEmbeds.map((one) => part({ embeds: [one] })),
    ...otherFiles.map(part),
  ];
}

const nothing: Part = { content: "", embeds: [], components: [], files: [], made: [] };

const isEmpty = ({ content, embeds, files, made }: Part): boolean =>
  content === "" && embeds.length + files.length + made.length === 0;

const wholeOf = (drawn: Drawn | null): Made[] =>
  drawn === null || drawn.whole === null ? [] : [{ name: wholeCard, text: drawn.whole }];

/** The text of a post whose card says the same is for plain surfaces. */
function isOnCard(text: string, { title, lines }: Card): boolean {
  const said = text.trim();
  return said === title.trim() || said === [title, ...lines].join("\n").trim();
}

function textOf(
  { text, card }: Content,
  head: string,
): { readonly pieces: readonly string[]; readonly made: readonly Made[] } {
  const passages: Passage[] = card !== null && isOnCard(text, card) ? [] : [{ text, plain: false }];
  // What begins with a fence, a list or a heading must begin a line.
  const glue = /^\s*[\w\p{L}]/u.test(text) && !text.includes("\n") ? " " : "\n";
  const begin = (piece = ""): string =>
    piece === "" ? head : head === "" ? piece : `${head}${glue}${piece}`;
  const first = limits.content - begin("…").length;
  const room = { limit: limits.content, atMost: limits.parts };
  const all = inPieces(passages, { ...room, first });
  if (!all.more) return { pieces: [begin(all.pieces[0]), ...all.pieces.slice(1)], made: [] };
  const note = `-# … the whole of it (${sizeOf(text)}) is in ${wholeText}`;
  const { pieces } = inPieces(passages, { ...room, first: first - note.length - 1, atMost: 1 });
  return {
    pieces: [[begin(pieces[0]), note].filter((line) => line !== "").join("\n")],
    made: [{ name: wholeText, text }],
  };
}

const newline = 10;

function sizeOf(text: string): string {
  let lines = 1;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === newline) lines += 1;
  const [count, unit] = lines > 1 ? [lines, "lines"] : [text.length, "characters"];
  return `${count.toLocaleString("en")} ${unit}`;
}

type Files = Pick<Part, "files" | "made">;

/** The picture first: the card shows it. No more in one message than Discord takes. */
function filesOf(
  { card, files = [] }: Content,
  made: readonly Made[],
): readonly [Files, ...Files[]] {
  const image = card?.image ?? null;
  const all = [
    ...(image === null ? [] : [{ name: attachmentName(image.name), path: image.path }]),
    ...files,
  ];
  const room = limits.files - made.length;
  const others: Files[] = [];
  for (let at = room; at < all.length; at += limits.files)
    others.push({ files: all.slice(at, at + limits.files), made: [] });
  return [{ files: all.slice(0, room), made }, ...others];
}
