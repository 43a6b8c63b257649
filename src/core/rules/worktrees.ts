// Worktrees that are not as they should be: put right by evidence, counted, and given to a person when it does not
// last. What is in them is kept first; that is the repository's part.
import type { Effect } from "../effect.ts";
import type { Event, EventOf } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import { limits } from "../policy.ts";
import type { Repair, Worktree } from "../ports.ts";
import { type Decision, events, nothing, type Rule, type Seen } from "../rule.ts";
import type { Seat, State, Work } from "../state.ts";
import { raise } from "./raise.ts";

export const worktrees: Rule = (state, input, seen) => {
  if (input.type === "settled" && input.effect.type === "ensure.attach") {
    const { effect, outcome } = input;
    if (outcome.ok && outcome.brought.of === "ensure.attach")
      return attached(state, effect, outcome.brought, seen);
    // The turn ends as it stands; the next one tries again.
    const say = outcome.ok ? "" : outcome.say;
    return events({ event: "turn_ended", member: effect.member, task: effect.task, say });
  }
  if (input.type === "settled" && input.effect.type === "ensure.mend" && input.outcome.ok)
    return events(...startAnew(seatOf(state, input.effect.member)));
  if (input.type !== "observed") return nothing;
  const { repair, homeless } = input.world;
  if (repair?.probe.known) return repaired(state, repair.probe.value, seen);
  if (!homeless?.probe.known) return nothing;
  const effects = homeless.probe.value
    .map((member) => seatOf(state, member))
    .filter((seat) => seat.live !== null && !seat.restarting && seat.since < homeless.at)
    .filter((seat) => seat.parked === null)
    .map(
      ({ member }): Effect => ({
        type: "ensure.mend",
        lane: `seat:${member}`,
        member,
        seen: homeless.at,
      }),
    );
  return { events: [], effects };
};

function repaired(state: State, { member, how, say, head }: Repair, seen: Seen): Decision {
  const seat = seatOf(state, member);
  if (!seen.policy.members.some((m) => m.name === member)) return nothing;
  const again = how === "remade" ? startAnew(seat) : [];
  const event = { event: "worktree_reconciled", member, to: head, how, say } as const;
  return events(event, ...again, ...tooOften(state, seat, event, seen));
}

/** Its working directory is not the new folder: an agent in a deleted one can do nothing any more. */
const startAnew = ({ member, live, restarting }: Seat): Event[] =>
  live === null || restarting ? [] : [{ event: "member_restarted", member, by: "batty" }];

function attached(
  state: State,
  effect: Extract<Effect, { type: "ensure.attach" }>,
  { moved, rescued }: { readonly moved: boolean; readonly rescued: string | null },
  seen: Seen,
): Decision {
  const { member, branch, head } = effect;
  const how = moved
    ? `${branch} went forward to what was committed there`
    : `it went back to ${branch}${rescued === null ? "" : `; what it held is kept as ${rescued}`}`;
  const event = {
    event: "worktree_reconciled",
    member,
    to: head,
    how: "detached",
    say: `HEAD was on no branch, ${how}`,
  } as const;
  return events(event, ...tooOften(state, seatOf(state, member), event, seen));
}

/** Whoever undoes it, or whatever: the next one is a person's. */
function tooOften(
  state: State,
  seat: Seat,
  { say }: EventOf<"worktree_reconciled">,
  seen: Seen,
): Event[] {
  const { member } = seat;
  if (recent(seat, seen) + 1 < limits.repairsAtMost || seat.parked !== null) return [];
  const why = `its worktree had to be put right ${limits.repairsAtMost} times within an hour. Last: ${say}`;
  return [
    { event: "member_parked", member, why },
    raise(state, { task: null, member, kind: "agent" }, `${member} gets nothing new: ${why}`, [
      "start again",
    ]),
  ];
}

const recent = ({ repairs }: Seat, { now }: Seen): number =>
  repairs.filter((at) => at > now - limits.repairWindow).length;

/** A turn ended on no branch, with nothing of git's own under way that explains it. Null: it stands well. */
export function astray(
  state: State,
  work: Work | undefined,
  worktree: Worktree,
  seen: Seen,
): Effect | null {
  if (work === undefined || work.phase !== "working") return null;
  if (worktree.branch !== null || worktree.operation !== null) return null;
  const seat = seatOf(state, work.member);
  if (seat.parked !== null || recent(seat, seen) >= limits.repairsAtMost) return null;
  const { task, member, branch, base } = work;
  return {
    ...{ type: "ensure.attach", lane: `seat:${member}`, head: worktree.head },
    ...{ task, member, branch, base },
  };
}
