// How messages change by what happened: receipts, failures, and what may be forgotten.
import type { Recorded } from "../event.ts";
import type { Delivery, State } from "../state.ts";
import type { Instant, MemberName, MessageId } from "../words.ts";
import { add, change, put, without } from "./put.ts";

/** Ended messages kept for receipts, [Send again] and `inbox`; older ones stand in the Maildir and the journal. */
const endedKept = 400;

const message = (state: State, id: MessageId, with_: (d: Delivery) => Delivery): State => ({
  ...state,
  messages: change(state.messages, id, with_),
});

const to = (state: State, id: MessageId, next: Delivery["state"], at: Instant): State =>
  message(state, id, (d) => ({ ...d, state: next, since: at }));

function forget(state: State): State {
  if (state.messages.size <= endedKept * 2) return state;
  const turns = new Set([...state.seats.values()].map((s) => s.turn));
  const over = [...state.messages.values()].filter((d) => !turns.has(d.mail.id));
  const old = [
    ...oldest(over.filter((d) => ["answered", "withdrawn", "taken"].includes(d.state))),
    // Each waits for a person's word on it: what went well since must not push it out.
    ...oldest(over.filter((d) => d.state === "failed")),
  ];
  return old.length === 0 ? state : { ...state, messages: without(state.messages, old) };
}

/** None while fewer than twice the bound are there. */
const oldest = (ended: readonly Delivery[]): readonly MessageId[] =>
  ended.length <= endedKept * 2
    ? []
    : [...ended]
        .sort((a, b) => a.since - b.since)
        .slice(0, ended.length - endedKept)
        .map((d) => d.mail.id);

const tell = (state: State, what: string): State => ({
  ...state,
  told: add(state.told, what),
});

/** In `told`: this file of a member's inbox is dealt with and only has to leave it. */
export const aside = (member: MemberName, file: MessageId): string => `${member}/${file} is over`;

export function evolveMessages(state: State, { event, at }: Recorded): State {
  switch (event.event) {
    case "message_sent":
      return forget({
        ...(event.mail.file === undefined ? state : tell(state, aside(event.to, event.mail.file))),
        messages: put(state.messages, event.id, {
          mail: mailOf(event.mail),
          state: "queued",
          since: at,
          pane: null,
          epoch: null,
          entered: false,
          replied: false,
          say: "",
        }),
      });
    case "message_typing":
      return message(state, event.id, (d) => ({
        ...d,
        state: "typing",
        since: at,
        pane: event.pane,
        epoch: event.epoch,
      }));
    case "message_held":
      return message(state, event.id, (d) => ({
        ...d,
        state: "queued",
        since: at,
        pane: null,
        epoch: null,
      }));
    case "message_typed":
      return message(state, event.id, (d) =>
        d.state === "typing" ? { ...d, state: "typed", since: at } : d,
      );
    case "message_entered":
      return message(state, event.id, (d) => ({ ...d, entered: true }));
    case "message_taken":
      return to(state, event.id, "taken", at);
    case "message_answered":
      return to(state, event.id, "answered", at);
    case "message_withdrawn":
      return to(state, event.id, "withdrawn", at);
    case "delivery_failed":
      return message(state, event.id, (d) => ({
        ...d,
        state: "failed",
        since: at,
        say: event.say,
      }));
    case "message_to_human":
      return event.reply_to === null
        ? state
        : message(state, event.reply_to, (d) => ({ ...d, replied: true }));
    case "mail_file_broken":
      // By file alone: one that is being written breaks in several ways within a moment.
      return tell(state, `${event.member}/${event.file}`);
    case "message_refused":
      return tell(state, aside(event.to, event.id));
    case "board_file_broken":
      return tell(state, `${event.file}: ${event.why}`);
    default:
      return state;
  }
}

/** zod's optional keys may hold undefined; the port's may not. */
function mailOf(
  mail: { [K in keyof Delivery["mail"]]?: unknown } & { id: string },
): Delivery["mail"] {
  return Object.fromEntries(
    Object.entries(mail).filter(([, v]) => v !== undefined),
  ) as unknown as Delivery["mail"];
}
