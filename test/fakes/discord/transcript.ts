// What a person sees: a message as text, and a room's messages in order. Knows no network.
import {
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  type APIEmbed,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  MessageType,
} from "discord-api-types/v10";
import type { Stored, World } from "./world.ts";

export interface Button {
  readonly label: string;
  readonly customId: string;
  readonly disabled: boolean;
}

export interface Select {
  readonly customId: string;
  readonly placeholder: string;
  readonly options: readonly { readonly label: string; readonly value: string }[];
  readonly disabled: boolean;
}

/** A message as it stands now, in names that a test can read. */
export interface Seen {
  readonly id: string;
  readonly channel: string;
  readonly author: string;
  readonly content: string;
  /** Content, then embeds as lines. */
  readonly text: string;
  readonly embeds: readonly APIEmbed[];
  readonly buttons: readonly Button[];
  readonly selects: readonly Select[];
  readonly files: readonly { readonly name: string; readonly url: string; readonly size: number }[];
  /** Emoji → names of those who reacted. */
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  readonly edited: boolean;
  readonly pinned: boolean;
  readonly deleted: boolean;
  /** Only this person sees it. */
  readonly ephemeral: string | null;
  /** "… is thinking" */
  readonly thinking: boolean;
  readonly replyTo: string | null;
  readonly webhook: boolean;
  readonly silent: boolean;
  readonly pinged: readonly string[];
  /** "ada used /batty send", over the answer to a command. */
  readonly used: string | null;
}

export const nameOf = (world: World, id: string): string => {
  const user = world.users.get(id);
  return user?.global_name ?? user?.username ?? id;
};

const indented = (name: string, value: string): string[] =>
  value.includes("\n")
    ? [`${name}:`, ...value.split("\n").map((line) => `  ${line}`)]
    : [`${name}: ${value}`];

export function embedLines(embed: APIEmbed): string[] {
  return [
    ...(embed.author ? [embed.author.name] : []),
    ...(embed.title === undefined ? [] : [embed.title]),
    ...(embed.description === undefined ? [] : embed.description.split("\n")),
    ...(embed.fields ?? []).flatMap((field) => indented(field.name, field.value)),
    ...(embed.footer ? [embed.footer.text] : []),
    ...(embed.image ? [`(image ${embed.image.url.split("/").at(-1)})`] : []),
  ];
}

function rowsOf(stored: Stored): APIComponentInMessageActionRow[] {
  const rows = (stored.message.components ?? []).filter(
    (one): one is APIActionRowComponent<APIComponentInMessageActionRow> =>
      one.type === ComponentType.ActionRow,
  );
  return rows.flatMap((row) => row.components);
}

function buttonsOf(stored: Stored): Button[] {
  return rowsOf(stored).flatMap((one): Button[] => {
    if (one.type !== ComponentType.Button || one.style === ButtonStyle.Premium) return [];
    const customId = "custom_id" in one ? one.custom_id : "";
    return [
      { label: one.label ?? one.emoji?.name ?? "", customId, disabled: one.disabled ?? false },
    ];
  });
}

function selectsOf(stored: Stored): Select[] {
  return rowsOf(stored).flatMap((one): Select[] => {
    if (one.type !== ComponentType.StringSelect) return [];
    const { custom_id: customId, placeholder = "", disabled = false } = one;
    const options = one.options.map(({ label, value }) => ({ label, value }));
    return [{ customId, placeholder, options, disabled }];
  });
}

function usedBy(world: World, stored: Stored): string | null {
  const metadata = stored.message.interaction_metadata;
  if (!metadata || stored.message.type !== MessageType.ChatInputCommand) return null;
  const made = [...world.interactions.values()].find((one) => one.payload.id === metadata.id);
  return `${nameOf(world, metadata.user.id)} used ${made?.title ?? "a command"}`;
}

export function see(world: World, stored: Stored): Seen {
  const { message } = stored;
  const flags = message.flags ?? 0;
  const lines = message.embeds.flatMap(embedLines);
  const reacted = stored.reactions.filter((one) => one.users.length > 0);
  return {
    ...{ id: message.id, channel: message.channel_id, content: message.content },
    author:
      message.webhook_id !== undefined && message.author.id !== world.self.id
        ? message.author.username
        : nameOf(world, message.author.id),
    text: [...(message.content === "" ? [] : [message.content]), ...lines].join("\n"),
    ...{ embeds: message.embeds, buttons: buttonsOf(stored), selects: selectsOf(stored) },
    files: message.attachments.map(({ filename: name, url, size }) => ({ name, url, size })),
    reactions: Object.fromEntries(
      reacted.map((one) => [one.emoji.name ?? "", one.users.map((id) => nameOf(world, id))]),
    ),
    ...{ edited: message.edited_timestamp !== null, pinned: stored.pinnedAt !== null },
    deleted: stored.deleted,
    ephemeral: stored.ephemeralFor === null ? null : nameOf(world, stored.ephemeralFor),
    thinking: (flags & MessageFlags.Loading) !== 0,
    replyTo:
      message.type === MessageType.Reply ? (message.message_reference?.message_id ?? null) : null,
    webhook: stored.by !== null && "webhook" in stored.by,
    silent: (flags & MessageFlags.SuppressNotifications) !== 0,
    pinged: stored.pinged.map((id) => nameOf(world, id)),
    used: usedBy(world, stored),
  };
}

function firstLine(world: World, seen: Seen): string {
  const to = seen.replyTo === null ? undefined : world.messages.get(seen.replyTo);
  const [first = ""] = seen.content.split("\n");
  const marks = [
    ...(seen.used === null ? [] : [seen.used]),
    ...(to ? [`to ${nameOf(world, to.message.author.id)}`] : []),
    ...(seen.ephemeral === null ? [] : [`only ${seen.ephemeral} sees this`]),
    ...(seen.pinned ? ["pinned"] : []),
    ...(seen.edited ? ["edited"] : []),
  ];
  const head = marks.length === 0 ? seen.author : `${seen.author} (${marks.join(", ")})`;
  return `${head}:${seen.thinking ? " …" : first === "" ? "" : ` ${first}`}`;
}

/** One message, as in a room's transcript. */
export function transcript(world: World, seen: Seen): string {
  const rest = seen.content.split("\n").slice(1);
  const buttons = seen.buttons.map((one) => (one.disabled ? `(${one.label})` : `[${one.label}]`));
  const selects = seen.selects.map(
    (one) =>
      `{${one.placeholder || one.customId}: ${one.options.map(({ label }) => label).join(" | ")}}`,
  );
  const reactions = Object.entries(seen.reactions).map(
    ([emoji, names]) => `${emoji} ${names.join(", ")}`,
  );
  const lines = [
    ...rest,
    ...seen.embeds.flatMap((embed) => embedLines(embed).map((line) => `│ ${line}`)),
    ...(buttons.length > 0 ? [buttons.join(" ")] : []),
    ...selects,
    ...seen.files.map((file) => `📎 ${file.name}`),
    ...(reactions.length > 0 ? [reactions.join("   ")] : []),
  ];
  return [firstLine(world, seen), ...lines.map((line) => `    ${line}`.trimEnd())].join("\n");
}

/** The messages of a channel that someone sees: everybody's, and one's own ephemeral ones. */
export function messagesIn(world: World, channel: string, as: string | null): Seen[] {
  return [...world.messages.values()]
    .filter((one) => one.message.channel_id === channel && !one.deleted)
    .filter((one) => one.ephemeralFor === null || one.ephemeralFor === as)
    .filter((one) => one.message.type !== MessageType.ChannelPinnedMessage)
    .map((one) => see(world, one));
}
