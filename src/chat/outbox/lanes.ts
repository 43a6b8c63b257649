// What waits for one chat, room by room: who is next, and what a newer state of the same post replaces. Pure; knows
// neither disk nor chat.
import type { Instant } from "../../core/words.ts";
import type { Item, Rank } from "./item.ts";

interface Lane {
  readonly items: Item[];
  readonly counts: [number, number, number, number];
  busy: boolean;
  until: Instant;
}

export interface Lanes {
  /** @returns the item that stands for it: an older one that lags behind shows the newer state in its place */
  put(item: Item, now: Instant): Item;
  /** The next one that may go; its room is busy until `done` or `rest`. */
  next(now: Instant): Item | null;
  done(item: Item): void;
  /** It stays the first of its room, which rests. */
  rest(item: Item, until: Instant): void;
  /** All of them rest. */
  pause(until: Instant): void;
  /** When somebody may go who may not now; null: nobody waits. */
  soonest(now: Instant): Instant | null;
  /** Waiting and under way, in no order. */
  all(): Iterable<Item>;
  size(): number;
}

/** It was given up, and is asked for again, while a newer state of it waits. What has no line is the newest of all. */
const isOlder = (item: Item, than: Item): boolean => item.seq > 0 && item.seq < than.seq;

/** A room that keeps up shows every state; one that lags behind shows the newest, ms. */
const lags = 1_000;

export function createLanes(): Lanes {
  const lanes = new Map<string, Lane>();
  const byKey = new Map<string, Item>();
  let paused: Instant = 0;
  let size = 0;

  const laneOf = (name: string): Lane => {
    const found = lanes.get(name);
    if (found !== undefined) return found;
    const lane: Lane = { items: [], counts: [0, 0, 0, 0], busy: false, until: 0 };
    lanes.set(name, lane);
    return lane;
  };
  const isBehind = (lane: Lane, item: Item, now: Instant): boolean =>
    item.derived || item.filed || now - item.at > lags || lane.until > now || paused > now;

  const renew = (lane: Lane, old: Item, { what, seq, rank }: Item): Item => {
    old.what = what;
    old.seq = seq;
    old.filed = false;
    lane.counts[old.rank] -= 1;
    // What it was may have been the more urgent: then it still is.
    old.rank = Math.max(old.rank, rank) as Rank;
    lane.counts[old.rank] += 1;
    return old;
  };

  const before = (a: Lane, b: Lane | null): boolean => {
    if (b === null) return true;
    for (let rank = 3; rank >= 0; rank -= 1) {
      const [inA, inB] = [(a.counts[rank] ?? 0) > 0, (b.counts[rank] ?? 0) > 0];
      if (inA !== inB) return inA;
      if (inA) break;
    }
    return (a.items[0]?.id ?? "") < (b.items[0]?.id ?? "");
  };

  return {
    put(item, now) {
      const lane = laneOf(item.lane);
      const old = byKey.get(item.key);
      if (old !== undefined && old.lane === item.lane && isBehind(lane, old, now))
        return isOlder(item, old) ? old : renew(lane, old, item);
      lane.items.push(item);
      lane.counts[item.rank] += 1;
      byKey.set(item.key, item);
      size += 1;
      return item;
    },
    next(now) {
      if (paused > now) return null;
      let best: Lane | null = null;
      for (const lane of lanes.values())
        if (!lane.busy && lane.until <= now && before(lane, best)) best = lane;
      const item = best?.items[0];
      if (best === null || item === undefined) return null;
      best.busy = true;
      return item;
    },
    done(item) {
      item.over = true;
      size -= 1;
      if (byKey.get(item.key) === item) byKey.delete(item.key);
      const lane = laneOf(item.lane);
      lane.items.shift();
      lane.counts[item.rank] -= 1;
      lane.busy = false;
      lane.until = 0;
      if (lane.items.length === 0) lanes.delete(item.lane);
    },
    rest(item, until) {
      const lane = laneOf(item.lane);
      lane.busy = false;
      lane.until = until;
    },
    pause(until) {
      paused = Math.max(paused, until);
    },
    soonest(now) {
      let first: Instant | null = null;
      for (const { busy, until } of lanes.values()) {
        const at = Math.max(until, paused);
        if (!busy && at > now && (first === null || at < first)) first = at;
      }
      return first;
    },
    *all() {
      for (const { items } of lanes.values()) yield* items;
    },
    size: () => size,
  };
}
