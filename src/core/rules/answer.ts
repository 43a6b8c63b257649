// Questions and escalations: asked once, answered once by a person, a default or the end of their cause.

import type { Event } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Input, Intent } from "../input.ts";
import { type Decision, events, nothing, type Rule, refuse, type Seen } from "../rule.ts";
import { currentWork, type Escalation, isOpen, isOver, type State } from "../state.ts";
import type { Caller } from "../words.ts";
import { clean, inOrder, letter, messageId } from "./letters.ts";
import { nextEscalation, retried } from "./outcomes.ts";

export const answer: Rule = (state, input, seen) => {
  const byIntent =
    input.type === "intent" ? onIntent(state, input.by, input.intent, seen) : nothing;
  if (byIntent.refusal !== undefined) return byIntent;
  return byIntent.events.length > 0 ? byIntent : events(...byTime(state, input, seen));
};

function onIntent(state: State, by: Caller, intent: Intent, seen: Seen): Decision {
  switch (intent.type) {
    case "ask":
      return ask(state, by, intent, seen);
    case "answer":
      return answered(state, by, intent.escalation, intent.answer, seen);
    case "escalation": {
      const found = open(state, intent.escalation);
      return "events" in found
        ? found
        : events({
            event: "escalation_changed",
            escalation: found.id,
            state: intent.to,
            by: by.name,
            answer: null,
            until: intent.until,
          });
    }
    default:
      return nothing;
  }
}

function ask(
  state: State,
  by: Caller,
  intent: Extract<Intent, { type: "ask" }>,
  seen: Seen,
): Decision {
  const question = clean(intent.question).trim();
  if (question === "") return refuse("usage", "The question is empty.");
  if (intent.default !== null && !intent.options.includes(intent.default))
    return refuse(
      "usage",
      `The default "${intent.default}" is none of the options.`,
      `Options: ${intent.options.join(", ")}.`,
    );
  const task = currentWork(state, by.name)?.task ?? null;
  // The same member asking the same anew replaces its question.
  const same = [...state.escalations.values()].filter(
    (e) => isOpen(e) && e.member === by.name && e.kind === "question" && e.question === question,
  );
  return events(...same.map((e) => closed(e, "withdrawn", "batty", null)), {
    event: "question_asked",
    id: messageId(state, seen, same.length),
    member: by.name,
    task,
    escalation: nextEscalation(state),
    question,
    options: [...intent.options],
    default: intent.default,
    deadline: intent.deadline,
  });
}

function open(state: State, id: number): Escalation | Decision {
  const found = state.escalations.get(id);
  if (found === undefined)
    return refuse(
      "escalation.unknown",
      `No escalation has the number ${id}.`,
      "See `batty escalations --all`.",
    );
  if (!isOpen(found))
    return refuse(
      "approval.closed",
      `Question ${id} is closed: ${found.state} by ${found.by ?? "batty"}${found.answer === null ? "" : ` ("${found.answer}")`}.`,
    );
  return found;
}

function answered(state: State, by: Caller, id: number, text: string, seen: Seen): Decision {
  const found = open(state, id);
  if ("events" in found) return found;
  const words = clean(text);
  if (words.trim() === "") return refuse("usage", "The answer is empty.");
  return events(...answerEvents(state, found, by.name, words, seen, by.via));
}

/** Verbatim, with the question above it: the agent may have forgotten what it asked. */
function answerEvents(
  state: State,
  escalation: Escalation,
  by: string,
  text: string,
  seen: Seen,
  via: string | null,
): Event[] {
  const about = escalation.task === null ? {} : { task: escalation.task };
  return inOrder(
    () => [closed(escalation, "answered", by, text)],
    (n) =>
      escalation.kind === "question"
        ? [
            letter(state, seen, n, {
              from: by,
              to: escalation.member,
              body: `Answer to your question\n> ${escalation.question.split("\n").join("\n> ")}\n\n${text}`,
              msg_type: "answer",
              ...about,
              ...(via === null ? {} : { via: via as "local" }),
            }),
          ]
        : [],
    () => followUp(state, escalation, by, text, seen),
  );
}

/** What an answer to one of the bot's own escalations does. */
function followUp(
  state: State,
  escalation: Escalation,
  by: string,
  text: string,
  seen: Seen,
): Event[] {
  const work = escalation.task === null ? undefined : state.work.get(escalation.task);
  const word = text.trim().toLowerCase();
  if (escalation.kind === "agent" && word === "start again")
    return [{ event: "member_unparked", member: escalation.member, by }];
  if (work?.phase === "blocked" && word === "retry") return retried(state, work, by, seen, 1);
  return [];
}

const closed = (
  e: Escalation,
  to: "answered" | "withdrawn" | "resolved",
  by: string,
  text: string | null,
): Event => ({
  event: "escalation_changed",
  escalation: e.id,
  state: to,
  by,
  answer: text,
  until: null,
});

/** Deadlines and ended causes, at every input. */
function byTime(state: State, input: Input, seen: Seen): Event[] {
  const list: Event[] = [];
  for (const escalation of state.escalations.values()) {
    if (!isOpen(escalation)) continue;
    if (isCauseGone(state, escalation)) {
      list.push(closed(escalation, "withdrawn", "batty", null));
    } else if (
      escalation.deadline !== null &&
      input.at >= escalation.deadline &&
      escalation.default !== null
    ) {
      for (const event of answerEvents(state, escalation, "batty", escalation.default, seen, null))
        list.push(renumber(event, state, seen, list.length));
    }
  }
  return list;
}

/** Several answers in one decision: each mail's id follows its place. */
function renumber(event: Event, state: State, seen: Seen, n: number): Event {
  if (event.event !== "message_sent") return event;
  const id = messageId(state, seen, n);
  return { ...event, id, mail: { ...event.mail, id } };
}

function isCauseGone(state: State, e: Escalation): boolean {
  const seat = seatOf(state, e.member);
  const work = e.task === null ? undefined : state.work.get(e.task);
  if (e.kind === "agent") return seat.parked === null && seat.falls.length === 0;
  if (work !== undefined && isOver(work)) return true;
  if (e.kind === "question") {
    if (state.team === "stopped" && state.teamAt >= e.askedAt) return true;
    return (
      work?.phase === "blocked" &&
      work.proposals.at(-1)?.state === "rejected" &&
      work.since > e.askedAt
    );
  }
  return work !== undefined && work.phase !== "blocked" && work.since > e.askedAt;
}
