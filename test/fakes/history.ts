// Commits in memory: maps of paths with parents, and what git says of two of them. Knows no checkout and no trunk.
import { createHash } from "node:crypto";
import type { Change, ChangedFile } from "../../src/core/ports.ts";
import { Failure, type Oid } from "../../src/core/words.ts";

export type Files = ReadonlyMap<string, string>;
/** Null deletes. */
export type Edits = Readonly<Record<string, string | null>>;

export interface Commit {
  readonly oid: Oid;
  readonly tree: Oid;
  readonly files: Files;
  readonly parents: readonly Oid[];
  readonly message: string;
  readonly author: string;
}

const sha = (text: string): Oid => createHash("sha1").update(text).digest("hex");
export const treeOf = (files: Files): Oid => sha(JSON.stringify([...files].sort()));

/** Paths whose contents differ. */
export const differing = (from: Files, to: Files): readonly string[] =>
  [...new Set([...from.keys(), ...to.keys()])]
    .filter((path) => from.get(path) !== to.get(path))
    .sort();

export const apply = (files: Map<string, string>, edits: Edits): void => {
  for (const [path, text] of Object.entries(edits)) {
    if (text === null) files.delete(path);
    else files.set(path, text);
  }
};

export const subjectOf = ({ message }: Commit): string => message.split("\n")[0] ?? "";

/** Where no line was added or taken: the places that differ. Null: lines were. */
function places(from: string | null | undefined, to: string | null | undefined): number[] | null {
  const [before, after] = [from?.split("\n"), to?.split("\n")];
  if (before === undefined || after === undefined || before.length !== after.length) return null;
  return before.flatMap((line, at) => (line === after[at] ? [] : [at]));
}

/** Changed lines with three around them, wherever they stand; else both texts. */
function shownOf(from: string | null, to: string | null): unknown {
  const changed = places(from, to);
  const lines = (text: string | null) => text?.split("\n") ?? [];
  if (changed === null) return [from, to];
  return lines(from).flatMap((line, at) =>
    changed.some((place) => Math.abs(place - at) <= 3) ? [[line, lines(to)[at]]] : [],
  );
}

/** Both sides' lines where neither added nor took one and they did not touch; null: a conflict. */
function mergeLines(
  base: string | undefined,
  ours: string | undefined,
  theirs: string | undefined,
): string | null {
  const [a, b] = [places(base, ours), places(base, theirs)];
  if (a === null || b === null) return null;
  if (a.some((x) => b.some((y) => Math.abs(x - y) <= 1))) return null;
  const lines = ours?.split("\n") ?? [];
  for (const at of b) lines[at] = theirs?.split("\n")[at] ?? "";
  return lines.join("\n");
}

export interface History {
  /** Names to commits: `refs/heads/main`, … */
  readonly refs: Map<string, Oid>;
  make(
    files: Files,
    parents: readonly Oid[],
    message: string,
    more?: { readonly author?: string; readonly at?: number },
  ): Commit;
  /** By id, branch or ref. */
  get(name: string): Commit;
  ancestry(oid: Oid): ReadonlySet<Oid>;
  isIn(of: Oid, ancestor: Oid): boolean;
  mergeBase(a: Oid, b: Oid): Oid;
  change(head: Oid, onto: Oid): Change;
  /** Both sides' changes; where both changed a path, `base`'s stands and it is a conflict. */
  merged(
    base: Commit,
    head: Commit,
  ): { readonly conflicts: readonly string[]; readonly files: Map<string, string> };
}

export function openHistory(): History {
  const commits = new Map<Oid, Commit>();
  const refs = new Map<string, Oid>();

  const make = (
    files: Files,
    parents: readonly Oid[],
    message: string,
    more: { readonly author?: string; readonly at?: number } = {},
  ): Commit => {
    const tree = treeOf(files);
    const author = more.author ?? "person";
    const oid = sha(JSON.stringify([tree, parents, message, author, more.at ?? 0]));
    const commit = { oid, tree, files: new Map(files), parents, message, author };
    commits.set(oid, commit);
    return commit;
  };
  const get = (name: string): Commit => {
    const commit = commits.get(refs.get(name) ?? refs.get(`refs/heads/${name}`) ?? name);
    if (commit === undefined) throw new Failure("git.refused", `no commit is called ${name}`);
    return commit;
  };
  const ancestry = (oid: Oid): ReadonlySet<Oid> => {
    const seen = new Set<Oid>();
    const next = [oid];
    for (let at = next.pop(); at !== undefined; at = next.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      next.push(...get(at).parents);
    }
    return seen;
  };
  const isIn = (of: Oid, ancestor: Oid): boolean => ancestry(of).has(ancestor);
  /** The common ancestor that no other one contains. */
  const mergeBase = (a: Oid, b: Oid): Oid => {
    const ours = ancestry(a);
    const common = [...ancestry(b)].filter((oid) => ours.has(oid));
    const best = common.find((oid) => common.every((each) => isIn(oid, each)));
    if (best === undefined)
      throw new Failure("git.refused", `${a} and ${b} have no common history`);
    return best;
  };
  const change = (head: Oid, onto: Oid): Change => {
    const base = mergeBase(head, onto);
    const [from, to] = [get(base).files, get(head).files];
    const behind = ancestry(onto);
    const paths = differing(from, to);
    const text = paths.map((path) => [path, shownOf(from.get(path) ?? null, to.get(path) ?? null)]);
    const lines = (value: string | undefined) => value?.split("\n").filter((l) => l !== "") ?? [];
    const files = paths.map((path): ChangedFile => {
      const [before, after] = [lines(from.get(path)), lines(to.get(path))];
      return {
        path,
        added: after.filter((line) => !before.includes(line)).length,
        deleted: before.filter((line) => !after.includes(line)).length,
        status: !from.has(path) ? "added" : to.has(path) ? "modified" : "deleted",
        binary: false,
      };
    });
    return {
      head,
      mergeBase: base,
      diff: createHash("sha256").update(JSON.stringify(text)).digest("hex"),
      commits: [...ancestry(head)]
        .filter((oid) => !behind.has(oid))
        .map((oid) => ({ oid, subject: subjectOf(get(oid)), author: get(oid).author })),
      files,
    };
  };

  const merged = (base: Commit, head: Commit) => {
    const from = get(mergeBase(base.oid, head.oid)).files;
    const theirs = differing(from, head.files);
    const ours = new Set(differing(from, base.files));
    const files = new Map(base.files);
    const conflicts: string[] = [];
    for (const path of theirs) {
      const [now, wanted] = [base.files.get(path), head.files.get(path)];
      const both = ours.has(path) && now !== wanted;
      const lines = both ? mergeLines(from.get(path), now, wanted) : wanted;
      if (lines === null) conflicts.push(path);
      apply(files, { [path]: lines ?? wanted ?? null });
    }
    return { conflicts, files };
  };

  return { refs, make, get, ancestry, isIn, mergeBase, change, merged };
}
