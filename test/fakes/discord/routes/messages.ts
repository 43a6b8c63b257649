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
import { ChannelType } from "discord-api-types/v10";
import { isThread } from "../build.ts";
import { invalid, refuse } from "../errors.ts";
import { type Call, done, ok, type Route } from "../http.ts";
import { shown } from "../look.ts";
import { demand } from "../permissions.ts";
import { change, speak, take } from "../speak.ts";
import { awake } from "../threads.ts";
import type { Channel, Stored, World } from "../world.ts";
import { channelOf } from "./channels.ts";

/** How long Discord remembers a nonce: "the past few minutes". */
const NONCE_MS = 180_000;

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
  const channel = channelOf(call, "ReadMessageHistory");
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
      world.now() - Date.parse(one.message.timestamp) < NONCE_MS,
  );
}

/** A reply needs its message, unless `fail_if_not_exists` is false: then it is no reply. */
export function answerable(
  world: World,
  channel: Channel,
  body: RESTPostAPIChannelMessageJSONBody,
): RESTPostAPIChannelMessageJSONBody {
  const reference = body.message_reference;
  if (reference?.message_id === undefined) return body;
  const stored = world.messages.get(String(reference.message_id));
  if (stored && !stored.deleted && stored.message.channel_id === channel.id) return body;
  if (reference.fail_if_not_exists === false) {
    const { message_reference: _, ...rest } = body;
    return rest;
  }
  return invalid(["message_reference"], "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
}

function post(call: Call) {
  const body = call.body as RESTPostAPIChannelMessageJSONBody;
  const channel = channelOf(call);
  demand(call.world, channel, isThread(channel) ? "SendMessagesInThreads" : "SendMessages");
  if (call.files.length > 0) demand(call.world, channel, "AttachFiles");
  if (channel.type === ChannelType.GuildCategory) refuse("wrongChannelType");
  const before =
    body.enforce_nonce === true ? sameNonce(call.world, channel, body.nonce) : undefined;
  if (before) return ok<RESTPostAPIChannelMessageResult>(wire(call.world, before));
  const said = answerable(call.world, channel, body);
  const { self: author } = call.world;
  const stored = speak(call.world, { channel, author, body: said, files: call.files });
  return ok<RESTPostAPIChannelMessageResult>(wire(call.world, stored));
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
  awake(call.world, channel);
  const body = call.body as RESTPatchAPIChannelMessageJSONBody;
  change(call.world, stored, { body, files: call.files });
  return ok<RESTPatchAPIChannelMessageResult>(wire(call.world, stored));
}

function remove(call: Call) {
  const channel = channelOf(call);
  const stored = messageOf(call, channel);
  if (stored.message.author.id !== call.world.self.id)
    demand(call.world, channel, "ManageMessages");
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
