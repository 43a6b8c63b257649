// What came of building, testing and landing the head of the queue. What is to be done next, rules/queue says.

import type { Event } from "../event.ts";
import type { Input } from "../input.ts";
import { limits } from "../policy.ts";
import { type Decision, events, nothing, type Rule, type Seen } from "../rule.ts";
import type { Main, State, Work } from "../state.ts";
import type { Oid } from "../words.ts";
import { inOrder, notice } from "./letters.ts";
import {
  backToAuthor,
  conflicted,
  evidenceOf,
  isAsShown,
  type Landed,
  merged,
} from "./outcomes.ts";
import { troubled } from "./trouble.ts";

export const merge: Rule = (state, input, seen) => {
  if (input.type !== "settled") return nothing;
  const { effect } = input;
  if (effect.type === "ensure.candidate") return built(state, input, seen);
  if (effect.type === "ensure.landing") return landed(state, input, seen);
  if (effect.type === "ensure.gate" && effect.purpose === "candidate")
    return gated(state, input, seen);
  return nothing;
};

function built(state: State, input: Extract<Input, { type: "settled" }>, seen: Seen): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "ensure.candidate") return nothing;
  const work = state.work.get(effect.task);
  if (work === undefined || work.phase !== "queued" || work.done?.commit !== effect.head)
    return nothing;
  if (!outcome.ok) return events(...troubled(work, "candidate", outcome));
  if (outcome.brought.of !== "ensure.candidate") return nothing;
  const { candidate, change, already } = outcome.brought;
  if (already === "ours" && work.candidate !== null)
    return events(...merged(state, work, work.candidate, seen));
  if (effect.base !== state.main?.head) return nothing;
  // A person merged it by hand: it is in, and there is nothing left to land.
  if (already === "theirs")
    return events(...merged(state, work, theirs(state.main, effect.base), seen));
  if (candidate === null) return nothing;
  if (!candidate.ok) return events(...conflicted(state, work, candidate.conflicts, seen));
  if (!isAsShown(work, change, seen))
    return events({
      event: "approval_closed",
      task: work.task,
      head: effect.head,
      why: "superseded",
      by: "batty",
    });
  if (effect.round > limits.mergeRounds) return events(...outrun(state, work, seen));
  const { commit, tree } = candidate;
  return events({
    event: "merge_candidate_built",
    task: work.task,
    head: effect.head,
    base: effect.base,
    commit,
    tree,
    round: effect.round,
  });
}

function gated(state: State, input: Extract<Input, { type: "settled" }>, seen: Seen): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "ensure.gate" || effect.task === null) return nothing;
  const work = state.work.get(effect.task);
  if (work?.candidate?.tree !== effect.order.tree || work.phase !== "queued") return nothing;
  const evidence = evidenceOf(effect, outcome);
  if (evidence === null) return nothing;
  if (evidence.result === "green") return events(evidence);
  if (evidence.result === "infra")
    return work.troubles === 0
      ? events(evidence)
      : events(evidence, {
          event: "merge_held",
          task: work.task,
          why: "gate",
          detail: `the gate can't run: ${evidence.why ?? "unknown"}`,
          paths: [],
        });
  // Its parts were green: a flake is suspected once, and said.
  if (work.candidate.reruns === 0 && !effect.rerun) return events(evidence);
  return events(evidence, ...red(state, work, evidence.lines, seen));
}

function landed(state: State, input: Extract<Input, { type: "settled" }>, seen: Seen): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "ensure.landing") return nothing;
  const work = state.work.get(effect.task);
  if (work === undefined || work.phase === "landed") return nothing;
  if (!outcome.ok)
    return work.candidate?.commit === effect.commit
      ? events(...troubled(work, "landing", outcome))
      : nothing;
  if (outcome.brought.of !== "ensure.landing") return nothing;
  const { landing } = outcome.brought;
  switch (landing.kind) {
    case "landed":
      // Also when it was taken back, cancelled or declared done anew meanwhile: what is in trunk is in trunk.
      return work.done?.commit === effect.head || work.launched?.commit === effect.commit
        ? events(...merged(state, work, effect, seen))
        : nothing;
    case "held": {
      if (work.candidate?.commit !== effect.commit) return nothing;
      const told =
        work.held !== null &&
        work.held.why === landing.why &&
        work.held.paths.join() === landing.paths.join();
      return told
        ? nothing
        : events({
            event: "merge_held",
            task: work.task,
            why: landing.why,
            detail: landing.detail,
            paths: [...landing.paths],
          });
    }
    case "moved":
      return nothing; // the look at trunk that follows says where it went
  }
}

const theirs = ({ head, tree }: Main, base: Oid): Landed => ({ commit: head, tree, base });

function red(state: State, work: Work, lines: readonly string[], seen: Seen): Event[] {
  return inOrder(
    () => [
      { event: "merge_rejected", task: work.task, reason: "red on trunk", paths: [] },
      backToAuthor(work),
    ],
    (n) => [
      notice(
        state,
        seen,
        n,
        work.member,
        "gate",
        `Gate red for #${work.task} ${work.title} together with ${state.main?.branch ?? "trunk"} (it was green alone)\nMerge ${state.main?.branch ?? "trunk"} into ${work.branch}, mend it, commit, and run \`batty done\`. The last lines:\n\n${lines.join("\n")}`,
        work.task,
      ),
    ],
  );
}

function outrun(state: State, work: Work, seen: Seen): Event[] {
  return inOrder(
    () => [
      {
        event: "merge_rejected",
        task: work.task,
        reason: `trunk moved ${limits.mergeRounds} times meanwhile`,
        paths: [],
      },
      backToAuthor(work),
    ],
    (n) => [
      notice(
        state,
        seen,
        n,
        work.member,
        "conflict",
        `#${work.task} ${work.title} could not land: trunk moved ${limits.mergeRounds} times meanwhile. Merge trunk into ${work.branch} and run \`batty done\` again.`,
        work.task,
      ),
    ],
  );
}
