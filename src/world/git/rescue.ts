// Keeps uncommitted work reachable: a commit of everything tracked or untracked (ignored files left out) under
// refs/batty/rescue/, made through an index of its own, so that tree and index stay as they are.
import { constants } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Oid } from "../../core/words.ts";
import { Failure } from "../../core/words.ts";
import type { GitContext } from "./context.ts";
import { datedAt } from "./identity.ts";
import { words } from "./run.ts";
import { isThere } from "./status.ts";
import type { Place, Standstill } from "./worktrees.ts";

export interface Rescued {
  readonly ref: string;
  readonly commit: Oid;
  readonly tree: Oid;
}

export const rescueRefs = (member: string): string => `refs/batty/rescue/${member}`;

/**
 * @param forced ignored paths that are kept all the same, since something is about to overwrite them
 * @returns null: nothing to keep. The same content keeps its first ref.
 * @throws Failure `worktree.blocked` when a part cannot be read (the rest is kept)
 */
export async function rescueWork(
  context: GitContext,
  place: Place,
  status: Standstill,
  forced: readonly string[],
  signal: AbortSignal,
): Promise<Rescued | null> {
  if (status.changed.length === 0 && forced.length === 0) return null;
  const index = join(place.gitDir, "batty-rescue.index");
  const clear = () =>
    Promise.all([index, `${index}.lock`].map((file) => rm(file, { force: true })));
  await clear();
  try {
    return await keep(context, place, status, forced, index, signal);
  } finally {
    await clear();
  }
}

async function keep(
  context: GitContext,
  place: Place,
  status: Standstill,
  forced: readonly string[],
  index: string,
  signal: AbortSignal,
): Promise<Rescued | null> {
  const own = join(place.gitDir, "index");
  if (await isThere(own)) await copyFile(own, index, constants.COPYFILE_FICLONE);
  const run = (args: readonly string[], more: { stdin?: string; accept?: "any" } = {}) =>
    context.git(
      { args, cwd: place.path, write: true, env: { GIT_INDEX_FILE: index }, ...more },
      signal,
    );
  const commitOf = (tree: Oid, parents: readonly Oid[], at: number, message: string) =>
    commit(context, place.path, { tree, parents, at, message }, signal);

  const parents = [status.head];
  if (status.changed.some((each) => each.staged && each.edited)) {
    // A third state stands in the index alone; at a fixed date, so that the same one gives the same commit.
    const staged = (await run(["write-tree"], { accept: "any" })).stdout.trim();
    if (staged !== "") parents.push(await commitOf(staged, parents, 0, "What was staged"));
  }
  const all = ["-c", "core.safecrlf=false", "add", "--all", "--ignore-errors", "."];
  const added = await run(all, { accept: "any" });
  if (forced.length > 0) {
    const from = ["--pathspec-from-file=-", "--pathspec-file-nul"];
    await run(["--literal-pathspecs", "add", "--force", ...from], { stdin: forced.join("\0") });
  }
  const tree = (await run(["write-tree"])).stdout.trim();
  const known = await knownRescue(context, place, { tree, parents }, signal);
  const message = `Uncommitted work of ${place.name}\n\nOn ${status.branch ?? "no branch"}, kept by Batty.\n`;
  const rescued =
    known ??
    (await name(
      context,
      place,
      await commitOf(tree, parents, context.now(), message),
      tree,
      signal,
    ));
  if (added.code === 0) return rescued;
  throw new Failure(
    "worktree.blocked",
    `not all work in ${place.path} could be kept. ${words(added)}`,
    { hint: `What could be read is in ${rescued.ref}. Make the rest readable, then try again.` },
  );
}

async function knownRescue(
  { git }: GitContext,
  { name, path }: Place,
  wanted: { readonly tree: Oid; readonly parents: readonly Oid[] },
  signal: AbortSignal,
): Promise<Rescued | null> {
  const format = "--format=%(refname) %(objectname) %(tree) %(parent)";
  const args = ["for-each-ref", format, `${rescueRefs(name)}/`];
  const { stdout } = await git({ args, cwd: path }, signal);
  for (const line of stdout.split("\n")) {
    const [ref, commit, tree, ...parents] = line.trim().split(" ");
    if (ref && commit && tree === wanted.tree && parents.join() === wanted.parents.join())
      return { ref, commit, tree };
  }
  return null;
}

async function name(
  context: GitContext,
  { name: member, path }: Place,
  commit: Oid,
  tree: Oid,
  signal: AbortSignal,
): Promise<Rescued> {
  const time = new Date(context.now()).toISOString().replaceAll(/[-:.]/g, "");
  for (let n = 1; ; n++) {
    const ref = `${rescueRefs(member)}/${time}${n === 1 ? "" : `-${n}`}`;
    // The empty old value: only if there is no such ref.
    const args = ["update-ref", "-m", "batty: rescue", ref, commit, ""];
    const accept = n < 20 ? "any" : [0];
    const made = await context.git({ args, cwd: path, write: true, accept }, signal);
    if (made.code === 0) return { ref, commit, tree };
  }
}

async function commit(
  { git, identities }: GitContext,
  cwd: string,
  it: {
    readonly tree: Oid;
    readonly parents: readonly Oid[];
    readonly at: number;
    readonly message: string;
  },
  signal: AbortSignal,
): Promise<Oid> {
  const args = ["commit-tree", it.tree, ...it.parents.flatMap((parent) => ["-p", parent])];
  const env = { ...(await identities.ours(signal)), ...datedAt(it.at) };
  const call = { args: [...args, "-F", "-"], cwd, env, stdin: it.message };
  return (await git(call, signal)).stdout.trim();
}

/** Commits that a detached HEAD alone holds get a ref. Null: they are reachable. */
export async function archiveHead(
  context: GitContext,
  place: Place,
  head: Oid,
  signal: AbortSignal,
): Promise<string | null> {
  const args = ["for-each-ref", "--count=1", "--format=%(refname)", `--contains=${head}`];
  const holder = await context.git({ args, cwd: place.path, timeoutMs: 60_000 }, signal);
  if (holder.stdout !== "") return null;
  return (await name(context, place, head, "", signal)).ref;
}
