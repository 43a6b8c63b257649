// Messages of a channel: listed, read, sent once per nonce, edited, deleted.
import type {
  RESTGetAPIChannelMessageResult,
  RESTGetAPIChannelMessagesResult,
  RESTPatchAPIChannelMessageJSONBody,
  RESTPatchAPIChannelMessageResult,
  RESTPostAPIChannelMessageJSONBody,
  RESTPostAPIChannelMessageResult,
  RESTPostAPIChannelMessagesBulkDeleteJSONBody,
} from "discord-api-types/v10";
import { ChannelType, MessageType } from "discord-api-types/v10";
import { isThread } from "../build.ts";
import { hold, refuse } from "../errors.ts";
import { type Call, done, ok, type Route } from "../http.ts";
import { shown } from "../look.ts";
import { demand, may, permissionsIn } from "../permissions.ts";
import { blindReply } from "../rules/permissions.ts";
import { NONCE_MS } from "../rules/time.ts";
import { validateMessage } from "../rules/validate.ts";
import { change, speak, take } from "../speak.ts";
import { enter } from "../threads.ts";
import type { Channel, Stored, World } from "../world.ts";
import { channelOf } from "./channels.ts";

export const wire = (world: World, stored: Stored) =>
  shown(world, stored, world.application.contentIntent);

/** The message of the path, in the channel of the path, visible to the bot. */
export function messageOf(call: Call, channel: Channel): Stored {
  const stored = call.world.messages.get(call.params["message"] ?? "");
  if (!stored || stored.deleted || stored.message.channel_id !== channel.id)
    refuse("unknownMessage");
  if (stored.ephemeralFor !== null) refuse("unknownMessage");
  return stored;
}

export const inChannel = (world: World, channel: Channel): Stored[] =>
  [...world.messages.values()].filter(
    (one) => one.message.channel_id === channel.id && !one.deleted && one.ephemeralFor === null,
  );

function list(call: Call) {
  const channel = channelOf(call);
  // No refusal: without the history there just is nothing to see.
  if (!may(call.world, channel, call.world.self.id, "ReadMessageHistory")) return ok([]);
  const limit = Math.min(100, Number(call.query.get("limit") ?? 50));
  const [before, after, around] = ["before", "after", "around"].map((key) => call.query.get(key));
  let found = inChannel(call.world, channel);
  const id = (one: Stored) => BigInt(one.message.id);
  if (after != null) found = found.filter((one) => id(one) > BigInt(after)).slice(0, limit);
  else if (before != null) found = found.filter((one) => id(one) < BigInt(before)).slice(-limit);
  else if (around != null) {
    const at = found.findIndex((one) => id(one) >= BigInt(around));
    found = found.slice(Math.max(0, at - Math.floor(limit / 2))).slice(0, limit);
  } else found = found.slice(-limit);
  return ok<RESTGetAPIChannelMessagesResult>(found.reverse().map((one) => wire(call.world, one)));
}

function sameNonce(world: World, channel: Channel, nonce: unknown): Stored | undefined {
  if (nonce === undefined || nonce === null) return undefined;
  return inChannel(world, channel).find(
    (one) =>
      one.nonce === String(nonce) &&
      one.message.author.id === world.self.id &&
      world.now() - Date.parse(one.message.timestamp) <= NONCE_MS,
  );
}

/** What a message that is answered is, of those in the channel. */
const knownIn = (world: World, channel: Channel) => (id: string) => {
  const stored = world.messages.get(id);
  if (!stored || stored.deleted || stored.message.channel_id !== channel.id) return null;
  return ANSWERABLE.includes(stored.message.type) ? "message" : "system";
};

const ANSWERABLE: readonly MessageType[] = [
  MessageType.Default,
  MessageType.Reply,
  MessageType.ChatInputCommand,
  MessageType.ContextMenuCommand,
];

/** The body, if it holds against Discord's limits; a reply to what is gone is none. */
export function validated(call: Call, channel: Channel, under: readonly string[] = []) {
  const knows = knownIn(call.world, channel);
  const whole = call.body as { data?: unknown };
  const body = (under.length > 0 ? whole.data : whole) as RESTPostAPIChannelMessageJSONBody;
  hold(validateMessage(body, sizes(call.files), { knows, under }));
  const reference = body.message_reference?.message_id;
  if (reference === undefined || knows(String(reference)) !== null) return body;
  const { message_reference: _, ...rest } = body;
  return rest;
}

/** The change of a message, if what is left of it holds. */
export function validatedChange(call: Call, stored: Stored, under: readonly string[] = []) {
  const whole = call.body as { data?: unknown };
  const body = (under.length > 0 ? whole.data : whole) as RESTPatchAPIChannelMessageJSONBody;
  hold(validateMessage(body, sizes(call.files), { edit: stored.message, under }));
  return body;
}

const sizes = (files: Call["files"]) =>
  files.map(({ name, bytes }) => ({ name, size: bytes.length }));

function post(call: Call) {
  const body = call.body as RESTPostAPIChannelMessageJSONBody;
  const channel = channelOf(call);
  const { world } = call;
  const { self: author } = world;
  if (channel.type === ChannelType.GuildCategory) refuse("wrongChannelType");
  demand(world, channel, isThread(channel) ? "SendMessagesInThreads" : "SendMessages");
  if (call.files.length > 0) demand(world, channel, "AttachFiles");
  if ((body.embeds ?? []).length > 0) demand(world, channel, "EmbedLinks");
  if (body.message_reference) hold(blindReply(permissionsIn(world, channel, author.id)));
  const said = validated(call, channel);
  enter(world, channel, "send", author.id);
  const before = body.enforce_nonce === true ? sameNonce(world, channel, body.nonce) : undefined;
  const stored = before ?? speak(world, { channel, author, body: said, files: call.files });
  return ok<RESTPostAPIChannelMessageResult>(wire(world, stored));
}

function patch(call: Call) {
  const channel = channelOf(call);
  const stored = messageOf(call, channel);
  if (
    stored.message.author.id !== call.world.self.id ||
    (stored.message.webhook_id !== undefined &&
      stored.message.application_id !== call.world.self.id)
  )
    refuse("notOurs");
  enter(call.world, channel, "edit", call.world.self.id);
  change(call.world, stored, { body: validatedChange(call, stored), files: call.files });
  return ok<RESTPatchAPIChannelMessageResult>(wire(call.world, stored));
}

function remove(call: Call) {
  const channel = channelOf(call);
  const stored = messageOf(call, channel);
  if (stored.message.author.id !== call.world.self.id)
    demand(call.world, channel, "ManageMessages");
  enter(call.world, channel, "delete", call.world.self.id);
  take(call.world, stored);
  return done;
}

export const messageRoutes: readonly Route[] = [
  { method: "GET", path: "/channels/:channel/messages", handle: list },
  { method: "POST", path: "/channels/:channel/messages", handle: post },
  {
    ...{ method: "POST", path: "/channels/:channel/messages/bulk-delete" },
    handle(call) {
      const channel = channelOf(call, "ManageMessages");
      const { messages } = call.body as RESTPostAPIChannelMessagesBulkDeleteJSONBody;
      for (const id of messages) {
        const stored = call.world.messages.get(id);
        if (stored && !stored.deleted && stored.message.channel_id === channel.id)
          take(call.world, stored);
      }
      return done;
    },
  },
  {
    ...{ method: "GET", path: "/channels/:channel/messages/:message" },
    handle(call) {
      const stored = messageOf(call, channelOf(call, "ReadMessageHistory"));
      return ok<RESTGetAPIChannelMessageResult>(wire(call.world, stored));
    },
  },
  { method: "PATCH", path: "/channels/:channel/messages/:message", handle: patch },
  { method: "DELETE", path: "/channels/:channel/messages/:message", handle: remove },
];
