// What a chat is made of, and what main has of it once it is open.
import type { Attachments } from "../chat/attachments.ts";
import type { Desk } from "../chat/desk.ts";
import type { Outbox } from "../chat/outbox/outbox.ts";
import type { Report } from "../core/chat-port.ts";
import type { Loop } from "../daemon/loop.ts";
import type { Redact } from "../lib/redact.ts";
import type { Memory } from "./memory.ts";
import type { Place } from "./place.ts";

export interface Means {
  readonly place: Place;
  readonly memory: Memory;
  readonly loop: Loop;
  readonly attachments: Attachments;
  readonly redact: Redact;
  /** What only the bot can make of a text. */
  readonly seal: (text: string) => string;
  /** No secret goes out by it. */
  readonly desk: Desk;
}

export interface OpenChat {
  readonly outbox: Outbox;
  /** The key of the post that is shown under this id. */
  keyOf(message: string): string | null;
  report(): Report;
  close(): Promise<void>;
}
