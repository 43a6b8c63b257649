// A request of a chat client: what handling one needs, its `ref`, and what is said of one that is none (interface §4).

import type { Post } from "../../core/card.ts";
import type { Mark } from "../../core/chat-port.ts";
import { Refused } from "../../core/command.ts";
import type { Instant } from "../../core/words.ts";
import type { Desk } from "../desk.ts";
import type { Inbox } from "../inbox.ts";
import type { Connection } from "./socket.ts";
import type { Message, Store } from "./store.ts";

export interface RequestParts {
  readonly store: Store;
  readonly desk: Desk;
  readonly now: () => Instant;
  readonly shown: () => Promise<void>;
  readonly inbox: Inbox;
  /** Copies what is sent along with a message. @throws Refused, and nothing is kept */
  keep(message: string, paths: readonly string[]): Promise<readonly string[]>;
  tell(line: object, own?: Connection | null, ownLine?: object): void;
  post(post: Post, own?: Connection | null, more?: object): Promise<Message>;
  mark(mark: Mark): Promise<void>;
  /** The first receipt on this echo carries `more` to its asker. */
  expectReceipt(echo: string, own: Connection, more: object): void;
  forgetReceipt(echo: string): void;
  readonly log: (line: string) => void;
}

export type Request = Readonly<Record<string, unknown>>;

export const refOf = (request: Request | null): { ref?: unknown } =>
  request?.["ref"] === undefined ? {} : { ref: request["ref"] };

export const badRequest = (say: string): Refused =>
  new Refused(
    "chat.bad-request",
    say,
    'A request is one JSON object a line, like {"say":"/batty status","room":"commands"}.',
  );

/** @throws Refused */
export function messageNamed(store: Store, id: unknown): Message {
  const message = typeof id === "string" ? store.byId(id) : null;
  if (message === null)
    throw new Refused("chat.unknown-message", `There is no message "${String(id)}".`);
  return message;
}

/** Ids that no other life of the bot gives. */
export function countUp(now: () => Instant): () => string {
  let number = 0;
  return () => `${now()}.${process.pid}.${++number}`;
}
