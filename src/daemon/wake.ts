// What wakes the loop. The tick makes it correct; everything else only nudges the same path earlier.
import type { Effect, Outcome } from "../core/effect.ts";
import type { Observe, Part } from "./observe.ts";
import { parts } from "./observe.ts";

export interface WakeTimes {
  /** Time-based rules are asked this often, ms. */
  readonly tick: number;
  /** What nobody tells us of is looked at this often: a multiple of it, ms. */
  readonly look: number;
  /** Everything is looked at this often, in case a watcher's word got lost: a multiple of that, ms. */
  readonly net: number;
}

export const wakeTimes: WakeTimes = { tick: 1_000, look: 5_000, net: 30_000 };

/** Their watchers may miss what other machines or moved folders bring. */
const unwatched: readonly Part[] = ["board", "trunk", "vitals"];

/** What the end of an effect may have changed, or shown to be other than we thought. */
export function lookAfter(effect: Effect, outcome: Outcome): readonly Part[] {
  if (!outcome.ok && outcome.code.startsWith("pane.")) return ["panes"];
  switch (effect.type) {
    case "ensure.landing":
      return ["trunk"];
    case "ensure.seat":
      return ["signals"]; // its first words waited
    case "ensure.patch":
    case "ensure.create":
      return ["board"];
    case "ensure.take":
      return ["mail"]; // what else lies there that was dealt with
    default:
      return [];
  }
}

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
  let ticks = 0;
  // One timer: each of its own would wake the loop at a time of its own.
  const ticking = setInterval(() => {
    tick();
    ticks += 1;
    const passed = ticks * times.tick;
    if (passed % times.net === 0) void observe.look(parts);
    else if (passed % times.look === 0) void observe.look(unwatched);
  }, times.tick);
  return {
    nudge(part) {
      due.add(part);
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    stop: () => clearInterval(ticking),
  };
}
