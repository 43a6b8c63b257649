// A message as the API shows it to the bot: reactions counted, pinned or not, and without what an
// application may not read. Knows no network.
import { type APIMessage, type APIReaction, ChannelType } from "discord-api-types/v10";
import type { Reaction, Stored, World } from "./world.ts";

export const sameEmoji = (one: Reaction["emoji"], other: Reaction["emoji"]): boolean =>
  one.id === other.id && (one.id !== null || one.name === other.name);

function counted(world: World, reaction: Reaction): APIReaction {
  const { emoji, users } = reaction;
  return {
    ...{ emoji, count: users.length, count_details: { burst: 0, normal: users.length } },
    ...{ me: users.includes(world.self.id), me_burst: false, burst_colors: [] },
  };
}

/** May an application without the message content intent read it all the same? */
export function isReadable(world: World, stored: Stored): boolean {
  const { message } = stored;
  return (
    message.author.id === world.self.id ||
    message.application_id === world.self.id ||
    world.channels.get(message.channel_id)?.type === ChannelType.DM ||
    message.mentions.some((user) => user.id === world.self.id)
  );
}

/** @param content has the reader the message content intent, or an exception such as a menu's target */
export function shown(world: World, stored: Stored, content: boolean): APIMessage {
  const { message, reactions } = stored;
  const counts = reactions.filter((one) => one.users.length > 0);
  const whole: APIMessage = {
    ...message,
    ...{ pinned: stored.pinnedAt !== null },
    ...(counts.length > 0 ? { reactions: counts.map((one) => counted(world, one)) } : {}),
  };
  const referenced = message.message_reference?.message_id;
  if (referenced !== undefined && message.referenced_message !== undefined) {
    const first = world.messages.get(referenced);
    whole.referenced_message = first && !first.deleted ? shown(world, first, content) : null;
  }
  const thread = world.channels.get(message.id);
  if (thread) whole.thread = thread;
  if (content || isReadable(world, stored)) return whole;
  return { ...whole, content: "", embeds: [], attachments: [], components: [] };
}
