// Puts values into a team file that a person wrote. The text is cut and joined, never printed anew: comments, order
// and style stay theirs to the last blank. Knows nothing of teams.
import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  stringify,
  type YAMLMap,
} from "yaml";
import type { Path } from "./source.ts";

export interface Edit {
  /** What is missing at its end must be keys, not places in a list. */
  readonly path: Path;
  readonly value: unknown;
}

/** The text with these keys set, one after another. It must be YAML: what is broken is for its owner to mend. */
export const setKeys = (text: string, edits: readonly Edit[]): string =>
  edits.reduce((before, { path, value }) => setKey(before, path, value), text);

/** The text with this value behind the others of a list, which is made where it is missing. */
export function addToList(text: string, path: Path, value: unknown): string {
  const list = parseDocument(text).getIn(path, true) as Node | undefined | null;
  if (!isSeq(list)) return setKey(text, path, [value]);
  const last = list.items.at(-1) as Node | undefined;
  if (last === undefined) return replace(text, list, [value]);
  const [, end = 0] = last.range ?? [];
  if (list.flow === true) return `${text.slice(0, end)}, ${worded(value)}${text.slice(end)}`;
  const [start = 0] = list.range ?? [];
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  const next = text[end - 1] === "\n" ? end : text.indexOf("\n", end) + 1;
  const added = `${indent}- ${worded(value)}\n`;
  return next === 0 ? `${text}\n${added}` : text.slice(0, next) + added + text.slice(next);
}

function setKey(text: string, path: Path, value: unknown): string {
  const doc = parseDocument(text);
  // As deep as the file goes: there the value stands already, or the rest of the path is put in.
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = (depth === 0 ? doc.contents : doc.getIn(path.slice(0, depth), true)) as
      | Node
      | undefined
      | null;
    const rest = path.slice(depth);
    if (node == null) continue;
    if (rest.length > 0 && isMap(node))
      return insert(text, node as YAMLMap<Node, Node>, rest, value);
    return replace(text, node, rest.length === 0 ? value : nested(rest, value));
  }
  const start = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return start + lines(path, value, "");
}

const nested = (path: Path, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);

/** One value for another. A key without a value has a place, too: behind its colon. */
function replace(text: string, node: Node, value: unknown): string {
  const [from, to] = node.range ?? [0, 0];
  const word = worded(value, isScalar(node) ? node.type : undefined);
  if (to === from) {
    const gap = text[to] === "#" ? " " : "";
    return `${text.slice(0, from)} ${word}${gap}${text.slice(to)}`;
  }
  if (isCollection(node) && node.flow !== true) {
    // The comments in it would be lost.
    throw new Error("a block is not replaced as a whole: set its keys one by one");
  }
  const end = text.slice(from, to).endsWith("\n") ? "\n" : "";
  return text.slice(0, from) + word + end + text.slice(to);
}

/** Behind the last key of a map. */
function insert(text: string, map: YAMLMap<Node, Node>, path: Path, value: unknown): string {
  const [from, to] = map.range ?? [0, 0];
  const last = map.items.at(-1);
  if (map.flow === true || last === undefined) {
    const [key, ...rest] = path;
    const pair = `${worded(key)}: ${worded(rest.length === 0 ? value : nested(rest, value))}`;
    const end = last === undefined ? from + 1 : ((last.value ?? last.key).range?.[1] ?? to);
    return `${text.slice(0, end)}${last === undefined ? "" : ", "}${pair}${text.slice(end)}`;
  }
  const start = map.items[0]?.key.range?.[0] ?? from;
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  const end = (last.value ?? last.key).range?.[1] ?? to;
  const line = text[end - 1] === "\n" ? end : text.indexOf("\n", end) + 1;
  const added = lines(path, value, indent);
  return line === 0 ? `${text}\n${added}` : text.slice(0, line) + added + text.slice(line);
}

/** `merge:` and below it `approvals: 2`. */
const lines = (path: Path, value: unknown, indent: string): string =>
  path
    .map((step, i) => {
      const end = i === path.length - 1 ? ` ${worded(value)}` : "";
      return `${indent}${"  ".repeat(i)}${worded(step)}:${end}\n`;
    })
    .join("");

/** On one line, so that it fits wherever a value stands; in the quotes of what stood there. */
function worded(value: unknown, style?: Scalar.Type | null): string {
  if (typeof value === "string" && style === Scalar.QUOTE_DOUBLE) return JSON.stringify(value);
  if (typeof value === "string" && style === Scalar.QUOTE_SINGLE && !/[\n\r]/.test(value))
    return `'${value.replaceAll("'", "''")}'`;
  const word = stringify([value], {
    ...{ collectionStyle: "flow", flowCollectionPadding: false },
    ...{ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER },
  })
    .trim()
    .slice(1, -1);
  return word.includes("\n") ? JSON.stringify(value) : word;
}
