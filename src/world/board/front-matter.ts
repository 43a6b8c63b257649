// A task file as text: front matter between two `---` lines, then the body. Splits, finds the lines of each
// key and replaces some of them; lines and body bytes nobody changed stay as they are. Knows no key's meaning.
import { lineAt, type Node, type Pair, parseTree, type Tree, toData, Unreadable } from "./nodes.ts";
import { quote } from "./scalars.ts";

export interface Sheet {
  /** Text between the `---` lines, its last newline included. */
  readonly text: string;
  readonly tree: Tree;
  /** Without leading newlines; bytes, because a body need not be valid UTF-8. */
  readonly body: Buffer;
}

const opening = Buffer.from("---\n");
const closing = Buffer.from("\n---\n");

/** @throws Unreadable with offsets into the whole file's text */
export function parseSheet(bytes: Buffer): Sheet {
  if (!bytes.subarray(0, 4).equals(opening)) {
    throw new Unreadable(0, "the first line must be exactly `---` (no BOM, no CR, no blank)");
  }
  const end = bytes.indexOf(closing, 4);
  const atEnd =
    end === -1 && bytes.length >= 8 && bytes.subarray(-4).equals(closing.subarray(0, 4));
  if (end === -1 && !atEnd) throw new Unreadable(null, "no line `---` closes the front matter");
  const stop = end === -1 ? bytes.length - 4 : end;
  const text = decode(bytes.subarray(4, stop + 1));
  let body = bytes.subarray(Math.min(bytes.length, stop + 5));
  let newlines = 0;
  while (body[newlines] === 0x0a) newlines += 1;
  body = body.subarray(newlines);
  return { text, tree: parseTree(text), body };
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw Object.assign(new Unreadable(null, "the front matter is not valid UTF-8"), { cause });
  }
}

/** The file's line (1-based) of an offset in the front matter. */
export function fileLine(bytes: Buffer, at: number | null): number | null {
  if (at === null) return null;
  return at === 0 ? 1 : lineAt(bytes.subarray(4).toString("utf8"), at) + 1;
}

/** Values to write: a list of lines' right-hand sides is `key:` with one item a line. */
export type Raw = string | readonly string[];
/** key → its new YAML; null takes the key out. */
export type Edits = ReadonlyMap<string, Raw | null>;

/**
 * The file with some keys changed. `order` ranks keys: a new one goes behind the last that ranks lower.
 * Where lines cannot be exchanged safely (flow style, anchors, `<<`) every key is written anew.
 */
export function renderSheet(
  sheet: Sheet | null,
  edits: Edits,
  body: Buffer,
  order: readonly string[],
): Buffer {
  const front = sheet?.tree.byLine === true ? byLine(sheet, edits, order) : null;
  const text = front !== null && holds(front, sheet, edits) ? front : anew(sheet, edits, order);
  return Buffer.concat([Buffer.from(`---\n${text}---\n`), framed(body)]);
}

/** The frame of a body: one empty line before, at least one newline behind. */
function framed(body: Buffer): Buffer {
  let start = 0;
  while (body[start] === 0x0a) start += 1;
  const rest = body.subarray(start);
  if (rest.length === 0) return rest;
  const tail = rest[rest.length - 1] === 0x0a ? "" : "\n";
  return Buffer.concat([Buffer.from("\n"), rest, Buffer.from(tail)]);
}

interface Piece {
  readonly key: string | null;
  readonly text: string;
}

function byLine(sheet: Sheet, edits: Edits, order: readonly string[]): string {
  const { text, tree } = sheet;
  const pairs = tree.root.pairs;
  const pieces: Piece[] = [{ key: null, text: text.slice(0, pairs[0]?.from ?? 0) }];
  pairs.forEach((pair, i) => {
    const next = pairs[i + 1]?.from ?? text.length;
    const end = endOfLine(text, pair.to, next);
    const edit = edits.get(pair.key);
    const kept = edit === undefined ? text.slice(pair.from, end) : null;
    if (edit !== null) pieces.push({ key: pair.key, text: kept ?? entry(pair.key, edit ?? "") });
    // Comment lines behind a value belong to the key below, or to nobody: they stay where they are.
    pieces.push({ key: null, text: text.slice(end, next) });
  });
  return withNew(pieces, missing(pairs, edits), order);
}

function endOfLine(text: string, at: number, limit: number): number {
  if (text[at - 1] === "\n") return at;
  const end = text.indexOf("\n", at);
  return end === -1 ? limit : Math.min(end + 1, limit);
}

function anew(sheet: Sheet | null, edits: Edits, order: readonly string[]): string {
  const pairs = sheet?.tree.root.pairs ?? [];
  const pieces: Piece[] = [];
  for (const pair of pairs) {
    const edit = edits.get(pair.key);
    if (edit === null) continue;
    const text = edit === undefined ? nodeEntry(pair.key, pair.node, "") : entry(pair.key, edit);
    pieces.push({ key: pair.key, text });
  }
  return withNew(pieces, missing(pairs, edits), order);
}

function missing(pairs: readonly Pair[], edits: Edits): Piece[] {
  const have = new Set(pairs.map((pair) => pair.key));
  return [...edits].flatMap(([key, edit]) =>
    edit === null || have.has(key) ? [] : [{ key, text: entry(key, edit) }],
  );
}

function withNew(pieces: Piece[], added: readonly Piece[], order: readonly string[]): string {
  const rank = (key: string | null): number => (key === null ? -1 : order.indexOf(key));
  for (const piece of [...added].sort((a, b) => rank(a.key) - rank(b.key))) {
    const before = pieces.findLastIndex(
      (p) => p.key !== null && rank(p.key) !== -1 && rank(p.key) < rank(piece.key),
    );
    const first = pieces.findIndex((p) => p.key !== null);
    pieces.splice(before === -1 ? Math.max(first, 0) : before + 1, 0, piece);
  }
  return pieces.map((piece) => piece.text).join("");
}

function entry(key: string, raw: Raw): string {
  if (typeof raw === "string") return `${quote(key)}: ${raw}\n`;
  return `${quote(key)}:\n${raw.map((item) => `    - ${item}\n`).join("")}`;
}

/** A key we do not know, written anew with the same meaning. */
function nodeEntry(key: string, node: Node, indent: string): string {
  return `${indent}${quote(key)}:${nodeText(node, indent)}`;
}

function nodeText(node: Node, indent: string): string {
  if (node.kind === "scalar") {
    // A plain word stays plain: quoting would turn its number or null into text.
    const plain = node.plain && !/[\n\u2028\u2029]/.test(node.text);
    return plain ? ` ${node.text}\n` : ` ${quote(node.text)}\n`;
  }
  const deeper = `${indent}    `;
  if (node.kind === "map") {
    if (node.pairs.length === 0) return " {}\n";
    return `\n${node.pairs.map((pair) => nodeEntry(pair.key, pair.node, deeper)).join("")}`;
  }
  if (node.items.length === 0) return " []\n";
  return `\n${node.items.map((item) => `${deeper}-${nodeText(item, deeper)}`).join("")}`;
}

/** Whether a text says what it should: the edited keys as given, all others as they were. */
function holds(text: string, sheet: Sheet | null, edits: Edits): boolean {
  try {
    const pairs = parseTree(text).root.pairs;
    const said = new Map(pairs.map((pair) => [pair.key, JSON.stringify(toData(pair.node))]));
    for (const pair of sheet?.tree.root.pairs ?? []) {
      if (!edits.has(pair.key) && said.get(pair.key) !== JSON.stringify(toData(pair.node)))
        return false;
    }
    return [...edits].every(([key, edit]) => said.has(key) === (edit !== null));
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}
