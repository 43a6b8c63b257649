// Worktrees in the bot's folder that belong to no member: folders, and what git remembers of folders that are gone.
// Reads only; what it can't tell apart from work it calls work.
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

export interface Orphan {
  readonly name: string;
  readonly path: string;
  /** The folder that git keeps for it in the repository; null: git does not know it. */
  readonly admin: string | null;
  /** `folder`: it stands there. `gone`: it does not, and its branch keeps its commits. `detached`: nor does any branch. */
  readonly is: "folder" | "gone" | "detached" | "locked";
  /** The commit it stood at, where that stands in no branch of its own. */
  readonly head: string | null;
}

export interface OrphanPlace {
  /** The repository's folder. */
  readonly common: string;
  readonly worktreesDir: string;
  /** Whoever has a right to a worktree there. */
  readonly members: readonly string[];
}

export async function findOrphans(place: OrphanPlace): Promise<readonly Orphan[]> {
  const { worktreesDir, members } = place;
  // A folder that is gone as a whole may be on a disk that is not mounted: nothing is known of what was in it.
  const names = await readdir(worktreesDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (names === null) return [];
  const isOwned = (name: string): boolean => members.includes(name) || name.startsWith("_gate");
  const known = await registered(place);
  const folders = names
    .filter((name) => !isOwned(name))
    .map((name): Orphan => {
      const admin = known.get(name) ?? null;
      return { name, path: join(worktreesDir, name), admin, is: "folder", head: null };
    });
  const gone = [...known].filter(([name]) => !isOwned(name) && !names.includes(name));
  return [...folders, ...(await Promise.all(gone.map((one) => missing(worktreesDir, one))))];
}

async function missing(
  worktreesDir: string,
  [name, admin]: readonly [string, string],
): Promise<Orphan> {
  const orphan = { name, path: join(worktreesDir, name), admin };
  if (await stat(join(admin, "locked")).catch(() => null))
    // the usual case: nobody locked it
    return { ...orphan, is: "locked", head: null };
  const head = (await readFile(join(admin, "HEAD"), "utf8")).trim();
  return head.startsWith("ref: ")
    ? { ...orphan, is: "gone", head: null }
    : { ...orphan, is: "detached", head };
}

/** By its name in the bot's folder: what git keeps of a worktree there. */
async function registered(place: OrphanPlace): Promise<ReadonlyMap<string, string>> {
  const folder = join(place.common, "worktrees");
  const real = await realpath(place.worktreesDir);
  const found = new Map<string, string>();
  for (const each of await readdir(folder).catch(() => [])) {
    // a repository without worktrees
    const admin = join(folder, each);
    const back = await readFile(join(admin, "gitdir"), "utf8").catch(() => null); // torn: git's own to tell
    if (back === null) continue;
    const path = dirname(resolve(admin, back.trim()));
    if ([place.worktreesDir, real].includes(dirname(path))) found.set(basename(path), admin);
  }
  return found;
}
