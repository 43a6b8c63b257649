// The way out to Discord, post by post: where it goes, as how many messages, and what becomes of it when the place is
// closed or gone. Knows no queue: what fails is the outbox's to try again.
import {
  type APIMessage,
  RESTJSONErrorCodes as Codes,
  MessageFlags,
  type REST,
  type RouteLike,
  Routes,
} from "discord.js";
import type { Post } from "../../core/card.ts";
import type { ChatPort } from "../../core/chat-port.ts";
import { Failure, type Instant } from "../../core/words.ts";
import { keepLast } from "../../lib/kept.ts";
import { createAdornments } from "./adornments.ts";
import { isOf, isShown } from "./faces.ts";
import { numberOf } from "./failures.ts";
import { isClosedThread } from "./features.ts";
import { inSomeForm } from "./forms.ts";
import { idOf, readId, type Standing } from "./ids.ts";
import { createMarks } from "./marks.ts";
import { nonceOf } from "./nonce.ts";
import { pace } from "./pace.ts";
import { type Part, type Rendered, renderPost } from "./render/message.ts";
import type { Place, Rooms } from "./rooms.ts";
import { type Upload, uploadOf, withNotes } from "./uploads.ts";
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
  /** Resolves when nothing is under way that no post waits for. */
  settled(): Promise<void>;
}

/** Where a post goes, and what it answers there. */
interface Target {
  readonly place: Place;
  readonly answers: string | null;
  readonly byVoice: boolean;
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
  const adornments = createAdornments({ ask, features, log });
  const marks = createMarks({ rooms, self: wires.self, log });
  /** Posts whose messages are there in part. */
  const begun = new Map<string, Begun>();
  /** What stood for a post and is gone, by key. */
  const former = keepLast<string, string>(1_000);

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

  const render = (post: Post, { place }: Target, byVoice: boolean): Rendered => {
    const isKnown = byVoice || post.from === "batty" || rooms.roomAt(place.channel) === post.from;
    const rendered = renderPost(post, people, !isKnown);
    if (place.meant === null) return rendered;
    const [first, ...more] = rendered.parts;
    const content = withNotes(first.content, [`for ${place.meant}`]);
    return { ...rendered, parts: [{ ...first, content }, ...more] };
  };

  // ---------------------------------------------------------------- one message
  const say = async (
    what: string,
    { place, answers }: Target,
    { upload, nonce, silent }: { upload: Upload; nonce: string; silent: boolean },
    signal: AbortSignal,
  ): Promise<APIMessage> => {
    const { channel, parent } = place;
    const send = ({ body, files }: Upload, under: string | null): Promise<APIMessage> => {
      const whole = {
        ...{ ...body, nonce, enforce_nonce: true },
        ...(silent ? { flags: MessageFlags.SuppressNotifications } : {}),
        ...(under === null
          ? {}
          : { message_reference: { message_id: under, fail_if_not_exists: false } }),
      };
      const request = { method: "post", route: Routes.channelMessages(channel) } as const;
      return ask<APIMessage>(what, { ...request, body: whole, files }, signal);
    };
    const feature = channel === parent ? "posts" : "threadPosts";
    const isDue = features.isDue(feature, channel);
    return features.attempt(feature, channel, async () => {
      // The same right, and nothing that could be refused for another reason.
      const typing = { method: "post", route: Routes.channelTyping(channel) } as const;
      if (isDue) await ask(what, typing, signal);
      return inSomeForm(features, channel, upload, (form) =>
        send(form, answers).catch((error: unknown) => {
          // Without the right to answer it is still worth reading.
          if (numberOf(error) !== Codes.CannotReplyWithoutPermissionToReadMessageHistory)
            throw error;
          return send(form, null);
        }),
      );
    });
  };

  const change = async (
    { place, byVoice }: Target,
    message: string,
    upload: Upload,
    signal: AbortSignal,
  ): Promise<APIMessage | null> => {
    if (byVoice && (await voices.edit(place, message, upload, signal))) return null;
    const route = Routes.channelMessage(place.channel, message);
    const what = `changing a post in ${rooms.nameOf(place.channel)}`;
    return features.attempt("sight", place.channel, () =>
      inSomeForm(features, place.channel, upload, ({ body, files }) =>
        ask<APIMessage>(what, { method: "patch", route, body, files }, signal),
      ),
    );
  };

  const sayPart = async (
    post: Post,
    target: Target,
    { rendered, i }: { rendered: Rendered; i: number },
    signal: AbortSignal,
  ): Promise<APIMessage> => {
    const part = rendered.parts[i] ?? rendered.parts[0];
    const upload = await uploadOf(part, i === 0 ? rendered.mentioned : []);
    if (target.byVoice) {
      const spoken = await voices.say(target.place, post.from, upload, signal);
      if (spoken !== null) return spoken;
      const plain = { ...target, byVoice: false };
      return sayPart(post, plain, { rendered: render(post, plain, false), i }, signal);
    }
    const nonce = nonceOf(`${post.key}#${i}`, former.get(post.key));
    const what = `posting to ${rooms.nameOf(target.place.channel)}`;
    const first = i === 0 ? target : { ...target, answers: null };
    const asked = now();
    const message = await say(what, first, { upload, nonce, silent: rendered.silent }, signal);
    // Sent before with another text, and the answer was lost: Discord gives the one that is there.
    const isOld = Date.parse(message.timestamp) < asked - clocksDiffer && !isShown(part, message);
    return (isOld ? await change(target, message.id, upload, signal) : null) ?? message;
  };

  // ---------------------------------------------------------------- one post
  const sayAll = async (post: Post, target: Target, signal: AbortSignal): Promise<string> => {
    const rendered = render(post, target, target.byVoice);
    const { channel } = target.place;
    const before = begun.get(post.key);
    const soFar: Begun = before?.channel === channel ? before : { channel, messages: [] };
    begun.set(post.key, soFar);
    for (let i = soFar.messages.length; i < rendered.parts.length; i += 1) {
      const message = await sayPart(post, target, { rendered, i }, signal);
      soFar.messages.push(message.id);
      if (i === 0) adornments.onPosted(post, channel, message);
    }
    begun.delete(post.key);
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

  // ---------------------------------------------------------------- what is there
  /** Our messages of the place, the newest first, that no other post owns. */
  const ownIn = async (post: Post, place: Place, signal: AbortSignal): Promise<APIMessage[]> => {
    const route = Routes.channelMessages(place.channel);
    const what = `looking for a post in ${rooms.nameOf(place.channel)}`;
    const query = { limit: "100" };
    const messages = await features.attempt("sight", place.channel, () =>
      ask<APIMessage[]>(what, { method: "get", route, query }, signal),
    );
    const ours: APIMessage[] = [];
    for (const message of messages) {
      const owner = parts.ownedBy(idOf(place.channel, [message.id]));
      if (owner !== null && owner !== post.key) continue;
      const isSelf = message.author.id === wires.self();
      if (isSelf || (message.webhook_id !== undefined && (await isVoice(place, message, signal))))
        ours.push(message);
    }
    return ours;
  };
  const isVoice = (place: Place, { webhook_id: id = "" }: APIMessage, signal: AbortSignal) =>
    voices.isOurs(place, id, signal);

  const findIn = async (
    post: Post,
    target: Target,
    signal: AbortSignal,
  ): Promise<string | null> => {
    const ours = await ownIn(post, target.place, signal);
    const plain = render(post, target, false).parts;
    const spoken = target.byVoice ? render(post, target, true).parts : plain;
    const shows = (i: number, message: APIMessage): boolean => {
      const part: Part | undefined = (message.author.id === wires.self() ? plain : spoken)[i];
      return part !== undefined && isOf(part, message);
    };
    const at = ours.findIndex((message) => shows(0, message));
    const first = ours[at];
    if (first === undefined) return null;
    const later = ours.slice(0, at).reverse();
    const more: string[] = [];
    // Those that came through of several: an edit sends the rest.
    for (const message of later) if (shows(more.length + 1, message)) more.push(message.id);
    return idOf(target.place.channel, [first.id, ...more]);
  };

  return {
    ...{ name: "discord", width: pace.width, lateness: pace.lateness },
    settled: adornments.settled,
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
      return findIn(post, target, signal).catch((error: unknown) => {
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

/** Two clocks, and the way. */
const clocksDiffer = 2_000;

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
