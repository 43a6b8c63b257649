// When the model was asked and answered. This, with the agents' own events, is the truth that labels come from.
import { performance } from "node:perf_hooks";

export type Moment = "asked" | "first" | "tool" | "done" | "failed" | "dropped" | "hung" | "left";

export interface Entry {
  readonly moment: Moment;
  /** Wall clock, ms. */
  readonly at: number;
  /** Monotonic, ms since the server's start. */
  readonly mono: number;
  /** Number of the request. */
  readonly request: number;
  readonly api: "anthropic" | "openai";
  readonly session: string | null;
  readonly step: number;
  readonly side: string | null;
  /** The tool called, the status answered; `done`: whether a tool was asked for. */
  readonly detail: string;
}

export interface Timeline {
  add(entry: Omit<Entry, "at" | "mono">): void;
  readonly entries: readonly Entry[];
  /** The first entry from number `from` on that fits, past or to come. */
  until(fits: (entry: Entry) => boolean, signal: AbortSignal, from?: number): Promise<Entry>;
}

export function makeTimeline(): Timeline {
  const start = performance.now();
  const entries: Entry[] = [];
  const waiting = new Set<(entry: Entry) => void>();
  return {
    entries,
    add(said) {
      const entry = { ...said, at: Date.now(), mono: performance.now() - start };
      entries.push(entry);
      for (const tell of waiting) tell(entry);
    },
    until(fits, signal, from = 0) {
      const past = entries.slice(from).find(fits);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          waiting.delete(look);
          signal.removeEventListener("abort", give);
        };
        const give = (): void => {
          stop();
          reject(
            new Error("The model's timeline showed no such moment in time", {
              cause: signal.reason,
            }),
          );
        };
        const look = (entry: Entry): void => {
          if (!fits(entry)) return;
          stop();
          resolve(entry);
        };
        waiting.add(look);
        signal.addEventListener("abort", give, { once: true });
        if (signal.aborted) give();
      });
    },
  };
}
