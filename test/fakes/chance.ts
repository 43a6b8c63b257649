// Chance that can be played again: a small generator, seeded.

export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** True with this probability. */
  hits(probability: number): boolean;
  /** A whole number in [0, below). */
  below(n: number): number;
  one<T>(list: readonly T[]): T;
}

/** mulberry32, by Tommy Ettinger: public domain. */
export function chance(seed: number): Chance {
  let a = seed >>> 0;
  const next = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    hits: (probability) => next() < probability,
    below,
    one(list) {
      const found = list[below(list.length)];
      if (found === undefined) throw new Error("nothing to choose from");
      return found;
    },
  };
}
