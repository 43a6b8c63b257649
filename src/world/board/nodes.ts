// YAML text → a small tree of our own in which every scalar is still text; types are given later, by key.
// Reads what Go's yaml.v3 reads (the kanban-md program's library). The only file here that knows `yaml`.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
} from "yaml";

export interface Scalar {
  readonly kind: "scalar";
  readonly text: string;
  /** Written without quotes: only then can it be a number, a null or a truth value. */
  readonly plain: boolean;
  readonly at: number;
}
export interface List {
  readonly kind: "list";
  readonly items: readonly Node[];
  readonly at: number;
}
export interface Mapping {
  readonly kind: "map";
  readonly pairs: readonly Pair[];
  readonly at: number;
}
export type Node = Scalar | List | Mapping;

export interface Pair {
  readonly key: string;
  readonly node: Node;
  /** Offset of the key's first character in the text; -1 for one that a `<<` brought. */
  readonly from: number;
  /** Offset behind the value, its line's end not included (but a block scalar's is). */
  readonly to: number;
}

export interface Tree {
  readonly root: Mapping;
  /** One document in block style: its pairs can be replaced line by line. */
  readonly byLine: boolean;
}

/** Text that cannot be taken. `at` is an offset into the text, null when unknown. */
export class Unreadable extends Error {
  readonly at: number | null;
  constructor(at: number | null, message: string) {
    super(message);
    this.name = "Unreadable";
    this.at = at;
  }
}

// What yaml.v3's reader lets through; everything else makes the program refuse the file.
const foreign = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
// Aliases may multiply a few bytes into millions of nodes.
const mostNodes = 20_000;

/** @throws Unreadable */
export function parseTree(text: string): Tree {
  const odd = foreign.exec(text);
  if (odd) {
    const code = odd[0].codePointAt(0)?.toString(16).padStart(4, "0");
    throw new Unreadable(odd.index, `the control character U+${code} is not allowed here`);
  }
  const documents = parseAllDocuments(text, {
    schema: "failsafe",
    logLevel: "silent",
    prettyErrors: false,
  });
  const first = "empty" in documents ? undefined : documents[0];
  if (!first) throw new Unreadable(0, "nothing is in it");
  const error = first.errors[0];
  if (error) throw new Unreadable(error.pos[0], oneLine(error.message));
  if (!isMap(first.contents)) throw new Unreadable(0, "expected `key: value` lines");
  const budget = { left: mostNodes };
  const root = convert(first.contents, { document: first, text, budget }) as Mapping;
  const flow = first.contents.flow === true;
  return { root, byLine: documents.length === 1 && !flow && root.pairs.every(startsLine(text)) };
}

const startsLine =
  (text: string) =>
  (pair: Pair): boolean =>
    pair.from === 0 || (pair.from > 0 && text[pair.from - 1] === "\n");

interface Source {
  readonly document: Document.Parsed;
  readonly text: string;
  readonly budget: { left: number };
}

function convert(node: ParsedNode | null, source: Source): Node {
  source.budget.left -= 1;
  if (source.budget.left < 0) throw new Unreadable(node?.range[0] ?? null, "too much is in it");
  if (node === null) return { kind: "scalar", text: "", plain: true, at: 0 };
  const at = node.range[0];
  if (isAlias(node)) {
    const target = node.resolve(source.document);
    if (!target) throw new Unreadable(at, `nothing is called &${node.source}`);
    return convert(target as ParsedNode, source);
  }
  if (isSeq(node)) {
    return {
      kind: "list",
      items: node.items.map((item) => convert(item as ParsedNode, source)),
      at,
    };
  }
  if (isMap(node)) return { kind: "map", pairs: pairsOf(node.items as RawPair[], source), at };
  return isScalar(node) ? scalar(node as RawScalar, source.text) : unknownNode(at);
}

function unknownNode(at: number): never {
  throw new Unreadable(at, "cannot be read as a value");
}

type RawScalar = ParsedNode & { value: unknown; type?: string };

function scalar(node: RawScalar, text: string): Scalar {
  const [at, end] = node.range;
  const plain = node.type === "PLAIN" && node.tag === undefined;
  let value =
    node.value instanceof Uint8Array
      ? Buffer.from(node.value).toString("utf8")
      : String(node.value ?? "");
  const source = text.slice(at, end);
  if (node.type === "QUOTE_DOUBLE" && /^[^\\]*(\\[^/][^\\]*)*\\\//.test(source)) {
    throw new Unreadable(at, "`\\/` is no escape that kanban-md reads");
  }
  // For yaml.v3 these two end a line, and blanks around a line's end are no content.
  if ((plain || node.type === "QUOTE_SINGLE") && /[\u2028\u2029]/.test(value)) {
    value = value.replace(/[ \t]*([\u2028\u2029])[ \t]*/g, "$1");
  }
  // Where a block ends the front matter the program sees the text without its last newline.
  if (node.type?.startsWith("BLOCK") && end === text.length) value = value.replace(/\n$/, "");
  return { kind: "scalar", text: value, plain, at };
}

interface RawPair {
  readonly key: ParsedNode;
  readonly value: ParsedNode | null;
}

function pairsOf(items: readonly RawPair[], source: Source): Pair[] {
  const own: Pair[] = [];
  const merged: Pair[] = [];
  for (const { key, value } of items) {
    const name = convert(key, source);
    if (name.kind !== "scalar") throw new Unreadable(name.at, "a key must be a word");
    const node = convert(value, source);
    const to = value?.range[1] ?? key.range[2];
    if (name.plain && name.text === "<<") merged.push(...mergedPairs(node));
    own.push({ key: name.text, node, from: key.range[0], to });
  }
  if (merged.length === 0) return own;
  const taken = new Set(own.map((pair) => pair.key));
  const kept = own.filter((pair) => pair.key !== "<<");
  for (const pair of merged) {
    if (taken.has(pair.key)) continue;
    taken.add(pair.key);
    kept.push({ ...pair, from: -1 });
  }
  return kept;
}

function mergedPairs(node: Node): readonly Pair[] {
  if (node.kind === "map") return node.pairs;
  if (node.kind === "list") return node.items.flatMap(mergedPairs);
  throw new Unreadable(node.at, "`<<` takes a mapping");
}

const oneLine = (message: string): string => message.replace(/\s+/g, " ").trim();

export const isNull = (node: Node): boolean =>
  node.kind === "scalar" && node.plain && ["", "~", "null", "Null", "NULL"].includes(node.text);

/** Plain data: text, lists, objects, null. */
export function toData(node: Node): unknown {
  if (isNull(node)) return null;
  if (node.kind === "scalar") return node.text;
  if (node.kind === "list") return node.items.map(toData);
  return Object.fromEntries(node.pairs.map((pair) => [pair.key, toData(pair.node)]));
}

/** 1-based line of an offset. */
export function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i !== -1 && i < at; i = text.indexOf("\n", i + 1)) line += 1;
  return line;
}
