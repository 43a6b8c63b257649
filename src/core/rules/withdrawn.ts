// When a question or an escalation has lost its cause: nobody needs to answer it any more, and the card says why.
import { loopKind } from "../evolve/exchanges.ts";
import { seatOf } from "../evolve/seats.ts";
import { limits } from "../policy.ts";
import type { World } from "../ports.ts";
import type { Seen } from "../rule.ts";
import { isResting } from "../setback.ts";
import type { Escalation, State, Work } from "../state.ts";
import { currentWork, isOver } from "../work.ts";
import { isTalkedOut } from "./exchange.ts";

/** Why nobody needs to answer it any more; null: the cause stands. */
export function causeGone(state: State, e: Escalation, { world }: Seen): string | null {
  if (e.kind === "main-broken")
    return state.main?.verdict === "green" ? `${state.main.branch} is green again` : null;
  if (e.kind === "board-file") return isMended(e, world) ? `${e.detail} can be read again` : null;
  if (e.kind === "agent") return isUp(state, e) ? `${e.member} is up again` : null;
  if (e.kind === "login" || e.kind === "provider")
    return isResting(seatOf(state, e.member)) ? null : `${e.member} goes on`;
  if (e.kind === "context")
    return currentWork(state, e.member)?.task === Number(e.detail) ? null : `#${e.detail} goes on`;
  if (e.kind === loopKind) return isTalkedOut(state, e.detail) ? null : "something came of it";
  if (e.kind === "unfinished") return isRefusedStill(state, e) ? null : `#${e.detail} goes on`;
  if (e.kind === "dialog") return dialogOver(state, e);
  const work = e.task === null ? undefined : state.work.get(e.task);
  if (work !== undefined && isOver(work))
    return work.phase === "landed" ? `#${work.task} landed` : `#${work.task} was cancelled`;
  return e.kind === "question" ? answerUseless(state, e, work) : goesOn(e, work);
}

const isMended = (e: Escalation, { board }: World): boolean =>
  board?.probe.known === true && !board.probe.value.broken.some((b) => b.file === e.detail);

function isRefusedStill(state: State, e: Escalation): boolean {
  const work = currentWork(state, e.member);
  return work?.task === Number(e.detail) && (work.refusals?.times ?? 0) >= limits.refusedAtMost;
}

function isUp(state: State, e: Escalation): boolean {
  const seat = seatOf(state, e.member);
  return seat.parked === null && seat.live !== null && seat.activity !== "starting";
}

function dialogOver(state: State, e: Escalation): string | null {
  const { activity, waitsFor, live } = seatOf(state, e.member);
  if (live === null) return `${e.member}'s agent ended`;
  return activity === "waiting" && waitsFor === e.detail ? null : "it was answered in its pane";
}

function answerUseless(state: State, e: Escalation, work: Work | undefined): string | null {
  if (state.team === "stopped" && state.teamAt >= e.askedAt) return "the team was stopped";
  const rejected = work?.phase === "blocked" && work.proposals.at(-1)?.state === "rejected";
  return work !== undefined && rejected && work.since > e.askedAt
    ? `#${work.task} was rejected`
    : null;
}

function goesOn(e: Escalation, work: Work | undefined): string | null {
  if (e.task === null) return null;
  if (work === undefined) return `#${e.task} was given back`;
  return work.phase !== "blocked" && work.since > e.askedAt ? `#${work.task} goes on` : null;
}
