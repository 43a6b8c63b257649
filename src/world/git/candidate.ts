// Builds what would land, without a checkout: two processes, no ref moved, the same commit each time.
import type { Candidate } from "../../core/ports.ts";
import { treeHole } from "../../core/views/landing.ts";
import type { Instant, Oid } from "../../core/words.ts";
import type { Kept } from "../../lib/kept.ts";
import type { GitContext } from "./context.ts";
import { datedAt } from "./identity.ts";
import { refused } from "./run.ts";

export interface Build {
  readonly base: Oid;
  readonly head: Oid;
  readonly message: string;
  readonly at: Instant;
}

/** What a head becomes on a base: always the same, so that a landing need not merge what a card has shown. */
export type Merged =
  | { readonly ok: true; readonly tree: Oid }
  | { readonly ok: false; readonly conflicts: readonly string[] };

export async function candidate(
  context: GitContext,
  build: Build,
  known: Kept<string, Merged>,
  signal: AbortSignal,
): Promise<Candidate> {
  const { base, head, message, at } = build;
  const { top: cwd } = await context.ground(signal);
  const key = `${base} ${head}`;
  const before = known.get(key);
  const [merged, identity] = await Promise.all([
    before ?? merge(context, base, head, signal),
    context.identities.ours(signal),
  ]);
  known.keep(key, merged);
  if (!merged.ok) return merged;
  const { tree } = merged;
  const args = ["commit-tree", tree, "-p", base, "-p", head, "-F", "-"];
  const env = { ...identity, ...datedAt(at) };
  const stdin = message.replaceAll(treeHole, tree);
  const accept = before === undefined ? ([0] as const) : "any";
  const made = await context.git({ args, cwd, env, stdin, accept }, signal);
  if (made.code === 0) return { ok: true, commit: made.stdout.trim(), tree };
  // Nothing pointed to the tree, and somebody has pruned it.
  known.forget(key);
  return candidate(context, build, known, signal);
}

async function merge(
  context: GitContext,
  base: Oid,
  head: Oid,
  signal: AbortSignal,
): Promise<Merged> {
  const { top: cwd } = await context.ground(signal);
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", base, head];
  const merged = await context.git({ args, cwd, accept: "any", timeoutMs: 60_000 }, signal);
  const [tree = "", ...conflicts] = merged.stdout.split("\0").filter((part) => part !== "");
  if (merged.code === 1) return { ok: false, conflicts: [...new Set(conflicts)] };
  if (merged.code !== 0) throw refused(`git merge-tree of ${head} onto ${base}`, merged);
  return { ok: true, tree };
}
