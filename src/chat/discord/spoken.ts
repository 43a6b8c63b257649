// What a message on Discord is to us: an order with its room and words, plain text that we may not read, or nothing of
// ours. Acts on nothing.
import { cleanContent, type Message, MessageType } from "discord.js";
import { channels, type RoomName } from "../../core/card.ts";

/** A message that is for the bot or for a member. */
export interface Spoken {
  readonly room: RoomName;
  /** As the counter takes it; empty: only files came. */
  readonly text: string;
  /** The message it replies to. */
  readonly replyTo: { readonly id: string; readonly isOurs: boolean } | null;
}

export interface Ears {
  /** The bot's own user. */
  readonly self: string;
  readonly guild: string | null;
  roomAt(channel: string): RoomName | null;
  /** One of our posts, whoever's voice it has. */
  isPost(channel: string, message: string): boolean;
  hasText: boolean;
}

/** `unread`: words in a room where they would count, but they are kept from us. Null: not for us. */
export function spokenIn(message: Message, ears: Ears): Spoken | "unread" | null {
  const { author, webhookId, type } = message;
  if (author.bot || author.id === ears.self || webhookId !== null) return null;
  if (type !== MessageType.Default && type !== MessageType.Reply) return null;
  const us = new RegExp(`<@!?${ears.self}>`, "g");
  const isToUs = us.test(message.content);
  const text = cleanContent(message.content.replace(us, " "), message.channel).trim();
  if (message.guildId !== null && message.guildId !== ears.guild)
    return isToUs ? { room: "commands", text: order(text), replyTo: null } : null;

  const room = ears.roomAt(message.channelId);
  const replyTo = repliedTo(message, ears);
  const isDirect = message.guildId === null;
  if (isDirect || (room !== null && !isChannel(room))) {
    if (isEmpty(message)) return isDirect || ears.hasText ? null : "unread";
    return { room: room ?? "commands", text, replyTo };
  }
  const at = { room: room ?? "commands", replyTo };
  if (replyTo?.isOurs) return text === "" ? null : { ...at, text };
  if (isToUs) return { ...at, text: order(text) };
  return room !== null && /^\/batty(\s|$)/.test(text) ? { ...at, text } : null;
}

const isChannel = (room: RoomName): boolean => channels.some((name) => name === room);

/** Called by name, the rest is a command. */
const order = (text: string): string => (text.startsWith("/") ? text : `/batty ${text}`);

function repliedTo(message: Message, { self, isPost }: Ears): Spoken["replyTo"] {
  const id = message.reference?.messageId;
  if (message.type !== MessageType.Reply || id === undefined) return null;
  // An answer to a command asks nothing: what replies to it stands for itself.
  if ((message.channel.messages.cache.get(id)?.interactionMetadata ?? null) !== null) return null;
  const isOwn = message.mentions.repliedUser?.id === self;
  return { id, isOurs: isOwn || isPost(message.channelId, id) };
}

const isEmpty = ({ content, attachments, stickers, poll, messageSnapshots }: Message): boolean =>
  content === "" && attachments.size + stickers.size + messageSnapshots.size === 0 && poll === null;
