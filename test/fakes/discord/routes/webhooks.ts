// Webhooks: made for a channel, spoken through under any name, their messages edited.

import type { APIWebhook } from "discord-api-types/v10";
import {
  type APIUser,
  GatewayDispatchEvents,
  type RESTGetAPIChannelWebhooksResult,
  type RESTPatchAPIWebhookWithTokenMessageResult,
  type RESTPostAPIChannelWebhookJSONBody,
  type RESTPostAPIChannelWebhookResult,
  type RESTPostAPIWebhookWithTokenJSONBody,
  type RESTPostAPIWebhookWithTokenWaitResult,
  WebhookType,
} from "discord-api-types/v10";
import { guildOf, isThread } from "../build.ts";
import { hold, refuse } from "../errors.ts";
import { type Answer, type Call, done, ok, type Route } from "../http.ts";
import { validateWebhookName } from "../rules/names.ts";
import { change, speak, take } from "../speak.ts";
import { enter } from "../threads.ts";
import type { Channel, Stored } from "../world.ts";
import { channelOf } from "./channels.ts";
import { validated, validatedChange, wire } from "./messages.ts";
import { editResponse, followUp, readResponse, removeResponse } from "./responses.ts";

function told(call: Call, webhook: APIWebhook): void {
  const d = { guild_id: webhook.guild_id ?? "", channel_id: webhook.channel_id ?? "" };
  call.world.emit({ t: GatewayDispatchEvents.WebhooksUpdate, d }, d.guild_id);
}

function make(call: Call) {
  const channel = channelOf(call, "ManageWebhooks");
  hold(validateWebhookName(call.body, "name"));
  const { name } = call.body as RESTPostAPIChannelWebhookJSONBody;
  const id = call.world.id();
  const webhook: APIWebhook = {
    ...{ id, type: WebhookType.Incoming, guild_id: guildOf(channel), channel_id: channel.id },
    ...{ user: call.world.self, name, avatar: null, application_id: call.world.self.id },
    token: `webhook-${id}`,
  };
  call.world.webhooks.set(id, webhook);
  told(call, webhook);
  return ok<RESTPostAPIChannelWebhookResult>(webhook);
}

function webhookOf(call: Call): APIWebhook {
  const webhook = call.world.webhooks.get(call.params["webhook"] ?? "");
  if (!webhook) refuse("unknownWebhook");
  if (webhook.token !== call.params["token"]) refuse("badWebhookToken");
  return webhook;
}

/** `thread_id` names a thread of the webhook's channel. */
function placeOf(call: Call, webhook: APIWebhook): Channel {
  const thread = call.query.get("thread_id");
  const channel = call.world.channels.get(thread ?? webhook.channel_id ?? "");
  if (!channel) refuse("unknownChannel");
  if (thread !== null && !(isThread(channel) && channel.parent_id === webhook.channel_id))
    refuse("unknownChannel");
  return channel;
}

function execute(call: Call): Answer {
  const webhook = webhookOf(call);
  const channel = placeOf(call, webhook);
  const body = validated(call, channel) as RESTPostAPIWebhookWithTokenJSONBody;
  hold(validateWebhookName(body, "username"));
  enter(call.world, channel, "send", call.world.self.id);
  const author: APIUser = {
    ...{ id: webhook.id, username: body.username ?? webhook.name ?? "webhook", bot: true },
    ...{ discriminator: "0000", global_name: null, avatar: body.avatar_url ?? webhook.avatar },
  };
  const stored = speak(call.world, {
    ...{ channel, author, body, files: call.files, by: { webhook: webhook.id } },
    extra: { webhook_id: webhook.id, application_id: webhook.application_id ?? "" },
  });
  if (call.query.get("wait") !== "true") return done;
  return ok<RESTPostAPIWebhookWithTokenWaitResult>(wire(call.world, stored));
}

function spoken(call: Call): Stored {
  const webhook = webhookOf(call);
  const stored = call.world.messages.get(call.params["message"] ?? "");
  if (!stored || stored.deleted || stored.message.webhook_id !== webhook.id)
    refuse("unknownMessage");
  return stored;
}

function edit(call: Call): Answer {
  const stored = spoken(call);
  const channel = call.world.channels.get(stored.message.channel_id);
  if (channel) enter(call.world, channel, "edit", call.world.self.id);
  change(call.world, stored, { body: validatedChange(call, stored), files: call.files });
  return ok<RESTPatchAPIWebhookWithTokenMessageResult>(wire(call.world, stored));
}

/** The same paths serve webhooks and, with the application's id, answers to interactions. */
const either = (own: (call: Call) => Answer, response: (call: Call) => Answer) => (call: Call) =>
  call.params["webhook"] === call.world.application.id ? response(call) : own(call);

function ofChannel(call: Call) {
  const channel = channelOf(call, "ManageWebhooks");
  const here = [...call.world.webhooks.values()].filter((one) => one.channel_id === channel.id);
  return ok<RESTGetAPIChannelWebhooksResult>(here);
}

function remove(call: Call, webhook: APIWebhook): Answer {
  call.world.webhooks.delete(webhook.id);
  told(call, webhook);
  return done;
}

const MESSAGE = "/webhooks/:webhook/:token/messages/:message";

export const webhookRoutes: readonly Route[] = [
  { method: "POST", path: "/channels/:channel/webhooks", handle: make },
  { method: "GET", path: "/channels/:channel/webhooks", handle: ofChannel },
  {
    ...{ method: "DELETE", path: "/webhooks/:webhook" },
    handle(call) {
      const webhook = call.world.webhooks.get(call.params["webhook"] ?? "");
      if (!webhook) refuse("unknownWebhook");
      return remove(call, webhook);
    },
  },
  {
    ...{ method: "DELETE", path: "/webhooks/:webhook/:token", open: true },
    handle: (call) => remove(call, webhookOf(call)),
  },
  {
    ...{ method: "POST", path: "/webhooks/:webhook/:token", open: true },
    handle: either(execute, followUp),
  },
  {
    ...{ method: "GET", path: MESSAGE, open: true },
    handle: either((call) => ok(wire(call.world, spoken(call))), readResponse),
  },
  { method: "PATCH", path: MESSAGE, open: true, handle: either(edit, editResponse) },
  {
    ...{ method: "DELETE", path: MESSAGE, open: true },
    handle: either((call) => {
      take(call.world, spoken(call));
      return done;
    }, removeResponse),
  },
];
