// What can be known of the bot's application on Discord: how it is let in somewhere, and whether it may read plain text.
import { type APIApplication, ApplicationFlags, OAuth2Scopes } from "discord.js";
import { allWanted } from "./permissions.ts";

const textFlags: number =
  ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

/** It is given the text of every message, not only of those meant for it. */
export const mayReadText = ({ flags }: Pick<APIApplication, "flags">): boolean =>
  ((flags ?? 0) & textFlags) !== 0;

/** Where a person lets it in, with the permissions it wants. */
export function inviteOf(application: string): string {
  const query = new URLSearchParams({
    client_id: application,
    scope: `${OAuth2Scopes.Bot} ${OAuth2Scopes.ApplicationsCommands}`,
    permissions: String(allWanted),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}
