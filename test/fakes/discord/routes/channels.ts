// Channels: read, made, changed, removed; and their threads.
import {
  ChannelType,
  GatewayDispatchEvents,
  type RESTDeleteAPIChannelResult,
  type RESTGetAPIChannelResult,
  type RESTGetAPIChannelThreadsArchivedPublicResult,
  type RESTPatchAPIChannelJSONBody,
  type RESTPatchAPIChannelResult,
  type RESTPostAPIChannelThreadsJSONBody,
  type RESTPostAPIChannelThreadsResult,
  ThreadAutoArchiveDuration,
} from "discord-api-types/v10";
import { addThread, guildOf, isThread, threadFor } from "../build.ts";
import { hold, refuse } from "../errors.ts";
import { type Call, done, ok, type Route } from "../http.ts";
import { demand, may, type Permission } from "../permissions.ts";
import { storedName, validateChannel, validateThread } from "../rules/names.ts";
import { full, inThread } from "../rules/threads.ts";
import { enter, settle, told } from "../threads.ts";
import type { Channel, TextChannel, Thread, World } from "../world.ts";

/** The channel of the path, as the bot may see it. */
export function channelOf(call: Call, ...needed: readonly Permission[]): Channel {
  const channel = call.world.channels.get(call.params["channel"] ?? "");
  if (!channel) refuse("unknownChannel");
  demand(call.world, channel, ...needed);
  return settle(call.world, channel);
}

const forBot = (world: World, channel: Channel) =>
  isThread(channel) ? threadFor(world, channel) : channel;

export function removeChannel(world: World, channel: Channel): void {
  world.channels.delete(channel.id);
  const guild = guildOf(channel);
  if (isThread(channel)) {
    const { id, type, guild_id = "", parent_id = "" } = channel;
    const d = { id, type, guild_id, parent_id };
    world.emit({ t: GatewayDispatchEvents.ThreadDelete, d }, guild);
    return;
  }
  for (const one of [...world.channels.values()])
    if (isThread(one) && one.parent_id === channel.id) world.channels.delete(one.id);
  if (channel.type !== ChannelType.DM)
    world.emit({ t: GatewayDispatchEvents.ChannelDelete, d: channel }, guild);
}

function patchThread(call: Call, thread: Thread, body: RESTPatchAPIChannelJSONBody): void {
  const metadata = thread.thread_metadata;
  if (!metadata) return;
  const { world } = call;
  // Who made a thread may change, lock and wake it as a moderator does.
  const own = thread.owner_id === world.self.id;
  const moderates = own || may(world, thread, world.self.id, "ManageThreads");
  const act = body.archived === false ? "unarchive" : "rename";
  hold(inThread(metadata, act, { moderates }).refused);
  if (body.archived !== undefined && body.archived !== metadata.archived) {
    metadata.archived = body.archived;
    metadata.archive_timestamp = call.world.stamp();
  }
  if (body.locked !== undefined) metadata.locked = body.locked;
  if (body.auto_archive_duration !== undefined)
    metadata.auto_archive_duration = body.auto_archive_duration;
  if (body.name !== undefined) thread.name = body.name;
  told(call.world, thread);
}

function patch(call: Call) {
  const body = call.body as RESTPatchAPIChannelJSONBody;
  const channel = channelOf(call);
  if (isThread(channel)) {
    if (channel.owner_id !== call.world.self.id) demand(call.world, channel, "ManageThreads");
    hold(validateThread(body, { edit: true }));
    patchThread(call, channel, body);
    return ok<RESTPatchAPIChannelResult>(threadFor(call.world, channel));
  }
  if (channel.type === ChannelType.DM) refuse("wrongChannelType");
  demand(call.world, channel, "ManageChannels");
  hold(validateChannel(body, { edit: true }));
  const { name, topic, position, parent_id, permission_overwrites: overwrites } = body;
  if (name != null) channel.name = storedName(name, channel.type);
  if (channel.type === ChannelType.GuildText) {
    if (topic !== undefined) channel.topic = topic;
    if (parent_id !== undefined) channel.parent_id = parent_id;
  }
  if (position != null) channel.position = position;
  if (overwrites != null) channel.permission_overwrites = overwrites as never;
  call.world.emit({ t: GatewayDispatchEvents.ChannelUpdate, d: channel }, guildOf(channel));
  return ok<RESTPatchAPIChannelResult>(channel);
}

function textChannel(call: Call, ...needed: readonly Permission[]): TextChannel {
  const channel = channelOf(call, ...needed);
  if (channel.type !== ChannelType.GuildText) refuse("wrongChannelType");
  return channel;
}

function newThread(call: Call, parent: TextChannel, id: string | null) {
  const { world } = call;
  const body = call.body as RESTPostAPIChannelThreadsJSONBody;
  hold(validateThread(body));
  const minutes = body.auto_archive_duration ?? ThreadAutoArchiveDuration.OneDay;
  const wish = { name: body.name, owner: world.self.id, minutes };
  const thread = addThread(world, parent, { ...wish, ...(id === null ? {} : { id }) });
  const told = { ...threadFor(world, thread), newly_created: true as const };
  world.emit({ t: GatewayDispatchEvents.ThreadCreate, d: told }, guildOf(thread));
  return ok<RESTPostAPIChannelThreadsResult>(threadFor(world, thread), 201);
}

function threadAtMessage(call: Call) {
  const parent = textChannel(call, "CreatePublicThreads");
  const id = call.params["message"] ?? "";
  const stored = call.world.messages.get(id);
  if (!stored || stored.deleted || stored.message.channel_id !== parent.id)
    refuse("unknownMessage");
  if (call.world.channels.has(id)) refuse("threadExists");
  stored.message.flags = (stored.message.flags ?? 0) | 32;
  return newThread(call, parent, id);
}

function archivedThreads(call: Call) {
  const parent = channelOf(call, "ReadMessageHistory");
  const before = call.query.get("before");
  const all = [...call.world.channels.values()]
    .filter(isThread)
    .filter((one) => one.parent_id === parent.id)
    .map((one) => settle(call.world, one) as Thread)
    .filter((one) => one.thread_metadata?.archived === true)
    .filter((one) => before === null || when(one) < Date.parse(before))
    .sort((a, b) => when(b) - when(a));
  const limit = Number(call.query.get("limit") ?? 50);
  const threads = all.slice(0, limit).map((one) => threadFor(call.world, one));
  const members = threads.flatMap((one) => (one.member ? [one.member] : []));
  const has_more = all.length > limit;
  return ok<RESTGetAPIChannelThreadsArchivedPublicResult>({ threads, members, has_more });
}

const when = (thread: Thread): number =>
  Date.parse(thread.thread_metadata?.archive_timestamp ?? "");

function setMembership(call: Call, user: string, inside: boolean) {
  const thread = channelOf(call);
  if (!isThread(thread)) refuse("wrongChannelType");
  enter(call.world, thread, "join", call.world.self.id);
  const members = call.world.threadMembers.get(thread.id) ?? new Set();
  call.world.threadMembers.set(thread.id, members);
  if (inside) hold(full("participants", members.size));
  if (inside) members.add(user);
  else members.delete(user);
  thread.member_count = members.size;
  const added = inside
    ? [{ id: thread.id, user_id: user, join_timestamp: call.world.stamp(), flags: 0 }]
    : [];
  const d = {
    ...{ id: thread.id, guild_id: thread.guild_id ?? "", member_count: members.size },
    ...{ added_members: added, removed_member_ids: inside ? [] : [user] },
  };
  call.world.emit({ t: GatewayDispatchEvents.ThreadMembersUpdate, d }, guildOf(thread));
  return done;
}

export const channelRoutes: readonly Route[] = [
  {
    ...{ method: "GET", path: "/channels/:channel" },
    handle: (call) => ok<RESTGetAPIChannelResult>(forBot(call.world, channelOf(call))),
  },
  { method: "PATCH", path: "/channels/:channel", handle: patch },
  {
    ...{ method: "DELETE", path: "/channels/:channel" },
    handle(call) {
      const channel = channelOf(call);
      demand(call.world, channel, isThread(channel) ? "ManageThreads" : "ManageChannels");
      removeChannel(call.world, channel);
      return ok<RESTDeleteAPIChannelResult>(channel);
    },
  },
  {
    ...{ method: "POST", path: "/channels/:channel/threads" },
    handle: (call) => newThread(call, textChannel(call, "CreatePublicThreads"), null),
  },
  {
    ...{ method: "POST", path: "/channels/:channel/messages/:message/threads" },
    handle: threadAtMessage,
  },
  {
    ...{ method: "GET", path: "/channels/:channel/threads/archived/public" },
    handle: archivedThreads,
  },
  {
    ...{ method: "PUT", path: "/channels/:channel/thread-members/:user" },
    handle: (call) => setMembership(call, who(call), true),
  },
  {
    ...{ method: "DELETE", path: "/channels/:channel/thread-members/:user" },
    handle: (call) => setMembership(call, who(call), false),
  },
  {
    ...{ method: "POST", path: "/channels/:channel/typing" },
    handle(call) {
      const channel = channelOf(call);
      demand(call.world, channel, isThread(channel) ? "SendMessagesInThreads" : "SendMessages");
      return done;
    },
  },
];

const who = (call: Call): string => {
  const user = call.params["user"] ?? "";
  return user === "@me" ? call.world.self.id : user;
};
