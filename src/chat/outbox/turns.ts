// Whose turn it is, again and again: as many at a time as the chat is wide. Knows neither what they show nor how it goes.
import type { Item } from "./item.ts";
import type { Lanes } from "./lanes.ts";
import type { OutboxParts } from "./parts.ts";

export interface Turns {
  /** Whoever may go, goes. */
  go(): void;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  /** Nobody goes any more; resolves when nobody is under way. */
  close(): Promise<void>;
}

/** @param own `onIdle`: nothing waits any more */
export function createTurns(
  { port, onTrouble, now }: Pick<OutboxParts, "port" | "onTrouble" | "now">,
  own: {
    readonly lanes: Lanes;
    readonly deliver: (item: Item) => Promise<void>;
    readonly onIdle: () => void;
  },
): Turns {
  const { lanes, deliver, onIdle } = own;
  const { width } = port;
  const running = new Set<Promise<void>>();
  const idlers = new Set<() => void>();
  let wake: NodeJS.Timeout | undefined;
  let isIdle = true;
  let isClosed = false;

  const start = (item: Item): void => {
    const call: Promise<void> = deliver(item)
      .catch(onTrouble)
      .finally(() => {
        running.delete(call);
        go();
      });
    running.add(call);
  };

  const go = (): void => {
    if (isClosed) return;
    while (running.size < width) {
      const item = lanes.next(now());
      if (item === null) break;
      start(item);
    }
    const wasIdle = isIdle;
    isIdle = lanes.size() === 0;
    if (isIdle && !wasIdle) {
      for (const idler of idlers) idler();
      idlers.clear();
      onIdle();
    }
    clearTimeout(wake);
    const soonest = running.size < width ? lanes.soonest(now()) : null;
    if (soonest !== null) wake = setTimeout(go, soonest - now());
  };

  return {
    go,
    async idle() {
      if (lanes.size() > 0) await new Promise<void>((resolve) => void idlers.add(resolve));
    },
    async close() {
      isClosed = true;
      clearTimeout(wake);
      await Promise.allSettled(running);
    },
  };
}
