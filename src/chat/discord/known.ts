// The key of a post of ours, also for people who are quicker than Discord's answer to the request that made it.
import type { Message, PartialMessage } from "discord.js";
import type { Millis } from "../../core/words.ts";
import { idOf } from "./ids.ts";

export interface KnownTimes {
  /** A request may be slow, or be sent again. */
  readonly within: Millis;
  readonly each: Millis;
}

const usual: KnownTimes = { within: 20_000, each: 50 };

/** Null: it is no post of ours. */
export function keyWhenKnown(
  message: Message | PartialMessage,
  self: string,
  keyOf: (id: string) => string | null,
  times = usual,
): Promise<string | null> {
  const id = idOf(message.channelId, [message.id]);
  return whenKnown(
    () => keyOf(id),
    () => mayBePost(message, self),
    times,
  );
}

/** @param mayCome whether it is worth waiting for */
export async function whenKnown(
  look: () => string | null,
  mayCome: () => boolean = () => true,
  { within, each } = usual,
): Promise<string | null> {
  for (let left = within; ; left -= each) {
    const known = look();
    if (known !== null || left <= 0 || !mayCome()) return known;
    await new Promise((resolve) => setTimeout(resolve, each).unref());
  }
}

/** Ours, or a member's voice, or so far unseen; answers to commands are no posts. */
function mayBePost(message: Message | PartialMessage, self: string): boolean {
  if (message.partial) return true;
  const isOurs = message.author.id === self || message.webhookId !== null;
  return isOurs && message.interactionMetadata === null;
}
