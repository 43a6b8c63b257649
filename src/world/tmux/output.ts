// What panes print, as hints only: a dirty mark, the time of the last byte, and a brake for those that flood.
// Never looks at what was printed.
import { Failure } from "../../core/words.ts";

export interface OutputWatch {
  printed(pane: string, bytes: number): void;
  /** tmux stopped sending a pane's output. */
  paused(pane: string): void;
  /** See Terminal.settled. */
  settled(pane: string, atLeast: number, atMost: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

export interface OutputHooks {
  onDirty(pane: string): void;
  /** Stops or restarts the sending of a pane's output to us; the pane itself runs on. */
  brake(pane: string, on: boolean): void;
  now(): number;
}

const quietMs = 40;
const floodBytesPerSecond = 50_000;
const floodSeconds = 5;
/** A braked pane is listened to again after this long; still flooding, one second brakes it anew. */
const brakeMs = 5000;

interface PaneOutput {
  /** Of the current second. */
  bytes: number;
  since: number;
  hotSeconds: number;
  lastAt: number;
  brake: NodeJS.Timeout | null;
}

export function watchOutput({ onDirty, brake, now }: OutputHooks): OutputWatch {
  const panes = new Map<string, PaneOutput>();

  const outputOf = (pane: string): PaneOutput => {
    let found = panes.get(pane);
    if (found === undefined) {
      found = {
        bytes: 0,
        since: now(),
        hotSeconds: 0,
        lastAt: Number.NEGATIVE_INFINITY,
        brake: null,
      };
      panes.set(pane, found);
    }
    return found;
  };

  function printed(pane: string, bytes: number): void {
    const output = outputOf(pane);
    output.lastAt = now();
    output.bytes += bytes;
    const elapsed = output.lastAt - output.since;
    if (elapsed >= 1000) {
      const rate = (output.bytes * 1000) / elapsed;
      output.hotSeconds = rate > floodBytesPerSecond ? output.hotSeconds + 1 : 0;
      output.bytes = 0;
      output.since = output.lastAt;
      if (output.hotSeconds >= floodSeconds && output.brake === null) brakeFor(pane, output);
    }
    onDirty(pane);
  }

  /** While braked the pane counts as dirty once a second. */
  function brakeFor(pane: string, output: PaneOutput): void {
    brake(pane, true);
    let beats = 0;
    output.brake = setInterval(() => {
      onDirty(pane);
      if (++beats * 1000 < brakeMs) return;
      if (output.brake !== null) clearInterval(output.brake);
      output.brake = null;
      output.hotSeconds = floodSeconds - 1;
      output.since = now();
      output.bytes = 0;
      brake(pane, false);
    }, 1000);
    output.brake.unref();
  }

  return {
    printed,
    paused: (pane) => {
      if (outputOf(pane).brake !== null) return;
      // We lagged behind: what was skipped is seen by the next capture.
      brake(pane, false);
      onDirty(pane);
    },
    settled: (pane, atLeast, atMost, signal) => {
      const from = now();
      const output = outputOf(pane);
      return waitUntil(
        () => {
          // A braked pane tells nothing: only the limit ends the wait.
          if (output.brake !== null) return from + atMost;
          const quiet = Math.max(output.lastAt, from) + quietMs;
          return Math.min(Math.max(quiet, from + atLeast), from + atMost);
        },
        now,
        signal,
      );
    },
    stop: () => {
      for (const { brake: timer } of panes.values()) if (timer !== null) clearInterval(timer);
      panes.clear();
    },
  };
}

/** Sleeps until `due()`, which may move later while we sleep. */
function waitUntil(due: () => number, now: () => number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      clearTimeout(timer);
      reject(
        new Failure("timeout", "waiting for a pane to settle was given up", {
          cause: signal.reason,
        }),
      );
    };
    const check = (): void => {
      const left = due() - now();
      if (left > 0) {
        timer = setTimeout(check, Math.ceil(left));
        return;
      }
      signal.removeEventListener("abort", abort);
      resolve();
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    check();
  });
}
