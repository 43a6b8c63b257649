// Moves trunk to a commit that was tested: by compare-and-swap, or by fast-forward in the one checkout that has
// it. Must not know tasks, approvals or evidence.
import { dirname, join } from "node:path";
import type { Landing } from "../../core/ports.ts";
import { Failure, type Oid } from "../../core/words.ts";
import { type Look, landInCheckout, lookAt } from "./checkout.ts";
import type { GitContext } from "./context.ts";
import { readTrunk } from "./ground.ts";
import { askOfRecords } from "./records.ts";
import { words } from "./run.ts";
import { isThere, occupiedBy, readText } from "./status.ts";

export interface Move {
  readonly commit: Oid;
  readonly base: Oid;
  /** Made here as a child of base: need not be checked. */
  readonly isChild: boolean;
}

/** What stands in a landing's way, or does not: reads only, so it may be looked at before the lock is there. */
export interface Around {
  readonly checkouts: readonly Checkout[];
  /** At the project's own checkout, where trunk mostly is; null: it could not be looked at. */
  readonly look: Look | null;
}

export async function lookAround(
  context: GitContext,
  move: Move,
  signal: AbortSignal,
): Promise<Around> {
  const { top, common } = await context.ground(signal);
  const ref = await context.trunkRef(signal);
  const [checkouts, look] = await Promise.all([
    checkoutsOf(context, top, common, ref, signal),
    lookAt(context, top, move, signal).catch(() => null), // looked at again, and told, if it matters
    move.isChild ? null : mustDescend(context, top, move, signal),
  ]);
  return { checkouts, look };
}

/** Under the merge lock, by the caller. */
export async function land(
  context: GitContext,
  move: Move,
  { checkouts, look }: Around,
  signal: AbortSignal,
): Promise<Landing> {
  const { top } = await context.ground(signal);
  const ref = await context.trunkRef(signal);
  const [only, ...others] = checkouts.filter((each) => each.branch === ref);
  const busy = checkouts.find((each) => each.occupied === ref);
  if (busy !== undefined)
    return held("operation", `a rebase or bisect of it is under way in ${busy.path}`);
  if (others.length > 0) {
    const paths = [only, ...others].map((each) => each?.path ?? "");
    return held("refused", `it is checked out in several places: ${paths.join(", ")}`);
  }
  if (only === undefined) return swap(context, top, ref, move, signal);
  if (!(await isThere(only.path)))
    return held("refused", `it is checked out in ${only.path}, which is locked and not there`);
  const there = { path: only.path, gitDir: only.gitDir, ref };
  const seen = look?.path === only.path ? look : await lookAt(context, only.path, move, signal);
  const landing = await landInCheckout(context, there, seen, move, signal);
  return landing ?? whereIsIt(context, ref, move, signal);
}

const held = (why: "operation" | "refused", detail: string): Landing => ({
  kind: "held",
  why,
  detail: `The trunk cannot be moved: ${detail}.`,
  paths: [],
});

async function swap(
  context: GitContext,
  cwd: string,
  ref: string,
  move: Move,
  signal: AbortSignal,
): Promise<Landing> {
  const args = ["update-ref", "-m", "batty: land", ref, move.commit, move.base];
  const moved = await context.git({ args, cwd, write: true, accept: "any" }, signal);
  if (moved.code === 0) return { kind: "landed" };
  const landing = await whereIsIt(context, ref, move, signal);
  if (landing.kind !== "moved" || landing.head !== move.base) return landing;
  throw new Failure("git.refused", `${ref} could not be moved in ${cwd}. ${words(moved)}`, {
    hint: "A lock file beside the ref left by a git that died? Remove it; it is tried again.",
  });
}

/** From what stands there now: a landing that a crash cut off after the move counts. */
async function whereIsIt(
  context: GitContext,
  ref: string,
  { commit }: Move,
  signal: AbortSignal,
): Promise<Landing> {
  const ground = await context.ground(signal);
  const { head } = await readTrunk(context.git, ground, ref, signal);
  const isIn = head === commit || (await contains(context, head, commit, signal));
  return isIn ? { kind: "landed" } : { kind: "moved", head };
}

export async function contains(
  { git, ground }: GitContext,
  of: Oid,
  ancestor: Oid,
  signal: AbortSignal,
): Promise<boolean> {
  const { top: cwd } = await ground(signal);
  const args = ["merge-base", "--is-ancestor", ancestor, of];
  return (await git({ args, cwd, accept: [0, 1] }, signal)).code === 0;
}

async function mustDescend(
  context: GitContext,
  top: string,
  { commit, base }: Move,
  signal: AbortSignal,
): Promise<void> {
  if (await contains(context, commit, base, signal)) return;
  throw new Failure("git.refused", `${commit} does not follow ${base} in ${top}: not landed`, {
    hint: "Build a candidate on the trunk's head and land that.",
  });
}

interface Checkout {
  readonly path: string;
  readonly gitDir: string;
  /** In full; null: detached. */
  readonly branch: string | null;
  /** The branch that a rebase or bisect there will come back to. */
  readonly occupied: string | null;
}

async function checkoutsOf(
  { git }: GitContext,
  cwd: string,
  common: string,
  ref: string,
  signal: AbortSignal,
): Promise<readonly Checkout[]> {
  const { stdout } = await askOfRecords(
    git,
    { args: ["worktree", "list", "--porcelain", "-z"], cwd },
    signal,
  );
  const blocks = stdout.split("\0\0").map((block) => block.split("\0"));
  const value = (block: readonly string[], key: string): string | null =>
    block.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? null;
  const found = blocks.map(async (block, at): Promise<Checkout | null> => {
    const path = value(block, "worktree");
    // Prunable: its folder is gone for good, there is nothing to keep in step.
    if (path === null || block.includes("bare") || value(block, "prunable") !== null) return null;
    const branch = value(block, "branch");
    // Read only where it matters: where trunk is, or may come back to.
    const matters = branch === ref || branch === null;
    const gitDir = at === 0 ? common : matters ? await gitDirOf(path) : path;
    return { path, gitDir, branch, occupied: branch === null ? await occupiedBy(gitDir) : null };
  });
  return (await Promise.all(found)).filter((each) => each !== null);
}

async function gitDirOf(path: string): Promise<string> {
  const target = /^gitdir: (.+)$/m.exec((await readText(join(path, ".git"))) ?? "")?.[1];
  if (target === undefined) return join(path, ".git");
  return target.startsWith("/") ? target : join(dirname(join(path, ".git")), target);
}
