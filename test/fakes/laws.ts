// What no line of a journal may break, whatever the day was: each line is judged by the state before it.
import type { EventOf, Recorded } from "../../src/core/event.ts";
import { evolve } from "../../src/core/evolve.ts";
import { queueOf } from "../../src/core/rules/deliver.ts";
import { empty, type Proposal, type State, type Work } from "../../src/core/state.ts";
import { proposalOf } from "../../src/core/work.ts";

export function breaches(journal: readonly Recorded[]): readonly string[] {
  const wrong: string[] = [];
  let state: State = empty;
  for (const recorded of journal) {
    const breach = breachOf(state, recorded);
    if (breach !== null) wrong.push(`line ${recorded.seq}: ${breach}`);
    state = evolve(state, recorded);
  }
  return wrong;
}

function breachOf(state: State, { event }: Recorded): string | null {
  switch (event.event) {
    case "message_typing":
      return typedInOrder(state, event.id, event.member);
    case "message_entered":
      return state.messages.get(event.id)?.entered ? `a third Enter for ${event.id}` : null;
    case "merge_candidate_built":
      return mayLand(state.work.get(event.task), event.head);
    case "task_manual_merged":
    case "task_auto_merged":
      return landed(state, state.work.get(event.task), event);
    case "escalation_raised":
      return rings(state, event);
    case "task_assigned":
      // By itself or by a word: nothing new is handed out while space is short.
      return state.disk === null || event.pulled
        ? null
        : `#${event.task} is handed out though the disk is ${state.disk.level}`;
    default:
      return null;
  }
}

/** Nothing of the same urgency that came before it still waits. */
function typedInOrder(state: State, id: string, member: string): string | null {
  const typed = state.messages.get(id);
  if (typed?.state !== "queued") return `${id} is typed though it is ${typed?.state}`;
  const flying = [...state.messages.values()].find(
    (d) => d.mail.to === member && (d.state === "typing" || d.state === "typed"),
  );
  if (flying !== undefined) return `${id} is typed behind ${flying.mail.id}`;
  const queue = queueOf(state, member);
  const ahead = queue
    .slice(
      0,
      queue.findIndex((d) => d.mail.id === id),
    )
    // The bot's word on a task waits for its branch, and may come free after the look.
    .filter((d) => d.mail.from !== "batty" || d.mail.task === undefined)
    .find((d) => urgency(d.mail) === urgency(typed.mail) && d.since < typed.since);
  return ahead === undefined ? null : `${id} is typed before ${ahead.mail.id}`;
}

const urgency = (mail: { readonly now?: boolean; readonly via?: string }): number =>
  mail.now === true ? 0 : mail.via !== undefined ? 1 : 2;

/** Approved at this very head, or inside the policy. */
function mayLand(work: Work | undefined, head: string): string | null {
  if (work === undefined) return "a candidate of nothing";
  const card = proposalOf(work);
  const approved = card?.state === "approved" && card.head === head;
  if (approved && peopleOf(card) < card.asks.approvals)
    return `#${work.task} is built for landing by ${peopleOf(card)} of ${card.asks.approvals} people`;
  return approved || work.auto
    ? null
    : `#${work.task} is built for landing, its card ${card?.state}`;
}

const peopleOf = ({ approvals }: Proposal): number =>
  new Set(approvals.map(({ person }) => person)).size;

/** Each step of the ladder once while it rings, none while it rests. */
function rings(state: State, { escalation, step }: EventOf<"escalation_raised">): string | null {
  const rung = state.escalations.get(escalation);
  if (rung?.state !== "open") return `escalation ${escalation} rings though it is ${rung?.state}`;
  return rung.raised.includes(step) ? `escalation ${escalation}: a second ${step}` : null;
}

function landed(
  state: State,
  work: Work | undefined,
  { commit, tree, base }: { readonly commit: string; readonly tree: string; readonly base: string },
): string | null {
  if (work === undefined) return "a landing of nothing";
  if (work.phase === "landed") return `#${work.task} lands twice`;
  // Merged by a person's hand: nothing of ours moved.
  if (state.main?.head === commit || commit === base || work.candidate === null) return null;
  if (work.candidate.commit !== commit || work.candidate.tree !== tree)
    return `#${work.task} lands as another commit than was built`;
  return work.candidate.result === "green" ? null : `#${work.task} lands ${work.candidate.result}`;
}
