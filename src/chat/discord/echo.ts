// What stands on Discord for something that a former life of the bot recorded; a command's own answer has to be asked for.
import { Routes } from "discord.js";
import type { Inbound } from "../inbox.ts";
import type { Session } from "./session.ts";

/** Null: nothing does. */
export async function echoOf(
  { id, ticket, press }: Inbound,
  session: Pick<Session, "rest" | "application">,
  signal: AbortSignal,
): Promise<string | null> {
  if (press !== undefined) return press.message;
  if (ticket === undefined) return id;
  const [channel = "", token = ""] = ticket.split(" ");
  const route = Routes.webhookMessage(session.application(), token);
  const body = { content: "The bot began anew meanwhile; the answer follows." };
  try {
    const own = (await session.rest.patch(route, { body, auth: false, signal })) as { id: string };
    return `${channel}/${own.id}`;
  } catch {
    return null; // it was never acknowledged, or too long ago
  }
}
