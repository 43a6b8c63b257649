// What stands where a worktree should be, told from files alone: whose it is, whether its pointers meet.
// Reads only, and never through a symbolic link in the worktree's own place.
import { lstat, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errnoOf } from "../maildir-folder.ts";
import { readText } from "./status.ts";

export type Standing =
  /** `admin`: the folder in the repository that git keeps for it. */
  | { readonly is: "ours"; readonly admin: string }
  /** Nothing, or an empty folder; `admin` when git still remembers the worktree. */
  | { readonly is: "missing"; readonly admin: string | null }
  | { readonly is: "link" }
  /** Ours, but `.git` and repository do not point at each other any more. */
  | { readonly is: "astray" }
  | { readonly is: "foreign"; readonly why: string };

/** @param common the repository's folder, links resolved */
export async function standingAt(path: string, common: string): Promise<Standing> {
  const found = await statOf(path);
  const admin = await adminOf(path, common);
  if (found === null) return { is: "missing", admin };
  if (found.isSymbolicLink()) return { is: "link" };
  if (!found.isDirectory()) return { is: "foreign", why: "a file stands there" };
  const pointer = await statOf(join(path, ".git"));
  if (pointer === null) return withoutPointer(path, admin);
  if (!pointer.isFile())
    return { is: "foreign", why: "its .git is not a worktree's (a repository of its own?)" };
  const target = await targetOf(path);
  if (target !== null && target === admin) return { is: "ours", admin };
  if (target !== null && dirname(dirname(target)) !== common && (await isFolder(target)))
    return { is: "foreign", why: `it belongs to another repository (${dirname(dirname(target))})` };
  const isKnown = admin !== null || (target !== null && (await isFolder(target)));
  return isKnown
    ? { is: "astray" }
    : { is: "foreign", why: "its repository is gone, and this one does not know it" };
}

async function withoutPointer(path: string, admin: string | null): Promise<Standing> {
  if ((await readdir(path)).length === 0) return { is: "missing", admin };
  return admin === null
    ? { is: "foreign", why: "files stand there that are no worktree" }
    : { is: "astray" };
}

/** The folder in the repository whose worktree is at this path. */
async function adminOf(path: string, common: string): Promise<string | null> {
  const folder = join(common, "worktrees");
  for (const name of await readdir(folder).catch(() => [])) {
    const admin = join(folder, name);
    const back = (await readText(join(admin, "gitdir")))?.trim();
    if (back && resolve(admin, back) === join(path, ".git")) return admin;
  }
  return null;
}

async function targetOf(path: string): Promise<string | null> {
  const match = /^gitdir: (.+)$/m.exec((await readText(join(path, ".git"))) ?? "");
  return match?.[1] === undefined ? null : resolve(path, match[1]);
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function statOf(path: string): Promise<Awaited<ReturnType<typeof lstat>> | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw error;
  }
}
