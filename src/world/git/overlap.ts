// Whether a landing would meet what a person has in their checkout. Looks, never touches.
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Changed } from "./status.ts";

export interface Touched {
  readonly path: string;
  /** The trunk does not have it yet: on disk it can only be the person's. */
  readonly isNew: boolean;
  readonly isGone: boolean;
}

/** Format: git-diff-tree(1) with --name-status -z. */
export function parseTouched(text: string): readonly Touched[] {
  const parts = text.split("\0");
  const touched: Touched[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const status = parts[at] ?? "";
    touched.push({
      path: parts[at + 1] ?? "",
      isNew: status.startsWith("A"),
      isGone: status.startsWith("D"),
    });
  }
  return touched;
}

/** The person's paths that the landing would change, or would need as a folder or as a file. */
export async function overlapOf(
  checkout: string,
  changed: readonly Changed[],
  touched: readonly Touched[],
): Promise<readonly string[]> {
  const mine = changed.map((each) => each.path);
  const tracked = meeting(
    mine,
    touched.map((each) => each.path),
  );
  const gone = new Set(touched.filter((each) => each.isGone).map((each) => each.path));
  const known = new Set(mine);
  const looked = await Promise.all(
    touched
      .filter((each) => each.isNew && !known.has(each.path))
      .map((each) => inTheWay(checkout, each.path, gone)),
  );
  return [...new Set([...tracked, ...looked.flat()])].sort();
}

/** Those of `mine` that equal one of `theirs`, or are its folder, or lie under it. */
export function meeting(mine: readonly string[], theirs: readonly string[]): readonly string[] {
  const exact = new Set(theirs);
  const folders = new Set(theirs.flatMap(parents));
  return mine.filter(
    (path) => exact.has(path) || folders.has(path) || parents(path).some((each) => exact.has(each)),
  );
}

function parents(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
}

/** Untracked or ignored files where a new path is to be: git would write over ignored ones without a word. */
async function inTheWay(
  checkout: string,
  path: string,
  gone: ReadonlySet<string>,
): Promise<readonly string[]> {
  for (const folder of parents(path)) {
    const found = await lstat(join(checkout, folder)).catch(() => null);
    if (found === null) return [];
    // A file where a folder must be; unless it is the trunk's own, and leaves with this landing.
    if (!found.isDirectory()) return gone.has(folder) ? [] : [folder];
  }
  const found = await lstat(join(checkout, path)).catch(() => null);
  if (found === null) return [];
  return found.isDirectory() ? filesIn(checkout, path, gone) : [path];
}

async function filesIn(
  checkout: string,
  folder: string,
  gone: ReadonlySet<string>,
): Promise<readonly string[]> {
  const entries = await readdir(join(checkout, folder), { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesIn(checkout, path, gone);
      return gone.has(path) ? [] : [path];
    }),
  );
  return found.flat();
}
