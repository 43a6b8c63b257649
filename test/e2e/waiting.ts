// Waiting for what happens, with a word for what was waited for in vain.

interface Waiter<T> {
  readonly wanted: (item: T) => boolean;
  resolve(item: T): void;
}

/** Everything that came so far, and whoever waits for more. */
export interface Stream<T> {
  readonly items: readonly T[];
  add(item: T): void;
  /** The first item, come or yet to come, that is wanted. @throws Error naming `what` after `ms` */
  next(what: string, wanted: (item: T) => boolean, ms?: number): Promise<T>;
}

const patience = 30_000;

/** @param tail what a failed wait shows of the items */
export function stream<T>(tail: (items: readonly T[]) => string): Stream<T> {
  const items: T[] = [];
  const waiters = new Set<Waiter<T>>();
  return {
    items,
    add(item) {
      items.push(item);
      for (const waiter of waiters) if (waiter.wanted(item)) waiter.resolve(item);
    },
    next(what, wanted, ms = patience) {
      const there = items.find(wanted);
      if (there !== undefined) return Promise.resolve(there);
      const asked = new Error(`waited ${ms / 1000} s in vain for ${what}`);
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiters.delete(waiter);
          asked.message += `; last came:\n${tail(items)}`;
          reject(asked);
        }, ms);
        const waiter: Waiter<T> = {
          wanted,
          resolve(item) {
            clearTimeout(late);
            waiters.delete(waiter);
            resolve(item);
          },
        };
        waiters.add(waiter);
      });
    },
  };
}

/** Until `look` finds something, asked again and again: for what announces itself to nobody (/proc, refs, files). */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  ms: number = patience,
): Promise<T> {
  const limit = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > limit) throw new Error(`waited ${ms / 1000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
