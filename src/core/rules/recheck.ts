// What was settled under former circumstances is looked at again: a card whose demands the team file has changed, and a
// change that was to land alone before trunk turned red or people switched that off.

import type { Event } from "../event.ts";
import { events, type Rule, type Seen } from "../rule.ts";
import type { Proposal, State, Work } from "../state.ts";
import { isLanding, openWork, proposalOf } from "../work.ts";
import { demandsOf } from "./demands.ts";

export const recheck: Rule = (state, _input, seen) => {
  const list: Event[] = [];
  for (const work of openWork(state)) {
    const card = proposalOf(work);
    if (card !== undefined && isOutdated(state, work, card, seen))
      list.push({
        ...{ event: "approval_closed", task: work.task, head: card.head },
        ...{ why: "superseded", by: "batty" },
      });
    else if (isNoLongerAlone(state, work, seen))
      list.push({
        ...{ event: "verification_phase_changed", task: work.task },
        ...{ phase: "review", attempt: work.reds + 1 },
      });
  }
  return events(...list);
};

/** An approval that was enough stays enough where less is asked now. */
function isOutdated(state: State, work: Work, card: Proposal, seen: Seen): boolean {
  const isOpen = work.phase === "asking" && card.state === "open";
  const isApproved =
    work.phase === "queued" && card.state === "approved" && !isLanding(state, work, seen.now);
  if (!isOpen && !isApproved) return false;
  const { approvals, confirm } = demandsOf(card.files, seen.policy);
  const isMore = approvals > card.asks.approvals || (confirm && !card.asks.confirm);
  const isLess = approvals < card.asks.approvals || (!confirm && card.asks.confirm);
  return isMore || (isOpen && isLess);
}

function isNoLongerAlone(state: State, work: Work, seen: Seen): boolean {
  if (work.phase !== "queued" || !work.auto || isLanding(state, work, seen.now)) return false;
  const verdict = state.main?.verdict ?? null;
  return !seen.policy.autoMerge.enabled || (verdict !== null && verdict !== "green");
}
