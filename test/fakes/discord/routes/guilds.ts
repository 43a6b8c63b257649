// Guilds, their channels, members and roles; users, the application, where the gateway is.
import {
  type APIApplication,
  ApplicationFlags,
  ChannelType,
  GatewayDispatchEvents,
  type RESTGetAPICurrentUserGuildsResult,
  type RESTGetAPIGatewayBotResult,
  type RESTGetAPIGuildChannelsResult,
  type RESTGetAPIGuildMemberResult,
  type RESTGetAPIGuildMembersResult,
  type RESTGetAPIGuildResult,
  type RESTGetAPIGuildRolesResult,
  type RESTGetAPIGuildThreadsResult,
  type RESTGetAPIUserResult,
  type RESTPostAPICurrentUserCreateDMChannelJSONBody,
  type RESTPostAPICurrentUserCreateDMChannelResult,
  type RESTPostAPIGuildChannelJSONBody,
  type RESTPostAPIGuildChannelResult,
} from "discord-api-types/v10";
import { addCategory, addChannel, dmWith, guildOf, isThread, threadFor } from "../build.ts";
import { hold, refuse } from "../errors.ts";
import { type Call, ok, type Route } from "../http.ts";
import { demandInGuild, permissionsIn } from "../permissions.ts";
import { storedName, validateChannel } from "../rules/names.ts";
import { settle } from "../threads.ts";
import type { Guild, Thread, World } from "../world.ts";

function guildOfPath(call: Call): Guild {
  const guild = call.world.guilds.get(call.params["guild"] ?? "");
  if (!guild) refuse("unknownGuild");
  if (!guild.members.has(call.world.self.id)) refuse("missingAccess");
  return guild;
}

export function flagsOf(world: World): ApplicationFlags {
  return (
    world.application.contentIntent ? ApplicationFlags.GatewayMessageContentLimited : 0
  ) as ApplicationFlags;
}

function application(world: World): APIApplication {
  const { id } = world.application;
  return {
    ...{ id, name: world.self.username, icon: null, description: "", bot_public: false },
    ...{ bot_require_code_grant: false, verify_key: "0".repeat(64), team: null, summary: "" },
    ...{ bot: world.self, flags: flagsOf(world), approximate_guild_count: world.guilds.size },
  } as APIApplication;
}

function makeChannel(call: Call) {
  const { guild } = guildOfPath(call);
  demandInGuild(call.world, guild.id, "ManageChannels");
  hold(validateChannel(call.body));
  const body = call.body as RESTPostAPIGuildChannelJSONBody & { topic?: string | null };
  const wish = {
    ...{
      name: storedName(body.name, body.type ?? ChannelType.GuildText),
      topic: body.topic,
      parent_id: body.parent_id as string | null,
    },
    permission_overwrites: (body.permission_overwrites ?? []).map((one) => ({
      ...{ id: String(one.id), type: one.type },
      ...{ allow: String(one.allow ?? "0"), deny: String(one.deny ?? "0") },
    })),
  };
  const make = body.type === ChannelType.GuildCategory ? addCategory : addChannel;
  const channel = make(call.world, guild.id, wish);
  call.world.emit({ t: GatewayDispatchEvents.ChannelCreate, d: channel }, guild.id);
  return ok<RESTPostAPIGuildChannelResult>(channel, 201);
}

function members(call: Call) {
  const after = BigInt(call.query.get("after") ?? 0);
  const found = [...guildOfPath(call).members.values()].filter(
    (one) => BigInt(one.user.id) > after,
  );
  return ok<RESTGetAPIGuildMembersResult>(found.slice(0, Number(call.query.get("limit") ?? 1)));
}

function activeThreads(call: Call) {
  const { guild } = guildOfPath(call);
  const threads = [...call.world.channels.values()]
    .filter((one) => isThread(one) && guildOf(one) === guild.id)
    .map((one) => settle(call.world, one) as Thread)
    .filter((one) => one.thread_metadata?.archived !== true)
    .map((one) => threadFor(call.world, one));
  const joined = threads.flatMap((one) => (one.member ? [one.member] : []));
  return ok<RESTGetAPIGuildThreadsResult>({ threads, members: joined });
}

function gatewayBot(call: Call) {
  const limit = { total: 1000, remaining: 999, reset_after: 86_400_000, max_concurrency: 1 };
  const url = `${call.world.base.replace("http", "ws")}/gateway`;
  return ok<RESTGetAPIGatewayBotResult>({ url, shards: 1, session_start_limit: limit });
}

function myGuilds(call: Call) {
  const all = [...call.world.guilds.values()];
  const ours = all.filter((one) => one.members.has(call.world.self.id));
  const list = ours.map(({ guild }) => {
    const channel = [...call.world.channels.values()].find((one) => guildOf(one) === guild.id);
    const bits = channel ? permissionsIn(call.world, channel, call.world.self.id) : 0n;
    const { id, name, icon, banner, features } = guild;
    return { id, name, icon, banner, features, owner: false, permissions: String(bits) };
  });
  return ok<RESTGetAPICurrentUserGuildsResult>(list);
}

export const guildRoutes: readonly Route[] = [
  { method: "GET", path: "/gateway/bot", handle: gatewayBot },
  {
    ...{ method: "GET", path: "/gateway", open: true },
    handle: (call) => ok({ url: `${call.world.base.replace("http", "ws")}/gateway` }),
  },
  {
    method: "GET",
    path: "/users/@me",
    handle: ({ world }) => ok<RESTGetAPIUserResult>(world.self),
  },
  { method: "GET", path: "/users/@me/guilds", handle: myGuilds },
  {
    ...{ method: "POST", path: "/users/@me/channels" },
    handle(call) {
      const body = call.body as RESTPostAPICurrentUserCreateDMChannelJSONBody;
      const user = call.world.users.get(String(body.recipient_id));
      if (!user) refuse("unknownUser");
      return ok<RESTPostAPICurrentUserCreateDMChannelResult>(dmWith(call.world, user));
    },
  },
  {
    ...{ method: "GET", path: "/users/:user" },
    handle(call) {
      const user = call.world.users.get(call.params["user"] ?? "");
      if (!user) refuse("unknownUser");
      return ok<RESTGetAPIUserResult>(user);
    },
  },
  { method: "GET", path: "/applications/@me", handle: ({ world }) => ok(application(world)) },
  {
    ...{ method: "GET", path: "/oauth2/applications/@me" },
    handle: ({ world }) => ok(application(world)),
  },
  {
    ...{ method: "GET", path: "/guilds/:guild" },
    handle: (call) => ok<RESTGetAPIGuildResult>(guildOfPath(call).guild),
  },
  {
    ...{ method: "GET", path: "/guilds/:guild/channels" },
    handle(call) {
      const { guild } = guildOfPath(call);
      const all = [...call.world.channels.values()];
      const here = all.filter((one) => guildOf(one) === guild.id && !isThread(one));
      return ok<RESTGetAPIGuildChannelsResult>(here as RESTGetAPIGuildChannelsResult);
    },
  },
  { method: "POST", path: "/guilds/:guild/channels", handle: makeChannel },
  { method: "GET", path: "/guilds/:guild/threads/active", handle: activeThreads },
  {
    ...{ method: "GET", path: "/guilds/:guild/roles" },
    handle: (call) => ok<RESTGetAPIGuildRolesResult>(guildOfPath(call).guild.roles),
  },
  { method: "GET", path: "/guilds/:guild/members", handle: members },
  {
    ...{ method: "GET", path: "/guilds/:guild/members/:user" },
    handle(call) {
      const { user = "" } = call.params;
      const id = user === "@me" ? call.world.self.id : user;
      const member = guildOfPath(call).members.get(id);
      if (!member) refuse("unknownMember");
      return ok<RESTGetAPIGuildMemberResult>(member);
    },
  },
];
