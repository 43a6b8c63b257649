// The worktrees folder: one stable path a member and one for the gate; made, remade after a loss, and repaired
// after a move. Must not know what is checked out in them, nor touch work.
import { mkdir, realpath, rename, rm, unlink, writeFile } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { Repair } from "../../core/ports.ts";
import { Failure } from "../../core/words.ts";
import { inTurn } from "../../lib/in-turn.ts";
import { onDisk } from "../maildir-folder.ts";
import { type GitContext, staleLockMs } from "./context.ts";
import { patiently } from "./patience.ts";
import { type Standing, standingAt } from "./pointer.ts";
import { askOfRecords } from "./records.ts";
import { words } from "./run.ts";
import { isThere, readStatus, readText, type Status } from "./status.ts";

/** As much of the context as places need; the gate has no more. */
export type PlaceContext = Pick<
  GitContext,
  "git" | "ground" | "worktreesDir" | "told" | "repaired"
>;

export interface Place {
  readonly name: string;
  readonly path: string;
  /** The worktree's own git folder, in the repository. */
  readonly gitDir: string;
}

/** Inside a worktree's git folder: which set-up it has. */
export const setUpMarker = "batty-set-up.json";

/** By the repository's git folder: members' worktrees and the gate's are made by different adapters. */
const inOrder = inTurn();

/**
 * The worktree of that name, at its place and linked both ways. Looks at files only when all is well.
 * @throws Failure `worktree.blocked` when something stands there that is not ours
 */
export async function ensurePlace(
  context: PlaceContext,
  wanted: {
    readonly name: string;
    /** What a new one is made at. */
    readonly from: (signal: AbortSignal) => Promise<string>;
  },
  signal: AbortSignal,
): Promise<Place> {
  const { name } = wanted;
  const { top, common } = await context.ground(signal);
  const folder = await worktreesFolder(context.worktreesDir, top, signal);
  const path = join(folder, name);
  const look = (): Promise<Standing> =>
    onDisk("looking at", path, signal, () => standingAt(path, common));
  const first = await look();
  if (first.is === "ours") return { name, path, gitDir: first.admin };
  // Adding worktrees side by side gains nothing and lets git's own bookkeeping collide.
  return inOrder(common, async () => {
    let found = await look();
    if (found.is === "link") {
      // The link itself holds nothing; what it points to is not ours to touch.
      await unlink(path);
      context.told(`removed the symbolic link that stood at ${path}`);
      found = await look();
    }
    if (found.is === "missing")
      await make(context, path, { ...wanted, admin: found.admin }, signal);
    if (found.is === "astray") await repair(context, path, signal);
    const now = await look();
    if (now.is === "ours") return { name, path, gitDir: now.admin };
    throw blocked(path, now.is === "foreign" ? now.why : "git could not repair it");
  });
}

const blocked = (path: string, why: string): Failure =>
  new Failure("worktree.blocked", `${path} cannot be used as a worktree: ${why}`, {
    hint: `Move it away (\`mv '${path}' '${path}.old'\`); the worktree is made anew by itself.`,
  });

/** Inside the repository a worktree's tests would find the person's node_modules, and theirs the worktree. */
async function worktreesFolder(dir: string, top: string, signal: AbortSignal): Promise<string> {
  await onDisk("making", dir, signal, () => mkdir(dir, { recursive: true, mode: 0o700 }));
  const folder = await realpath(dir);
  const way = relative(await realpath(top), folder);
  if (way === "" || (way !== ".." && !way.startsWith(`..${sep}`)))
    throw new Failure("worktree.blocked", `the worktrees folder ${folder} lies inside ${top}`, {
      hint: "Set BATTY_STATE_DIR to a folder outside the repository.",
    });
  return folder;
}

async function make(
  context: PlaceContext,
  path: string,
  it: {
    readonly admin: string | null;
    readonly from: (signal: AbortSignal) => Promise<string>;
  },
  signal: AbortSignal,
): Promise<void> {
  if (it.admin !== null) return remake(context, path, it.admin, signal);
  const { git } = context;
  const { top } = await context.ground(signal);
  const args = ["worktree", "add", "--detach", "--no-guess-remote", path, await it.from(signal)];
  await askOfRecords(git, { args, cwd: top, write: true, timeoutMs: 300_000 }, signal);
}

/** The folder was deleted, git's record of it was not: branch, HEAD and what was staged come back as they were. */
async function remake(
  context: PlaceContext,
  path: string,
  admin: string,
  signal: AbortSignal,
): Promise<void> {
  const { git, told } = context;
  await rm(join(admin, setUpMarker), { force: true });
  await mkdir(path, { recursive: true });
  await writeFile(join(path, ".git"), `gitdir: ${admin}\n`);
  const lastly = { staleMs: staleLockMs, told };
  const write = (args: readonly string[], accept: readonly number[] | "any") =>
    patiently(git, { args, cwd: path, accept, timeoutMs: 300_000 }, admin, lastly, signal);
  if (!(await isThere(join(admin, "index")))) await write(["read-tree", "HEAD"], [0]);
  const out = ["checkout-index", "--all", "--force", "--quiet"];
  if ((await write(out, "any")).code !== 0) {
    // An index that cannot be read is kept beside, and made anew from HEAD.
    await rename(join(admin, "index"), join(admin, "index.broken"));
    await write(["read-tree", "HEAD"], [0]);
    await write(out, [0]);
  }
  await write(["update-index", "-q", "--refresh"], [0, 1]);
  await report(context, path, "remade", `made the worktree ${path} anew: its folder was gone`);
}

async function report(
  { git, told, repaired }: PlaceContext,
  path: string,
  how: Repair["how"],
  say: string,
): Promise<void> {
  told(say);
  const signal = AbortSignal.timeout(10_000);
  const { stdout } = await git({ args: ["rev-parse", "HEAD"], cwd: path, accept: "any" }, signal);
  repaired({ member: basename(path), how, say, head: stdout.trim() });
}

async function repair(context: PlaceContext, path: string, signal: AbortSignal) {
  const { git, told } = context;
  const { top } = await context.ground(signal);
  const args = ["worktree", "repair", path];
  const result = await git({ args, cwd: top, write: true, accept: "any" }, signal);
  if (result.code !== 0) told(`${path}: ${words(result)}`);
  else await report(context, path, "relinked", `repaired the worktree ${path}`);
}

export interface Standstill extends Status {
  readonly head: string;
}

/** The worktree's status; a branch that was deleted under it is made again at its last commit. */
export async function statusOf(
  context: GitContext,
  place: Place,
  untracked: "all" | "normal",
  signal: AbortSignal,
): Promise<Standstill> {
  const status = await readStatus(context.git, place.path, untracked, signal);
  if (status.head !== null) return { ...status, head: status.head };
  await mendBranch(context, place, signal);
  const again = await readStatus(context.git, place.path, untracked, signal);
  if (again.head !== null) return { ...again, head: again.head };
  throw new Failure("worktree.blocked", `HEAD of ${place.path} has no commit`, {
    hint: "Check out a commit there by hand, then try again.",
  });
}

async function mendBranch(
  context: GitContext,
  { path, gitDir }: Place,
  signal: AbortSignal,
): Promise<void> {
  const { git } = context;
  const ref = (await git({ args: ["symbolic-ref", "HEAD"], cwd: path }, signal)).stdout.trim();
  const log = (await readText(join(gitDir, "logs", "HEAD")))?.trim().split("\n").pop();
  const last = log?.split(" ")[1] ?? "";
  const args = ["update-ref", "-m", "batty: the branch was gone", ref, last, ""];
  const made = await git({ args, cwd: path, write: true, accept: "any" }, signal);
  if (last === "" || made.code !== 0)
    throw new Failure(
      "worktree.blocked",
      `${ref}, checked out in ${path}, is gone, and its last commit ${last || "is not known"} cannot be named again`,
      { hint: "If you know its commit: `git branch NAME COMMIT`. The files there are untouched." },
    );
  const say = `made ${ref} again at ${last}: it had been deleted while checked out in ${path}`;
  await report(context, path, "branch", say);
}
