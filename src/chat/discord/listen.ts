// Which of the library's events concern us, and who hears each. Knows nothing of what is done about them.
import { type Client, Events } from "discord.js";
import { idOf } from "./ids.ts";
import type { Interactions } from "./interactions.ts";
import type { Messages } from "./messages.ts";
import type { Reactions } from "./reactions.ts";

export interface Ears {
  readonly interactions: Interactions;
  readonly messages: Messages;
  readonly reactions: Reactions;
  /** Ids of messages that came over the line and are not heard yet. */
  readonly waiting: Set<string>;
  keyOf(id: string): string | null;
  /** What is said now is heard after what was said before. */
  caughtUp(): Promise<void>;
  /** Reactions on the post of that key are gone; who took them off is not told. */
  cleared(key: string): Promise<unknown>;
  /** A channel or thread is gone. */
  lost(id: string): void;
  /** The bot came to a server. */
  joined(): void;
  /** Sees to its end and its errors. */
  run(what: string, work: Promise<unknown>): void;
}

export function listen(client: Client, ears: Ears): void {
  const { interactions, messages, reactions, waiting, run } = ears;
  client.on(Events.InteractionCreate, (i) => run("an interaction", interactions.heard(i)));
  client.on(Events.MessageCreate, (message) => {
    waiting.add(message.id);
    const saying = ears.caughtUp().then(() => messages.said(message));
    run(
      "a message",
      saying.finally(() => waiting.delete(message.id)),
    );
  });
  client.on(Events.MessageUpdate, (_before, message) => run("an edit", messages.edited(message)));
  client.on(Events.MessageReactionAdd, (reaction, user) =>
    run("a reaction", reactions.changed(reaction, user, true)),
  );
  client.on(Events.MessageReactionRemove, (reaction, user) =>
    run("a reaction", reactions.changed(reaction, user, false)),
  );
  const cleared = ({
    channelId,
    id,
  }: {
    readonly channelId: string;
    readonly id: string;
  }): void => {
    const key = ears.keyOf(idOf(channelId, [id]));
    if (key !== null) run("reactions that are gone", ears.cleared(key));
  };
  client.on(Events.MessageReactionRemoveAll, cleared);
  client.on(Events.MessageReactionRemoveEmoji, ({ message }) => cleared(message));
  client.on(Events.ChannelDelete, ({ id }) => ears.lost(id));
  client.on(Events.ThreadDelete, ({ id }) => ears.lost(id));
  client.on(Events.GuildCreate, () => ears.joined());
}
