// What chats show of the daily standup: one silent card a day.
import { formatDuration } from "../../lib/duration.ts";
import type { Recorded } from "../event.ts";
import type { State } from "../state.ts";
import { type Shown, withCard } from "./post.ts";
import { standupCard } from "./standup.ts";
import { lastSeatState } from "./status.ts";

export function standupNews(state: State, { at, event }: Recorded): Shown[] {
  if (event.event !== "standup_posted") return [];
  const { day, late_ms: late, team, roles } = event;
  const card = standupCard({
    ...{ state, roles, now: at, title: `Standup of ${team}, ${day}` },
    seatOf: (member) => lastSeatState(state, member),
    note: late === 0 ? "" : `It comes ${formatDuration(late)} late: the bot was away at its time. `,
  });
  return [withCard(`standup:${day}`, "standup", card, false)];
}
