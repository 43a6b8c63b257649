// The chat's history: the newest messages in memory, all of them on disk. Forgets no key, so that showing a post twice shows it once.
import { createHash } from "node:crypto";
import type { Card, Post } from "../../core/card.ts";
import type { Instant, Receipt } from "../../core/words.ts";
import { rfc3339 } from "../../lib/time.ts";
import { openHistoryFiles } from "./history-file.ts";

/** A message as clients see it (interface §4). */
export interface Message {
  readonly id: string;
  readonly key: string;
  readonly room: string;
  readonly thread: string | null;
  readonly from: string;
  readonly text: string;
  readonly card: Card | null;
  readonly loud: boolean;
  readonly mentions: readonly string[];
  readonly files: readonly { readonly name: string; readonly path: string }[];
  readonly replyTo: string | null;
  readonly ts: string;
}

export interface Reaction {
  readonly message: string;
  readonly room: string;
  readonly emoji: string;
  readonly state: Receipt | null;
  readonly by: string;
  readonly added: boolean;
  readonly ts: string;
}

export type Stored =
  | { readonly kind: "message" | "edit"; readonly message: Message }
  | { readonly kind: "reaction"; readonly reaction: Reaction };

export type Shown = "new" | "edit" | "same";

export interface Store {
  /** Durable before it resolves. The same key and content: `same`. @throws Failure `io.*`, and nothing is shown */
  post(post: Post, now: Instant): Promise<{ readonly what: Shown; readonly message: Message }>;
  react(reaction: Omit<Reaction, "ts" | "room">, now: Instant): Promise<Reaction | null>;
  /** Null: unknown, or so old that it left the memory; open cards never do. */
  byId(id: string): Message | null;
  byKey(key: string): Message | null;
  openCards(kind: Card["kind"]): readonly Message[];
  /** However old it is. */
  idOf(key: string): string | null;
  /** Newest last; edits folded in. */
  history(room: string, limit: number): readonly Message[];
  /** Reactions that stand on a message. */
  reactions(id: string): readonly Reaction[];
  /** The receipt that stands on a person's message. */
  receipt(id: string): Receipt | null;
  close(): Promise<void>;
}

const keptPerRoom = 500;

/** What is remembered of every post for ever. */
interface Known {
  readonly id: string;
  readonly ts: string;
  readonly digest: string;
}

export async function openStore(dir: string): Promise<Store> {
  const memory = createMemory();
  const files = await openHistoryFiles(dir, memory.take);

  return {
    async post(post, now) {
      const before = memory.known(post.key);
      const what: Shown = before === null ? "new" : "edit";
      const message = messageOf(post, before ?? { id: memory.nextId(), ts: rfc3339(now) });
      if (before !== null && before.digest === digestOf(message)) {
        await files.settled(post.room);
        return { what: "same", message: memory.byId(before.id) ?? message };
      }
      // In memory once it is written: what could not be written counts as never posted.
      const durable = files.append(post.room, {
        kind: what === "new" ? "message" : "edit",
        message,
      });
      memory.keep(message);
      await durable;
      return { what, message };
    },
    async react(wish, now) {
      const message = memory.byId(wish.message);
      if (message === null) return null;
      const reaction: Reaction = { ...wish, room: message.room, ts: rfc3339(now) };
      const durable = files.append(message.room, { kind: "reaction", reaction });
      memory.mark(reaction);
      await durable;
      return reaction;
    },
    byId: memory.byId,
    idOf: (key) => memory.known(key)?.id ?? null,
    byKey: (key) => memory.byId(memory.known(key)?.id ?? ""),
    openCards: (kind) =>
      memory.all().filter(({ card }) => card?.kind === kind && card.state === "open"),
    history: (room, limit) => memory.room(room).slice(-Math.max(1, limit)),
    reactions: memory.reactions,
    receipt: (id) => memory.reactions(id).findLast((r) => r.state !== null)?.state ?? null,
    close: files.close,
  };
}

function messageOf(post: Post, { id, ts }: Pick<Known, "id" | "ts">): Message {
  const { key, room, thread, from, text, card, loud, mentions, files = [], replyTo } = post;
  return { id, key, room, thread, from, text, card, loud, mentions, files, replyTo, ts };
}

const digestOf = ({ text, card, files }: Pick<Message, "text" | "card" | "files">): string =>
  createHash("sha1")
    .update(JSON.stringify([text, card, files]))
    .digest("base64");

interface Memory {
  /** A line of a history file. */
  take(stored: unknown): void;
  keep(message: Message): void;
  mark(reaction: Reaction): void;
  known(key: string): Known | null;
  byId(id: string): Message | null;
  room(name: string): readonly Message[];
  all(): readonly Message[];
  reactions(id: string): readonly Reaction[];
  /** Never given before, in no room and no life. */
  nextId(): string;
}

function createMemory(): Memory {
  const rooms = new Map<string, Message[]>();
  const ids = new Map<string, Message>();
  const keys = new Map<string, Known>();
  const marks = new Map<string, Reaction[]>();
  let last = 0;

  const place = (message: Message, isNew: boolean): void => {
    const list = rooms.get(message.room) ?? [];
    rooms.set(message.room, list);
    const at = isNew ? -1 : list.findLastIndex((m) => m.id === message.id);
    if (isNew) list.push(message);
    else if (at >= 0) list[at] = message;
    // Old messages leave the memory; open cards stay addressable.
    while (list.length > keptPerRoom) {
      const old = list.shift() as Message;
      if (old.card?.state === "open") continue;
      ids.delete(old.id);
      marks.delete(old.id);
    }
  };

  const keep = (message: Message): void => {
    const number = Number(/^m(\d+)$/.exec(message.id)?.[1]);
    if (Number.isNaN(number)) return;
    const isNew = !keys.has(message.key);
    last = Math.max(last, number);
    ids.set(message.id, message);
    keys.set(message.key, { id: message.id, ts: message.ts, digest: digestOf(message) });
    place(message, isNew);
  };

  const mark = (reaction: Reaction): void => {
    if (!ids.has(reaction.message)) return;
    const rest = (marks.get(reaction.message) ?? []).filter(
      (r) => r.emoji !== reaction.emoji || r.by !== reaction.by,
    );
    marks.set(reaction.message, reaction.added ? [...rest, reaction] : rest);
  };

  return {
    take(line) {
      const stored = line as Stored;
      if (stored.kind === "reaction") mark(stored.reaction);
      else keep(stored.message);
    },
    keep,
    mark,
    known: (key) => keys.get(key) ?? null,
    byId: (id) => ids.get(id) ?? null,
    room: (name) => rooms.get(name) ?? [],
    all: () => [...ids.values()],
    reactions: (id) => marks.get(id) ?? [],
    nextId: () => `m${last + 1}`,
  };
}
