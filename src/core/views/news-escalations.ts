// What chats show of escalations and quiet times: the card and its edits, the louder steps, the digest after a quiet time.
import type { Event, EventOf, Recorded } from "../event.ts";
import { isSilenced } from "../rules/quiet.ts";
import { type Escalation, isOpen, type State, type Step } from "../state.ts";
import type { Instant } from "../words.ts";
import { digestCard } from "./digest.ts";
import { post, type Shown, withCard } from "./post.ts";
import {
  inOneLine,
  outcomeOf,
  questionCard,
  questionKey,
  reminderKey,
  roomOf,
} from "./question-card.ts";

/** @param state after the event */
export function escalationNews(state: State, { seq, at, event }: Recorded): Shown[] {
  const e = "escalation" in event ? state.escalations.get(event.escalation) : undefined;
  if (event.event === "quiet_ended") return digest(state, at, seq);
  if (event.event === "quiet_began") return [];
  if (e === undefined) return [];
  return [questionPost(state, e, at), ...more(e, event, `${questionKey(e.id)}:${seq}`)];
}

/** The time left on cards with a deadline, between two events. */
export const deadlinePosts = (state: State, now: Instant): Shown[] =>
  [...state.escalations.values()]
    .filter((e) => isOpen(e) && e.deadline !== null)
    .map((e) => questionPost(state, e, now));

export function questionPost(state: State, e: Escalation, now: Instant): Shown {
  const loud = e.state === "open" && !isSilenced(state.quiet, e.kind);
  return withCard(questionKey(e.id), roomOf(e), questionCard(e, now), loud, e.task);
}

function more(e: Escalation, event: Event, key: string): Shown[] {
  const what = inOneLine(e);
  if (event.event === "escalation_raised") {
    const { step, people } = event;
    const text = `${what}\n${asks(e, event)}`;
    return [post(reminderKey(e, step), placeOf(e, step), text, { loud: true, mentions: people })];
  }
  if (event.event !== "escalation_changed") return [];
  if (event.state === "open") {
    const text = `${what}\nIts snooze is over and it still waits. Reply, or press on its card.`;
    return [post(key, roomOf(e), text, { loud: true })];
  }
  // A louder post that still asks would call people to what somebody has dealt with.
  return e.raised.map((step) =>
    post(reminderKey(e, step), placeOf(e, step), `${what}\n${outcomeOf(e)}`),
  );
}

const placeOf = (e: Escalation, step: Step): string => (step === "push" ? "alerts" : roomOf(e));

function asks(e: Escalation, { step, people }: EventOf<"escalation_raised">): string {
  switch (step) {
    case "mention":
      return `It still waits for an answer: ${people.join(", ")}.`;
    case "push":
      return `Nobody has answered yet. Its card is in ${roomOf(e)}; a reply here answers it too.`;
    case "deputy":
      return `Nobody has answered: it comes to ${people.join(", ")}, the deputy.`;
  }
}

function digest(state: State, at: Instant, seq: number): Shown[] {
  const card = digestCard(state, at, "Quiet hours are over");
  return card === null ? [] : [withCard(`e${seq}`, "alerts", card, card.tone === "warn")];
}

/** In a quiet time posts come without a sound and call nobody; what may ring does. */
export function hushed(state: State, event: Event, shown: readonly Shown[]): readonly Shown[] {
  const kind = "escalation" in event ? state.escalations.get(event.escalation)?.kind : undefined;
  if (!isSilenced(state.quiet, kind ?? "")) return shown;
  return shown.map((one) =>
    "post" in one ? { post: { ...one.post, loud: false, mentions: [] } } : one,
  );
}
