// Receipts on a person's own message: one reaction of ours at a time, and a card's buttons where the message is ours
// (the public answer to a slash command).
import { type APIMessage, Routes } from "discord.js";
import type { Mark } from "../../core/chat-port.ts";
import { Failure } from "../../core/words.ts";
import { keepLast } from "../../lib/kept.ts";
import { isClosedThread } from "./features.ts";
import { readId } from "./ids.ts";
import { renderAnswer } from "./render/message.ts";
import { receiptEmoji } from "./render/receipts.ts";
import type { Rooms } from "./rooms.ts";

export interface Marks {
  /** Repeatable. @throws Failure */
  put(mark: Mark, signal: AbortSignal): Promise<void>;
}

export interface MarkParts {
  readonly rooms: Pick<Rooms, "ask" | "features" | "wake" | "lost">;
  readonly self: () => string;
  readonly log: (line: string) => void;
}

/** A message as we left it. */
interface Marked {
  readonly emoji: readonly string[];
  readonly isOurs: boolean;
  readonly hasButtons: boolean;
}

/** Messages of which it is known what stands on them; of others Discord is asked. */
const most = 1_000;

export function createMarks({ rooms, self, log }: MarkParts): Marks {
  const { ask, features } = rooms;
  const left = keepLast<string, Marked>(most);

  const look = async (channel: string, message: string, signal: AbortSignal): Promise<Marked> => {
    const route = Routes.channelMessage(channel, message);
    const found = await features.attempt("sight", channel, () =>
      ask<APIMessage>("looking at a message", { method: "get", route }, signal),
    );
    return {
      emoji: receiptsOn(found),
      isOurs: found.author.id === self(),
      // An answer with a card of its own keeps what is on it.
      hasButtons: (found.components?.length ?? 0) > 0 && found.embeds.length === 0,
    };
  };

  const react = async (
    { channel, message, emoji }: { channel: string; message: string; emoji: string },
    method: "put" | "delete",
    signal: AbortSignal,
  ): Promise<void> => {
    const route = Routes.channelMessageOwnReaction(channel, message, encodeURIComponent(emoji));
    await features.attemptMere("reactions", channel, () =>
      ask("putting a receipt on a message", { method, route }, signal),
    );
  };

  const show = async (
    { state, card }: Mark,
    { channel, message }: { channel: string; message: string },
    signal: AbortSignal,
  ): Promise<void> => {
    const key = `${channel}/${message}`;
    const before = left.get(key) ?? (await look(channel, message, signal));
    const emoji = receiptEmoji[state];
    if (!before.emoji.includes(emoji)) await react({ channel, message, emoji }, "put", signal);
    for (const old of before.emoji)
      if (old !== emoji) await react({ channel, message, emoji: old }, "delete", signal);
    const hasButtons = before.isOurs && card !== undefined;
    if (hasButtons || (before.isOurs && before.hasButtons)) {
      const [{ components }] = renderAnswer({ text: "", card: card ?? null }).parts;
      const route = Routes.channelMessage(channel, message);
      await ask(
        "putting buttons on an answer",
        { method: "patch", route, body: { components } },
        signal,
      );
    }
    left.keep(key, { emoji: [emoji], isOurs: before.isOurs, hasButtons });
  };

  return {
    async put(mark, signal) {
      const at = readId(mark.echo);
      if (at === null) throw gone(mark.echo);
      const where = { channel: at.channel, message: at.messages[0] };
      try {
        await show(mark, where, signal);
      } catch (error) {
        left.forget(`${where.channel}/${where.message}`);
        if (error instanceof Failure && error.code === "chat.room-gone") {
          rooms.lost(at.channel);
          throw gone(mark.echo);
        }
        if (!isClosedThread(error)) throw error;
        if (await rooms.wake(at.channel, signal)) return show(mark, where, signal);
        log(`discord: no receipt on ${mark.echo}: its thread is locked`);
      }
    },
  };
}

const gone = (echo: string): Failure =>
  new Failure("chat.message-gone", `the message ${echo} is not on Discord any more`);

const ours: ReadonlySet<string> = new Set(Object.values(receiptEmoji));

const receiptsOn = ({ reactions = [] }: APIMessage): readonly string[] =>
  reactions.flatMap(({ me, emoji }) =>
    me && emoji.name !== null && ours.has(emoji.name) ? [emoji.name] : [],
  );
