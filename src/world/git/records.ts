// Calls that read git's records of all worktrees: one that somebody is just making is refused as broken for the
// millisecond in which its files are empty. Must not know what is asked.
import { setTimeout as pause } from "node:timers/promises";
import type { Git, GitCall, GitResult } from "./run.ts";

/** Pauses before a refused call is made again, ms. */
const pauses = [20, 100, 500];
/** Git's code for whatever it could not go on with. */
const fatal = 128;

/** @throws Failure as git does; refused for the last time */
export async function askOfRecords(
  git: Git,
  call: GitCall,
  signal: AbortSignal,
): Promise<GitResult> {
  for (const ms of pauses) {
    const result = await git({ ...call, accept: [0, fatal] }, signal);
    if (result.code === 0) return result;
    await pause(ms, undefined, { signal });
  }
  return git(call, signal);
}
