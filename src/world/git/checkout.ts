// Landing where a person has the trunk checked out: a fast-forward there that leaves every edit of theirs, or
// nothing at all. Never resets, cleans or stashes.
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Landing } from "../../core/ports.ts";
import type { Oid } from "../../core/words.ts";
import type { GitContext } from "./context.ts";
import { overlapOf, parseTouched } from "./overlap.ts";
import { words } from "./run.ts";
import { isThere, operationIn, readStatus, readText, type Status } from "./status.ts";

export interface PersonsCheckout {
  readonly path: string;
  readonly gitDir: string;
  /** The trunk, in full. */
  readonly ref: string;
}

/** ms a person's own git is waited for before the landing is held. */
const lockPatience = 3_000;

interface Move {
  readonly commit: Oid;
  readonly base: Oid;
}

/** What a person has open there, and what a landing would touch of it. */
export interface Look {
  readonly path: string;
  readonly status: Status;
  readonly touched: ReturnType<typeof parseTouched>;
}

export async function lookAt(
  { git }: GitContext,
  path: string,
  move: Move,
  signal: AbortSignal,
): Promise<Look> {
  const compare = ["diff-tree", "-r", "-z", "--no-renames", "--name-status"];
  const args = [...compare, move.base, move.commit];
  const [status, touched] = await Promise.all([
    readStatus(git, path, "no", signal),
    git({ args, cwd: path, timeoutMs: 60_000 }, signal),
  ]);
  return { path, status, touched: parseTouched(touched.stdout) };
}

/** Null: done, or the trunk was moved meanwhile; look where it is. */
export async function landInCheckout(
  context: GitContext,
  there: PersonsCheckout,
  { status, touched }: Look,
  move: Move,
  signal: AbortSignal,
): Promise<Landing | null> {
  const { path: cwd, gitDir } = there;
  if (status.head !== move.base) return null;
  const obstacle = (await underWay(there, status)) ?? (await overlap(there, status, touched));
  if (obstacle !== null) return obstacle;
  if (await isSwitched(there))
    return held("refused", [], `${cwd} was switched to another branch just now`);
  return forward(context, there, move.commit, signal, join(gitDir, "index.lock"));
}

async function underWay({ path, gitDir }: PersonsCheckout, status: Status) {
  const operation = await operationIn(gitDir);
  if (operation !== null) return held("operation", [], `a ${operation} is under way in ${path}`);
  const unmerged = status.changed.filter((each) => each.unmerged).map((each) => each.path);
  if (unmerged.length === 0) return null;
  return held("operation", unmerged, `conflicts are not resolved yet in ${path}`);
}

async function overlap({ path }: PersonsCheckout, status: Status, touched: Look["touched"]) {
  const paths = await overlapOf(path, status.changed, touched);
  if (paths.length === 0) return null;
  const some =
    paths.slice(0, 5).join(", ") + (paths.length > 5 ? ` and ${paths.length - 5} more` : "");
  return held("overlap", paths, `it changes what you have open in ${path}: ${some}`);
}

function held(
  why: "overlap" | "operation" | "refused",
  paths: readonly string[],
  detail: string,
): Landing {
  return { kind: "held", why, detail, paths };
}

/** Read at the last moment: a fast-forward would move whatever branch is checked out. */
async function isSwitched({ gitDir, ref }: PersonsCheckout): Promise<boolean> {
  const head = (await readText(join(gitDir, "HEAD")))?.trim() ?? "";
  // With another ref store git keeps a placeholder in that file.
  return head !== `ref: ${ref}` && head !== "ref: refs/heads/.invalid";
}

/** Every option here undoes one that a person may have configured, or keeps a file of theirs. */
const forwardOptions = [
  ...["--ff-only", "--no-squash", "--commit", "--no-verify-signatures", "--no-autostash"],
  ...["--no-overwrite-ignore", "--no-stat", "--quiet"],
];

async function forward(
  { git }: GitContext,
  there: PersonsCheckout,
  commit: Oid,
  signal: AbortSignal,
  lock: string,
): Promise<Landing | null> {
  const { path: cwd } = there;
  const args = ["-c", "merge.autoStash=false", "merge", ...forwardOptions, commit];
  const until = Date.now() + lockPatience;
  for (;;) {
    const result = await git({ args, cwd, write: true, accept: "any" }, signal);
    if (result.code === 0) return null;
    const wasLocked = result.stderr.includes("index.lock") || (await isThere(lock));
    if (wasLocked && Date.now() < until) {
      await pause(100, undefined, { signal });
      if (await isSwitched(there))
        return held("refused", [], `${cwd} was switched to another branch just now`);
      continue;
    }
    const args0 = ["merge-base", "--is-ancestor", "HEAD", commit];
    // No ancestor any more: a commit of theirs came first.
    if ((await git({ args: args0, cwd, accept: "any" }, signal)).code === 1) return null;
    return held("refused", [], `git refused it in ${cwd}. ${words(result)}`);
  }
}
