// What stands on our own posts beside their text: ✅ and ❌ to press on a card that waits for a decision, and the board's
// pin. No post waits for it, and none fails by it.
import { type APIMessage, Routes } from "discord.js";
import type { Post } from "../../core/card.ts";
import type { Millis } from "../../core/words.ts";
import { inTurn } from "../../lib/in-turn.ts";
import { keepLast } from "../../lib/kept.ts";
import type { Features } from "./features.ts";
import type { Ask } from "./rest.ts";

export interface Adornments {
  onPosted(post: Post, channel: string, message: APIMessage): void;
  onChanged(post: Post, channel: string, message: APIMessage): void;
  /** Somebody took off what there was to press. @param isWanted asked when it is its turn */
  onCleared(channel: string, message: string, isWanted: () => boolean): void;
  /** Resolves when nothing of it is under way. */
  settled(): Promise<void>;
}

export interface AdornmentParts {
  readonly ask: Ask;
  readonly features: Pick<Features, "attemptMere">;
  readonly log: (line: string) => void;
}

/** What there is to press on an open merge card. */
export const verdicts = ["✅", "❌"] as const;

/** For one post's. */
const within: Millis = 30_000;
/** Messages of which it is known what stands on them. */
const most = 500;

export function createAdornments({ ask, features, log }: AdornmentParts): Adornments {
  const running = new Set<Promise<void>>();
  const turns = inTurn();
  /** Which of them are ours on it. */
  const placed = keepLast<string, ReadonlySet<string>>(most);
  const pinned = keepLast<string, true>(most);

  const later = (message: string, work: (signal: AbortSignal) => Promise<void>): void => {
    const run = turns(message, () => work(AbortSignal.timeout(within)))
      .catch((error: unknown) => log(`discord: ${String(error)}`))
      .finally(() => running.delete(run));
    running.add(run);
  };

  const react = async (
    { channel, message, emoji }: { channel: string; message: string; emoji: string },
    wanted: boolean,
    signal: AbortSignal,
  ): Promise<void> => {
    const route = Routes.channelMessageOwnReaction(channel, message, encodeURIComponent(emoji));
    if (!wanted)
      return void (await ask("taking a reaction off", { method: "delete", route }, signal));
    await features.attemptMere("reactions", channel, () =>
      ask("putting a reaction there", { method: "put", route }, signal),
    );
  };

  const invite = async (post: Post, channel: string, message: APIMessage, signal: AbortSignal) => {
    const wanted = new Set<string>(isAsking(post) ? verdicts : []);
    const before = placed.get(message.id) ?? ownOn(message);
    for (const emoji of verdicts)
      if (wanted.has(emoji) !== before.has(emoji))
        await react({ channel, message: message.id, emoji }, wanted.has(emoji), signal);
    placed.keep(message.id, wanted);
  };

  const pin = async (channel: string, message: string, signal: AbortSignal): Promise<void> => {
    const route = Routes.channelMessagesPin(channel, message);
    const done = await features.attemptMere("pins", channel, async () => {
      await ask("pinning the board", { method: "put", route }, signal);
      return true as const;
    });
    // A person who takes it off again has the last word.
    if (done !== null) pinned.keep(message, done);
  };

  return {
    onPosted(post, channel, message) {
      if (isAsking(post)) later(message.id, (signal) => invite(post, channel, message, signal));
      if (isBoard(post)) later(message.id, (signal) => pin(channel, message.id, signal));
    },
    onChanged(post, channel, message) {
      if (post.card?.kind === "merge")
        later(message.id, (signal) => invite(post, channel, message, signal));
      if (isBoard(post) && !message.pinned && pinned.get(message.id) === undefined)
        later(message.id, (signal) => pin(channel, message.id, signal));
    },
    onCleared(channel, message, isWanted) {
      later(message, async (signal) => {
        if (!isWanted()) return;
        for (const emoji of verdicts) await react({ channel, message, emoji }, true, signal);
        placed.keep(message, new Set(verdicts));
      });
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

const isBoard = ({ card }: Post): boolean => card?.kind === "board";

const isAsking = ({ card }: Post): boolean =>
  card?.kind === "merge" &&
  card.state === "open" &&
  card.actions.some(({ verb }) => verb === "approve");

const ownOn = ({ reactions = [] }: APIMessage): ReadonlySet<string> =>
  new Set(reactions.flatMap(({ me, emoji }) => (me && emoji.name !== null ? [emoji.name] : [])));
