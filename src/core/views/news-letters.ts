// What people hear of posts that a chat does not take: one card a room of it, in the chats that do take posts.
import type { Event } from "../event.ts";
import type { State } from "../state.ts";
import { alertCard, sendAgain } from "./cards.ts";
import { type Shown, withCard } from "./post.ts";

/** Keys of such cards begin so: what can't be shown of them is told no further. */
export const letterKey = "letter:";

/** @param state after the event */
export function letterNews(state: State, event: Event): Shown[] {
  if (event.event === "post_given_up") return [roomCard(state, event.chat, event.room, null)];
  if (event.event !== "post_sent_again") return [];
  const { chat, letter, room, by } = event;
  return [{ again: { chat, letter } }, roomCard(state, chat, room, by)];
}

/** @param by who had them sent again */
function roomCard(state: State, chat: string, room: string, by: string | null): Shown {
  const letters = [...state.letters.values()].filter((l) => l.chat === chat && l.room === room);
  const newest = letters.at(-1);
  const title = `${chat} did not take ${letters.length === 1 ? "a post" : `${letters.length} posts`} for ${room}`;
  const key = `${letterKey}${chat}:${room}`;
  if (newest === undefined)
    return withCard(
      key,
      "alerts",
      alertCard(
        `What ${chat} did not take for ${room}`,
        [`Sent again by ${by ?? "batty"}.`],
        "calm",
      ),
      false,
    );
  const lines = [`${newest.code}: ${newest.say}`, `The newest: ${newest.key}`];
  const card = alertCard(title, lines, "bad", {}, [sendAgain(newest.letter)]);
  return withCard(key, "alerts", card, true);
}
