// One message of a post: how it reads where it goes, said by whoever speaks there or by the bot, and changed. Knows no
// post's other messages but their numbers.
import { type APIMessage, RESTJSONErrorCodes as Codes, MessageFlags, Routes } from "discord.js";
import type { Post } from "../../core/card.ts";
import type { Instant } from "../../core/words.ts";
import type { Kept } from "../../lib/kept.ts";
import { isShown } from "./faces.ts";
import { numberOf } from "./failures.ts";
import { inSomeForm } from "./forms.ts";
import { nonceOf } from "./nonce.ts";
import { type Rendered, renderPost } from "./render/message.ts";
import type { Place, Rooms } from "./rooms.ts";
import { type Upload, uploadOf, withNotes } from "./uploads.ts";
import type { Voices } from "./voices.ts";

/** Where a post goes, and what it answers there. */
export interface Target {
  readonly place: Place;
  readonly answers: string | null;
  readonly byVoice: boolean;
}

export interface Speech {
  render(post: Post, target: Target, byVoice: boolean): Rendered;
  /** Null: it was changed, and Discord does not show how it looks. @throws Failure */
  change(
    target: Target,
    message: string,
    upload: Upload,
    signal: AbortSignal,
  ): Promise<APIMessage | null>;
  /** The post's message with this number. @throws Failure */
  sayPart(
    post: Post,
    target: Target,
    which: { readonly rendered: Rendered; readonly i: number },
    signal: AbortSignal,
  ): Promise<APIMessage>;
}

export interface SpeechParts {
  readonly rooms: Rooms;
  readonly voices: Voices;
  readonly people: (name: string) => string | null;
  /** What stood for a post and is gone, by key. */
  readonly former: Pick<Kept<string, string>, "get">;
  readonly now: () => Instant;
}

export function createSpeech({ rooms, voices, people, former, now }: SpeechParts): Speech {
  const { ask, features } = rooms;

  const render = (post: Post, { place }: Target, byVoice: boolean): Rendered => {
    const isKnown = byVoice || post.from === "batty" || rooms.roomAt(place.channel) === post.from;
    const rendered = renderPost(post, people, !isKnown);
    if (place.meant === null) return rendered;
    const [first, ...more] = rendered.parts;
    const content = withNotes(first.content, [`for ${place.meant}`]);
    return { ...rendered, parts: [{ ...first, content }, ...more] };
  };

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

  return { render, change, sayPart };
}

/** Two clocks, and the way. */
const clocksDiffer = 2_000;
