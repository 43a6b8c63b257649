// What stands on a person's message while it waits to be typed: a button that takes it back. A chat that cannot put one
// there leaves it out; the reaction says the same.
import type { Card } from "../card.ts";
import { inFlight, queuedFor } from "../deliveries.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Mail } from "../ports.ts";
import type { State } from "../state.ts";
import { action, blank } from "./cards.ts";
import { restOf } from "./rests.ts";

/** Null: it is typed within a moment, and a button would only flicker. */
export function waitingCard(state: State, mail: Mail): Card | null {
  const why = whyItWaits(state, mail);
  if (why === null) return null;
  return {
    ...blank,
    kind: "status",
    subject: { member: mail.to },
    title: why,
    tone: "calm",
    actions: [action(`s${mail.id}.cancel`, "cancel", "Take back", "plain")],
    state: "open",
  };
}

function whyItWaits(state: State, { id, to }: Mail): string | null {
  const seat = seatOf(state, to);
  const { live, activity } = seat;
  if (state.team === "stopped") return "Waits for the team's next start";
  if (live === null) return `Waits for ${to} to be up`;
  const rests = restOf(seat);
  if (rests !== null) return `Waits for ${to}: ${rests}`;
  const behind = queuedFor(state, to).some((d) => d.mail.id !== id);
  const isFree = activity === "idle" && !behind && inFlight(state, to) === undefined;
  return isFree ? null : `Waits for ${to}: it is at work`;
}
