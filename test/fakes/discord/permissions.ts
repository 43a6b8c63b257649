// What the bot may do where, as roles and overwrites have it. Knows no network.
import { OverwriteType, PermissionFlagsBits } from "discord-api-types/v10";
import { guildOf, isThread } from "./build.ts";
import { refuse } from "./errors.ts";
import type { Channel, World } from "./world.ts";

const ALL = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

export type Permission = keyof typeof PermissionFlagsBits;

export function permissionsIn(world: World, channel: Channel, user: string): bigint {
  const guild = world.guilds.get(guildOf(channel) ?? "");
  if (!guild) return ALL;
  const member = guild.members.get(user);
  if (!member) return 0n;
  const held = guild.guild.roles.filter(
    (role) => role.id === guild.guild.id || member.roles.includes(role.id),
  );
  let bits = held.reduce((all, role) => all | BigInt(role.permissions), 0n);
  if ((bits & PermissionFlagsBits.Administrator) !== 0n || guild.guild.owner_id === user)
    return ALL;
  const place = isThread(channel) ? world.channels.get(channel.parent_id ?? "") : channel;
  const overwrites =
    (place && "permission_overwrites" in place && place.permission_overwrites) || [];
  const everyone = overwrites.filter((one) => one.id === guild.guild.id);
  const roles = overwrites.filter(
    (one) => one.type === OverwriteType.Role && member.roles.includes(one.id),
  );
  const own = overwrites.filter((one) => one.type === OverwriteType.Member && one.id === user);
  for (const level of [everyone, roles, own]) {
    for (const one of level) bits &= ~BigInt(one.deny);
    for (const one of level) bits |= BigInt(one.allow);
  }
  return bits;
}

/** Refuses as Discord does: 50001 where the channel cannot be seen, 50013 for the rest. */
export function demand(world: World, channel: Channel, ...needed: readonly Permission[]): void {
  const bits = permissionsIn(world, channel, world.self.id);
  if ((bits & PermissionFlagsBits.ViewChannel) === 0n) refuse("missingAccess");
  if (needed.some((name) => (bits & PermissionFlagsBits[name]) === 0n))
    refuse("missingPermissions");
}

/** For routes on the guild itself. */
export function demandInGuild(world: World, guildId: string, needed: Permission): void {
  const guild = world.guilds.get(guildId);
  if (!guild) refuse("unknownGuild");
  const mine = guild.members.get(world.self.id);
  if (!mine) refuse("missingAccess");
  const bits = guild.guild.roles
    .filter((role) => role.id === guildId || mine.roles.includes(role.id))
    .reduce((all, role) => all | BigInt(role.permissions), 0n);
  if ((bits & (PermissionFlagsBits[needed] | PermissionFlagsBits.Administrator)) === 0n)
    refuse("missingPermissions");
}
