// What wakes the loop. The tick makes it correct; everything else only nudges the same path earlier.
import type { Observe, Part } from "./observe.ts";
import { parts } from "./observe.ts";

export interface WakeTimes {
  /** Time-based rules are asked this often, ms. */
  readonly tick: number;
  /** Everything is looked at this often, ms. */
  readonly look: number;
}

export const wakeTimes: WakeTimes = { tick: 1_000, look: 5_000 };

export interface Wake {
  /** Something may have changed there. */
  nudge(part: Part): void;
  stop(): void;
}

export function startWake(observe: Observe, tick: () => void, times: WakeTimes = wakeTimes): Wake {
  const due = new Set<Part>();
  let scheduled = false;
  const flush = (): void => {
    scheduled = false;
    const which = [...due];
    due.clear();
    void observe.look(which);
  };
  const ticking = setInterval(tick, times.tick);
  const looking = setInterval(() => void observe.look(parts), times.look);
  return {
    nudge(part) {
      due.add(part);
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    stop() {
      clearInterval(ticking);
      clearInterval(looking);
    },
  };
}
