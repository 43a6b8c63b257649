// Whom a message names and whom it notifies, by the rules; here the world is asked who these people are.
import type { APIUser, RESTPostAPIChannelMessageJSONBody } from "discord-api-types/v10";
import { guildOf } from "./build.ts";
import { may } from "./permissions.ts";
import { type Mentioning, mentionsIn, rings } from "./rules/mentions.ts";
import type { Channel, Stored, World } from "./world.ts";

interface Said {
  readonly channel: Channel;
  readonly author: APIUser;
  readonly body: RESTPostAPIChannelMessageJSONBody;
  readonly by?: Stored["by"];
}

/** The author of the message that this one answers, where it is a person or a bot. */
function repliesTo(world: World, said: Said): string | null {
  const stored = world.messages.get(said.body.message_reference?.message_id ?? "");
  return stored && !stored.message.webhook_id ? stored.message.author.id : null;
}

function via(by: Said["by"]): Mentioning["via"] {
  if (by === undefined || by === null) return "channel";
  return "webhook" in by ? "webhook" : "interaction";
}

function mentioned(world: World, said: Said) {
  const { channel, author, body } = said;
  const guild = world.guilds.get(guildOf(channel) ?? "")?.guild;
  const speaks = via(said.by);
  return mentionsIn({
    ...{ content: body.content ?? "", allowed: body.allowed_mentions, flags: body.flags },
    ...{ via: speaks, repliesTo: repliesTo(world, said) },
    mayMentionAll: speaks === "webhook" || may(world, channel, author.id, "MentionEveryone"),
    mentionableRoles: (guild?.roles ?? []).filter((one) => one.mentionable).map(({ id }) => id),
  });
}

export function mentionsOf(world: World, said: Said) {
  const { users, roles, everyone } = mentioned(world, said);
  return {
    mentions: users.flatMap((id) => world.users.get(id) ?? []),
    mention_roles: [...roles],
    mention_everyone: everyone,
  };
}

/** The people whose devices ring: of those who can see the channel. */
export function pingedBy(world: World, said: Said): string[] {
  const { channel, author } = said;
  const guild = world.guilds.get(guildOf(channel) ?? "");
  const people = guild
    ? [...guild.members].map(([id, { roles }]) => ({ id, roles }))
    : [...world.users.keys()].map((id) => ({ id, roles: [] }));
  const seeing = people.filter(
    ({ id }) => world.users.get(id)?.bot !== true && may(world, channel, id, "ViewChannel"),
  );
  return [...rings(mentioned(world, said), seeing, { author: author.id })];
}
