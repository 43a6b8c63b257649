// Reactions on Discord as the counter hears them: those on our posts, and those with which a person takes back their own
// words. What was heard is not told twice.
import type { MessageReaction, PartialMessageReaction, PartialUser, User } from "discord.js";
import { inTurn } from "../../lib/in-turn.ts";
import { keepLast } from "../../lib/kept.ts";
import type { Desk } from "../desk.ts";
import { idOf } from "./ids.ts";
import { keyWhenKnown } from "./known.ts";
import type { People, Somebody } from "./people.ts";
import type { Reacted } from "./reacted.ts";

interface Reaction {
  readonly channel: string;
  readonly message: string;
  readonly emoji: string;
  readonly added: boolean;
  readonly by: Somebody;
}

export interface ReactionParts {
  readonly desk: Desk;
  readonly people: People;
  readonly reacted: Reacted;
  self(): string;
  keyOf(id: string): string | null;
}

export interface Reactions {
  changed(
    reaction: MessageReaction | PartialMessageReaction,
    user: User | PartialUser,
    added: boolean,
  ): Promise<void>;
  /** What stands on a post, when nobody told what was done to it. @returns how many were new and counted */
  reread(standing: Standing): Promise<number>;
}

export interface Standing {
  readonly channel: string;
  readonly message: string;
  readonly emoji: string;
  readonly guild: string | null;
  /** False: nobody may decide any more, but take back what they decided. */
  readonly isOpen: boolean;
  /** Asked when nothing that was told is under way. Null: it can't be said. */
  read(): Promise<{ readonly users: readonly string[]; readonly isAll: boolean } | null>;
}

/** A person may use them on their own words, which are no posts of ours. */
const takingBack = ["❌", "👎"];
/** Taken off again, they take an approval back. */
export const approving: readonly string[] = ["✅", "👍"];
/** What is worth waiting for a card's key. */
const deciding = [...takingBack, ...approving];
/** Remembered in one life: far more than there are on open cards. */
const most = 5_000;

export function createReactions(parts: ReactionParts): Reactions {
  const { reacted } = parts;
  const turn = inTurn();
  /** What was done last, by who, where and with what. */
  const known = keepLast<string, "added" | "removed">(most);

  /** @returns whether it counted */
  const heard = async ({ channel, message, emoji, added, by }: Reaction): Promise<boolean> => {
    const id = idOf(channel, [message]);
    const key = parts.keyOf(id);
    if (key === null && !(added && takingBack.includes(emoji))) return false;
    const name = `${id} ${by.id} ${emoji}`;
    const done = added ? "added" : "removed";
    // One that is taken off may have been put there before this process began.
    if (known.get(name) === done) return false;
    known.keep(name, done);
    const caller = await parts.people.who(by);
    const isStranger = caller.tier === "none";
    if (key === null && isStranger) return false;
    const isKept = added && key !== null && !isStranger && approving.includes(emoji);
    if (isKept) await reacted.add(id, emoji, by.id);
    const reaction = { key: key ?? `said:discord:${id}`, emoji, added, message: id };
    const answer = await parts.desk.react(caller, reaction);
    const isRefused = answer.kind === "refused";
    // A refused one may be good later: when it is looked for again it is told again.
    if (isRefused && !isStranger) known.forget(name);
    if (isRefused === added) await reacted.remove(id, emoji, by.id);
    return !isRefused;
  };

  const reread = async ({ read, isOpen, guild, ...where }: Standing): Promise<number> => {
    const found = await read();
    if (found === null) return 0;
    const before = reacted.by(idOf(where.channel, [where.message]), where.emoji);
    const gone = found.isAll ? before.filter((id) => !found.users.includes(id)) : [];
    let counted = 0;
    for (const [users, added] of [
      [gone, false],
      [isOpen ? found.users : [], true],
    ] as const)
      for (const id of users)
        if (await heard({ ...where, added, by: { id, guild, roles: null } })) counted += 1;
    return counted;
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
    reread: (standing) => turn(standing.message, () => reread(standing)),
    // What is done to one message comes in order, however long its key is unknown.
    changed: (reaction, user, added) =>
      turn(reaction.message.id, () => changed(reaction, user, added)),
  };
}
