// Builds what would land, without a checkout: two processes, no ref moved, the same commit each time.
import type { Candidate } from "../../core/ports.ts";
import { treeHole } from "../../core/views/landing.ts";
import type { Instant, Oid } from "../../core/words.ts";
import type { GitContext } from "./context.ts";
import { datedAt } from "./identity.ts";
import { refused } from "./run.ts";

export interface Build {
  readonly base: Oid;
  readonly head: Oid;
  readonly message: string;
  readonly at: Instant;
}

export async function candidate(
  context: GitContext,
  { base, head, message, at }: Build,
  signal: AbortSignal,
): Promise<Candidate> {
  const { top: cwd } = await context.ground(signal);
  const merge = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", base, head];
  const [merged, identity] = await Promise.all([
    context.git({ args: merge, cwd, accept: "any", timeoutMs: 60_000 }, signal),
    context.identities.ours(signal),
  ]);
  const [tree = "", ...conflicts] = merged.stdout.split("\0").filter((part) => part !== "");
  if (merged.code === 1) return { ok: false, conflicts: [...new Set(conflicts)] };
  if (merged.code !== 0) throw refused(`git merge-tree of ${head} onto ${base}`, merged);
  const args = ["commit-tree", tree, "-p", base, "-p", head, "-F", "-"];
  const env = { ...identity, ...datedAt(at) };
  const stdin = message.replaceAll(treeHole, tree);
  const made = await context.git({ args, cwd, env, stdin }, signal);
  return { ok: true, commit: made.stdout.trim(), tree };
}
