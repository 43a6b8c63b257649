// What chats are asked to show, and how a post is made of little.
import type { Card, Post } from "../card.ts";
import type { Mark } from "../chat-port.ts";
import type { TaskId } from "../words.ts";

export type Visible =
  | { readonly post: Post }
  /** A receipt on the person's own message. */
  | { readonly mark: Mark };

export type Shown =
  | Visible
  /** A post that this chat was given up for is to be tried once more. */
  | { readonly again: { readonly chat: string; readonly letter: string } };

/** A card that is made anew from the state at any time: only its newest form counts. */
export const isDerived = (shown: Shown): boolean =>
  "post" in shown && (shown.post.card?.kind === "task" || shown.post.card?.kind === "board");

export const thread = (task: TaskId | null | undefined): string | null =>
  task == null ? null : `task:${task}`;

export const postOf = (
  key: string,
  room: string,
  text: string,
  more: Partial<Post> = {},
): Post => ({
  ...{ key, room, thread: null, from: "batty", text, card: null, loud: false },
  ...{ mentions: [], replyTo: null, ...more },
});

export const post = (...of: Parameters<typeof postOf>): Shown => ({ post: postOf(...of) });

export const withCard = (
  key: string,
  room: string,
  card: Card,
  loud: boolean,
  about?: TaskId | null,
): Shown => post(key, room, card.title, { card, loud, thread: thread(about) });
