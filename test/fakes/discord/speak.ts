// A message comes into being, is edited, is taken away: stored and told. Limits and permissions were
// looked at before. Knows no network.
import {
  type APIAttachment,
  type APIEmbed,
  type APIMessage,
  type APIMessageTopLevelComponent,
  type APIUser,
  ChannelType,
  GatewayDispatchEvents,
  MessageFlags,
  MessageType,
  type RESTPatchAPIChannelMessageJSONBody,
  type RESTPostAPIChannelMessageJSONBody,
  type TextChannelType,
} from "discord-api-types/v10";
import { guildOf, isThread } from "./build.ts";
import { shown } from "./look.ts";
import { mentionsOf, pingedBy } from "./ping.ts";
import { stored as keepable } from "./rules/validate.ts";
import { touch } from "./threads.ts";
import type { Channel, Stored, World } from "./world.ts";

export interface Upload {
  /** The number in `files[n]`. */
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Speech {
  readonly channel: Channel;
  readonly author: APIUser;
  readonly body: RESTPostAPIChannelMessageJSONBody;
  readonly files?: readonly Upload[];
  /** What belongs to a way of speaking: webhook_id, application_id, interaction_metadata, type. */
  readonly extra?: Partial<APIMessage>;
  readonly by?: Stored["by"];
  readonly ephemeralFor?: string | null;
}

/** Discord numbers components that came without an id. */
function numbered(
  components: readonly APIMessageTopLevelComponent[],
): APIMessageTopLevelComponent[] {
  let next = 1;
  const number = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(number);
    if (typeof one !== "object" || one === null) return one;
    const inner = Object.entries(one).map(([key, value]) => [
      key,
      key === "components" || key === "accessory" ? number(value) : value,
    ]);
    return "type" in one ? { id: next++, ...Object.fromEntries(inner) } : one;
  };
  return number(components) as APIMessageTopLevelComponent[];
}

function keep(world: World, channel: Channel, upload: Upload): APIAttachment {
  const id = world.id();
  const path = `/attachments/${channel.id}/${id}/${encodeURIComponent(upload.name)}`;
  world.files.set(path, upload);
  const url = `${world.base}${path}`;
  return {
    ...{ id, filename: upload.name, size: upload.bytes.length, url, proxy_url: url },
    content_type: upload.type,
  };
}

const inAttachment = (url: string, files: readonly APIAttachment[]): string => {
  const name = url.startsWith("attachment://") ? url.slice("attachment://".length) : null;
  return files.find((file) => file.filename === name)?.url ?? url;
};

/** Embeds as kept: their pictures found among the attachments. */
function embedded(embeds: readonly APIEmbed[], files: readonly APIAttachment[]): APIEmbed[] {
  return embeds.map((embed) => ({
    ...embed,
    ...(embed.image
      ? { image: { ...embed.image, url: inAttachment(embed.image.url, files) } }
      : {}),
    ...(embed.thumbnail
      ? { thumbnail: { ...embed.thumbnail, url: inAttachment(embed.thumbnail.url, files) } }
      : {}),
  }));
}

/** Flags that a sender may set; the others are Discord's own. */
const SETTABLE =
  MessageFlags.SuppressEmbeds |
  MessageFlags.SuppressNotifications |
  MessageFlags.Ephemeral |
  MessageFlags.IsComponentsV2;

function composed(world: World, speech: Speech): APIMessage {
  const { channel, author, body, extra = {} } = speech;
  const kept = keepable(body);
  const attachments = (speech.files ?? []).map((file) => keep(world, channel, file));
  const reply = body.message_reference?.message_id;
  return {
    ...{ id: world.id(), channel_id: channel.id, author, content: kept.content },
    ...{ timestamp: world.stamp(), edited_timestamp: null, tts: false, pinned: false },
    ...mentionsOf(world, speech),
    attachments,
    embeds: embedded(kept.embeds, attachments),
    components: numbered(body.components ?? []),
    type: reply === undefined ? MessageType.Default : MessageType.Reply,
    flags: ((body.flags ?? 0) & SETTABLE) as MessageFlags,
    ...(body.nonce === undefined ? {} : { nonce: body.nonce }),
    ...(reply === undefined
      ? {}
      : {
          message_reference: {
            type: 0,
            message_id: reply,
            channel_id: channel.id,
            ...where(channel),
          },
          referenced_message: null,
        }),
    ...extra,
  };
}

const where = (channel: Channel): { guild_id?: string } => {
  const guild = guildOf(channel);
  return guild === null ? {} : { guild_id: guild };
};

/** The message event's extra fields: where, and who as a member. */
function told(world: World, stored: Stored) {
  const { message, guild } = stored;
  const type = world.channels.get(message.channel_id)?.type;
  const member =
    guild === null ? undefined : world.guilds.get(guild)?.members.get(message.author.id);
  const { user: _, ...rest } = member ?? { user: null };
  return {
    ...shown(world, stored, true),
    ...(guild === null ? {} : { guild_id: guild }),
    ...(type === undefined ? {} : { channel_type: type as TextChannelType }),
    ...(member && !message.webhook_id ? { member: rest as typeof member } : {}),
  };
}

export function speak(world: World, speech: Speech): Stored {
  const { channel } = speech;
  if (speech.ephemeralFor == null) touch(world, channel);
  const message = composed(world, speech);
  const stored: Stored = {
    ...{ message, guild: guildOf(channel), reactions: [], by: speech.by ?? null },
    nonce: speech.body.nonce === undefined ? null : String(speech.body.nonce),
    ephemeralFor: speech.ephemeralFor ?? null,
    ...{ pinged: [], pinnedAt: null, deleted: false, before: [] },
  };
  stored.pinged = pingedBy(world, speech);
  world.messages.set(message.id, stored);
  if (stored.ephemeralFor !== null) {
    world.seen("message", stored);
    return stored;
  }
  if (channel.type !== ChannelType.GuildCategory) channel.last_message_id = message.id;
  if (isThread(channel)) {
    channel.message_count = (channel.message_count ?? 0) + 1;
    channel.total_message_sent = (channel.total_message_sent ?? 0) + 1;
  }
  world.emit({ t: GatewayDispatchEvents.MessageCreate, d: told(world, stored) }, stored.guild);
  world.seen("message", stored);
  return stored;
}

export interface Change {
  readonly body: RESTPatchAPIChannelMessageJSONBody;
  readonly files?: readonly Upload[];
  /** The "thinking…" of a deferral ends; such a change is no edit. */
  readonly settles?: boolean;
}

/** Attachments after an edit: those that the list names stay, new files are added; no list: all stay. */
function attachmentsAfter(world: World, stored: Stored, change: Change): APIAttachment[] {
  const { message } = stored;
  const channel = world.channels.get(message.channel_id);
  const named = change.body.attachments?.map((one) => String(one.id));
  const stay = message.attachments.filter((one) => named === undefined || named.includes(one.id));
  const added = channel ? (change.files ?? []).map((file) => keep(world, channel, file)) : [];
  return [...stay, ...added];
}

export function change(world: World, stored: Stored, edit: Change): Stored {
  const { message } = stored;
  const { body } = edit;
  message.attachments = attachmentsAfter(world, stored, edit);
  if (body.content !== undefined) {
    if (edit.settles !== true) stored.before.push(message.content);
    message.content = keepable(body).content;
    const author = message.author;
    const channel = world.channels.get(message.channel_id);
    const said = {
      author,
      body: { content: message.content, allowed_mentions: body.allowed_mentions ?? undefined },
    };
    if (channel) Object.assign(message, mentionsOf(world, { ...said, channel }));
  }
  if (body.embeds !== undefined)
    message.embeds = embedded(keepable(body).embeds, message.attachments);
  if (body.components !== undefined) message.components = numbered(body.components ?? []);
  const flags = message.flags ?? 0;
  if (edit.settles === true) message.flags = (flags & ~MessageFlags.Loading) as MessageFlags;
  else message.edited_timestamp = world.stamp();
  if (stored.ephemeralFor === null)
    world.emit({ t: GatewayDispatchEvents.MessageUpdate, d: told(world, stored) }, stored.guild);
  world.seen("edit", stored);
  return stored;
}

export function take(world: World, stored: Stored): void {
  stored.deleted = true;
  const { id, channel_id } = stored.message;
  world.seen("delete", stored);
  if (stored.ephemeralFor !== null) return;
  const channel = world.channels.get(channel_id);
  if (channel && isThread(channel)) channel.message_count = (channel.message_count ?? 1) - 1;
  const d = { id, channel_id, ...(stored.guild === null ? {} : { guild_id: stored.guild }) };
  world.emit({ t: GatewayDispatchEvents.MessageDelete, d }, stored.guild);
}
