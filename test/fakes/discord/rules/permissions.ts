// What a member may do in a channel, and what lacking it is answered with. Threads take the overwrites
// of their parent: the caller passes the parent as the channel.
import type { APIGuild, APIGuildMember, APIOverwrite, APIRole } from "discord-api-types/v10";
import {
  RESTJSONErrorCodes as Code,
  OverwriteType,
  PermissionFlagsBits as P,
} from "discord-api-types/v10";
import type { Refusal } from "./refusals.ts";
import { refusal } from "./refusals.ts";

export type PermissionName = keyof typeof P;

export interface MemberRights {
  readonly id: string;
  readonly roles: APIGuildMember["roles"];
}

export interface GuildRights {
  readonly id: APIGuild["id"];
  readonly owner_id: APIGuild["owner_id"];
  readonly roles: readonly Pick<APIRole, "id" | "permissions">[];
}

export interface ChannelRights {
  readonly permission_overwrites?: readonly APIOverwrite[] | undefined;
  /** Sending in a thread hangs on a bit of its own. */
  readonly thread?: boolean;
}

const ALL = Object.values(P).reduce((all, bit) => all | bit, 0n);

/**
 * The member's bits in the guild, or in one of its channels.
 * @see the hierarchy in topics/permissions: everyone, roles, then overwrites in the same order, then the member's
 */
export function permissionsIn(
  member: MemberRights,
  guild: GuildRights,
  channel?: ChannelRights,
): bigint {
  if (member.id === guild.owner_id) return ALL;
  const base = guild.roles
    .filter(({ id }) => id === guild.id || member.roles.includes(id))
    .reduce((bits, { permissions }) => bits | BigInt(permissions), 0n);
  if ((base & P.Administrator) !== 0n) return ALL;
  if (channel === undefined) return base;
  const overwrites = channel.permission_overwrites ?? [];
  const steps = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id, type }) => type === OverwriteType.Role && member.roles.includes(id)),
    overwrites.filter(({ id, type }) => type === OverwriteType.Member && id === member.id),
  ];
  return implied(steps.reduce(overwritten, base), channel.thread ?? false);
}

function overwritten(bits: bigint, overwrites: readonly APIOverwrite[]): bigint {
  const deny = overwrites.reduce((all, one) => all | BigInt(one.deny), 0n);
  const allow = overwrites.reduce((all, one) => all | BigInt(one.allow), 0n);
  return (bits & ~deny) | allow;
}

const ONLY_WITH_SENDING = P.MentionEveryone | P.SendTTSMessages | P.AttachFiles | P.EmbedLinks;

/** Who cannot see can nothing; who cannot send can neither attach nor mention everyone. */
function implied(bits: bigint, thread: boolean): bigint {
  if ((bits & P.ViewChannel) === 0n) return 0n;
  const sending = thread ? P.SendMessagesInThreads : P.SendMessages;
  return (bits & sending) === 0n ? bits & ~ONLY_WITH_SENDING : bits;
}

/** Which of the names are not among the bits. */
export const lacking = (
  bits: bigint,
  names: readonly PermissionName[],
): readonly PermissionName[] => names.filter((name) => (bits & (P.Administrator | P[name])) === 0n);

/** Why somebody with these bits may not: 50001 for what is unseen, 50013 for what is not permitted. */
export function forbidden(bits: bigint, needed: readonly PermissionName[]): Refusal | null {
  if (lacking(bits, ["ViewChannel"]).length > 0) return refusal(Code.MissingAccess);
  return lacking(bits, needed).length > 0 ? refusal(Code.MissingPermissions) : null;
}

/** A reply shows what was said before: it needs the history, and fails with a code of its own. */
export const blindReply = (bits: bigint): Refusal | null =>
  lacking(bits, ["ReadMessageHistory"]).length > 0
    ? refusal(Code.CannotReplyWithoutPermissionToReadMessageHistory)
    : null;
