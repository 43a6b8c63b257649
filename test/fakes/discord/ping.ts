// Whom a message names and whom it notifies. Knows no network.
import type { APIUser, RESTPostAPIChannelMessageJSONBody } from "discord-api-types/v10";
import { MessageFlags } from "discord-api-types/v10";
import { guildOf } from "./build.ts";
import type { Channel, Stored, World } from "./world.ts";

interface Said {
  readonly channel: Channel;
  readonly author: APIUser;
  readonly body: RESTPostAPIChannelMessageJSONBody;
}

const ids = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((found) => found[1] ?? "");

/** What the text names and `allowed_mentions` lets through. */
function named(body: RESTPostAPIChannelMessageJSONBody) {
  const text = body.content ?? "";
  const allowed = body.allowed_mentions;
  const may = (kind: "users" | "roles" | "everyone") =>
    allowed?.parse === undefined
      ? allowed === undefined
      : allowed.parse.some((one) => one === kind);
  const users = ids(text, /<@!?(\d+)>/g);
  const roles = ids(text, /<@&(\d+)>/g);
  return {
    users: users.filter((id) => may("users") || (allowed?.users ?? []).includes(id)),
    roles: roles.filter((id) => may("roles") || (allowed?.roles ?? []).includes(id)),
    everyone: may("everyone") && /@(everyone|here)/.test(text),
  };
}

/** The author of the message that this one answers, where the reply may notify. */
function replied(world: World, said: Said): APIUser | null {
  const id = said.body.message_reference?.message_id;
  if (id === undefined || said.body.allowed_mentions?.replied_user === false) return null;
  if (said.body.allowed_mentions && said.body.allowed_mentions.replied_user !== true) return null;
  const stored = world.messages.get(id);
  return stored && !stored.message.webhook_id ? stored.message.author : null;
}

export function mentionsOf(world: World, said: Said) {
  const { users, roles, everyone } = named(said.body);
  const mentions = new Map<string, APIUser>();
  for (const id of users) {
    const user = world.users.get(id);
    if (user) mentions.set(id, user);
  }
  const answered = replied(world, said);
  if (answered) mentions.set(answered.id, answered);
  return {
    mentions: [...mentions.values()],
    mention_roles: [...new Set(roles)],
    mention_everyone: everyone,
  };
}

/** The people whose devices ring. Silent messages ring nobody, an edit never does. */
export function pingedBy(world: World, stored: Stored, said: Said): string[] {
  const { message } = stored;
  if (((message.flags ?? 0) & MessageFlags.SuppressNotifications) !== 0) return [];
  const guild = world.guilds.get(guildOf(said.channel) ?? "");
  const rung = new Set(message.mentions.map((user) => user.id));
  for (const [id, member] of guild?.members ?? []) {
    const byRole = member.roles.some((role) => message.mention_roles.includes(role));
    if (message.mention_everyone || byRole) rung.add(id);
  }
  rung.delete(said.author.id);
  return [...rung].filter((id) => world.users.get(id)?.bot !== true);
}
