// A chat platform somewhere else: rooms, posts with ids of its own, receipts, a memory for keys that is short, and every
// way in which such a thing fails. What it shows is what people would see.

import type { Post } from "../../src/core/card.ts";
import type { ChatPort, Mark } from "../../src/core/chat-port.ts";
import { Failure, type Receipt } from "../../src/core/words.ts";
import type { Chance } from "./chance.ts";

/** How often, in [0, 1], a call meets what. */
export interface Mood {
  /** 429, with how long to wait. */
  readonly limits?: number;
  /** A 5xx before anything has happened. */
  readonly fails?: number;
  /** It happens, and the answer is lost. */
  readonly forgets?: number;
  /** It does not happen, and no answer comes. */
  readonly stalls?: number;
  /** No answer comes, and it happens a while after the caller gave up. */
  readonly lags?: number;
  /** The request arrives twice. */
  readonly doubles?: number;
  /** Nothing gets through, and nothing comes back. */
  readonly hangs?: boolean;
  /** Refused for good, with this code. */
  readonly refuses?: (post: Post) => "chat.forbidden" | "chat.refused" | null;
  /** Longest time that an answer takes, ms; they overtake each other. */
  readonly slow?: number;
}

export interface PlatformPost {
  readonly id: string;
  readonly key: string;
  readonly room: string;
  readonly post: Post;
  /** Every state it was shown in. */
  readonly shown: readonly string[];
}

export interface Platform {
  readonly port: ChatPort;
  mood: Mood;
  posts(room?: string): readonly PlatformPost[];
  receipts(echo: string): readonly Receipt[];
  /** A person removes a post. */
  remove(id: string): void;
  readonly counts: Readonly<Record<string, number>>;
  /** Calls made within a pause that the platform asked for. */
  readonly early: () => number;
}

export interface PlatformParts {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly chance: Chance;
  readonly width?: number;
}

/** As platforms do it: the same key within this time is the same post, ms. */
const keyMemory = 180_000;
/** What a caller gave up may still arrive for so long, ms. */
const arrivesWithin = 3_000;

export function fakePlatform({ now, sleep, chance, width = 4 }: PlatformParts): Platform {
  const posts = new Map<string, PlatformPost>();
  const keys = new Map<string, { readonly id: string; readonly until: number }>();
  const marks = new Map<string, Receipt[]>();
  const counts: Record<string, number> = {};
  const pauses = new Map<string, number>();
  let early = 0;
  let last = 0;

  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const gaveUp = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      const fail = (): void => reject(new Failure("chat.unknown-outcome", "no answer"));
      if (signal.aborted) fail();
      else signal.addEventListener("abort", fail, { once: true });
    });

  /** One request: what becomes of it, and what the caller hears. */
  const request = async <T>(room: string, act: () => T, signal: AbortSignal): Promise<T> => {
    const mood = platform.mood;
    count("calls");
    if ((pauses.get(room) ?? 0) > now()) early += 1;
    if (mood.slow !== undefined) await sleep(1 + chance.below(mood.slow));
    const meets = (what: "limits" | "fails" | "forgets" | "stalls" | "lags" | "doubles") => {
      const hit = chance.hits(mood[what] ?? 0);
      if (hit) count(what);
      return hit;
    };
    if (mood.hangs) {
      count("hangs");
      return gaveUp(signal);
    }
    if (meets("limits")) {
      const retryAfter = 500 + chance.below(5_000);
      pauses.set(room, now() + retryAfter);
      throw new Failure("chat.rate-limited", "too many requests", { retryAfter });
    }
    if (meets("fails")) throw new Failure("chat.unavailable", "502 bad gateway");
    if (meets("stalls")) return gaveUp(signal);
    if (meets("lags")) {
      const arrive = async (): Promise<void> => {
        await sleep(chance.below(arrivesWithin));
        act();
      };
      signal.addEventListener("abort", () => void arrive().catch(() => undefined));
      return gaveUp(signal);
    }
    const result = act();
    if (meets("doubles")) act();
    if (meets("forgets")) return gaveUp(signal);
    return result;
  };

  const show = (post: Post): string => {
    const known = keys.get(post.key);
    if (known !== undefined && known.until > now()) return known.id;
    last += 1;
    const id = `p${last}`;
    keys.set(post.key, { id, until: now() + keyMemory });
    posts.set(id, { id, key: post.key, room: post.room, post, shown: [faceOf(post)] });
    count("posts");
    return id;
  };
  const edit = (id: string, post: Post): string => {
    const before = posts.get(id);
    if (before === undefined) throw new Failure("chat.message-gone", `there is no post ${id}`);
    posts.set(id, { ...before, post, shown: [...before.shown, faceOf(post)] });
    count("edits");
    return id;
  };
  const mark = ({ echo, state }: Mark): void => {
    const before = marks.get(echo) ?? [];
    if (before.at(-1) !== state) marks.set(echo, [...before, state]);
    count("marks");
  };

  const platform: Platform = {
    mood: {},
    counts,
    early: () => early,
    posts: (room) => [...posts.values()].filter((p) => room === undefined || p.room === room),
    receipts: (echo) => marks.get(echo) ?? [],
    remove: (id) => void posts.delete(id),
    port: {
      name: "elsewhere",
      width,
      lateness: arrivesWithin,
      post: async (post, signal) => {
        const code = platform.mood.refuses?.(post) ?? null;
        if (code !== null) throw new Failure(code, `${post.room} does not take this`);
        return request(post.room, () => show(post), signal);
      },
      edit: (id, post, signal) => request(post.room, () => edit(id, post), signal),
      find: (post, signal) => request(post.room, () => findKey(posts.values(), post.key), signal),
      mark: (m, signal) => request("receipts", () => mark(m), signal),
    },
  };
  return platform;
}

function findKey(posts: Iterable<PlatformPost>, key: string): string | null {
  for (const post of posts) if (post.key === key) return post.id;
  return null;
}

export const faceOf = ({ text, card }: Post): string =>
  card === null ? text : `${card.title} (${card.state})`;
