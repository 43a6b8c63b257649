// Questions about messages on their way: which ones wait, which one is in a pane, which one a turn answers. Found
// without a walk through all that is over.
import { derived } from "../lib/derived.ts";
import type { Delivery, State } from "./state.ts";
import type { MemberName, MessageId } from "./words.ts";

interface Index {
  readonly queued: readonly Delivery[];
  readonly queuedFor: ReadonlyMap<MemberName, readonly Delivery[]>;
  readonly inFlight: ReadonlyMap<MemberName, Delivery>;
  readonly owed: readonly Delivery[];
}

/** The map is never edited in place where somebody asks: an index of it holds as long as it does. */
const indexOf = derived((messages: State["messages"]): Index => {
  const queued: Delivery[] = [];
  const queuedFor = new Map<MemberName, Delivery[]>();
  const inFlight = new Map<MemberName, Delivery>();
  const owed: Delivery[] = [];
  for (const delivery of messages.values()) {
    const { to } = delivery.mail;
    if (delivery.state === "queued") {
      queued.push(delivery);
      const theirs = queuedFor.get(to);
      if (theirs === undefined) queuedFor.set(to, [delivery]);
      else theirs.push(delivery);
    } else if (isInPane(delivery)) {
      if (!inFlight.has(to)) inFlight.set(to, delivery);
      owed.push(delivery);
    } else if (isAwaited(delivery)) owed.push(delivery);
  }
  return { queued, queuedFor, inFlight, owed };
});

const isInPane = ({ state }: Delivery): boolean => state === "typing" || state === "typed";
const isAwaited = ({ state, mail, replied }: Delivery): boolean =>
  state === "taken" && mail.via !== undefined && !replied;

/** Not typed yet, oldest first. */
export const queued = ({ messages }: State): readonly Delivery[] => indexOf(messages).queued;

export const queuedFor = ({ messages }: State, member: MemberName): readonly Delivery[] =>
  indexOf(messages).queuedFor.get(member) ?? [];

/** A message that is in somebody's pane and not yet acknowledged. */
export const inFlight = ({ messages }: State, member: MemberName): Delivery | undefined =>
  indexOf(messages).inFlight.get(member);

/** What the end of its agent leaves without a receipt, or a person without an answer. */
export const owed = ({ messages }: State): readonly Delivery[] => indexOf(messages).owed;

/** The message that a turn answers: the one that began it, or whose turn it begins anew. */
export function askedIn(state: State, turn: MessageId | null): Delivery | undefined {
  const began = turn === null ? undefined : state.messages.get(turn);
  return began?.mail.anew === undefined ? began : state.messages.get(began.mail.anew);
}
