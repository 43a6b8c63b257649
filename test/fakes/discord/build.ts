// Makes guilds, roles, channels, threads and members as Discord describes them. Knows no network.
import {
  type APIDMChannel,
  type APIGuild,
  type APIGuildMember,
  type APIRole,
  type APITextChannel,
  type APIUser,
  type ChannelFlags,
  ChannelType,
  type GatewayGuildCreateDispatchData,
  type GuildMemberFlags,
  type GuildSystemChannelFlags,
  Locale,
  PermissionFlagsBits,
  type RoleFlags,
  type ThreadMemberFlags,
} from "discord-api-types/v10";
import type { Category, Channel, Guild, TextChannel, Thread, World } from "./world.ts";

/** What @everyone of a new guild has, as far as a bot meets it. */
const EVERYONE =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.SendMessagesInThreads |
  PermissionFlagsBits.CreatePublicThreads |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.AddReactions |
  PermissionFlagsBits.ReadMessageHistory |
  PermissionFlagsBits.UseApplicationCommands;

/** What the invite link of the bot asks for. */
const BOT =
  EVERYONE |
  PermissionFlagsBits.ManageChannels |
  PermissionFlagsBits.ManageRoles |
  PermissionFlagsBits.ManageMessages |
  PermissionFlagsBits.ManageThreads |
  PermissionFlagsBits.ManageWebhooks |
  PermissionFlagsBits.MentionEveryone |
  PermissionFlagsBits.PinMessages;

export function newRole(id: string, name: string, permissions: bigint, position = 1): APIRole {
  return {
    ...{ id, name, color: 0, hoist: false, icon: null, unicode_emoji: null, position },
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    ...{ permissions: String(permissions), managed: false, mentionable: false },
    flags: 0 as RoleFlags,
  };
}

export function newMember(world: World, user: APIUser, roles: readonly string[]): APIGuildMember {
  return {
    ...{ user, nick: null, avatar: null, banner: null, roles: [...roles] },
    ...{ joined_at: world.stamp(), premium_since: null, deaf: false, mute: false, pending: false },
    ...{ communication_disabled_until: null, flags: 0 as GuildMemberFlags },
  };
}

function emptyGuild(id: string, name: string, owner: string): APIGuild {
  return {
    ...{ id, name, icon: null, splash: null, discovery_splash: null, banner: null },
    ...{ description: null, features: [], vanity_url_code: null, owner_id: owner, region: null },
    ...{ afk_channel_id: null, afk_timeout: 300, widget_enabled: false, verification_level: 0 },
    ...{ default_message_notifications: 1, explicit_content_filter: 0, roles: [], emojis: [] },
    ...{ mfa_level: 0, application_id: null, system_channel_id: null, rules_channel_id: null },
    system_channel_flags: 0 as GuildSystemChannelFlags,
    ...{ premium_tier: 0, preferred_locale: Locale.EnglishUS, public_updates_channel_id: null },
    ...{ nsfw_level: 0, premium_progress_bar_enabled: false, hub_type: null, stickers: [] },
    ...{ safety_alerts_channel_id: null, incidents_data: null, max_members: 500_000 },
  } as APIGuild;
}

/** The bot joins, with a role of its own that has what its invite link asks for. */
export function inviteBot(world: World, { guild, members }: Guild): void {
  const role = { ...newRole(world.id(), world.self.username, BOT, 2), managed: true };
  guild.roles.push({ ...role, tags: { bot_id: world.self.id } });
  members.set(world.self.id, newMember(world, world.self, [role.id]));
}

/** A guild with its owner and the channel every new guild has; the bot is not in it yet. */
export function addGuild(world: World, name: string): Guild {
  const id = world.id();
  const guild = emptyGuild(id, name, world.id());
  guild.roles.push(newRole(id, "@everyone", EVERYONE, 0));
  const made: Guild = { guild, members: new Map() };
  world.guilds.set(id, made);
  addChannel(world, id, { name: "general" });
  return made;
}

export interface ChannelWish {
  readonly name: string;
  readonly topic?: string | null | undefined;
  readonly parent_id?: string | null | undefined;
  readonly permission_overwrites?: APITextChannel["permission_overwrites"] | undefined;
}

export function addChannel(world: World, guild: string, wish: ChannelWish): TextChannel {
  const channel: TextChannel = {
    ...{ id: world.id(), type: ChannelType.GuildText, guild_id: guild, name: wish.name },
    ...{ topic: wish.topic ?? null, parent_id: wish.parent_id ?? null, nsfw: false },
    permission_overwrites: wish.permission_overwrites ?? [],
    ...{ position: world.channels.size, rate_limit_per_user: 0 },
    ...{ last_message_id: null, last_pin_timestamp: null },
  };
  world.channels.set(channel.id, channel);
  return channel;
}

export interface ThreadWish {
  readonly name: string;
  readonly owner: string;
  readonly minutes: 60 | 1440 | 4320 | 10080;
  /** A thread that starts at a message has that message's id. */
  readonly id?: string;
}

export function addThread(world: World, parent: TextChannel, wish: ThreadWish): Thread {
  const at = world.stamp();
  const thread: Thread = {
    ...{ id: wish.id ?? world.id(), type: ChannelType.PublicThread, name: wish.name },
    ...{ guild_id: parent.guild_id, parent_id: parent.id, owner_id: wish.owner },
    ...{ last_message_id: null, rate_limit_per_user: 0, flags: 0 as ChannelFlags },
    ...{ message_count: 0, member_count: 1, total_message_sent: 0 },
    thread_metadata: {
      ...{ archived: false, auto_archive_duration: wish.minutes, archive_timestamp: at },
      ...{ locked: false, create_timestamp: at },
    },
  };
  world.channels.set(thread.id, thread);
  world.threadMembers.set(thread.id, new Set([wish.owner]));
  return thread;
}

export const isThread = (channel: Channel): channel is Thread =>
  channel.type === ChannelType.PublicThread;

export const guildOf = (channel: Channel): string | null =>
  channel.type === ChannelType.DM ? null : (channel.guild_id ?? null);

/** A thread as the bot gets it: with its own membership when it is in. */
export function threadFor(world: World, thread: Thread): Thread {
  const joined = world.threadMembers.get(thread.id)?.has(world.self.id) ?? false;
  const { thread_metadata: metadata } = thread;
  const member = {
    ...{ id: thread.id, user_id: world.self.id, flags: 0 as ThreadMemberFlags },
    join_timestamp: metadata?.create_timestamp ?? world.stamp(),
  };
  return { ...thread, ...(joined ? { member } : {}) };
}

/** The guild as GUILD_CREATE brings it: active threads only, and of the members only ourselves. */
export function guildCreate(world: World, guild: Guild): GatewayGuildCreateDispatchData {
  const here = [...world.channels.values()].filter((one) => guildOf(one) === guild.guild.id);
  const own = guild.members.get(world.self.id);
  return {
    ...guild.guild,
    ...{ joined_at: own?.joined_at ?? world.stamp(), large: false, unavailable: false },
    ...{ member_count: guild.members.size, voice_states: [], presences: [] },
    members: own ? [own] : [],
    channels: here.flatMap((one) =>
      one.type === ChannelType.DM || isThread(one) ? [] : [one],
    ) as GatewayGuildCreateDispatchData["channels"],
    threads: here
      .filter(isThread)
      .filter((one) => one.thread_metadata?.archived !== true)
      .map((one) => threadFor(world, one)) as GatewayGuildCreateDispatchData["threads"],
    ...{ stage_instances: [], guild_scheduled_events: [], soundboard_sounds: [] },
  };
}

export function addCategory(world: World, guild: string, wish: ChannelWish) {
  const category: Category = {
    ...{ id: world.id(), type: ChannelType.GuildCategory, guild_id: guild, name: wish.name },
    ...{ parent_id: null, permission_overwrites: wish.permission_overwrites ?? [] },
    ...{ position: world.channels.size, nsfw: false },
  };
  world.channels.set(category.id, category);
  return category;
}

/** The conversation with one person: always the same channel. */
export function dmWith(world: World, user: APIUser): APIDMChannel {
  for (const one of world.channels.values())
    if (one.type === ChannelType.DM && one.recipients?.[0]?.id === user.id) return one;
  const channel: APIDMChannel = {
    ...{ id: world.id(), type: ChannelType.DM, name: null, last_message_id: null },
    ...{ recipients: [user], last_pin_timestamp: null, flags: 0 as ChannelFlags },
  };
  world.channels.set(channel.id, channel);
  return channel;
}
