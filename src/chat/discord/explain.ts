// Says in a room that plain text can't be read there, with a button that does instead.
import { ActionRowBuilder, ButtonBuilder, ButtonStyle, Routes } from "discord.js";
import type { RoomName } from "../../core/card.ts";
import type { Home } from "./home.ts";
import { messageButton } from "./interactions.ts";
import { cannotRead } from "./lines.ts";
import type { Session } from "./session.ts";

export interface ExplainParts {
  readonly session: Pick<Session, "rest" | "application">;
  readonly home: Pick<Home, "settled">;
  /** Of one request. */
  deadline(): AbortSignal;
}

export async function explain(
  room: RoomName,
  { session, home, deadline }: ExplainParts,
): Promise<void> {
  const place = home.settled()?.rooms.standing(room) ?? null;
  if (place === null) return;
  const button = new ButtonBuilder()
    .setCustomId(messageButton(room))
    .setLabel("Message…")
    .setStyle(ButtonStyle.Primary);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button);
  const body = {
    content: cannotRead(session.application(), room),
    components: [row.toJSON()],
    allowed_mentions: { parse: [] },
  };
  await session.rest.post(Routes.channelMessages(place.channel), { body, signal: deadline() });
}
