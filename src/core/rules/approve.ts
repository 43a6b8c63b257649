// People's decisions on a merge card: bound to the head shown, single-use, first one wins. Who may is checked before.

import type { Event } from "../event.ts";
import type { Input, Intent } from "../input.ts";
import { limits } from "../policy.ts";
import { type Decision, events, nothing, type Rule, refuse, type Seen } from "../rule.ts";
import type { Proposal, State, Work } from "../state.ts";
import { clock, countOf, decidedBy } from "../views/decided.ts";
import type { Caller, Oid, TaskId } from "../words.ts";
import { isLanding, openWork, proposalOf } from "../work.ts";
import { givenBefore } from "./approvers.ts";
import { clean, due, inOrder, notice } from "./letters.ts";

export const decideOn: Rule = (state, input, seen) => {
  if (input.type === "intent") return onIntent(state, input.by, input.intent, seen);
  return events(...complete(state), ...expired(state, input, seen));
};

/** Approved and not queued: a crash tore the line that says so. */
const complete = (state: State): Event[] =>
  openWork(state)
    .filter((w) => w.phase === "asking" && proposalOf(w)?.state === "approved")
    .map((w) => ({ event: "merge_queued", task: w.task, head: proposalOf(w)?.head ?? "" }));

function onIntent(state: State, by: Caller, intent: Intent, seen: Seen): Decision {
  switch (intent.type) {
    case "approve":
    case "reject":
    case "back":
      return by.tier === "team" ? notForMembers(by, intent) : decision(state, by, intent, seen);
    case "withdraw-approval":
      return withdraw(state, by, intent, seen);
    case "request-merge":
      return request(state, intent.task);
    default:
      return nothing;
  }
}

/** Judged at the door too; here it holds whatever door it came through. */
const notForMembers = (by: Caller, { type, task }: { type: string; task: TaskId }): Decision =>
  refuse(
    "access.denied",
    `${by.name} is a member of the team: members can't ${type} #${task}.`,
    "A person decides on its card.",
  );

interface Shown {
  readonly work: Work;
  readonly card: Proposal;
}

/** The newest card of a task, or why there is none to decide on. */
function shown(state: State, task: TaskId): Shown | Decision {
  const work = state.work.get(task);
  if (work === undefined)
    return refuse(
      "approval.no-card",
      `#${task} has no merge card: nobody has worked on it.`,
      "See `batty board`.",
    );
  const card = proposalOf(work);
  if (card === undefined)
    return refuse(
      "approval.no-card",
      `#${task} has no merge card yet: it is ${say(work)}.`,
      "A card comes when its gate is green.",
    );
  return { work, card };
}

const wordFor = (card: Proposal): string => (card.state === "back" ? "sent back" : card.state);

const say = (work: Work): string =>
  work.phase === "working" || work.phase === "starting" ? "being worked on" : work.phase;

function decision(
  state: State,
  by: Caller,
  intent: Extract<Intent, { type: "approve" | "reject" | "back" }>,
  seen: Seen,
): Decision {
  const found = shown(state, intent.task);
  if ("events" in found) return found;
  const { work, card } = found;
  const why = "why" in intent ? clean(intent.why).trim() : "";
  if (intent.type === "back" && why === "")
    return refuse(
      "usage",
      `Sending #${work.task} back needs a word why.`,
      `Use \`batty back ${work.task} --why "…"\`.`,
    );
  const refused =
    staleness(work, card, intent.head, seen) ??
    (intent.type === "approve" ? objection(work, card, by, intent.typed ?? null, seen) : null);
  if (refused !== null) return refused;
  const recorded: Event = {
    event: "approval_recorded",
    task: work.task,
    head: card.head,
    person: by.name,
    via: by.via,
    decision: intent.type,
    why,
  };
  if (intent.type === "approve")
    return card.approvals.length + 1 < card.asks.approvals
      ? events(recorded)
      : events(recorded, { event: "merge_queued", task: work.task, head: card.head });
  return intent.type === "reject"
    ? events(...rejected(state, work, by, why, recorded, seen))
    : events(...sentBack(state, work, by, why, recorded, seen));
}

function staleness(work: Work, card: Proposal, head: Oid | null, seen: Seen): Decision | null {
  if (head !== null && head !== card.head)
    return refuse(
      "approval.stale",
      `#${work.task} has a newer head than ${head.slice(0, 8)}: ${card.head.slice(0, 8)}.`,
      "Decide on the newest card.",
    );
  if (card.state !== "open" || work.phase !== "asking") return closed(work, card);
  if (head === null && seen.now - card.at < limits.approveTooSoon)
    return refuse(
      "approval.too-soon",
      `The card of #${work.task} is younger than 3 s: look at it first.`,
      `Or name what you saw: \`--head ${card.head}\`.`,
    );
  return null;
}

/** What speaks against this person's approval of a card that is open. */
function objection(
  work: Work,
  card: Proposal,
  by: Caller,
  typed: string | null,
  seen: Seen,
): Decision | null {
  const before = givenBefore(card, { person: by.name, via: by.via }, seen.policy);
  if (before !== undefined) {
    const same = before.person === by.name ? "" : `, who counts as ${before.person} here`;
    return refuse(
      "approval.closed",
      `#${work.task} has the approval of ${by.name}${same} already, given at ${clock(before.at)}: ${countOf(card)}.`,
      "Another person must approve it.",
    );
  }
  if (card.asks.confirm && typed?.trim().replace(/^#/, "") !== String(work.task))
    return refuse(
      "approval.needs-number",
      `#${work.task} is approved by typing its number (${card.asks.rules.join("; ")})${typed === null ? "" : `, and "${typed.slice(0, 20)}" is not it`}.`,
      `Press Approve and type ${work.task}, or \`/batty approve ${work.task} --confirm ${work.task}\`.`,
    );
  return null;
}

function closed(work: Work, card: Proposal): Decision {
  if (card.state === "superseded" || card.state === "expired")
    return refuse(
      "approval.stale",
      `The card of #${work.task} is ${card.state}.`,
      "A new card shows the new state.",
    );
  return refuse(
    "approval.closed",
    `#${work.task} was decided already: ${wordFor(card)}${decidedBy(card)}.`,
  );
}

/** The task stays with its owner and branch, blocked with the reason. */
function rejected(
  state: State,
  work: Work,
  by: Caller,
  why: string,
  recorded: Event,
  seen: Seen,
): Event[] {
  const reason = why === "" ? `Rejected by ${by.name}` : why;
  return inOrder(
    () => [
      recorded,
      due(work.task, { status: "in-progress", blocked: true, blockReason: reason }, by.name),
    ],
    (n) => [
      notice(
        state,
        seen,
        n,
        work.member,
        "rejected",
        `#${work.task} ${work.title}\n\nRejected by ${by.name}: ${reason}\nLeave it as it is; a person decides what becomes of it.`,
        work.task,
      ),
    ],
  );
}

function sentBack(
  state: State,
  work: Work,
  by: Caller,
  why: string,
  recorded: Event,
  seen: Seen,
): Event[] {
  return inOrder(
    () => [recorded, due(work.task, { status: "in-progress", claimedBy: work.member }, by.name)],
    (n) => [
      notice(
        state,
        seen,
        n,
        work.member,
        "back",
        `#${work.task} ${work.title}\n\nSent back by ${by.name}: ${why}\nIts branch is ${work.branch}. When it is mended, run \`batty done\` again.`,
        work.task,
      ),
    ],
  );
}

function withdraw(
  state: State,
  by: Caller,
  { task, head }: Extract<Intent, { type: "withdraw-approval" }>,
  seen: Seen,
): Decision {
  const work = state.work.get(task);
  const card = work === undefined ? undefined : proposalOf(work);
  if (
    work === undefined ||
    card === undefined ||
    card.head !== head ||
    (card.state !== "approved" && card.state !== "open") ||
    !card.approvals.some((a) => a.person === by.name)
  )
    return nothing;
  const landing = isLanding(state, work, seen.now);
  if ((work.phase !== "queued" && work.phase !== "asking") || landing)
    return refuse(
      "approval.closed",
      `#${task} can't be taken back: ${landing ? "its landing is under way" : `it is ${work.phase}`}.`,
    );
  return events({ event: "approval_closed", task, head, why: "withdrawn", by: by.name });
}

/** Without a card there is nothing to ask for; an expired one is made anew; a decided one stays decided. */
function request(state: State, task: TaskId): Decision {
  const work = state.work.get(task);
  const card = work === undefined ? undefined : proposalOf(work);
  if (work?.phase === "reviewing" || (work?.phase === "asking" && card?.state === "open"))
    return nothing;
  if (work?.phase === "asking" && card?.state === "expired")
    return events({
      event: "verification_phase_changed",
      task,
      phase: "review",
      attempt: work.reds + 1,
    });
  const decided = card?.state === "approved" || card?.state === "rejected";
  if (work !== undefined && card !== undefined && (decided || work.phase === "landed"))
    return closed(work, card);
  if (work?.phase === "queued") return nothing;
  return refuse(
    "task.not-done",
    `#${task} can't be merged: ${work === undefined ? "nobody has worked on it" : `it is ${say(work)}`}.`,
    "It can when its gate is green.",
  );
}

function expired(state: State, input: Input, seen: Seen): Event[] {
  const list: Event[] = [];
  for (const work of openWork(state)) {
    const card = proposalOf(work);
    if (
      work.phase === "asking" &&
      card?.state === "open" &&
      // From when it was last opened: a ✅ taken back late leaves time to decide anew.
      input.at - work.since > seen.policy.approvalExpires
    )
      list.push({
        event: "approval_closed",
        task: work.task,
        head: card.head,
        why: "expired",
        by: "batty",
      });
  }
  return list;
}
