// What a member may do in a channel, and which bits a request needs there. Threads take the overwrites
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

export interface Request {
  readonly method: string;
  /** After `/api/v10`, without the query. */
  readonly path: string;
  readonly thread?: boolean;
  /** The message that is changed or deleted, or the reaction that is taken away, is the caller's own. */
  readonly own?: boolean;
  /** Nobody has reacted with this emoji yet. */
  readonly firstOfItsKind?: boolean;
  readonly embeds?: boolean;
  readonly files?: boolean;
  readonly reply?: boolean;
  /** A thread that is made: private ones need another bit. */
  readonly privateThread?: boolean;
}

type Rule = readonly [string, RegExp, (request: Request) => readonly PermissionName[]];

const channel = (rest: string) => new RegExp(`^/channels/[^/]+${rest}$`);
const one = "/[^/]+";
const always =
  (...names: PermissionName[]) =>
  () =>
    names;
const unlessOwn = (request: Request, name: PermissionName) => (request.own ? [] : [name]);

function toSend(request: Request): PermissionName[] {
  return [
    request.thread ? "SendMessagesInThreads" : "SendMessages",
    ...(request.embeds ? (["EmbedLinks"] as const) : []),
    ...(request.files ? (["AttachFiles"] as const) : []),
  ];
}

const toReact = ({ firstOfItsKind }: Request): PermissionName[] =>
  firstOfItsKind ? ["ReadMessageHistory", "AddReactions"] : ["ReadMessageHistory"];

const toManage = ({ thread, own }: Request): PermissionName[] =>
  thread ? (own ? [] : ["ManageThreads"]) : ["ManageChannels"];

// The first that fits counts. GET /channels/:id/messages is not here: without READ_MESSAGE_HISTORY
// Discord answers an empty list.
const RULES: readonly Rule[] = [
  ["POST", channel("/messages"), toSend],
  ["POST", channel("/typing"), toSend],
  ["GET", channel("/messages/pins"), always("ReadMessageHistory")],
  ["GET", channel(`/messages${one}`), always("ReadMessageHistory")],
  ["PUT", channel(`/messages/pins${one}`), always("PinMessages")],
  ["DELETE", channel(`/messages/pins${one}`), always("PinMessages")],
  ["DELETE", channel(`/messages${one}`), (request) => unlessOwn(request, "ManageMessages")],
  ["PUT", channel(`/messages${one}/reactions${one}/@me`), toReact],
  ["DELETE", channel(`/messages${one}/reactions${one}/@me`), always()],
  [
    "DELETE",
    channel(`/messages${one}/reactions.*`),
    (request) => unlessOwn(request, "ManageMessages"),
  ],
  ["POST", channel(`/messages${one}/threads`), always("CreatePublicThreads")],
  [
    "POST",
    channel("/threads"),
    ({ privateThread }) => [privateThread ? "CreatePrivateThreads" : "CreatePublicThreads"],
  ],
  ["PUT", channel("/thread-members/@me"), always()],
  ["PUT", channel(`/thread-members${one}`), always("SendMessagesInThreads")],
  ["PUT", channel(`/permissions${one}`), always("ManageRoles")],
  ["DELETE", channel(`/permissions${one}`), always("ManageRoles")],
  ["GET", channel("/webhooks"), always("ManageWebhooks")],
  ["POST", channel("/webhooks"), always("ManageWebhooks")],
  ["GET", /^\/guilds\/[^/]+\/webhooks$/, always("ManageWebhooks")],
  ["PATCH", channel(""), toManage],
  ["DELETE", channel(""), (request) => toManage({ ...request, own: false })],
  ["POST", /^\/guilds\/[^/]+\/channels$/, always("ManageChannels")],
];

/** The bits a request needs besides seeing the channel; none for a route that hangs on no permission. */
export function needed(request: Request): readonly PermissionName[] {
  const rule = RULES.find(
    ([method, path]) => method === request.method.toUpperCase() && path.test(request.path),
  );
  return rule?.[2](request) ?? [];
}

/** Why a bot with these bits may not do it: 50001 unseen, 50013 unpermitted, 160002 a blind reply. */
export function forbidden(bits: bigint, request: Request): Refusal | null {
  const inChannel = request.path.startsWith("/channels/");
  if (inChannel && (bits & P.ViewChannel) === 0n) return refusal(Code.MissingAccess);
  const lacks = (name: PermissionName) => (bits & (P.Administrator | P[name])) === 0n;
  if (needed(request).some(lacks)) return refusal(Code.MissingPermissions);
  if (request.reply === true && lacks("ReadMessageHistory")) {
    return refusal(Code.CannotReplyWithoutPermissionToReadMessageHistory);
  }
  return null;
}
