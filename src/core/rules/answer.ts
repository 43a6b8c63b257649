// Questions and escalations: asked once, answered once by a person, a default or the end of their cause.

import type { Event } from "../event.ts";
import { loopKind } from "../evolve/exchanges.ts";
import type { Input, Intent } from "../input.ts";
import { limits } from "../policy.ts";
import { type Decision, events, nothing, type Rule, refuse, type Seen } from "../rule.ts";
import { type Escalation, isOpen, nobody, type State } from "../state.ts";
import type { Caller } from "../words.ts";
import { currentWork } from "../work.ts";
import { clean, inOrder, letter, messageId } from "./letters.ts";
import { retried } from "./outcomes.ts";
import { answeredBy } from "./permissions.ts";
import { nextEscalation } from "./raise.ts";
import { causeGone } from "./withdrawn.ts";

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
    case "escalation":
      return moved(state, by, intent, seen);
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
  const escalation = nextEscalation(state);
  const same = [...state.escalations.values()].filter(
    (e) => isOpen(e) && e.member === by.name && e.kind === "question" && e.detail === question,
  );
  return events(
    ...same.map((e) =>
      closed(e, "withdrawn", "batty", null, `it was asked anew as #${escalation}`),
    ),
    {
      event: "question_asked",
      id: messageId(state, seen, same.length),
      member: by.name,
      task,
      escalation,
      question,
      options: [...intent.options],
      default: intent.default,
      deadline: intent.deadline,
    },
  );
}

/** Acknowledged, snoozed or resolved by a person, where that changes anything. */
function moved(
  state: State,
  by: Caller,
  { escalation, to, until }: Extract<Intent, { type: "escalation" }>,
  seen: Seen,
): Decision {
  const found = open(state, escalation);
  if ("events" in found) return found;
  if (to === "acknowledged" && found.state === "acknowledged")
    return refuse(
      "escalation.acknowledged",
      `Escalation ${found.id} is acknowledged already: ${found.by ?? "somebody"} is on it.`,
      "Answer, snooze or resolve it.",
    );
  return events(
    {
      ...{ event: "escalation_changed", escalation: found.id, state: to },
      ...{
        by: by.name,
        answer: null,
        until: to === "snoozed" ? (until ?? seen.now + limits.snooze) : null,
      },
    },
    ...(to === "resolved" && found.kind === "question"
      ? [
          reply(state, seen, 1, found, {
            from: by.name,
            via: by.via,
            body: `Your question was closed without an answer\n${quoted(found)}\n\nDecide as you think best, and go on.`,
          }),
        ]
      : []),
  );
}

function open(state: State, id: number): Escalation | Decision {
  const found = state.escalations.get(id);
  if (found === undefined && id > 0 && id < Math.max(...state.escalations.keys()))
    return refuse("approval.closed", `Escalation ${id} is over since long.`);
  if (found === undefined)
    return refuse(
      "escalation.unknown",
      `No escalation has the number ${id}.`,
      "See `batty escalations --all`.",
    );
  if (!isOpen(found))
    return refuse(
      "approval.closed",
      `Escalation ${id} is closed: ${found.state} by ${found.by ?? "batty"}${found.answer === null ? "" : ` ("${found.answer}")`}${found.why === "" ? "" : `, since ${found.why}`}.`,
    );
  return found;
}

function answered(state: State, by: Caller, id: number, text: string, seen: Seen): Decision {
  const found = open(state, id);
  if ("events" in found) return found;
  if (found.member === nobody)
    return refuse(
      "escalation.no-question",
      `#${id} asks nothing that words could settle; it ends by itself when its cause is gone.`,
      "Acknowledge, snooze or resolve it.",
    );
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
  return inOrder(
    () => [closed(escalation, "answered", by, text)],
    (n) =>
      escalation.kind === "question"
        ? [
            reply(state, seen, n, escalation, {
              from: by,
              via,
              body: `Answer to your question\n${quoted(escalation)}\n\n${text}`,
            }),
          ]
        : [],
    () => followUp(state, escalation, { from: by, via, body: text }, seen),
  );
}

interface Said {
  readonly from: string;
  readonly via: string | null;
  readonly body: string;
}

const quoted = ({ question }: Escalation): string => `> ${question.split("\n").join("\n> ")}`;

function reply(
  state: State,
  seen: Seen,
  n: number,
  { member, task }: Escalation,
  { from, via, body }: Said,
): Event {
  return letter(state, seen, n, {
    from,
    to: member,
    body,
    msg_type: "answer",
    ...(task === null ? {} : { task }),
    ...(via === null ? {} : { via: via as "local" }),
  });
}

/** What an answer to one of the bot's own escalations does. */
function followUp(state: State, escalation: Escalation, said: Said, seen: Seen): Event[] {
  const { from: by, body: text } = said;
  const work = escalation.task === null ? undefined : state.work.get(escalation.task);
  if (escalation.kind === "permission") return answeredBy(state, escalation, by, text);
  const word = text.trim().toLowerCase();
  if (escalation.kind === "agent" && word === "start again")
    return [{ event: "member_unparked", member: escalation.member, by }];
  if (escalation.kind === loopKind && !escalation.options.includes(word))
    return escalation.detail
      .split(" ")
      .map((member, i) => reply(state, seen, 1 + i, { ...escalation, member }, said));
  if (work?.phase === "blocked" && word === "retry") return retried(state, work, by, seen, 1);
  return [];
}

const closed = (
  e: Escalation,
  to: "answered" | "withdrawn" | "resolved",
  by: string,
  text: string | null,
  why?: string,
): Event => ({
  event: "escalation_changed",
  escalation: e.id,
  state: to,
  by,
  answer: text,
  until: null,
  ...(why === undefined ? {} : { why }),
});

/** Deadlines and ended causes, at every input. */
function byTime(state: State, input: Input, seen: Seen): Event[] {
  const list: Event[] = [];
  for (const escalation of state.escalations.values()) {
    if (!isOpen(escalation)) continue;
    const gone = causeGone(state, escalation, seen);
    if (gone !== null) {
      list.push(closed(escalation, "withdrawn", "batty", null, gone));
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
