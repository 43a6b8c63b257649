// A member's pane as recorded at its launch: the identity that every act on a pane is checked against.
import { queuedFor } from "../deliveries.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Pane, PaneIdentity, World } from "../ports.ts";
import type { State } from "../state.ts";
import type { MemberName } from "../words.ts";

export function paneOf(state: State, member: MemberName): PaneIdentity | null {
  const seat = seatOf(state, member);
  if (seat.live === null) return null;
  const { pane, pid, start } = seat.live;
  return { pane, member, epoch: seat.epoch, pid, startTime: start };
}

/**
 * Live panes that are worth a look: of members that should be saying or doing something, of those whose agent has said
 * nothing yet (its first screen may be followed by a dialog), and of those that do not take what waits for them.
 */
export function expected(state: State, world: World): readonly Pane[] {
  if (state.team !== "running" || !world.panes?.probe.known) return [];
  return world.panes.probe.value.filter((pane) => {
    const seat = state.seats.get(pane.member);
    if (seat?.live?.pid !== pane.pid || pane.dead) return false;
    return (
      seat.activity !== "idle" ||
      seat.keyed !== seat.epoch ||
      seat.stalled !== null ||
      isWaitedFor(state, pane.member)
    );
  });
}

const isWaitedFor = (state: State, member: MemberName): boolean =>
  queuedFor(state, member).length > 0;

/** Somebody's agent was launched and has not been heard or seen to be up. */
export const isAnyStarting = (state: State): boolean =>
  state.team === "running" &&
  [...state.seats.values()].some((seat) => seat.live !== null && seat.activity === "starting");

/** Worktrees of running members. */
export const homesOf = (state: State): ReadonlyMap<MemberName, string> =>
  new Map(
    [...state.seats.values()].flatMap(({ member, live, worktree }) =>
      live === null || worktree === null ? [] : [[member, worktree] as const],
    ),
  );
