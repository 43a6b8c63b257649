// Moving a member's worktree: onto a task's branch, forward with trunk, or a branch onto it. Everything in it is
// made reachable first, and git itself refuses where something was written meanwhile: no force, no clean.
import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure, type Oid } from "../../core/words.ts";
import { type GitContext, staleLockMs } from "./context.ts";
import { patiently } from "./patience.ts";
import { archiveHead, type Rescued, rescueWork } from "./rescue.ts";
import { type GitResult, words } from "./run.ts";
import { isThere, operationIn } from "./status.ts";
import { type Place, type Standstill, statusOf } from "./worktrees.ts";

export interface TaskStart {
  readonly branch: string;
  readonly base: Oid;
}

/** An agent that still writes makes a move fail; this often it is tried. */
const tries = 3;

export async function startTask(
  context: GitContext,
  place: Place,
  task: TaskStart,
  signal: AbortSignal,
): Promise<{ readonly rescued: string | null }> {
  let ref: string | null = null;
  let forced: readonly string[] = [];
  let last: GitResult | null = null;
  for (let attempt = 1; attempt <= tries; attempt++) {
    const status = await statusOf(context, place, "all", signal);
    if (status.branch === task.branch) return { rescued: ref };
    const rescued = await rescueWork(context, place, status, forced, signal);
    const archived =
      rescued === null && status.branch === null
        ? await archiveHead(context, place, status.head, signal)
        : null;
    ref = rescued?.ref ?? archived ?? ref;
    await quitOperation(context, place, signal);
    const restore = rescued === null ? null : await settle(context, place, rescued, signal);
    last = await checkOut(context, place, task, signal);
    if (last.code === 0) {
      await rm(keptIndex(place), { force: true });
      return { rescued: ref };
    }
    await restore?.(status);
    forced = await inTheWay(context, place, status, task, signal);
  }
  throw new Failure(
    "worktree.blocked",
    `${task.branch} could not be checked out in ${place.path}. ${last === null ? "" : words(last)}`,
    {
      hint: `The worktree is as it was${ref === null ? "" : `, its work is kept in ${ref} too`}. If the branch is checked out elsewhere, switch that checkout to another one.`,
    },
  );
}

const patience = ({ told }: GitContext) => ({ staleMs: staleLockMs, told });

async function checkOut(
  context: GitContext,
  place: Place,
  { branch, base }: TaskStart,
  signal: AbortSignal,
): Promise<GitResult> {
  const verify = ["rev-parse", "-q", "--verify", `refs/heads/${branch}^{commit}`];
  const found = await context.git({ args: verify, cwd: place.path, accept: "any" }, signal);
  const way =
    found.code === 0 ? ["--no-guess", branch, "--"] : ["--no-track", "-b", branch, base, "--"];
  const args = ["checkout", "--quiet", "--no-overwrite-ignore", ...way];
  const call = { args, cwd: place.path, accept: "any" as const };
  return patiently(context.git, call, place.gitDir, patience(context), signal);
}

const keptIndex = ({ gitDir }: Place): string => join(gitDir, "batty-kept.index");

/**
 * Puts HEAD (detached) and index on the rescue commit. Now the worktree is clean, and an ordinary checkout may
 * replace exactly what was kept: it refuses whatever was written after that.
 */
async function settle(
  context: GitContext,
  place: Place,
  { commit, tree }: Rescued,
  signal: AbortSignal,
): Promise<(before: Standstill) => Promise<void>> {
  const { git } = context;
  const { path: cwd, gitDir } = place;
  const index = join(gitDir, "index");
  if (await isThere(index)) await copyFile(index, keptIndex(place));
  const write = (args: readonly string[], accept: readonly number[] = [0]) =>
    patiently(git, { args, cwd, accept }, gitDir, patience(context), signal);
  await write(["update-ref", "--no-deref", "-m", "batty: work kept", "HEAD", commit]);
  await write(["read-tree", tree]);
  await write(["update-index", "-q", "--refresh"], [0, 1]);
  return async ({ head, branch }) => {
    const back =
      branch === null
        ? ["update-ref", "--no-deref", "HEAD", head]
        : ["symbolic-ref", "HEAD", `refs/heads/${branch}`];
    await write(back);
    await rename(keptIndex(place), index);
  };
}

/** Ignored files that the branch would overwrite. */
async function inTheWay(
  { git }: GitContext,
  { path }: Place,
  { head, changed }: Standstill,
  { branch, base }: TaskStart,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ref = `refs/heads/${branch}`;
  const verify = { args: ["rev-parse", "-q", "--verify", `${ref}^{commit}`], cwd: path };
  const target = (await git({ ...verify, accept: "any" }, signal)).code === 0 ? ref : base;
  const args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=A"];
  const { stdout } = await git({ args: [...args, head, target], cwd: path }, signal);
  const known = new Set(changed.map((each) => each.path));
  const added = stdout.split("\0").filter((name) => name !== "" && !known.has(name));
  const there = await Promise.all(added.map((name) => isThere(join(path, name))));
  return added.filter((_, at) => there[at]);
}

/** What an agent left under way has no place on the next branch; its commits and files are kept by now. */
async function quitOperation(
  { git }: GitContext,
  { path: cwd, gitDir }: Place,
  signal: AbortSignal,
): Promise<void> {
  const operation = await operationIn(gitDir);
  if (operation === null) return;
  const args = operation === "bisect" ? ["bisect", "reset", "HEAD"] : [operation, "--quit"];
  await git({ args, cwd, write: true, accept: "any" }, signal);
}

/** A lead's clean detached worktree goes forward; anything else stays. */
export async function follow(
  context: GitContext,
  place: Place,
  to: Oid,
  signal: AbortSignal,
): Promise<void> {
  const { head, branch, changed } = await statusOf(context, place, "normal", signal);
  if (branch !== null || head === to || changed.length > 0) return;
  if ((await operationIn(place.gitDir)) !== null) return;
  const cwd = place.path;
  const isBehind = ["merge-base", "--is-ancestor", head, to];
  if ((await context.git({ args: isBehind, cwd, accept: [0, 1] }, signal)).code !== 0) return;
  const args = ["checkout", "--quiet", "--no-overwrite-ignore", "--detach", to, "--"];
  // 1: a file that git ignores is in the way, or was written just now. It stays.
  const call = { args, cwd, accept: [0, 1] };
  await patiently(context.git, call, place.gitDir, patience(context), signal);
}

/** HEAD's commit gets the branch, and the worktree stands on it, index and edits as they are. */
export async function adoptBranch(
  context: GitContext,
  place: Place,
  branch: string,
  signal: AbortSignal,
): Promise<void> {
  const status = await statusOf(context, place, "normal", signal);
  if (status.branch === branch) return;
  const operation = await operationIn(place.gitDir);
  if (operation !== null)
    throw new Failure("worktree.blocked", `a ${operation} is under way in ${place.path}`, {
      hint: `Finish it, or \`git ${operation} --abort\`, then try again.`,
    });
  const { git } = context;
  const cwd = place.path;
  const ref = `refs/heads/${branch}`;
  const verify = ["rev-parse", "-q", "--verify", `${ref}^{commit}`];
  const old = (await git({ args: verify, cwd, accept: "any" }, signal)).stdout.trim();
  if (old !== "") await mayMove(context, place, { branch, old, head: status.head }, signal);
  const move = ["update-ref", "-m", "batty: adopt", ref, status.head, old];
  await git({ args: move, cwd, write: true }, signal);
  await git({ args: ["symbolic-ref", "HEAD", ref], cwd, write: true }, signal);
}

async function mayMove(
  { git }: GitContext,
  { path: cwd }: Place,
  { branch, old, head }: { readonly branch: string; readonly old: Oid; readonly head: Oid },
  signal: AbortSignal,
): Promise<void> {
  const args = ["merge-base", "--is-ancestor", old, head];
  const isBehind = (await git({ args, cwd, accept: [0, 1] }, signal)).code === 0;
  const format = "--format=%(worktreepath)";
  const holder = await git({ args: ["for-each-ref", format, `refs/heads/${branch}`], cwd }, signal);
  const elsewhere = holder.stdout.trim();
  if (isBehind && elsewhere === "") return;
  const why = isBehind ? `it is checked out in ${elsewhere}` : "it has commits of its own";
  throw new Failure("git.refused", `${branch} cannot name the commits in ${cwd}: ${why}`, {
    hint: "Rename that branch, or switch that checkout to another one.",
  });
}
