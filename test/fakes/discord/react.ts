// Reactions and pins, of whomever: stored and told. Knows no network.
import { ChannelType, GatewayDispatchEvents, MessageType } from "discord-api-types/v10";
import { guildOf } from "./build.ts";
import { hold } from "./errors.ts";
import { sameEmoji } from "./look.ts";
import { full } from "./rules/threads.ts";
import { speak } from "./speak.ts";
import type { Channel, Reaction, Stored, World } from "./world.ts";

type Emoji = Reaction["emoji"];

function happened(world: World, stored: Stored, user: string, emoji: Emoji) {
  const { message, guild } = stored;
  const member = guild === null ? undefined : world.guilds.get(guild)?.members.get(user);
  const where = guild === null ? {} : { guild_id: guild };
  const base = {
    ...{ user_id: user, channel_id: message.channel_id, message_id: message.id },
    ...{ emoji, burst: false, type: 0, ...where },
  };
  return { base, member: member ? { member } : {}, author: message.author.id };
}

export function react(world: World, stored: Stored, user: string, emoji: Emoji): void {
  let reaction = stored.reactions.find((one) => sameEmoji(one.emoji, emoji));
  if (!reaction) {
    hold(full("reactions", stored.reactions.filter((one) => one.users.length > 0).length));
    reaction = { emoji, users: [] };
    stored.reactions.push(reaction);
  }
  if (reaction.users.includes(user)) return;
  reaction.users.push(user);
  const { base, member, author } = happened(world, stored, user, emoji);
  const d = { ...base, ...member, message_author_id: author };
  world.emit({ t: GatewayDispatchEvents.MessageReactionAdd, d }, stored.guild);
}

export function unreact(world: World, stored: Stored, user: string, emoji: Emoji): void {
  const reaction = stored.reactions.find((one) => sameEmoji(one.emoji, emoji));
  const at = reaction?.users.indexOf(user) ?? -1;
  if (!reaction || at < 0) return;
  reaction.users.splice(at, 1);
  const { base } = happened(world, stored, user, emoji);
  world.emit({ t: GatewayDispatchEvents.MessageReactionRemove, d: base }, stored.guild);
}

/** By a moderator: one emoji of everybody's, or all there are. */
export function clear(world: World, stored: Stored, emoji: Emoji | null): void {
  const { message, guild } = stored;
  for (const reaction of stored.reactions)
    if (emoji === null || sameEmoji(reaction.emoji, emoji)) reaction.users.length = 0;
  const where = {
    ...{ channel_id: message.channel_id, message_id: message.id },
    ...(guild === null ? {} : { guild_id: guild }),
  };
  const dispatch =
    emoji === null
      ? { t: GatewayDispatchEvents.MessageReactionRemoveAll as const, d: where }
      : { t: GatewayDispatchEvents.MessageReactionRemoveEmoji as const, d: { ...where, emoji } };
  world.emit(dispatch, guild);
}

function pinsChanged(world: World, channel: Channel): void {
  const guild = guildOf(channel);
  const d = {
    ...{ channel_id: channel.id, last_pin_timestamp: world.stamp() },
    ...(guild === null ? {} : { guild_id: guild }),
  };
  world.emit({ t: GatewayDispatchEvents.ChannelPinsUpdate, d }, guild);
}

/** Pinning says so in the channel, with a message of the pinner. */
export function pin(world: World, channel: Channel, stored: Stored): void {
  stored.pinnedAt = world.now();
  pinsChanged(world, channel);
  if (channel.type === ChannelType.GuildCategory) return;
  const { id: message_id, channel_id } = stored.message;
  const reference = { message_id, channel_id, ...(stored.guild ? { guild_id: stored.guild } : {}) };
  speak(world, {
    ...{ channel, author: world.self, body: { content: "" } },
    extra: { type: MessageType.ChannelPinnedMessage, message_reference: reference },
  });
}

export function unpin(world: World, stored: Stored): void {
  stored.pinnedAt = null;
  const channel = world.channels.get(stored.message.channel_id);
  if (channel) pinsChanged(world, channel);
}
