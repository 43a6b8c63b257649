// Which of Discord's servers is the team's, and what to do when none is.
import type { Client } from "discord.js";
import type { DiscordSettings } from "../../core/team.ts";
import { Failure } from "../../core/words.ts";
import { inviteOf } from "./application.ts";

/** Null: that is not clear. */
export function serverOf(client: Client<true>, { guild }: DiscordSettings): string | null {
  const all = [...client.guilds.cache.keys()];
  if (guild !== null) return all.includes(guild) ? guild : null;
  return all.length === 1 ? (all[0] ?? null) : null;
}

/** @throws Failure `chat.unavailable` that says what a person can do */
export function serverFor(
  client: Client<true>,
  settings: DiscordSettings,
  application: string,
): string {
  const found = serverOf(client, settings);
  if (found !== null) return found;
  const all = [...client.guilds.cache.values()];
  const unclear = settings.guild === null && all.length > 1;
  throw new Failure(
    "chat.unavailable",
    unclear
      ? `the bot is on ${all.length} servers: ${all.map(({ id, name }) => `${name} (${id})`).join(", ")}`
      : `the bot is not on ${settings.guild === null ? "any server" : `the server ${settings.guild}`}`,
    {
      hint: unclear
        ? "Name one as `chat.discord.guild` in team.yaml"
        : `Invite it: ${inviteOf(application)}`,
    },
  );
}
