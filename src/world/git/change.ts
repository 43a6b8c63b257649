// What a head changes: commits, files, the hash that an approval is bound to, and the patch for people.
import type { Change, ChangedFile } from "../../core/ports.ts";
import { Failure, type Oid } from "../../core/words.ts";
import type { GitContext } from "./context.ts";
import { diffHash, type Entry } from "./diff-hash.ts";

/** Text of modified files, the same whatever git is configured to print. */
const hunks = [
  ...["diff-tree", "-r", "-p", "--no-renames"],
  ...["--diff-filter=M", "--no-color", "--no-ext-diff", "--no-textconv", "--unified=3"],
  ...["--inter-hunk-context=0", "--diff-algorithm=myers", "--indent-heuristic"],
];
/** Larger ones count by their blobs: a person who approves 8 MB of text is asked again. */
const bounded = { maxOutput: 8 * 1024 * 1024, cut: true, timeoutMs: 60_000 } as const;

/** @param known the merge base when it is known already (a candidate's first parent) */
export async function change(
  context: GitContext,
  head: Oid,
  onto: Oid,
  known: Oid | null,
  signal: AbortSignal,
): Promise<Change> {
  const { top: cwd } = await context.ground(signal);
  const mergeBase = known ?? (await mergeBaseOf(context, head, onto, signal));
  const log = ["log", "-z", "--no-show-signature", "--format=%H%n%s%n%an", `${onto}..${head}`];
  const diff = ["diff-tree", "-r", "-z", "-M", "-l1000", "--raw", "--numstat", "--abbrev=64"];
  const [logged, compared, text] = await Promise.all([
    context.git({ args: [...log, "--"], cwd, timeoutMs: 60_000 }, signal),
    context.git({ args: [...diff, mergeBase, head, "--"], cwd, timeoutMs: 60_000 }, signal),
    context.git({ args: [...hunks, mergeBase, head, "--"], cwd, ...bounded }, signal),
  ]);
  const { entries, lines } = parseComparison(compared.stdout);
  return {
    head,
    mergeBase,
    diff: diffHash(entries, text.cut ? null : text.stdout),
    commits: logged.stdout
      .split("\0")
      .filter((line) => line !== "")
      .map((line) => {
        const [oid = "", subject = "", author = ""] = line.split("\n");
        return { oid, subject, author };
      }),
    files: entries.map((entry) => fileOf(entry, lines.get(entry.path))),
  };
}

export async function mergeBaseOf(
  { git, ground }: GitContext,
  head: Oid,
  onto: Oid,
  signal: AbortSignal,
): Promise<Oid> {
  const { top: cwd } = await ground(signal);
  const found = await git({ args: ["merge-base", onto, head], cwd, accept: [0, 1] }, signal);
  const [base] = found.stdout.split("\n");
  if (base) return base;
  throw new Failure("git.refused", `${head} and ${onto} have no common history`, {
    hint: "The branch was begun anew; put its commits on top of the trunk.",
  });
}

/** Format: git-diff-tree(1), --raw and --numstat with -z: first all raw entries, then all counts. */
function parseComparison(text: string): {
  readonly entries: readonly Entry[];
  readonly lines: ReadonlyMap<string, readonly [string, string]>;
} {
  const parts = text.split("\0");
  const entries: Entry[] = [];
  const lines = new Map<string, readonly [string, string]>();
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] ?? "";
    if (part.startsWith(":")) {
      const [before = "", after = "", one = "", two = "", status = ""] = part.slice(1).split(" ");
      const isRename = status.startsWith("R") || status.startsWith("C");
      const from = isRename ? (parts[++at] ?? "") : null;
      const path = parts[++at] ?? "";
      entries.push({ modes: [before, after], oids: [one, two], status, path, from });
    } else if (part !== "") {
      const [added = "", deleted = "", ...rest] = part.split("\t");
      // A rename's count has no path; old and new follow as parts of their own.
      const named = rest.join("\t");
      if (named === "") at += 2;
      lines.set(named === "" ? (parts[at] ?? "") : named, [added, deleted]);
    }
  }
  return { entries, lines };
}

const kinds: Readonly<Record<string, ChangedFile["status"]>> = {
  A: "added",
  D: "deleted",
  R: "renamed",
};

function fileOf({ path, status, from }: Entry, counts: readonly [string, string] = ["0", "0"]) {
  const [added, deleted] = counts;
  return {
    path,
    ...(from === null ? {} : { from }),
    added: Number(added) || 0,
    deleted: Number(deleted) || 0,
    status: kinds[status[0] ?? ""] ?? "modified",
    binary: added === "-",
  } satisfies ChangedFile;
}

/** For people: the unified diff against the merge base, cut after `maxBytes`. */
export async function patch(
  { git, ground }: GitContext,
  it: { readonly head: Oid; readonly onto: Oid; readonly path: string | null },
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly cut: boolean }> {
  const { top: cwd } = await ground(signal);
  const plain = ["--no-color", "--no-ext-diff", "--no-textconv", "-M"];
  const prefixes = ["--src-prefix=a/", "--dst-prefix=b/"];
  const one = it.path === null ? [] : [`:(top,literal)${it.path}`];
  const args = ["diff", ...plain, ...prefixes, `${it.onto}...${it.head}`, "--", ...one];
  const call = { args, cwd, maxOutput: maxBytes, cut: true, timeoutMs: 60_000 } as const;
  const { stdout: text, cut } = await git(call, signal);
  return { text, cut };
}
