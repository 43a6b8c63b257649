// A member's pane as recorded at its launch: the identity that every act on a pane is checked against.
import { seatOf } from "../evolve/seats.ts";
import type { PaneIdentity } from "../ports.ts";
import type { State } from "../state.ts";
import type { MemberName } from "../words.ts";

export function paneOf(state: State, member: MemberName): PaneIdentity | null {
  const seat = seatOf(state, member);
  if (seat.live === null) return null;
  const { pane, pid, start } = seat.live;
  return { pane, member, epoch: seat.epoch, pid, startTime: start };
}
