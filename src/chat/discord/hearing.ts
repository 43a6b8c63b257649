// Who hears what people do on Discord: their words, their reactions, and their commands and buttons. Knows no line.
import type { Desk } from "../desk.ts";
import { explain } from "./explain.ts";
import type { Heard } from "./heard.ts";
import type { Home } from "./home.ts";
import { createInteractions, type InteractionParts, type Interactions } from "./interactions.ts";
import { createMessages, type MessageParts, type Messages } from "./messages.ts";
import { discordPeople, type PeopleParts } from "./people.ts";
import type { Reacted } from "./reacted.ts";
import { createReactions, type Reactions } from "./reactions.ts";
import type { Session } from "./session.ts";
import { type TicketTimes, usualTicketTimes } from "./ticket.ts";

export interface Hearing {
  readonly interactions: Interactions;
  readonly messages: Messages;
  readonly reactions: Reactions;
}

export interface HearingParts
  extends Pick<InteractionParts, "commands" | "inbox" | "idOf" | "post" | "now" | "log">,
    Pick<MessageParts, "api" | "keep" | "keyOf">,
    Pick<PeopleParts, "caller"> {
  readonly desk: Desk;
  readonly session: Session;
  readonly home: Home;
  readonly heard: Heard;
  readonly reacted: Reacted;
  readonly times?: Partial<TicketTimes>;
  /** Of one request. */
  deadline(): AbortSignal;
}

export function createHearing(parts: HearingParts): Hearing {
  const { session, home, deadline } = parts;
  const { self } = session;
  const { guild, client, roomAt, linkTo } = home;
  const people = discordPeople({ ...parts, guild, client });
  return {
    messages: createMessages({
      ...{ ...parts, people, explain: (room) => explain(room, { session, home, deadline }) },
      ears: () => ({
        ...{ self: self(), guild: guild(), roomAt, hasText: session.hasText() },
        isPost: (channel, message) => parts.keyOf(`${channel}/${message}`) !== null,
      }),
    }),
    reactions: createReactions({ ...parts, people, self }),
    interactions: createInteractions({
      ...{ ...parts, people, roomAt, linkTo },
      times: { ...usualTicketTimes, ...parts.times },
    }),
  };
}
