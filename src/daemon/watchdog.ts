// Notices that the event loop stood still, and says what ran then. Its clock is libuv's own: it counts while
// JavaScript does not run. Must not know what the loop decides.
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { LoopStall } from "../core/ports.ts";
import type { Millis } from "../core/words.ts";

/** The loop never stands still for longer, ms. */
const stallMs = 250;
/** A stall is measured to at most so much more than it was. Half of it costs twice: 0.05 % of a core for 100. ms */
const resolution = 100;
const perMs = 1e6;

interface Seen {
  /** The longest delay since the last stall that was asked for, ms. */
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

/** To be asked once a second. */
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

export function loopClock(): Seen & { stop(): void } {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  return {
    delay() {
      const ms = histogram.max / perMs;
      // After a reset the next interval is not measured at all: only a stall that was told makes room.
      if (ms > stallMs) histogram.reset();
      return ms;
    },
    cpu() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    stop: () => void histogram.disable(),
  };
}
