// What screens show that agents did not tell: a turn that ended without a word, a dialog that wants a person. Judged
// on a look alone; who cannot be read stays as it was.
import { bySight } from "../activity.ts";
import { askedIn } from "../deliveries.ts";
import type { Event } from "../event.ts";
import { doingOf, seatOf } from "../evolve/seats.ts";
import { limits } from "../policy.ts";
import type { Vital } from "../ports.ts";
import { events, nothing, type Rule, type Seen } from "../rule.ts";
import type { Seat, State } from "../state.ts";
import { lastFor, raise } from "./raise.ts";

export const screens: Rule = (state, input, seen) => {
  const looked = input.type === "observed" ? input.world.vitals : undefined;
  const list: Event[] = [];
  if (looked?.probe.known)
    for (const { name } of seen.policy.members) {
      const vital = looked.probe.value.get(name);
      const seat = seatOf(state, name);
      // A look that began before the agent's last word shows what was before it.
      if (vital?.epoch === seat.epoch && looked.at > seat.since)
        list.push(...seenOn(state, seat, vital, looked.at));
    }
  if (list.length > 0) return events(...list);
  const dialogs = unanswered(state, seen);
  return dialogs.length === 0 ? nothing : events(...dialogs);
};

function seenOn(state: State, seat: Seat, vital: Vital, at: number): Event[] {
  if (seat.live === null || vital.reading === undefined) return [];
  // What it asks stands on a card: its screen says nothing more.
  if ([...state.permissions.values()].some((one) => one.member === seat.member)) return [];
  const { reading, quietFor } = vital;
  const doing = bySight(doingOf(seat), { reading, quietFor }, at);
  if (doing === null) return [];
  const { member, epoch } = seat;
  const tail = vital.screen.join("\n");
  const { activity, what } = doing;
  const sighted: Event = { event: "member_seen", member, epoch, activity, what, tail };
  const answer = activity === "idle" ? answerOf(state, seat, tail) : null;
  return answer === null ? [sighted] : [answer, sighted];
}

/** The turn of a person's message ended without a word of its own: what its screen ends with is the answer. */
function answerOf(state: State, { member, turn }: Seat, tail: string): Event | null {
  const delivery = askedIn(state, turn);
  if (delivery?.mail.via === undefined || delivery.state !== "taken") return null;
  const text = delivery.replied ? "" : `(${member} said nothing; its screen ends with:)\n${tail}`;
  return { event: "message_answered", id: delivery.mail.id, member, text };
}

/** A dialog that stands for a while and that no card can answer: a person has to go there. */
function unanswered(state: State, seen: Seen): Event[] {
  const list: Event[] = [];
  for (const seat of state.seats.values()) {
    const { member, waitsFor, activity, since, live } = seat;
    const due = seen.now - since >= limits.dialogTold;
    if (activity !== "waiting" || waitsFor === "" || live === null || !due) continue;
    // Its task is not what has trouble: one that is named there would count as blocked.
    const cause = { member, task: null, kind: "dialog", detail: waitsFor };
    const last = lastFor(state, cause);
    if (last !== undefined && last.askedAt >= since) continue;
    const say = `${member} waits for an answer in its pane: ${waitsFor}\nTake over with \`batty attach ${member}\`.`;
    list.push(raise(state, cause, say, [], list.length));
  }
  return list;
}
