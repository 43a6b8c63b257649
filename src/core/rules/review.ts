// A green change is looked at: a card for a person, or, where policy lets it, straight to the queue.

import { confidenceOf, uncountedRisk } from "../confidence.ts";
import type { Effect } from "../effect.ts";
import type { Event } from "../event.ts";
import type { Input } from "../input.ts";
import type { Change } from "../ports.ts";
import { type Decision, events, nothing, type Rule, type Seen } from "../rule.ts";
import type { State, Work } from "../state.ts";
import type { Oid } from "../words.ts";
import { openWork } from "../work.ts";
import { type Demands, demandsOf } from "./demands.ts";
import { conflicted } from "./outcomes.ts";
import { troubled } from "./trouble.ts";

export const review: Rule = (state, input, seen) => {
  if (input.type === "settled" && input.effect.type === "ensure.review")
    return reviewed(state, input, seen);
  const { main } = state;
  if (main === null) return nothing;
  const effects: Effect[] = openWork(state)
    .filter((w) => w.phase === "reviewing" && w.done !== null)
    .map((w) => ({
      type: "ensure.review",
      lane: `task:${w.task}`,
      task: w.task,
      head: w.done?.commit ?? "",
      onto: main.head,
    }));
  return { events: [], effects };
};

function reviewed(state: State, input: Extract<Input, { type: "settled" }>, seen: Seen): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "ensure.review") return nothing;
  const work = state.work.get(effect.task);
  if (work === undefined || work.phase !== "reviewing" || work.done?.commit !== effect.head)
    return nothing;
  if (!outcome.ok) return events(...troubled(work, "review", outcome));
  if (outcome.brought.of !== "ensure.review") return nothing;
  const { change, tree, conflicts } = outcome.brought;
  if (conflicts.length > 0) return events(...conflicted(state, work, conflicts, seen));
  if (change === null || tree === null) return nothing;
  return events(...propose(state, work, { onto: effect.onto, tree, change }, seen));
}

interface Reviewed {
  readonly onto: Oid;
  readonly tree: Oid;
  readonly change: Change;
}

function propose(state: State, work: Work, reviewed: Reviewed, seen: Seen): Event[] {
  const { onto, tree, change } = reviewed;
  const counts = work.gated?.counts ?? null;
  const counted = counts !== null && counts.passed > 0;
  const { score, reasons, risks } = confidenceOf(
    change.files,
    seen.policy.autoMerge.sensitivePaths,
    counted,
  );
  const demands = demandsOf(change.files, seen.policy);
  const alone = whyNotAlone(state, change, { score, risks, demands }, seen);
  const gate = counts === null ? "green, no test counted" : `green, ${counts.passed} passed`;
  const list: Event[] = [
    { event: "merge_confidence_scored", task: work.task, score, reasons: [...reasons] },
    {
      event: "auto_merge_decision_recorded",
      task: work.task,
      decision: alone === null ? "land" : "ask",
      reason: alone ?? "inside the policy",
      commits: change.commits.length,
    },
  ];
  if (alone === null)
    return [...list, { event: "merge_queued", task: work.task, head: change.head }];
  return [
    ...list,
    {
      event: "approval_requested",
      task: work.task,
      head: change.head,
      diff: change.diff,
      onto,
      tree,
      commits: change.commits.length,
      files: change.files.map((f) => ({ ...f })),
      risks: [...risks],
      confidence: score,
      reasons: [...reasons],
      gate,
      approvals: demands.approvals,
      ...(demands.confirm ? { confirm: "task-number" as const } : {}),
      rules: [...demands.rules],
    },
  ];
}

interface Judged {
  readonly score: number;
  readonly risks: readonly string[];
  readonly demands: Demands;
}

/** Null: the change may land without a person. */
function whyNotAlone(
  state: State,
  change: Change,
  { score, risks, demands }: Judged,
  seen: Seen,
): string | null {
  const { autoMerge } = seen.policy;
  if (!autoMerge.enabled) return "auto-merge is off";
  const lines = change.files.reduce((n, f) => n + f.added + f.deleted, 0);
  if (state.main?.verdict !== "green") return `trunk is ${state.main?.verdict ?? "not tested yet"}`;
  if (demands.alone === "forbidden") return `rule: ${demands.rules.join("; ") || "never alone"}`;
  // A rule waives what the paths themselves speak against; that something was tested, nothing waives.
  if (demands.alone === "let")
    return risks.includes(uncountedRisk) ? `risk: ${uncountedRisk}` : null;
  if (risks.length > 0) return `risk: ${risks.join(", ")}`;
  if (score < autoMerge.confidenceThreshold)
    return `confidence ${score} is under ${autoMerge.confidenceThreshold}`;
  if (change.files.length > autoMerge.maxFiles) return `${change.files.length} files`;
  if (lines > autoMerge.maxLines) return `${lines} lines`;
  return null;
}
