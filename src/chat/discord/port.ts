// The way out to Discord, post by post: where it goes, as how many messages, and what becomes of it when the place is
// closed or gone. Knows no queue: what fails is the outbox's to try again.
import { RESTJSONErrorCodes as Codes, type REST, type RouteLike, Routes } from "discord.js";
import type { Post } from "../../core/card.ts";
import type { ChatPort } from "../../core/chat-port.ts";
import { Failure, type Instant } from "../../core/words.ts";
import { keepLast } from "../../lib/kept.ts";
import { createAdornments } from "./adornments.ts";
import { numberOf } from "./failures.ts";
import { isClosedThread } from "./features.ts";
import { idOf, readId, type Standing } from "./ids.ts";
import { createMarks } from "./marks.ts";
import { pace } from "./pace.ts";
import type { Place, Rooms } from "./rooms.ts";
import { createSearch } from "./search.ts";
import { createSpeech, type Target } from "./speech.ts";
import { uploadOf } from "./uploads.ts";
import { createVoices } from "./voices.ts";

/** The library's client, and who it is; empty: not logged in. */
export interface Wires {
  readonly rest: REST;
  readonly self: () => string;
}

export interface PortParts {
  readonly wires: Wires;
  readonly rooms: Rooms;
  /** A name's user id; null: unknown on Discord. */
  readonly people: (name: string) => string | null;
  /** The key of the post that a message shows or goes on, by our id of the message. */
  readonly ownedBy: (message: string) => string | null;
  readonly now: () => Instant;
  readonly log: (line: string) => void;
}

export interface DiscordPort extends ChatPort {
  /** Puts on a merge card what there is to press, again. @param isWanted asked when it is its turn */
  invite(id: string, isWanted: () => boolean): void;
  /** Resolves when nothing is under way that no post waits for. */
  settled(): Promise<void>;
}

/** A post's messages so far. */
interface Begun {
  readonly channel: string;
  readonly messages: string[];
}

export function discordPort(parts: PortParts): DiscordPort {
  const { wires, rooms, people, log, now } = parts;
  const { ask, features } = rooms;
  const voices = createVoices({ ...wires, ask, features, now });
  /** What stood for a post and is gone, by key. */
  const former = keepLast<string, string>(1_000);
  const { render, change, sayPart } = createSpeech({ rooms, voices, people, former, now });
  const find = createSearch({ ...parts, voices, render });
  const adornments = createAdornments({ ask, features, log });
  const marks = createMarks({ rooms, self: wires.self, log });
  /** Posts whose messages are there in part. */
  const begun = keepLast<string, Begun>(1_000);

  // ---------------------------------------------------------------- where
  const placeAt = (channel: string): Place => {
    const room = rooms.roomAt(channel);
    const there = room === null ? null : rooms.standing(room);
    return there?.channel === channel ? there : { channel, parent: channel, meant: null };
  };

  const targetAt = ({ from, card }: Post, place: Place, answers: string | null): Target => {
    const room = rooms.roomAt(place.channel);
    const speaks = rooms.isMember(from) && (card?.actions.length ?? 0) === 0 && room !== null;
    // A voice can't answer a message: in its own room it need not, elsewhere people must see what it answers.
    return { place, answers, byVoice: speaks && (answers === null || room === from) };
  };

  const targetOf = async (post: Post, signal: AbortSignal): Promise<Target> => {
    const asked = post.replyTo === null ? null : readId(post.replyTo);
    return asked === null
      ? targetAt(post, await rooms.place(post.room, signal), null)
      : targetAt(post, placeAt(asked.channel), asked.messages[0]);
  };

  // ---------------------------------------------------------------- one post
  const sayAll = async (post: Post, target: Target, signal: AbortSignal): Promise<string> => {
    const rendered = render(post, target, target.byVoice);
    const { channel } = target.place;
    const before = begun.get(post.key);
    const soFar: Begun = before?.channel === channel ? before : { channel, messages: [] };
    begun.keep(post.key, soFar);
    for (let i = soFar.messages.length; i < rendered.parts.length; i += 1) {
      const message = await sayPart(post, target, { rendered, i }, signal);
      soFar.messages.push(message.id);
      if (i === 0) adornments.onPosted(post, channel, message);
    }
    begun.forget(post.key);
    const [first = "", ...more] = soFar.messages;
    return idOf(channel, [first, ...more]);
  };

  /** A second time where the first has shown that the place is gone or closed. */
  const deliver = async (post: Post, target: Target, signal: AbortSignal): Promise<string> => {
    const { channel } = target.place;
    try {
      return await sayAll(post, target, signal);
    } catch (error) {
      if (hasCode(error, "chat.room-gone")) {
        rooms.lost(channel);
        const anew = targetAt(post, await rooms.place(post.room, signal), null);
        return sayAll(post, anew, signal);
      }
      if (!isClosedThread(error)) throw error;
      if (await rooms.wake(channel, signal)) {
        const again = await sayAll(post, target, signal).catch((second: unknown) => {
          if (isClosedThread(second)) return null;
          throw second;
        });
        if (again !== null) return again;
      }
      const beside = rooms.beside(channel);
      if (beside === null) throw error;
      return sayAll(post, targetAt(post, beside, null), signal);
    }
  };

  const goneFor = (post: Post, id: string): Failure => {
    former.keep(post.key, id);
    return gone(id);
  };

  const changeAll = async (
    post: Post,
    { channel, messages }: Standing,
    signal: AbortSignal,
  ): Promise<string> => {
    const target = targetAt(post, placeAt(channel), null);
    const rendered = render(post, target, target.byVoice);
    const now: string[] = [];
    for (const [i, part] of rendered.parts.entries()) {
      const there = messages[i];
      if (there !== undefined) {
        const upload = await uploadOf(part, rendered.mentioned);
        const changed = await change(target, there, upload, signal).catch((error: unknown) => {
          if (i > 0 && hasCode(error, "chat.message-gone")) return undefined;
          throw error;
        });
        if (changed !== undefined) now.push(there);
        if (i === 0 && changed != null) adornments.onChanged(post, channel, changed);
        if (changed !== undefined) continue;
      }
      now.push((await sayPart(post, target, { rendered, i }, signal)).id);
    }
    for (const message of messages.slice(rendered.parts.length))
      await remove(ask, Routes.channelMessage(channel, message), signal);
    const [first = "", ...more] = now;
    return idOf(channel, [first, ...more]);
  };

  return {
    ...{ name: "discord", width: pace.width, lateness: pace.lateness },
    settled: adornments.settled,
    invite(id, isWanted) {
      const at = readId(id);
      if (at !== null) adornments.onCleared(at.channel, at.messages[0], isWanted);
    },
    isOpen: (room) => rooms.standing(room) !== null,
    async post(post, signal) {
      refuseWhileOut(wires);
      return deliver(post, await targetOf(post, signal), signal);
    },
    async edit(id, post, signal) {
      refuseWhileOut(wires);
      const standing = readId(id);
      if (standing === null) throw gone(id);
      const { channel } = standing;
      try {
        return await changeAll(post, standing, signal);
      } catch (error) {
        if (hasCode(error, "chat.room-gone")) rooms.lost(channel);
        if (hasCode(error, "chat.room-gone") || hasCode(error, "chat.message-gone"))
          throw goneFor(post, id);
        if (!isClosedThread(error)) throw error;
        // What can't be changed any more is said anew beside it.
        if (!(await rooms.wake(channel, signal))) throw goneFor(post, id);
        return changeAll(post, standing, signal);
      }
    },
    async find(post, signal) {
      refuseWhileOut(wires);
      const asked = post.replyTo === null ? null : readId(post.replyTo);
      const place = asked === null ? rooms.standing(post.room) : placeAt(asked.channel);
      if (place === null) return null;
      const target = targetAt(post, place, asked?.messages[0] ?? null);
      return find(post, target, signal).catch((error: unknown) => {
        if (!hasCode(error, "chat.room-gone")) throw error;
        rooms.lost(place.channel);
        return null;
      });
    },
    async mark(mark, signal) {
      refuseWhileOut(wires);
      await marks.put(mark, signal);
    },
  };
}

const gone = (id: string): Failure =>
  new Failure("chat.message-gone", `the message ${id} is not on Discord any more`);

const hasCode = (error: unknown, code: Failure["code"]): boolean =>
  error instanceof Failure && error.code === code;

function refuseWhileOut({ self }: Wires): void {
  if (self() === "")
    throw new Failure("chat.unavailable", "the bot is not logged in to Discord yet", {
      retryAfter: 1_000,
    });
}

async function remove(ask: Rooms["ask"], route: RouteLike, signal: AbortSignal): Promise<void> {
  await ask("removing a message", { method: "delete", route }, signal).catch((error: unknown) => {
    if (numberOf(error) !== Codes.UnknownMessage) throw error;
  });
}
