// The hash that an approval is bound to: what a person was shown of a change, and nothing that a moved trunk alters
// beside it. Pure; must not know how the text was come by.
import { createHash } from "node:crypto";
import type { Oid } from "../../core/words.ts";

export interface Entry {
  readonly modes: readonly [string, string];
  readonly oids: readonly [Oid, Oid];
  readonly status: string;
  readonly path: string;
  /** Of a rename. */
  readonly from: string | null;
}

/** Of older journals' hashes none is the hash of this. */
const version = "batty-diff-2";

/**
 * SHA-256 over all that differs, in path order. A modified text file counts by its hunks as they are shown (context
 * and heading, without the line numbers): trunk may change other parts of it. All else counts by its blobs: additions,
 * deletions, modes, binaries, links, and text whose bytes are no UTF-8. A rename is its two halves, since where git
 * sees one depends on limits.
 * @param patch the text of the `M` entries, in their order; null: too large to be looked at
 */
export function diffHash(entries: readonly Entry[], patch: string | null): string {
  const modified = entries.filter(isModified);
  const sections = patch === null ? [] : sectionsOf(patch);
  const isWhole = sections.length === modified.length;
  const texts = new Map(
    isWhole ? modified.map((entry, at) => [entry, hunksOf(sections[at] ?? [])]) : [],
  );
  const halves = entries.flatMap((entry) => {
    const { modes, oids, path, from } = entry;
    if (from !== null)
      return [
        [from, modes[0], "000000", oids[0], none(oids[0])].join("\0"),
        [path, "000000", modes[1], none(oids[1]), oids[1]].join("\0"),
      ];
    const text = modes.every(isFile) ? (texts.get(entry) ?? null) : null;
    const content = text === null ? ["blobs", ...oids] : ["hunks", digest(text)];
    return [[path, ...modes, ...content].join("\0")];
  });
  return digest([version, ...halves.sort()].join("\0\n"));
}

export const isModified = (entry: Entry): boolean => entry.status.startsWith("M");

const isFile = (mode: string): boolean => mode.startsWith("100");
const none = (oid: Oid): Oid => "0".repeat(oid.length);
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A line of content begins with a blank, a sign or a backslash: never like a file's first line. */
function sectionsOf(patch: string): readonly (readonly string[])[] {
  const sections: string[][] = [];
  for (const line of patch.split("\n")) {
    if (line.startsWith("diff --git ")) sections.push([]);
    else sections.at(-1)?.push(line);
  }
  return sections;
}

/** Null: no text to go by (a binary, a mode alone), or text that does not say which bytes it stands for. */
function hunksOf(section: readonly string[]): string | null {
  const first = section.findIndex((line) => line.startsWith("@@ "));
  if (first < 0) return null;
  const lines = section
    .slice(first)
    .map((line) => (line.startsWith("@@ ") ? line.replace(/^@@ \S+ \S+ @@/, "@@") : line))
    .filter((line, at, all) => line !== "" || at < all.length - 1);
  const text = lines.join("\n");
  return text.includes("\uFFFD") ? null : text;
}
