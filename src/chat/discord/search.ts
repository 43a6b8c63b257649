// A post that may stand there already, looked for among our messages of its place. Changes nothing.
import { type APIMessage, Routes } from "discord.js";
import type { Post } from "../../core/card.ts";
import { isOf } from "./faces.ts";
import { idOf } from "./ids.ts";
import type { Part } from "./render/message.ts";
import type { Place, Rooms } from "./rooms.ts";
import type { Speech, Target } from "./speech.ts";
import type { Voices } from "./voices.ts";

export interface SearchParts {
  readonly wires: { readonly self: () => string };
  readonly rooms: Rooms;
  /** The key of the post that a message shows or goes on, by our id of the message. */
  readonly ownedBy: (message: string) => string | null;
  readonly voices: Voices;
  readonly render: Speech["render"];
}

/** The id of what stands for the post; null: nothing. @throws Failure */
export type Search = (post: Post, target: Target, signal: AbortSignal) => Promise<string | null>;

export function createSearch(parts: SearchParts): Search {
  const { rooms, voices, render } = parts;
  const { ask, features } = rooms;

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
      const isSelf = message.author.id === parts.wires.self();
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
      const part: Part | undefined = (message.author.id === parts.wires.self() ? plain : spoken)[i];
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

  return findIn;
}
