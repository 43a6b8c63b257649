// Questions about messages on their way: which one is in a pane, which one a turn answers.
import type { Delivery, State } from "./state.ts";
import type { MemberName, MessageId } from "./words.ts";

/** The message that a turn answers: the one that began it, or whose turn it begins anew. */
export function askedIn(state: State, turn: MessageId | null): Delivery | undefined {
  const began = turn === null ? undefined : state.messages.get(turn);
  return began?.mail.anew === undefined ? began : state.messages.get(began.mail.anew);
}

/** A message that is in somebody's pane and not yet acknowledged. */
export function inFlight(state: State, member: MemberName): Delivery | undefined {
  for (const delivery of state.messages.values())
    if (delivery.mail.to === member && (delivery.state === "typing" || delivery.state === "typed"))
      return delivery;
  return undefined;
}
