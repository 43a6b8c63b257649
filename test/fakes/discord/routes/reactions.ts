// Reactions of the bot, who reacted, and pins.
import {
  GatewayDispatchEvents,
  type RESTGetAPIChannelMessageReactionUsersResult,
  type RESTGetAPIChannelMessagesPinsResult,
  type RESTGetAPIChannelPinsResult,
} from "discord-api-types/v10";
import { hold, refuse } from "../errors.ts";
import { type Call, done, ok, type Route } from "../http.ts";
import { sameEmoji } from "../look.ts";
import { demand } from "../permissions.ts";
import { pin, react, unpin, unreact } from "../react.ts";
import { isEmoji } from "../rules/emoji.ts";
import { full } from "../rules/threads.ts";
import { enter } from "../threads.ts";
import type { Reaction } from "../world.ts";
import { channelOf } from "./channels.ts";
import { inChannel, messageOf, wire } from "./messages.ts";

/** "✅" or "name:id" of the path. */
export function emojiOf(text: string): Reaction["emoji"] {
  const custom = /^(\w+):(\d+)$/.exec(text);
  if (custom) return { name: custom[1] ?? null, id: custom[2] ?? null };
  if (!isEmoji(text)) refuse("unknownEmoji");
  return { id: null, name: text };
}

function place(call: Call) {
  const channel = channelOf(call, "ReadMessageHistory");
  const emoji = emojiOf(call.params["emoji"] ?? "");
  return { channel, emoji, stored: messageOf(call, channel) };
}

function add(call: Call) {
  const { channel, emoji, stored } = place(call);
  enter(call.world, channel, "react", call.world.self.id);
  const known = stored.reactions.some((one) => one.users.length > 0 && sameEmoji(one.emoji, emoji));
  if (!known) demand(call.world, channel, "AddReactions");
  react(call.world, stored, call.world.self.id, emoji);
  return done;
}

function remove(call: Call, user: string) {
  const { channel, emoji, stored } = place(call);
  enter(call.world, channel, "unreact", call.world.self.id);
  if (user !== call.world.self.id) demand(call.world, channel, "ManageMessages");
  unreact(call.world, stored, user, emoji);
  return done;
}

function clear(call: Call) {
  const channel = channelOf(call, "ManageMessages");
  const stored = messageOf(call, channel);
  enter(call.world, channel, "unreact", call.world.self.id);
  stored.reactions.splice(0);
  const { id: message_id, channel_id } = stored.message;
  const d = {
    channel_id,
    message_id,
    ...(stored.guild === null ? {} : { guild_id: stored.guild }),
  };
  call.world.emit({ t: GatewayDispatchEvents.MessageReactionRemoveAll, d }, stored.guild);
  return done;
}

function reactors(call: Call) {
  const { emoji, stored } = place(call);
  const after = BigInt(call.query.get("after") ?? 0);
  const limit = Number(call.query.get("limit") ?? 25);
  const found = stored.reactions.find((one) => sameEmoji(one.emoji, emoji))?.users ?? [];
  const users = found
    .filter((id) => BigInt(id) > after)
    .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
    .slice(0, limit);
  const whole = users.flatMap((id) => call.world.users.get(id) ?? []);
  return ok<RESTGetAPIChannelMessageReactionUsersResult>(whole);
}

function pinned(call: Call, channel = channelOf(call, "ReadMessageHistory")) {
  return inChannel(call.world, channel)
    .filter((one) => one.pinnedAt !== null)
    .sort((a, b) => (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0));
}

function pins(call: Call) {
  const before = call.query.get("before");
  const limit = Number(call.query.get("limit") ?? 50);
  const all = pinned(call).filter(
    (one) => before === null || (one.pinnedAt ?? 0) < Date.parse(before),
  );
  const items = all.slice(0, limit).map((one) => ({
    pinned_at: call.world.stamp(one.pinnedAt ?? 0),
    message: wire(call.world, one),
  }));
  return ok<RESTGetAPIChannelMessagesPinsResult>({ items, has_more: all.length > limit });
}

function setPinned(call: Call, isPinned: boolean) {
  const channel = channelOf(call, "PinMessages");
  const stored = messageOf(call, channel);
  enter(call.world, channel, "pin", call.world.self.id);
  if (!isPinned) unpin(call.world, stored);
  else if (stored.pinnedAt === null) {
    hold(full("pins", pinned(call, channel).length));
    pin(call.world, channel, stored);
  }
  return done;
}

const REACTION = "/channels/:channel/messages/:message/reactions/:emoji";
const PIN = "/channels/:channel/messages/pins/:message";
const OLD_PIN = "/channels/:channel/pins/:message";

export const reactionRoutes: readonly Route[] = [
  { method: "PUT", path: `${REACTION}/@me`, handle: add },
  { method: "DELETE", path: `${REACTION}/@me`, handle: (call) => remove(call, call.world.self.id) },
  {
    ...{ method: "DELETE", path: `${REACTION}/:user` },
    handle: (call) => remove(call, call.params["user"] ?? ""),
  },
  { method: "GET", path: REACTION, handle: reactors },
  { method: "DELETE", path: "/channels/:channel/messages/:message/reactions", handle: clear },
  { method: "GET", path: "/channels/:channel/messages/pins", handle: pins },
  {
    ...{ method: "GET", path: "/channels/:channel/pins" },
    handle: (call) =>
      ok<RESTGetAPIChannelPinsResult>(pinned(call).map((one) => wire(call.world, one))),
  },
  ...[PIN, OLD_PIN].flatMap((path): Route[] => [
    { method: "PUT", path, handle: (call) => setPinned(call, true) },
    { method: "DELETE", path, handle: (call) => setPinned(call, false) },
  ]),
];
