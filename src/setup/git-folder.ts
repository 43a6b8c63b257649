// Where a project's git folder lies, read from the files that git leaves; starts no process.
import { readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

export interface GitFolder {
  /** The folder all worktrees of the repository share; holds `info/exclude`. */
  readonly common: string;
  /** The project's place inside the repository, with `/`; empty at its root. */
  readonly prefix: string;
}

/** Null: the folder is in no repository. */
export async function findGitFolder(root: string, signal: AbortSignal): Promise<GitFolder | null> {
  const project = resolve(root);
  for (let folder = project; ; folder = dirname(folder)) {
    const common = await commonOf(join(folder, ".git"), signal);
    if (common !== null) return { common, prefix: relative(folder, project).split(sep).join("/") };
    if (dirname(folder) === folder) return null;
  }
}

/** `.git` is a folder, or in linked worktrees and submodules a file that names one. Without a HEAD git passes it over, too. */
async function commonOf(git: string, signal: AbortSignal): Promise<string | null> {
  const found = await stat(git).catch(() => null); // absent or closed to us: look further up
  if (found === null) return null;
  const own = found.isDirectory() ? git : await named(git, /^gitdir: (.+)$/m, signal);
  if (own === null || (await named(join(own, "HEAD"), /^(.+)$/m, signal)) === null) return null;
  return (await named(join(own, "commondir"), /^(.+)$/m, signal)) ?? own;
}

/** The path that a small file of git's names, relative to that file. */
async function named(file: string, pattern: RegExp, signal: AbortSignal): Promise<string | null> {
  const text = await readFile(file, { encoding: "utf8", signal }).catch(() => null); // optional file
  const path = text === null ? undefined : pattern.exec(text)?.[1]?.trim();
  if (path === undefined) return null;
  return isAbsolute(path) ? path : resolve(dirname(file), path);
}
