// Reactions on Discord as the counter hears them: those on our posts, and those with which a person takes back their own
// words. What was heard is not told twice.
import type { MessageReaction, PartialMessageReaction, PartialUser, User } from "discord.js";
import type { Instant } from "../../core/words.ts";
import { inTurn } from "../../lib/in-turn.ts";
import type { Desk } from "../desk.ts";
import { idOf } from "./ids.ts";
import { keyWhenKnown } from "./known.ts";
import type { People, Somebody } from "./people.ts";

export interface Reaction {
  readonly channel: string;
  readonly message: string;
  readonly emoji: string;
  readonly added: boolean;
  readonly by: Somebody;
}

export interface ReactionParts {
  readonly desk: Desk;
  readonly people: People;
  self(): string;
  keyOf(id: string): string | null;
  now(): Instant;
  log(line: string): void;
}

export interface Reactions {
  changed(
    reaction: MessageReaction | PartialMessageReaction,
    user: User | PartialUser,
    added: boolean,
  ): Promise<void>;
  /** True: it was new and counted. */
  heard(reaction: Reaction): Promise<boolean>;
}

/** A person may use them on their own words, which are no posts of ours. */
const takingBack = ["❌", "👎"];
/** What is worth waiting for a card's key. */
const deciding = [...takingBack, "✅", "👍"];
/** Remembered in one life: far more than there are on open cards. */
const most = 5_000;

export function createReactions(parts: ReactionParts): Reactions {
  const turn = inTurn();
  const known = new Set<string>();
  const remember = (one: string): void => {
    known.add(one);
    const [oldest] = known;
    if (known.size > most && oldest !== undefined) known.delete(oldest);
  };

  const heard = async ({ channel, message, emoji, added, by }: Reaction): Promise<boolean> => {
    const id = idOf(channel, [message]);
    const name = `${id} ${by.id} ${emoji}`;
    if (added === known.has(name)) return false;
    if (added) remember(name);
    else known.delete(name);
    const key = parts.keyOf(id);
    if (key === null && !(added && takingBack.includes(emoji))) return false;
    const caller = await parts.people.who(by);
    if (key === null && caller.tier === "none") return false;
    const reaction = { key: key ?? `said:discord:${id}`, emoji, added, message: id };
    const answer = await parts.desk.react(caller, reaction);
    // A refused one may be good later: when it is looked for again it is told again.
    if (answer.kind === "refused" && caller.tier !== "none") known.delete(name);
    return answer.kind !== "refused";
  };

  const changed: Reactions["changed"] = async ({ message, emoji }, user, added) => {
    const { id, name } = emoji;
    if (id !== null && id !== undefined) return; // a server's own picture
    if (name === null || user.id === parts.self() || user.bot) return;
    if (deciding.includes(name)) await keyWhenKnown(message, parts.self(), parts.keyOf);
    const member = message.guild?.members.cache.get(user.id);
    await heard({
      ...{ channel: message.channelId, message: message.id, emoji: name, added },
      by: {
        ...{ id: user.id, guild: message.guildId },
        // What came with it is fresh; nothing comes with a removal.
        roles: added && member !== undefined ? [...member.roles.cache.keys()] : null,
      },
    });
  };

  return {
    heard,
    // What is done to one message comes in order, however long its key is unknown.
    changed: (reaction, user, added) =>
      turn(reaction.message.id, () => changed(reaction, user, added)),
  };
}
