// The queue: one landing at a time, each on a candidate whose exact tree was tested. Derived after rules/merge has
// folded what it heard, so that one step follows the other in the same breath. Git's part is world/git's.

import type { Effect } from "../effect.ts";
import type { Input } from "../input.ts";
import type { Rule } from "../rule.ts";
import type { State, Work } from "../state.ts";
import { landingMessage } from "../views/landing.ts";
import { proposalOf } from "../work.ts";

export const queue: Rule = (state, input) => ({ events: [], effects: next(state, input) });

/** The first task of the queue that nothing holds; a held one is tried again at every tick. */
export function head(state: State): Work | undefined {
  const queued = state.queue
    .flatMap((t) => state.work.get(t) ?? [])
    .filter((w) => w.phase === "queued" && !waitsForTrunk(state, w));
  return queued.find((w) => w.held === null) ?? queued[0];
}

/** Nothing lands alone on a trunk that somebody moved and nobody has tested. */
export const waitsForTrunk = (state: State, work: Work): boolean =>
  work.phase === "queued" && work.auto && state.main?.verdict === null;

function next(state: State, input: Input): Effect[] {
  if (state.main === null || state.paused) return [];
  const heldOnes = state.queue
    .flatMap((t) => state.work.get(t) ?? [])
    .filter((w) => w.held !== null && !waitsForTrunk(state, w));
  const work = input.type === "tick" && heldOnes[0] !== undefined ? heldOnes[0] : head(state);
  if (work === undefined || (work.held !== null && input.type !== "tick")) return [];
  const { candidate, done } = work;
  if (done === null) return [];
  if (candidate === null || candidate.base !== state.main.head)
    return [candidateEffect(state, work, done.commit)];
  if (candidate.result !== "green") return []; // rules/gate runs it
  return [
    {
      type: "ensure.landing",
      lane: "merge",
      task: work.task,
      head: done.commit,
      commit: candidate.commit,
      tree: candidate.tree,
      base: candidate.base,
    },
  ];
}

function candidateEffect(state: State, work: Work, commit: string): Effect {
  const card = proposalOf(work);
  return {
    type: "ensure.candidate",
    lane: "merge",
    task: work.task,
    head: commit,
    base: state.main?.head ?? "",
    message: landingMessage(work, card),
    // The time of the decision: the same candidate is built again after a crash.
    at: work.since,
    round: work.rounds + 1,
    former: work.candidate?.commit ?? null,
    shown: card?.state === "approved" ? { onto: card.onto, tree: card.tree } : null,
  };
}
