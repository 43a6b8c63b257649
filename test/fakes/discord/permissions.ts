// What somebody may do where, by the rules; here the world is asked for what they need to know.
import { PermissionFlagsBits as P, type PermissionFlagsBits } from "discord-api-types/v10";
import { guildOf, isThread } from "./build.ts";
import { hold, refuse } from "./errors.ts";
import { forbidden, lacking, permissionsIn as rights } from "./rules/permissions.ts";
import type { Channel, Guild, World } from "./world.ts";

export type Permission = keyof typeof PermissionFlagsBits;

const ALL = Object.values(P).reduce((all, bit) => all | bit, 0n);

/** Everything in a conversation of two, nothing for one who is not in the guild. */
export function permissionsIn(world: World, channel: Channel, user: string): bigint {
  const guild = world.guilds.get(guildOf(channel) ?? "");
  if (!guild) return ALL;
  const thread = isThread(channel);
  const place = thread ? world.channels.get(channel.parent_id ?? "") : channel;
  const overwrites = place && "permission_overwrites" in place ? place.permission_overwrites : [];
  return inGuild(guild, user, { permission_overwrites: overwrites, thread });
}

function inGuild(guild: Guild, id: string, channel?: Parameters<typeof rights>[2]): bigint {
  const member = guild.members.get(id);
  return member ? rights({ id, roles: member.roles }, guild.guild, channel) : 0n;
}

export const may = (world: World, channel: Channel, user: string, name: Permission): boolean =>
  lacking(permissionsIn(world, channel, user), [name]).length === 0;

/** Refuses as Discord does: 50001 where the channel cannot be seen, 50013 for the rest. */
export function demand(world: World, channel: Channel, ...needed: readonly Permission[]): void {
  hold(forbidden(permissionsIn(world, channel, world.self.id), needed));
}

/** For routes on the guild itself. */
export function demandInGuild(world: World, guildId: string, needed: Permission): void {
  const guild = world.guilds.get(guildId);
  if (!guild) refuse("unknownGuild");
  if (!guild.members.has(world.self.id)) refuse("missingAccess");
  hold(forbidden(inGuild(guild, world.self.id) | P.ViewChannel, [needed]));
}
