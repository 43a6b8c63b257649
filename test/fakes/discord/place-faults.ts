// What people of the guild do to the bot's places: permissions taken, threads archived and locked,
// channels and messages removed. Told over the gateway as Discord tells it.
import {
  type APIOverwrite,
  ChannelType,
  GatewayDispatchEvents,
  OverwriteType,
  PermissionFlagsBits,
} from "discord-api-types/v10";
import { guildCreate, isThread, inviteBot as join } from "./build.ts";
import type { Permission } from "./permissions.ts";
import { channelNamed } from "./rooms.ts";
import { removeChannel } from "./routes/channels.ts";
import { take } from "./speak.ts";
import { setArchived, told } from "./threads.ts";
import type { TextChannel, Thread, World } from "./world.ts";

/** "SendMessages", or as the documentation writes it: "SEND_MESSAGES". */
export type PermissionName = Permission | Uppercase<string>;

export interface PlaceFaults {
  /** Takes a permission from the bot, in one channel or in the whole guild. */
  denyPermission(name: PermissionName, room?: string): void;
  allowPermission(name: PermissionName, room?: string): void;
  archive(thread: string): void;
  /** Locked and archived, as moderators close a thread. */
  lock(thread: string): void;
  /** A channel or thread by name, or a message by id. */
  remove(what: string): void;
  /** The bot is thrown out of the guild; its commands and its role go with it. */
  kick(): void;
  /** The bot is invited, again or for the first time, with the permissions of its link. */
  invite(): void;
}

function bitOf(name: string): bigint {
  const plain = name.replaceAll("_", "").toLowerCase();
  const found = Object.entries(PermissionFlagsBits).find(([one]) => one.toLowerCase() === plain);
  if (!found) throw new Error(`there is no permission ${name}`);
  return found[1];
}

function inGuild(world: World, guildId: string, bit: bigint, allowed: boolean): void {
  const guild = world.guilds.get(guildId);
  const held = guild?.members.get(world.self.id)?.roles ?? [];
  const roles =
    guild?.guild.roles.filter((one) => one.id === guildId || held.includes(one.id)) ?? [];
  for (const role of roles) {
    // Given back to the bot's own role only: everyone keeps what they had.
    if (allowed && role.id === guildId) continue;
    const before = BigInt(role.permissions);
    role.permissions = String(allowed ? before | bit : before & ~bit);
    const d = { guild_id: guildId, role };
    world.emit({ t: GatewayDispatchEvents.GuildRoleUpdate, d }, guildId);
  }
}

function inChannel(world: World, channel: TextChannel, bit: bigint, allowed: boolean): void {
  const id = world.self.id;
  const others = (channel.permission_overwrites ?? []).filter((one) => one.id !== id);
  const mine = (channel.permission_overwrites ?? []).find((one) => one.id === id);
  const own: APIOverwrite = mine ?? { id, type: OverwriteType.Member, allow: "0", deny: "0" };
  const allow = allowed ? BigInt(own.allow) | bit : BigInt(own.allow) & ~bit;
  const deny = allowed ? BigInt(own.deny) & ~bit : BigInt(own.deny) | bit;
  channel.permission_overwrites = [...others, { ...own, allow: String(allow), deny: String(deny) }];
  world.emit({ t: GatewayDispatchEvents.ChannelUpdate, d: channel }, channel.guild_id);
}

function removeBot(world: World, id: string): void {
  const guild = world.guilds.get(id);
  if (!guild?.members.delete(world.self.id)) return;
  guild.guild.roles = guild.guild.roles.filter((role) => role.tags?.bot_id !== world.self.id);
  for (const one of [...world.commands.values()])
    if (one.guild_id === id) world.commands.delete(one.id);
  world.emit({ t: GatewayDispatchEvents.GuildDelete, d: { id } }, id);
}

function inviteBot(world: World, id: string): void {
  const guild = world.guilds.get(id);
  if (!guild || guild.members.has(world.self.id)) return;
  join(world, guild);
  world.emit({ t: GatewayDispatchEvents.GuildCreate, d: guildCreate(world, guild) }, id);
}

export function placeFaults(world: World, guild: string): PlaceFaults {
  const set = (name: string, room: string | undefined, allowed: boolean) => {
    if (room === undefined) return inGuild(world, guild, bitOf(name), allowed);
    const channel = channelNamed(world, guild, room);
    if (channel.type !== ChannelType.GuildText) throw new Error(`${room} is no channel`);
    return inChannel(world, channel, bitOf(name), allowed);
  };
  const thread = (name: string): Thread => {
    const found = channelNamed(world, guild, name);
    if (!isThread(found)) throw new Error(`${name} is no thread`);
    return found;
  };
  return {
    denyPermission: (name, room) => set(name, room, false),
    allowPermission: (name, room) => set(name, room, true),
    archive: (name) => setArchived(world, thread(name), true),
    lock(name) {
      const found = thread(name);
      const metadata = found.thread_metadata;
      if (!metadata) return;
      metadata.locked = true;
      if (metadata.archived) told(world, found);
      else setArchived(world, found, true);
    },
    remove(what) {
      const stored = world.messages.get(what);
      if (stored) take(world, stored);
      else removeChannel(world, channelNamed(world, guild, what));
    },
    kick: () => removeBot(world, guild),
    invite: () => inviteBot(world, guild),
  };
}
