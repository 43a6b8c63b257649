// Acts on the way to trunk: gate, the change for the card, the candidate, the landing.
import type { Brought } from "../../core/effect.ts";
import type { Change } from "../../core/ports.ts";
import type { ActContext, Of } from "./context.ts";

export async function gate(
  c: ActContext,
  { order, anew }: Of<"ensure.gate">,
  signal: AbortSignal,
): Promise<Brought> {
  const evidence = anew ? null : await c.gate.evidence(order, signal);
  if (evidence !== null) return { of: "ensure.gate", run: evidence, reused: true };
  return { of: "ensure.gate", run: await c.gate.run(order, signal), reused: false };
}

/** What would land: the candidate's difference to trunk, with the branch's own commits. */
export async function review(
  c: ActContext,
  { head, onto }: Of<"ensure.review">,
  signal: AbortSignal,
): Promise<Brought> {
  const built = await c.repo.candidate({ base: onto, head, message: "review", at: 0 }, signal);
  if (!built.ok)
    return { of: "ensure.review", change: null, tree: null, conflicts: built.conflicts };
  const [landing, branch] = await Promise.all([
    c.repo.change(built.commit, onto, signal),
    c.repo.change(head, onto, signal),
  ]);
  const change: Change = { ...landing, head, mergeBase: branch.mergeBase, commits: branch.commits };
  return { of: "ensure.review", change, tree: built.tree, conflicts: [] };
}

export async function candidate(
  c: ActContext,
  effect: Of<"ensure.candidate">,
  signal: AbortSignal,
): Promise<Brought> {
  const { base, head, message, at, former, shown } = effect;
  // Side by side: a candidate too many is a commit that nothing points to.
  const [isIn, built] = await Promise.all([
    c.repo.contains(base, head, signal),
    c.repo.candidate({ base, head, message, at }, signal),
  ]);
  if (isIn) {
    const ours = former !== null && (await c.repo.contains(base, former, signal));
    const already = ours ? "ours" : "theirs";
    return { of: "ensure.candidate", candidate: null, change: null, already };
  }
  const known = shown === null || (built.ok && shown.onto === base && shown.tree === built.tree);
  const change = built.ok && !known ? await c.repo.change(built.commit, base, signal) : null;
  return { of: "ensure.candidate", candidate: built, change, already: null };
}

export async function land(
  c: ActContext,
  { commit, base }: Of<"ensure.landing">,
  signal: AbortSignal,
): Promise<Brought> {
  return { of: "ensure.landing", landing: await c.repo.land(commit, base, signal) };
}
