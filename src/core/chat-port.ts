// What every chat can do, and what becomes of a post that one does not take: a table of named codes. No platform's word.
import type { Card, Post, RoomName } from "./card.ts";
import type { Failure, FailureCode, Instant, Millis, Receipt } from "./words.ts";

/** A receipt on a person's own message. A new state replaces the old one. */
export interface Mark {
  readonly echo: string;
  readonly state: Receipt;
  /** Stands with it for as long as this is its state, where the platform can put buttons there. */
  readonly card?: Card;
  /** The chat whose message it is; absent: the local one. */
  readonly via?: string;
}

/**
 * A chat as the outbox sees it. Rooms are named as we name them; the port finds or makes what stands for them.
 * Each call rejects with a Failure `chat.*` or `io.*` and honours `signal`. `chat.rate-limited` is of one room; a limit
 * of everything is `chat.unavailable` with `retryAfter`.
 */
export interface ChatPort {
  /** Its name in files and in `via`. */
  readonly name: string;
  /** Rooms that are served at the same time; within one it is always one post after the other. */
  readonly width: number;
  /** What was given up, or sent by a bot that died, may still arrive for so long. */
  readonly lateness: Millis;
  /**
   * Shows it with its files, and resolves with the platform's id of it once it is there. `post.key` goes along as what
   * makes it unique: within the platform's memory the same key again is the same post.
   */
  post(post: Post, signal: AbortSignal): Promise<string>;
  /**
   * Puts this in the place of what stands there, and resolves with its id from now on: what takes several messages may
   * need more of them, or fewer. Repeatable. @throws Failure `chat.message-gone`
   */
  edit(id: string, post: Post, signal: AbortSignal): Promise<string>;
  /** Whether something stands for this room; absent: its rooms are always there. */
  isOpen?(room: RoomName): boolean;
  /** The id of the post with this key, looked up where it would stand; null: it is not there. */
  find(post: Post, signal: AbortSignal): Promise<string | null>;
  /** Repeatable. @throws Failure `chat.message-gone` */
  mark(mark: Mark, signal: AbortSignal): Promise<void>;
}

/** A post that a chat was given up for; a person may have it sent again. */
export interface Letter {
  /** Its file's name, unique over all chats. */
  readonly letter: string;
  readonly chat: string;
  readonly room: string;
  readonly key: string;
  readonly code: string;
  readonly say: string;
}

/** The chat that a surface is a way into; nothing said of it: the local one. */
export const chatOf = (via = "local"): string => (via === "local-as" ? "local" : via);

/** Not a message's id: those are numbers alone. */
export const isLetter = (id: string): boolean => /^[\d.]+\.[a-z]+$/.test(id);

/** How a chat keeps up. */
export interface Report {
  readonly chat: string;
  readonly waiting: number;
  /** Since when the oldest of them waits. */
  readonly since: Instant | null;
  /** What the chat said last, if it does not take posts. */
  readonly trouble: { readonly code: string; readonly say: string } | null;
  /** Its platform can't be reached, or does not let us in. Absent or null: it is there. */
  readonly away?: { readonly since: Instant; readonly why: string } | null;
}

interface Retry {
  /** Pauses between tries: the first, doubled up to the cap. The platform's own word on it wins. */
  readonly first: Millis;
  readonly cap: Millis;
  /** From the first try until it is given up; 0: at once; null: never. */
  readonly giveUpAfter: Millis | null;
  /** What rests meanwhile. */
  readonly rests: "room" | "chat";
}

const minute = 60_000;
const hour = 60 * minute;

const outage: Retry = { first: 1_000, cap: minute, giveUpAfter: null, rests: "chat" };
const permanent: Retry = { first: 0, cap: 0, giveUpAfter: 0, rests: "room" };

/** An outage loses nothing, however long it is; what can't come right by itself ends as a dead letter. */
const retries: Partial<Record<FailureCode, Retry>> = {
  "chat.rate-limited": { ...outage, rests: "room" },
  "chat.unavailable": outage,
  // It may have arrived, or be about to: it is looked for before the next try.
  "chat.unknown-outcome": { first: 5_000, cap: minute, giveUpAfter: null, rests: "room" },
  // A new token is a person's work, and platforms ban who knocks too often.
  "chat.login": { first: 10 * minute, cap: 10 * minute, giveUpAfter: null, rests: "chat" },
  // Rights come back without a word: so few tries that nobody minds them.
  "chat.forbidden": { first: minute, cap: 5 * minute, giveUpAfter: hour, rests: "room" },
  "chat.room-gone": { first: 5_000, cap: 30_000, giveUpAfter: minute, rests: "room" },
  "chat.message-gone": permanent,
  "chat.too-long": permanent,
  "chat.refused": permanent,
  "io.full": outage,
  "io.failed": outage,
};

/** Not in the table: a fault of ours. It gets a few chances, and then the others theirs. */
const ours: Retry = { first: 1_000, cap: 10_000, giveUpAfter: 30_000, rests: "room" };

export const retryOf = (code: string): Retry => retries[code as FailureCode] ?? ours;

/** How long until the next try. */
export function pauseOf(failure: Failure | null, tries: number): Millis {
  const { first, cap } = retryOf(failure?.code ?? "bug");
  return failure?.retryAfter ?? Math.min(cap, first * 2 ** Math.min(20, tries - 1));
}
