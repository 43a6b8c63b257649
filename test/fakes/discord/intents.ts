// Which events a session gets: by its intents, and without content that it may not read.
import { GatewayDispatchEvents as E, GatewayIntentBits as I } from "discord-api-types/v10";
import { isReadable } from "./look.ts";
import type { Dispatch, Sent, World } from "./world.ts";

const PRIVILEGED = I.GuildMembers | I.GuildPresences;
const ALL = Object.values(I).reduce<number>(
  (all, bit) => (typeof bit === "number" ? all | bit : all),
  0,
);

/** 4013 for intents that do not exist, 4014 for privileged ones that were not switched on. */
export function refusedIntents(world: World, intents: number): number | null {
  if (typeof intents !== "number" || (intents & ~ALL) !== 0) return 4013;
  if ((intents & PRIVILEGED) !== 0) return 4014;
  if ((intents & I.MessageContent) !== 0 && !world.application.contentIntent) return 4014;
  return null;
}

/** In a guild, and in a conversation of two; null: never there. */
const needed: Partial<Record<Dispatch["t"], readonly [number, number | null]>> = {
  [E.GuildCreate]: [I.Guilds, null],
  [E.GuildUpdate]: [I.Guilds, null],
  [E.GuildDelete]: [I.Guilds, null],
  [E.GuildRoleCreate]: [I.Guilds, null],
  [E.GuildRoleUpdate]: [I.Guilds, null],
  [E.GuildRoleDelete]: [I.Guilds, null],
  [E.ChannelCreate]: [I.Guilds, null],
  [E.ChannelUpdate]: [I.Guilds, null],
  [E.ChannelDelete]: [I.Guilds, null],
  [E.ChannelPinsUpdate]: [I.Guilds, I.DirectMessages],
  [E.ThreadCreate]: [I.Guilds, null],
  [E.ThreadUpdate]: [I.Guilds, null],
  [E.ThreadDelete]: [I.Guilds, null],
  [E.ThreadMembersUpdate]: [I.Guilds, null],
  [E.GuildMemberAdd]: [I.GuildMembers, null],
  [E.GuildMemberUpdate]: [I.GuildMembers, null],
  [E.GuildMemberRemove]: [I.GuildMembers, null],
  [E.WebhooksUpdate]: [I.GuildWebhooks, null],
  [E.MessageCreate]: [I.GuildMessages, I.DirectMessages],
  [E.MessageUpdate]: [I.GuildMessages, I.DirectMessages],
  [E.MessageDelete]: [I.GuildMessages, I.DirectMessages],
  [E.MessageDeleteBulk]: [I.GuildMessages, null],
  [E.MessageReactionAdd]: [I.GuildMessageReactions, I.DirectMessageReactions],
  [E.MessageReactionRemove]: [I.GuildMessageReactions, I.DirectMessageReactions],
  [E.MessageReactionRemoveAll]: [I.GuildMessageReactions, I.DirectMessageReactions],
  [E.MessageReactionRemoveEmoji]: [I.GuildMessageReactions, I.DirectMessageReactions],
  [E.TypingStart]: [I.GuildMessageTyping, I.DirectMessageTyping],
};

/** The event as this session gets it; null: it does not. */
export function deliverable(world: World, sent: Sent, intents: number): Dispatch | null {
  const { event, guild } = sent;
  const isIn = guild === null || world.guilds.get(guild)?.members.has(world.self.id) === true;
  if (!isIn && event.t !== E.GuildDelete) return null;
  const wanted = needed[event.t]?.[guild === null ? 1 : 0];
  if (wanted === null || (wanted !== undefined && (intents & wanted) === 0)) return null;
  if (event.t !== E.MessageCreate && event.t !== E.MessageUpdate) return event;
  const stored = world.messages.get(event.d.id);
  if ((intents & I.MessageContent) !== 0 || (stored && isReadable(world, stored))) return event;
  const blank = { content: "", embeds: [], attachments: [], components: [] };
  return { t: event.t, d: { ...event.d, ...blank } } as Dispatch;
}
