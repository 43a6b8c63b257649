// Answers to interactions: the first one within 3 seconds, then edits and follow-ups for 15 minutes.
import {
  type APIMessage,
  type APIMessageInteractionMetadata,
  type RESTPostAPIInteractionFollowupJSONBody as Followup,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  MessageType,
  type RESTPostAPIInteractionCallbackJSONBody,
  type RESTPostAPIInteractionCallbackWithResponseResult,
} from "discord-api-types/v10";
import { hold, refuse } from "../errors.ts";
import { type Answer, type Call, done, ok, type Route } from "../http.ts";
import { shown } from "../look.ts";
import { validateChoices, validateModal } from "../rules/modals.ts";
import { callbackRefused, tokenRefused } from "../rules/time.ts";
import { change, speak, take } from "../speak.ts";
import { enter } from "../threads.ts";
import type { Channel, Interaction, Stored, World } from "../world.ts";
import { validated, validatedChange } from "./messages.ts";

const clockOf = ({ created, answered }: Interaction) => ({
  createdAt: created,
  answered: answered !== null,
});

type Metadata = APIMessageInteractionMetadata;

function metadataOf(world: World, interaction: Interaction): Metadata {
  const { payload, user } = interaction;
  const base = {
    ...{ id: payload.id, user: world.users.get(user) ?? world.self },
    authorizing_integration_owners: payload.authorizing_integration_owners,
  };
  if (payload.type === InteractionType.MessageComponent)
    return { ...base, type: payload.type, interacted_message_id: payload.message.id };
  return { ...base, type: InteractionType.ApplicationCommand };
}

const channelOf = (world: World, interaction: Interaction): Channel => {
  const channel = world.channels.get(interaction.payload.channel?.id ?? "");
  return channel ?? refuse("unknownChannel");
};

interface Said {
  readonly body: Followup;
  readonly loading?: boolean;
}

/** A message in answer to an interaction, to all or to the one person. */
function say(call: Call, interaction: Interaction, said: Said): Stored {
  const { world } = call;
  const ephemeral = ((said.body.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
  const command = interaction.payload.type === InteractionType.ApplicationCommand;
  const first = interaction.original === null;
  const flags = (said.body.flags ?? 0) | (said.loading === true ? MessageFlags.Loading : 0);
  const extra: Partial<APIMessage> = {
    ...{ application_id: world.self.id, webhook_id: world.self.id },
    interaction_metadata: metadataOf(world, interaction),
    flags: flags as MessageFlags,
    ...(command && first ? { type: MessageType.ChatInputCommand } : {}),
  };
  const channel = channelOf(world, interaction);
  // Not as a message: it does not wake the thread (discord/discord-api-docs#6884).
  if (!ephemeral) enter(world, channel, "command", world.self.id);
  const stored = speak(world, {
    ...{ channel, author: world.self, body: said.body, files: call.files, extra },
    by: { interaction: interaction.payload.id },
    ephemeralFor: ephemeral ? interaction.user : null,
  });
  if (first) {
    interaction.original = stored.message.id;
    interaction.ephemeral = ephemeral;
  } else interaction.followups.push(stored.message.id);
  return stored;
}

/** Buttons act on the message they hang on; so "@original" of a press is that message. */
function pressed(world: World, interaction: Interaction): Stored {
  const { payload } = interaction;
  const id = "message" in payload ? payload.message?.id : undefined;
  const stored = world.messages.get(id ?? "");
  if (!stored || stored.deleted) refuse("unknownMessage");
  interaction.original = stored.message.id;
  return stored;
}

function firstAnswer(call: Call, interaction: Interaction): Stored | null {
  const { world } = call;
  const answer = call.body as RESTPostAPIInteractionCallbackJSONBody;
  switch (answer.type) {
    case InteractionResponseType.ChannelMessageWithSource:
      return say(call, interaction, {
        body: validated(call, channelOf(world, interaction), ["data"]),
      });
    case InteractionResponseType.DeferredChannelMessageWithSource:
      return say(call, interaction, { body: { flags: answer.data?.flags }, loading: true });
    case InteractionResponseType.DeferredMessageUpdate:
      return pressed(world, interaction);
    case InteractionResponseType.UpdateMessage: {
      const stored = pressed(world, interaction);
      const body = validatedChange(call, stored, ["data"]);
      return change(world, stored, { body, files: call.files });
    }
    case InteractionResponseType.ApplicationCommandAutocompleteResult:
      hold(validateChoices(answer.data));
      interaction.choices = answer.data.choices ?? [];
      return null;
    case InteractionResponseType.Modal:
      hold(validateModal(answer.data));
      interaction.modal = answer.data;
      return null;
    default:
      return null;
  }
}

function callback(call: Call): Answer {
  const { world } = call;
  const interaction = world.interactions.get(call.params["token"] ?? "");
  if (!interaction || interaction.payload.id !== call.params["interaction"])
    refuse("unknownInteraction");
  hold(callbackRefused(clockOf(interaction), world.now()));
  const { type } = call.body as RESTPostAPIInteractionCallbackJSONBody;
  const stored = firstAnswer(call, interaction);
  interaction.answered = type;
  world.changed();
  if (call.query.get("with_response") !== "true") return done;
  const { id, type: asked } = interaction.payload;
  const loading = ((stored?.message.flags ?? 0) & MessageFlags.Loading) !== 0;
  return ok<RESTPostAPIInteractionCallbackWithResponseResult>({
    interaction: {
      ...{ id, type: asked },
      ...(stored
        ? {
            ...{ response_message_id: stored.message.id, response_message_loading: loading },
            response_message_ephemeral: stored.ephemeralFor !== null,
          }
        : {}),
    },
    resource: {
      type,
      ...(stored ? { message: shown(world, stored, true) } : {}),
    } as NonNullable<RESTPostAPIInteractionCallbackWithResponseResult["resource"]>,
  });
}

/** The interaction of a token that still counts and that was answered before. */
function alive(call: Call): Interaction {
  const interaction = call.world.interactions.get(call.params["token"] ?? "");
  if (!interaction) refuse("unknownWebhook");
  hold(tokenRefused(clockOf(interaction), call.world.now()));
  return interaction;
}

function response(call: Call): { interaction: Interaction; stored: Stored } {
  const interaction = alive(call);
  const { message = "" } = call.params;
  const id = message === "@original" ? interaction.original : message;
  const stored = call.world.messages.get(id ?? "");
  const ours =
    interaction.followups.includes(id ?? "") || (id !== null && id === interaction.original);
  if (!stored || stored.deleted || !ours) refuse("unknownMessage");
  return { interaction, stored };
}

const isLoading = (stored: Stored): boolean =>
  ((stored.message.flags ?? 0) & MessageFlags.Loading) !== 0;

export function followUp(call: Call): Answer {
  const interaction = alive(call);
  const body = validated(call, channelOf(call.world, interaction)) as Followup;
  const original = call.world.messages.get(interaction.original ?? "");
  // After a deferral the first follow-up is its edit, as documented.
  if (original && !original.deleted && isLoading(original)) {
    const { flags: _, ...edit } = body;
    change(call.world, original, { body: edit, files: call.files, settles: true });
    return ok(shown(call.world, original, true));
  }
  return ok(shown(call.world, say(call, interaction, { body }), true));
}

export function readResponse(call: Call): Answer {
  return ok(shown(call.world, response(call).stored, true));
}

export function editResponse(call: Call): Answer {
  const { interaction, stored } = response(call);
  const channel = channelOf(call.world, interaction);
  if (!interaction.ephemeral) enter(call.world, channel, "edit", call.world.self.id);
  const body = validatedChange(call, stored);
  change(call.world, stored, { body, files: call.files, settles: isLoading(stored) });
  return ok(shown(call.world, stored, true));
}

export function removeResponse(call: Call): Answer {
  take(call.world, response(call).stored);
  return done;
}

export const responseRoutes: readonly Route[] = [
  {
    ...{ method: "POST", path: "/interactions/:interaction/:token/callback", open: true },
    handle: callback,
  },
];
