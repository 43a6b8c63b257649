// What people put on merge cards, or took off them, while nobody heard it. Knows no words, and decides nothing itself.
import { type APIUser, type REST, Routes } from "discord.js";
import type { Post } from "../../core/card.ts";
import type { Millis } from "../../core/words.ts";
import { verdicts } from "./adornments.ts";
import { failureOf } from "./failures.ts";
import { readId } from "./ids.ts";
import { whenKnown } from "./known.ts";
import { approving, type Reactions } from "./reactions.ts";

export interface DecisionParts {
  readonly rest: REST;
  readonly reactions: Reactions;
  /** Keys of open merge cards. */
  openApprovals(): readonly string[];
  /** Keys of merge cards that are approved and whose change has not landed. */
  approved(): readonly string[];
  idOf(key: string): string | null;
  guild(): string | null;
  self(): string;
  /** What there is to press on this open card is gone. */
  bare(key: string): void;
  log(line: string): void;
}

export interface Decisions {
  /** On every card that is not over. @returns how many counted */
  reread(): Promise<number>;
  /** On this card, if it is not over. @returns how many counted */
  on(key: string): Promise<number>;
  /** Sent by a bot that died before it knew: people may have decided on it since. */
  found(post: Post): Promise<void>;
}

const deciding = [...approving, "❌", "👎"];
const page = 100;
const requestWithin: Millis = 15_000;

export function createDecisions(parts: DecisionParts): Decisions {
  const onOne = async (key: string, isOpen: boolean): Promise<number> => {
    const standing = readId(parts.idOf(key) ?? "");
    if (standing === null) return 0;
    const { channel, messages } = standing;
    const [message] = messages;
    let counted = 0;
    let isBare = false;
    const read = async (emoji: string): Promise<Reactors | null> => {
      const found = await reactors(parts, channel, message, emoji);
      if (found?.isOurs === false && verdicts.some((one) => one === emoji)) isBare = isOpen;
      return found;
    };
    for (const emoji of isOpen ? deciding : approving)
      counted += await parts.reactions.reread({
        ...{ channel, message, emoji, isOpen, guild: parts.guild() },
        read: () => read(emoji),
      });
    if (isBare) parts.bare(key);
    return counted;
  };

  const on = async (key: string): Promise<number> => {
    const isOpen = parts.openApprovals().includes(key);
    return isOpen || parts.approved().includes(key) ? onOne(key, isOpen) : 0;
  };

  return {
    async reread() {
      let counted = 0;
      for (const key of parts.openApprovals()) counted += await onOne(key, true);
      for (const key of parts.approved()) counted += await onOne(key, false);
      return counted;
    },
    on,
    async found({ key, card }) {
      if (card?.kind !== "merge") return;
      await whenKnown(() => parts.idOf(key));
      await on(key);
    },
  };
}

interface Reactors {
  /** People, no bots. */
  readonly users: readonly string[];
  readonly isAll: boolean;
  /** Ours is among them, or may be. */
  readonly isOurs: boolean;
}

/** Null: the message is gone, which takes nothing back. */
async function reactors(
  { rest, log, self }: DecisionParts,
  channel: string,
  message: string,
  emoji: string,
): Promise<Reactors | null> {
  const route = Routes.channelMessageReaction(channel, message, encodeURIComponent(emoji));
  try {
    const query = new URLSearchParams({ limit: String(page) });
    const signal = AbortSignal.timeout(requestWithin);
    const all = (await rest.get(route, { query, signal })) as APIUser[];
    const people = all.filter(({ id, bot }) => bot !== true && id !== self());
    const isAll = all.length < page;
    const isOurs = !isAll || all.some(({ id }) => id === self());
    return { users: people.map(({ id }) => id), isAll, isOurs };
  } catch (error) {
    const failure = failureOf(error, "looking who reacted");
    if (failure.code !== "chat.message-gone" && failure.code !== "chat.room-gone") throw failure;
    log(`discord: the card ${channel}/${message} is gone`);
    return null;
  }
}
