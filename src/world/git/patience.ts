// Writing into a worktree whose index somebody else may be writing too: waits for their lock, and removes one
// that a dead process left. Must not know what is written.
import { lstat, readdir, readlink, rm } from "node:fs/promises";
import { join, sep } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Failure } from "../../core/words.ts";
import { statOf } from "../proc.ts";
import { type Git, type GitCall, type GitResult, refused, words } from "./run.ts";
import { isThere } from "./status.ts";

export interface Patience {
  /** ms that others' locks are waited for [30 s]. */
  readonly waitMs?: number;
  /** ms of age from which a lock that nobody holds is removed. For our own worktrees: a person's is never. */
  readonly staleMs: number;
  readonly told?: (line: string) => void;
}

/**
 * Runs a writing call in a checkout, again while its index is locked.
 * @throws Failure `worktree.blocked` when the lock stays, else as git does
 */
export async function patiently(
  git: Git,
  call: GitCall,
  gitDir: string,
  patience: Patience,
  signal: AbortSignal,
): Promise<GitResult> {
  const lock = join(gitDir, "index.lock");
  const until = Date.now() + (patience.waitMs ?? 30_000);
  const accept = call.accept ?? [0];
  let isRemoved = false;
  for (let wait = 40; ; wait = Math.min(wait * 2, 1_000)) {
    const result = await git({ ...call, write: true, accept: "any" }, signal);
    if (accept === "any" ? result.code === 0 : accept.includes(result.code)) return result;
    // Git has no exit code of its own for this. The file's name is in its words in every language, and the
    // lock may be gone by the time we look.
    if (!result.stderr.includes("index.lock") && !(await isThere(lock))) {
      if (accept === "any") return result;
      throw refused(`git ${call.args[0] ?? ""} in ${call.cwd}`, result);
    }
    if (!isRemoved && (await isStale(lock, call.cwd, patience.staleMs))) {
      isRemoved = true;
      await rm(lock, { force: true });
      patience.told?.(`removed ${lock}: its process had died`);
    } else if (Date.now() > until) throw blocked(lock, result);
    await pause(wait, undefined, { signal });
  }
}

function blocked(lock: string, result: GitResult): Failure {
  return new Failure("worktree.blocked", `${lock} stays locked. ${words(result)}`, {
    hint: `Another git works there. When none does, remove the file: rm '${lock}'.`,
  });
}

/** Old enough, and no process holds it; where processes cannot be looked at, never. */
async function isStale(lock: string, cwd: string, staleMs: number): Promise<boolean> {
  const found = await lstat(lock).catch(() => null);
  if (found === null || Date.now() - found.mtimeMs < staleMs) return false;
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return false;
  const held = await Promise.all(pids.map((pid) => holds(pid, lock, cwd)));
  return !held.includes(true);
}

/** It has the file open; or it is a git in that checkout (one that waits for an editor has closed the file). */
async function holds(pid: string, lock: string, cwd: string): Promise<boolean> {
  const at = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  if (at !== null && (at === cwd || at.startsWith(cwd + sep))) {
    const program = await readlink(`/proc/${pid}/exe`).catch(() => "git");
    const isRunning = statOf(Number(pid)) !== null;
    if (isRunning && /(^|\/)git[^/]*$/.test(program)) return true;
  }
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const open = files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => ""));
  return (await Promise.all(open)).includes(lock);
}
