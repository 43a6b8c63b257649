// Members that rest since their turns ended in trouble, in words: one notice for all who use the same plan, edited until
// they go on.
import { rfc3339 } from "../../lib/time.ts";
import type { Event, EventOf } from "../event.ts";
import { isResting, type Setback } from "../setback.ts";
import type { Seat, State } from "../state.ts";
import { alertCard } from "./cards.ts";
import { type Shown, withCard } from "./post.ts";

const causes: Readonly<Record<Setback["kind"], string>> = {
  limit: "its plan is used up",
  login: "it is not logged in",
  context: "its conversation is too long to go on",
  overloaded: "its provider is overloaded",
  other: "its turn was cut short",
};

/** Why it rests and until when; null: it does not. */
export function restOf(seat: Seat): string | null {
  const { setback } = seat;
  if (setback === null || !isResting(seat)) return null;
  const [said] = setback.say.split("\n");
  const why = `${causes[setback.kind]}${said ? ` (${said})` : ""}`;
  const until = setback.rest?.until ?? null;
  if (setback.rest === null) return why;
  return until === null
    ? `${why}: it waits for a person, see \`batty escalations\``
    : `${why}: it goes on by itself at ${rfc3339(until)}`;
}

/** @param state after the event */
export function restNews(state: State, event: Event): Shown[] {
  if (event.event !== "member_rested" && event.event !== "member_roused") return [];
  const seat = state.seats.get(event.member);
  if (seat === undefined) return [];
  // One that waits for a person has its escalation.
  const asked = event.event === "member_rested" && event.until === null;
  return [...(asked ? [] : [ofMember(seat, event)]), ...ofPlan(state, seat, event)];
}

type News = EventOf<"member_rested"> | EventOf<"member_roused">;

function ofMember(seat: Seat, { member, notice }: News): Shown {
  const why = restOf(seat);
  const lines = why === null ? [] : [`${why[0]?.toUpperCase()}${why.slice(1)}.`, kept(member)];
  const title = why === null ? `${member} goes on` : `${member} rests`;
  const card = alertCard(title, lines, why === null ? "calm" : "warn", { member });
  return withCard(`rest:${member}:${notice}`, member, card, why !== null);
}

const kept = (member: string): string =>
  `What it was asked is kept, messages wait. \`batty resume ${member}\` tries at once.`;

/** Everybody on the plan of this agent, in one card. */
function ofPlan(state: State, seat: Seat, event: News): Shown[] {
  const resting = [...state.seats.values()].filter(
    (s) => isResting(s) && s.setback?.kind === "limit" && s.setback.notice === event.notice,
  );
  const isLimit = event.event === "member_rested" ? event.kind === "limit" : hadLimit(seat);
  if (!isLimit && resting.length === 0) return [];
  const lines = resting.map((s) => `${s.member}: ${restOf(s) ?? ""}`);
  const over = resting.length === 0;
  const title = over
    ? `Agents of ${seat.agent} go on`
    : `The plan of ${seat.agent} is used up: ${resting.map((s) => s.member).join(", ")} ${resting.length === 1 ? "rests" : "rest"}`;
  const card = alertCard(title, lines, over ? "calm" : "warn");
  return [withCard(`plan:${event.notice}`, "alerts", card, !over)];
}

const hadLimit = ({ setback }: Seat): boolean => setback?.kind === "limit";
