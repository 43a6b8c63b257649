// State → the card of a question or an escalation: what is asked, what can be pressed, who is on it, how it ended.
import { formatDuration } from "../../lib/duration.ts";
import { clockOf } from "../../lib/time.ts";
import type { Action, ActionVerb, Card, CardState } from "../card.ts";
import { allowOnce, deny } from "../rules/permissions.ts";
import { type Escalation, isOpen, nobody, type State, type Step } from "../state.ts";
import type { Instant } from "../words.ts";
import { action, blank } from "./cards.ts";

export const questionKey = (escalation: number): string => `question:${escalation}`;

/** Of the louder post that a step makes; after a snooze the steps begin anew. */
export const reminderKey = ({ id, ringsFrom }: Escalation, step: Step): string =>
  `${questionKey(id)}:${ringsFrom}.${step}`;

/** The escalation behind a post's key: its card's, or that of a reminder. */
export function escalationOfKey(state: State, key: string): Escalation | null {
  const found = /^question:(\d+)(?::[\w.]+)?$/.exec(key);
  return found === null ? null : (state.escalations.get(Number(found[1])) ?? null);
}

/** A member's trouble stands in its room; what is no member's, in `alerts`. */
export const roomOf = (e: Escalation): string => (e.member === nobody ? "alerts" : e.member);

function questionTitle(e: Escalation): string {
  const about = e.task === null ? "" : ` (#${e.task})`;
  if (e.member === nobody) return e.question.split("\n")[0] ?? "";
  if (e.kind === "permission") return `${e.member} asks for permission${about}`;
  return e.kind === "question" ? `${e.member} asks${about}` : `${e.member} needs you${about}`;
}

/** Who asks what, in one line. */
export function inOneLine(e: Escalation): string {
  const title = questionTitle(e);
  return `#${e.id} ${title}${e.member === nobody ? "" : `: ${e.question.split("\n")[0] ?? ""}`}`;
}

/** What answers it, without what only puts it off. */
export const answersOf = (e: Escalation): readonly Action[] =>
  actions(e).filter(({ id }) => id.startsWith(`q${e.id}.answer`));

export function questionCard(e: Escalation, now: Instant): Card {
  const state: CardState = isOpen(e) ? "open" : e.state === "withdrawn" ? "expired" : "done";
  return {
    ...blank,
    kind: e.member === nobody ? "alert" : e.kind === "permission" ? "permission" : "question",
    subject: {
      ...(e.member === nobody ? {} : { member: e.member }),
      ...(e.task === null ? {} : { task: e.task }),
    },
    title: questionTitle(e),
    tone: e.state !== "open" ? "calm" : e.kind === "main-broken" ? "bad" : "warn",
    lines: e.question.split("\n").slice(e.member === nobody ? 1 : 0),
    fields: isOpen(e) ? fields(e, now) : [],
    actions: isOpen(e) ? actions(e) : [],
    state,
    footer: footer(e),
  };
}

function fields(e: Escalation, now: Instant): Card["fields"] {
  const left = e.deadline === null ? null : e.deadline - now;
  return [
    ...(e.deadline === null || left === null
      ? []
      : [{ name: "deadline", value: `${clockOf(e.deadline)} (${timeLeft(left)})` }]),
    ...(e.times < 2
      ? []
      : [{ name: "seen", value: `${e.times} times, again at ${clockOf(e.lastAt)}` }]),
  ];
}

/** In whole minutes: a card that changes each second is a nuisance. */
const timeLeft = (ms: number): string =>
  ms <= 0 ? "now" : `${formatDuration(Math.ceil(ms / 60_000) * 60_000)} left`;

const permissionVerb = (option: string): ActionVerb =>
  option === allowOnce ? "allow-once" : option === deny ? "deny" : "allow-task";

/** Its agent stands still meanwhile: it can't be put off, and who says no may say why. */
const permissionActions = (e: Escalation): Action[] => [
  ...e.options.map((option, i) => {
    const style = option === deny ? "danger" : option === allowOnce ? "primary" : "plain";
    return action(`q${e.id}.answer.${i}`, permissionVerb(option), option, style);
  }),
  action(`q${e.id}.answer`, "deny", "Deny, because…", "plain", "text"),
];

function actions(e: Escalation): Action[] {
  if (e.kind === "permission") return permissionActions(e);
  const id = `q${e.id}`;
  return [
    ...e.options.map((option, i) =>
      action(`${id}.answer.${i}`, "answer", option, option === e.default ? "primary" : "plain"),
    ),
    ...(e.member === nobody ? [] : [action(`${id}.answer`, "answer", "Answer…", "plain", "text")]),
    ...(e.state === "acknowledged" ? [] : [action(`${id}.ack`, "ack", "I'm on it", "plain")]),
    action(`${id}.snooze`, "snooze", "Snooze 1 h", "plain"),
    action(`${id}.resolve`, "resolve", "Resolve", "plain"),
  ];
}

/** What became of it so far; "": it waits for somebody. */
export function outcomeOf(e: Escalation): string {
  const who = e.by ?? "somebody";
  switch (e.state) {
    case "answered":
      return e.by === "batty"
        ? `No answer in time: the default counts: ${e.answer ?? ""}`
        : `Answered by ${who}: ${e.answer ?? ""}`;
    case "resolved":
      return `Resolved by ${e.by ?? "batty"}`;
    case "withdrawn":
      return `Withdrawn: ${e.why === "" ? "its cause is gone" : e.why}`;
    case "acknowledged":
      return `${who} is on it.`;
    case "snoozed":
      return e.until === null ? "" : `Snoozed by ${who} until ${clockOf(e.until)}.`;
    case "open":
      return "";
  }
}

function footer(e: Escalation): string {
  const outcome = outcomeOf(e);
  if (!isOpen(e)) return outcome;
  const rests = outcome === "" ? "" : `${outcome} `;
  const fallback =
    e.kind === "permission"
      ? "Without an answer it asks in its pane."
      : e.default === null
        ? ""
        : `Without an answer: ${e.default}`;
  const takeOver =
    e.kind === "question" || e.member === nobody ? "" : ` Take over: batty attach ${e.member}`;
  const next =
    e.member === nobody
      ? `Alert #${e.id} · ends by itself when it is mended.`
      : `Question #${e.id} · reply or press.`;
  return `${rests}${next} ${fallback}${takeOver}`.trim();
}
