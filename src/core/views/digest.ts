// What waits for a person, the most urgent first, and what was posted silently meanwhile: one card.
import { formatDuration } from "../../lib/duration.ts";
import type { Card } from "../card.ts";
import { type Escalation, isOpen, type State } from "../state.ts";
import type { Instant } from "../words.ts";
import { proposalOf } from "../work.ts";
import { alertCard } from "./cards.ts";
import { inOneLine } from "./question-card.ts";

/** Null: nothing waits and nothing happened. */
export function digestCard(state: State, now: Instant, when: string): Card | null {
  const waiting = [
    ...brokenTeam(state),
    ...questions(state, now),
    ...approvals(state, now),
    ...heldLandings(state),
  ];
  const { held } = state.quiet;
  if (waiting.length + held.length === 0) return null;
  const title =
    waiting.length === 0
      ? `${when}: nothing waits for you`
      : `${when}: ${waiting.length} ${waiting.length === 1 ? "thing waits" : "things wait"} for you`;
  const meanwhile = held.length === 0 ? [] : ["Meanwhile:", ...held.map((line) => `· ${line}`)];
  return alertCard(title, [...waiting, ...meanwhile], waiting.length === 0 ? "calm" : "warn");
}

/** The nearest deadline first, then the oldest; what somebody is on, or put off, last. */
function questions(state: State, now: Instant): string[] {
  const rests = (e: Escalation): number => (e.state === "open" ? 0 : 1);
  const due = (e: Escalation): number => e.deadline ?? Number.MAX_SAFE_INTEGER;
  return [...state.escalations.values()]
    .filter(isOpen)
    .sort((a, b) => rests(a) - rests(b) || due(a) - due(b) || a.askedAt - b.askedAt)
    .map((e) => {
      const left =
        e.deadline === null ? "" : `, ${formatDuration(Math.max(0, e.deadline - now))} left`;
      const on = e.state === "open" ? "" : `, ${e.state}${e.by === null ? "" : ` by ${e.by}`}`;
      return `${inOneLine(e)} (asked ${ago(e.askedAt, now)}${left}${on})`;
    });
}

const approvals = (state: State, now: Instant): string[] =>
  [...state.work.values()]
    .flatMap((work) => {
      const card = work.phase === "asking" ? proposalOf(work) : undefined;
      return card === undefined
        ? []
        : [
            {
              at: card.at,
              line: `Task #${work.task} ${work.title} waits for approval (since ${ago(card.at, now)})`,
            },
          ];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);

/** The last good file is in force until a person mends this one. */
export const brokenTeam = ({ rejectedConfig }: State): string[] => {
  const [first, ...more] = rejectedConfig;
  const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return first === undefined
    ? []
    : [`team.yaml is not valid, the last good one is in force: ${first.split("\n")[0]}${rest}`];
};

/** Approved, and something that a person can clear stands in the way. */
const heldLandings = (state: State): string[] =>
  state.queue
    .flatMap((task) => state.work.get(task) ?? [])
    .flatMap(({ task, title, held }) =>
      held === null ? [] : [`Task #${task} ${title} cannot land: ${held.detail}`],
    );

const ago = (at: Instant, now: Instant): string =>
  `${formatDuration(Math.max(1_000, now - at))} ago`;
