// What is stored, as lines of the protocol (interface §4).
import type { Message, Reaction } from "./store.ts";

export const messageLine = (event: "message" | "edit", m: Message, more: object = {}): object => ({
  event,
  ...{ id: m.id, room: m.room, thread: m.thread, from: m.from, text: m.text, card: m.card },
  ...{ loud: m.loud, mentions: m.mentions, files: m.files, ts: m.ts },
  ...(m.replyTo === null ? {} : { reply_to: m.replyTo }),
  ...more,
});

export const reactionLine = (r: Reaction, more: object = {}): object => ({
  event: "reaction",
  ...{ message: r.message, emoji: r.emoji, state: r.state, by: r.by, added: r.added },
  ...more,
});
