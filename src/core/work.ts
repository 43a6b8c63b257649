// Claims about tasks in the team's hands, one function per idea.
import { derived } from "../lib/derived.ts";
import { limits } from "./policy.ts";
import { openRequests } from "./requests.ts";
import type { Proposal, State, Work } from "./state.ts";
import type { Instant, MemberName, Oid } from "./words.ts";

/** The map is never edited in place where somebody asks. */
const openIn = derived((work: State["work"]) => [...work.values()].filter((w) => !isOver(w)));

/** Neither landed nor cancelled, in the order they were taken up. */
export const openWork = ({ work }: State): readonly Work[] => openIn(work);

/**
 * The task that occupies a member. A task whose card is out, or that waits for a person, does not; one whose gate is
 * run again for a person comes after what its author does meanwhile.
 */
export const currentWork = (state: State, member: MemberName): Work | undefined =>
  heldBy(openWork(state), member);

/** The same for `evolve`, in which the map may be edited in place: nothing that follows from it is kept. */
export const currentWorkNow = ({ work }: State, member: MemberName): Work | undefined =>
  heldBy([...work.values()], member);

function heldBy(work: readonly Work[], member: MemberName): Work | undefined {
  const held = work.filter((w) => w.member === member && isHeld(w));
  return held.find((w) => w.phase !== "verifying") ?? held[0];
}

/** Work without a task is being made one: its author holds it already. */
export const isAdopting = (state: State, member: MemberName): boolean =>
  openRequests(state).some((r) => r.event.adopt?.member === member);

export const isHeld = (work: Work): boolean =>
  work.phase === "starting" || work.phase === "working" || work.phase === "verifying";

export const isOver = (work: Work): boolean =>
  work.phase === "landed" || work.phase === "cancelled";

/** Tested, approved and in nobody's way: its landing is under way. One that fails for longer may be taken back. */
export const isLanding = (state: State, work: Work, now: Instant): boolean =>
  work.phase === "queued" &&
  !state.paused &&
  work.held === null &&
  work.candidate?.result === "green" &&
  now - work.candidate.at < limits.landingTakes;

/** Whether a head that landed is an older one of a task that goes on. */
export const isFormerHead = (work: Work, head: Oid | undefined): boolean =>
  head !== undefined && head !== work.done?.commit && !isOver(work);

/** The newest card of a task, whatever became of it. */
export const proposalOf = (work: Work): Proposal | undefined => work.proposals.at(-1);
