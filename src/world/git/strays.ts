// Members' branches that moved without a move in their author's worktree. Told from files alone: a ref that has just
// been moved is a loose file, and whatever an author does stands in the log of its worktree's HEAD. Reads only; where
// git keeps no such log, or keeps refs otherwise, nothing is known and nothing is said.
import { statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Stray } from "../../core/ports.ts";
import type { MemberName } from "../../core/words.ts";
import { standingAt } from "./pointer.ts";
import { readText } from "./status.ts";

export interface Strays {
  /** Those that stand astray now. */
  look(common: string): Promise<readonly Stray[]>;
}

/** @param members whose branches these are: `<member>/<task>` */
export function createStrays(worktreesDir: string, members: readonly MemberName[]): Strays {
  /** What each branch was when it was judged. */
  const judged = new Map<string, { readonly mark: string; readonly stray: Stray | null }>();
  /** A folder changes with each ref in it: one that has not need not be gone through. */
  const folders = new Map<string, number>();
  let isFirst = true;

  const judge = async (common: string, member: MemberName, name: string): Promise<void> => {
    const branch = `${member}/${name}`;
    const path = join(common, "refs", "heads", branch);
    const found = await stat(path).catch(() => null); // packed or deleted meanwhile
    if (found === null || !found.isFile()) return void judged.delete(branch);
    const mark = `${found.mtimeMs} ${found.ino}`;
    if (judged.get(branch)?.mark === mark) return;
    const to = (await readText(path))?.trim() ?? "";
    // What happened before we looked can't be told from what a mended worktree forgot.
    const isStray = !isFirst && (await isAstray(common, join(worktreesDir, member), to));
    judged.set(branch, { mark, stray: isStray ? { member, branch, to } : null });
  };

  return {
    async look(common) {
      for (const member of members) {
        const folder = join(common, "refs", "heads", member);
        // At once: each asynchronous look would wake the loop, for every member every few seconds.
        const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs; // no branch yet
        if (changed === undefined || folders.get(folder) === changed) continue;
        for (const name of await readdir(folder).catch(() => [])) // gone meanwhile
          if (!name.endsWith(".lock")) await judge(common, member, name);
        folders.set(folder, changed);
      }
      isFirst = false;
      return [...judged.values()].flatMap(({ stray }) => stray ?? []);
    },
  };
}

async function isAstray(common: string, worktree: string, to: string): Promise<boolean> {
  if (!/^[0-9a-f]{40,64}$/.test(to)) return false;
  const standing = await standingAt(worktree, common).catch(() => null); // not to be looked at now
  if (standing?.is !== "ours") return false;
  const log = await readText(join(standing.admin, "logs", "HEAD"));
  return log !== null && log !== "" && !log.includes(` ${to} `);
}
