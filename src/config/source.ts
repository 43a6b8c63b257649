// YAML text as plain values that remember where they stood. Knows nothing of teams.
import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";

export type Path = readonly (string | number)[];

export interface Source {
  /** Plain values; keys without a value are left out, as if they were not written. */
  readonly value: unknown;
  /** Line of the key at `path`, or of the nearest parent that is written. */
  lineOf(path: Path): number;
  readonly broken: readonly { readonly line: number; readonly say: string }[];
}

export function readYaml(text: string): Source {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  keepLongIds(doc);
  const at = (offset: number | undefined): number =>
    offset === undefined ? 1 : Math.max(1, lines.linePos(offset).line);
  const broken = [
    ...doc.errors.map((error) => ({
      line: at(error.pos[0]),
      say: (error.message.split("\n")[0] ?? "").replace(/\.$/, ""),
    })),
    ...lostAliases(doc).map(({ name, offset }) => ({
      line: at(offset),
      say: `*${name} stands for something that no &${name} names before it`,
    })),
  ];
  return {
    value: broken.length > 0 ? undefined : withoutEmpty(doc.toJS()),
    lineOf: (path) => at(offsetOf(doc.contents, path)),
    broken,
  };
}

/** Chat platforms' ids are longer than a number can hold; unquoted ones stay the text that was written. */
function keepLongIds(doc: Parameters<typeof visit>[0]): void {
  visit(doc, {
    Scalar(_, node) {
      if (typeof node.value !== "number" || !Number.isInteger(node.value)) return;
      if (!Number.isSafeInteger(node.value) && node.source !== undefined) node.value = node.source;
    },
  });
}

/** Aliases are found to be wrong only when they are followed. */
function lostAliases(doc: Document.Parsed): { readonly name: string; readonly offset: number }[] {
  const lost: { name: string; offset: number }[] = [];
  visit(doc, {
    Alias(_, node) {
      if (node.resolve(doc) === undefined)
        lost.push({ name: node.source, offset: node.range?.[0] ?? 0 });
    },
  });
  return lost;
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutEmpty(inner)]));
}

function offsetOf(contents: unknown, path: Path): number | undefined {
  let node: unknown = contents;
  let offset = start(contents);
  for (const step of path) {
    const next = isMap(node)
      ? node.items.find(
          (pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(step),
        )
      : isSeq(node)
        ? node.items[Number(step)]
        : undefined;
    if (next === undefined) return offset;
    offset = start(isPair(next) ? next.key : next) ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}

function start(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node)) return undefined;
  return Array.isArray(node.range) ? Number(node.range[0]) : undefined;
}
