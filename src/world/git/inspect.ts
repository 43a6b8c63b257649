// A member's worktree as the done contract needs to see it. Reads only.
import type { Worktree } from "../../core/ports.ts";
import type { Oid } from "../../core/words.ts";
import type { GitContext } from "./context.ts";
import { operationIn } from "./status.ts";
import { type Place, statusOf } from "./worktrees.ts";

const maxDirty = 20;
/** Files looked through for conflict markers; more candidates than that are no accident. */
const maxMarked = 50;
const maxPatch = 4 * 1024 * 1024;

export async function inspect(
  context: GitContext,
  place: Place,
  base: Oid,
  signal: AbortSignal,
): Promise<Worktree> {
  const cwd = place.path;
  const { head, branch, changed } = await statusOf(context, place, "normal", signal);
  const read = async (...args: readonly string[]): Promise<string> =>
    (await context.git({ args, cwd, timeoutMs: 60_000 }, signal)).stdout;
  const range = await ownRange(context, place, base, head, signal);
  const [shown, ahead, markers, touchesBatty, operation] = await Promise.all([
    read("log", "-1", "--no-show-signature", "--format=%T%n%s", head),
    read("rev-list", "--count", `${base}..${head}`),
    markersIn(read, range),
    touched(context, read, range, signal),
    operationIn(place.gitDir),
  ]);
  const [tree = "", subject = ""] = shown.split("\n");
  return {
    path: cwd,
    head,
    tree,
    branch,
    dirty: changed.slice(0, maxDirty).map((each) => each.path),
    ahead: Number(ahead),
    base,
    operation,
    markers,
    touchesBatty,
    subject,
  };
}

/**
 * From where the branch's own changes count: the newest trunk commit in it, else its base. An author who merged
 * trunk must not answer for what others changed there.
 */
async function ownRange(
  { git, trunkRef }: GitContext,
  { path: cwd }: Place,
  base: Oid,
  head: Oid,
  signal: AbortSignal,
): Promise<readonly [Oid, Oid]> {
  const args = ["merge-base", head, await trunkRef(signal)];
  const found = await git({ args, cwd, accept: [0, 1] }, signal);
  return [found.stdout.trim() || base, head];
}

type Read = (...args: readonly string[]) => Promise<string>;

const plain = ["--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"] as const;

async function markersIn(read: Read, [from, to]: readonly [Oid, Oid]): Promise<readonly string[]> {
  // -G narrows it to the files in which such a line was added or removed: usually none.
  const search = ["-G^(<<<<<<<|>>>>>>>) ", "--name-only", "-z"] as const;
  const files = (await read("diff", ...plain, ...search, from, to, "--"))
    .split("\0")
    .filter((file) => file !== "");
  const marked: string[] = [];
  for (const file of files.slice(0, maxMarked)) {
    const path = ["--", `:(top,literal)${file}`] as const;
    const patch = await read("diff", ...plain, "-U0", from, to, ...path);
    if (holdsMarkers(patch.slice(0, maxPatch))) marked.push(file);
  }
  return marked;
}

/** One file's patch without context: the three markers, in order, on added lines. */
export function holdsMarkers(patch: string): boolean {
  const order = [/^\+<{7} /, /^\+={7}$/, /^\+>{7} /];
  let next = 0;
  for (const line of patch.split("\n")) {
    if (order[next]?.test(line.replace(/\r$/, ""))) next += 1;
    if (next === order.length) return true;
  }
  return false;
}

async function touched(
  { ground }: GitContext,
  read: Read,
  [from, to]: readonly [Oid, Oid],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { prefix } = await ground(signal);
  const folders = new Set([".batty", `${prefix}.batty`]);
  const paths = [...folders].map((folder) => `:(top,literal)${folder}`);
  const found = await read("diff", ...plain, "--name-only", "-z", from, to, "--", ...paths);
  return found.split("\0").filter((path) => path !== "");
}
