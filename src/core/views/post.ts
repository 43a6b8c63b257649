// What chats are asked to show, and how a post is made of little.
import type { Card, Post } from "../card.ts";
import type { Receipt, TaskId } from "../words.ts";

export type Shown =
  | { readonly post: Post }
  /** A receipt on the person's own message. */
  | { readonly mark: { readonly echo: string; readonly state: Receipt } };

export const thread = (task: TaskId | null | undefined): string | null =>
  task == null ? null : `task:${task}`;

export function post(key: string, room: string, text: string, more: Partial<Post> = {}): Shown {
  return {
    post: {
      key,
      room,
      thread: null,
      from: "batty",
      text,
      card: null,
      loud: false,
      mentions: [],
      replyTo: null,
      ...more,
    },
  };
}

export const withCard = (
  key: string,
  room: string,
  card: Card,
  loud: boolean,
  about?: TaskId | null,
): Shown => post(key, room, card.title, { card, loud, thread: thread(about) });
