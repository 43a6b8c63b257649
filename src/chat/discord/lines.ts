// Lines that the bot says on Discord of itself: that it is back, and that it can't read plain text. Pure.
import type { Post, RoomName } from "../../core/card.ts";
import type { Millis } from "../../core/words.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { Found } from "./backlog.ts";

/** A shorter absence that cost nobody anything is not worth a line. */
const shortest: Millis = 10_000;

/** What was said in a longer absence is of another time: none of it is acted on. */
const longest: Millis = 24 * 3_600_000;

export const isLong = (away: Millis | null): boolean => away !== null && away > longest;

/**
 * @param away how long nobody was there; null: nobody knows
 * @param isStart of the bot, which is told elsewhere
 */
export function backAfter(away: Millis | null, found: Found, isStart: boolean): string | null {
  const { handled, listed, counted } = found;
  const after = away === null ? "Back on Discord" : `Back on Discord after ${formatDuration(away)}`;
  const commands = `${counted} ${counted === 1 ? "command" : "commands"}`;
  if (counted > 0) {
    const came = isLong(away)
      ? "came meanwhile. I was away for more than a day"
      : "came while I was offline, and I have no record of where I stopped";
    return `${after}: ${commands} ${came}, so none was acted on. Say again what still counts.`;
  }
  if (handled + listed === 0)
    return isStart || away === null || away < shortest ? null : `${after}: nothing was missed.`;
  const parts = [
    ...(handled > 0 ? [`${handled} handled now`] : []),
    ...(listed > 0 ? [`${listed} too old, only listed`] : []),
  ];
  return `${after}: ${parts.join(", ")}.`;
}

export const cannotRead = (application: string, room: RoomName): string =>
  [
    `I can't read plain text here: Discord keeps it from me, so ${room} does not get it.`,
    `Turn on "Message Content Intent" at <https://discord.com/developers/applications/${application}/bot>; I notice within 10 minutes.`,
    "Until then use the button, `/batty send`, or mention me in the message.",
  ].join("\n");

export const lineOf = (key: string, text: string): Post => ({
  ...{ key, room: "alerts", thread: null, from: "batty", text, card: null },
  ...{ loud: false, mentions: [], replyTo: null },
});
