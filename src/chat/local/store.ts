// The chat's history: one JSONL file a room, append-only. Knows which posts were shown, so that showing one twice shows it once.
import { closeSync, fdatasync, openSync, writeSync } from "node:fs";
import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Card, Post } from "../../core/card.ts";
import type { Instant, Receipt } from "../../core/words.ts";
import { rfc3339 } from "../../lib/time.ts";

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
  /** Durable before it resolves. The same key and content: `same`. */
  post(post: Post, now: Instant): Promise<{ readonly what: Shown; readonly message: Message }>;
  react(reaction: Omit<Reaction, "ts" | "room">, now: Instant): Promise<Reaction | null>;
  byId(id: string): Message | null;
  byKey(key: string): Message | null;
  /** Newest last; edits folded in. */
  history(room: string, limit: number): readonly Message[];
  /** Reactions that stand on a message. */
  reactions(id: string): readonly Reaction[];
  /** The receipt that stands on a person's message. */
  receipt(id: string): Receipt | null;
  close(): Promise<void>;
}

const keptPerRoom = 500;

/** `task:12` → `task%3A12.jsonl` */
const fileOf = (room: string): string => `${encodeURIComponent(room)}.jsonl`;

export async function openStore(dir: string): Promise<Store> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const rooms = new Map<string, Message[]>();
  const ids = new Map<string, Message>();
  const keys = new Map<string, Message>();
  const marks = new Map<string, Reaction[]>();
  const files = new Map<string, number>();
  let last = 0;

  const keep = (message: Message): void => {
    const before = ids.get(message.id);
    ids.set(message.id, message);
    keys.set(message.key, message);
    last = Math.max(last, Number(message.id.slice(1)));
    const list = rooms.get(message.room) ?? [];
    if (before === undefined) list.push(message);
    else {
      const at = list.findIndex((m) => m.id === message.id);
      if (at >= 0) list[at] = message;
    }
    // Old messages leave the memory; open cards stay addressable.
    while (list.length > keptPerRoom) {
      const old = list.shift() as Message;
      if (old.card?.state !== "open") ids.delete(old.id);
    }
    rooms.set(message.room, list);
  };

  const mark = (reaction: Reaction): void => {
    const rest = (marks.get(reaction.message) ?? []).filter(
      (r) => r.emoji !== reaction.emoji || r.by !== reaction.by,
    );
    marks.set(reaction.message, reaction.added ? [...rest, reaction] : rest);
  };

  const take = (stored: Stored): void => {
    if (stored.kind === "reaction") mark(stored.reaction);
    else keep(stored.message);
  };

  for (const name of await readdir(dir))
    if (name.endsWith(".jsonl")) await readLines(join(dir, name), take);

  const append = async (room: string, stored: Stored): Promise<void> => {
    const fd = files.get(room) ?? openSync(join(dir, fileOf(room)), "a", 0o600);
    files.set(room, fd);
    writeSync(fd, `${JSON.stringify(stored)}\n`);
    await new Promise<void>((resolve, reject) =>
      fdatasync(fd, (error) => (error === null ? resolve() : reject(error))),
    );
  };

  return {
    async post(post, now) {
      const before = keys.get(post.key);
      if (before !== undefined && isSame(before, post)) return { what: "same", message: before };
      if (before === undefined) last += 1;
      const message: Message = {
        id: before?.id ?? `m${last}`,
        ...{
          key: post.key,
          room: post.room,
          thread: post.thread,
          from: post.from,
          text: post.text,
          card: post.card,
        },
        ...{ loud: post.loud, mentions: post.mentions, files: [], replyTo: post.replyTo },
        ts: before?.ts ?? rfc3339(now),
      };
      keep(message);
      await append(post.room, { kind: before === undefined ? "message" : "edit", message });
      return { what: before === undefined ? "new" : "edit", message };
    },
    async react(wish, now) {
      const message = ids.get(wish.message);
      if (message === undefined) return null;
      const reaction: Reaction = { ...wish, room: message.room, ts: rfc3339(now) };
      mark(reaction);
      await append(message.room, { kind: "reaction", reaction });
      return reaction;
    },
    byId: (id) => ids.get(id) ?? null,
    byKey: (key) => keys.get(key) ?? null,
    history: (room, limit) => (rooms.get(room) ?? []).slice(-Math.max(1, limit)),
    reactions: (id) => marks.get(id) ?? [],
    receipt: (id) => (marks.get(id) ?? []).findLast((r) => r.state !== null)?.state ?? null,
    async close() {
      for (const fd of files.values()) closeSync(fd);
      files.clear();
    },
  };
}

function isSame(message: Message, post: Post): boolean {
  return message.text === post.text && JSON.stringify(message.card) === JSON.stringify(post.card);
}

/** A torn last line (a crash while writing) is passed over; the post is offered again by its key. */
async function readLines(path: string, take: (stored: Stored) => void): Promise<void> {
  const file = await open(path, "r+");
  try {
    let rest = "";
    let whole = 0;
    for await (const chunk of file.createReadStream({
      encoding: "utf8",
      autoClose: false,
      start: 0,
    })) {
      const parts = (rest + String(chunk)).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        whole += Buffer.byteLength(line) + 1;
        try {
          if (line !== "") take(JSON.parse(line) as Stored);
        } catch {
          // one unreadable line must not hide the others
        }
      }
    }
    if (rest !== "") await file.truncate(whole);
  } finally {
    await file.close();
  }
}
