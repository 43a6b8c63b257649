// Notices that the event loop stood still, and says what ran then. It costs an idle loop nothing: it is asked by
// the tick, and looks in at the turns that the loop makes anyway. Must not know what the loop decides.
import { performance } from "node:perf_hooks";
import type { LoopStall } from "../core/ports.ts";
import type { Millis } from "../core/words.ts";

/** The loop never stands still for longer, ms. */
const stallMs = 250;

interface Seen {
  /** The longest that the loop stood still since it was asked last, ms. */
  delay(): Millis;
  /** CPU of this process so far, ms. */
  cpu(): Millis;
}

export interface WatchdogParts {
  /** The longest step of our own loop since it was asked last. */
  readonly longest: () => { readonly what: string; readonly ms: Millis } | null;
  /** Acts under way. */
  readonly acting: () => readonly string[];
  readonly tell: (stall: LoopStall) => void;
  /** At most one word in so many ms; the others are counted. */
  readonly quietFor: Millis;
  readonly now: () => number;
}

/** To be asked by each tick. */
export function createWatchdog(parts: WatchdogParts, seen: Seen): () => void {
  let cpu = seen.cpu();
  let toldAt = Number.NEGATIVE_INFINITY;
  let worst: Omit<LoopStall, "times"> | null = null;
  let times = 0;
  return () => {
    const ms = Math.round(seen.delay());
    const used = seen.cpu() - cpu;
    cpu += used;
    const step = parts.longest();
    if (ms > stallMs) {
      times += 1;
      if (ms > (worst?.ms ?? 0)) worst = { ms, what: causeOf(ms, used, step, parts.acting()) };
    }
    if (worst === null || parts.now() - toldAt < parts.quietFor) return;
    toldAt = parts.now();
    parts.tell({ ...worst, times });
    worst = null;
    times = 0;
  };
}

/** By evidence: a step of ours as long as half of it, else who had the processor. */
function causeOf(
  ms: Millis,
  used: Millis,
  step: { readonly what: string; readonly ms: Millis } | null,
  acting: readonly string[],
): string {
  if (step !== null && step.ms > ms / 2) return `${step.what} (${Math.round(step.ms)} ms)`;
  const during = acting.length === 0 ? "no act under way" : `during ${acting.join(", ")}`;
  return used < ms / 2
    ? `the machine gave us ${Math.round(used)} ms of processor: it was busy or asleep (${during})`
    : `outside the loop's own steps (${during})`;
}

/**
 * An immediate that nobody waits for runs once in each turn of the loop and never keeps it from sleeping: a turn less
 * its sleep is how long nobody was heard. A process that was stopped, or got no processor, looks asleep to that
 * clock, but its timers are late. @param each how often `delay` is asked, ms
 */
export function loopClock(each: Millis): Seen & { stop(): void } {
  let worst = 0;
  let askedAt = Number.POSITIVE_INFINITY;
  let active = performance.eventLoopUtilization().active;
  const look = (): number => {
    const now = performance.eventLoopUtilization().active;
    worst = Math.max(worst, now - active);
    return now;
  };
  const turn = (): void => {
    active = look();
    next = setImmediate(turn).unref();
  };
  let next = setImmediate(turn).unref();
  return {
    delay() {
      const now = performance.now();
      const ran = look();
      const ms = Math.max(worst, now - askedAt - each);
      if (worst > stallMs) active = ran; // told now, and not by the turn's end once more
      worst = 0;
      askedAt = now;
      return ms;
    },
    cpu() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    stop: () => clearImmediate(next),
  };
}
