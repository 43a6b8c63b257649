// What `git status` says of a checkout, and which operation of git is under way in it. Reads only.
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Oid } from "../../core/words.ts";
import type { Git } from "./run.ts";

export interface Changed {
  readonly path: string;
  /** In the index, against HEAD. */
  readonly staged: boolean;
  /** On disk, against the index. */
  readonly edited: boolean;
  readonly unmerged: boolean;
  readonly untracked: boolean;
}

export interface Status {
  /** Null: HEAD names a branch that has no commit (any more). */
  readonly head: Oid | null;
  /** Without refs/heads/; null: detached. */
  readonly branch: string | null;
  readonly changed: readonly Changed[];
}

/** @param untracked `all`: each file of untracked folders; `no`: none is looked for */
export async function readStatus(
  git: Git,
  cwd: string,
  untracked: "all" | "normal" | "no",
  signal: AbortSignal,
): Promise<Status> {
  const args = ["status", "--porcelain=v2", "--branch", "-z", "--no-renames"];
  const more = [`--untracked-files=${untracked}`, "--ignore-submodules=none"];
  const { stdout } = await git({ args: [...args, ...more], cwd, timeoutMs: 60_000 }, signal);
  return parseStatus(stdout);
}

/** Format: git-status(1), porcelain version 2 with -z. */
export function parseStatus(text: string): Status {
  let head: Oid | null = null;
  let branch: string | null = null;
  const changed: Changed[] = [];
  for (const line of text.split("\0")) {
    if (line.startsWith("# branch.oid ")) {
      const oid = line.slice("# branch.oid ".length);
      head = oid === "(initial)" ? null : oid;
    } else if (line.startsWith("# branch.head ")) {
      const name = line.slice("# branch.head ".length);
      branch = name === "(detached)" ? null : name;
    } else if (line !== "" && !line.startsWith("#")) changed.push(entryOf(line));
  }
  return { head, branch, changed };
}

/** Fields before the path, by kind of line. */
const fields: Readonly<Record<string, number>> = { "1": 8, u: 10, "?": 1, "!": 1 };

function entryOf(line: string): Changed {
  const kind = line[0] ?? "";
  const xy = line.slice(2, 4);
  const untracked = kind === "?" || kind === "!";
  return {
    path: line.split(" ").slice(fields[kind]).join(" "),
    staged: kind === "1" && xy[0] !== ".",
    edited: kind === "1" && xy[1] !== ".",
    unmerged: kind === "u",
    untracked,
  };
}

const operations = [
  ["rebase", "rebase-merge"],
  ["rebase", "rebase-apply"],
  ["merge", "MERGE_HEAD"],
  ["cherry-pick", "CHERRY_PICK_HEAD"],
  ["revert", "REVERT_HEAD"],
  ["cherry-pick", "sequencer"],
  ["bisect", "BISECT_LOG"],
] as const;

export type Operation = (typeof operations)[number][0];

/** @param gitDir the checkout's own: `.git`, or the one of a linked worktree */
export async function operationIn(gitDir: string): Promise<Operation | null> {
  const there = await Promise.all(operations.map(([, file]) => isThere(join(gitDir, file))));
  return operations[there.indexOf(true)]?.[0] ?? null;
}

/** The branch (in full) that a rebase or bisect under way there will come back to. */
export async function occupiedBy(gitDir: string): Promise<string | null> {
  for (const file of ["rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"]) {
    const text = (await readText(join(gitDir, file)))?.trim();
    if (text) return text.startsWith("refs/") ? text : `refs/heads/${text}`;
  }
  return null;
}

export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

export async function readText(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}
