// What is wrong although the line is there, and work that is tried until it is done: a person may have to help first.
import { Failure, type Instant, type Millis } from "../../core/words.ts";
import { deferred } from "../../lib/deferred.ts";
import { stackOf } from "./errands.ts";
import { type DiscordState, pause } from "./session.ts";

export interface Trouble {
  /** What the line is, seen with what is wrong on it. */
  over(line: DiscordState): DiscordState;
  untilDone<T>(work: () => Promise<T>): Promise<T>;
  /** Something changed that may end it. */
  anew(): void;
}

export interface TroubleParts {
  readonly ending: AbortSignal;
  now(): Instant;
  log(line: string): void;
  changed(): void;
}

const firstAgain: Millis = 1_000;
const againAtMost: Millis = 30_000;

export function createTrouble({ ending, now, log, changed }: TroubleParts): Trouble {
  let trouble: { readonly since: Instant; readonly why: string } | null = null;
  let change = deferred<void>();

  const become = (why: string | null): void => {
    if (why === (trouble?.why ?? null)) return;
    trouble = why === null ? null : { since: trouble?.since ?? now(), why };
    if (why !== null) log(`discord: ${why}`);
    changed();
  };

  return {
    over: (line) =>
      trouble !== null && line.state === "online" ? { state: "away", ...trouble } : line,
    anew: () => change.resolve(),
    async untilDone(work) {
      for (let wait = firstAgain; ; wait = Math.min(againAtMost, wait * 2)) {
        ending.throwIfAborted();
        change = deferred<void>();
        try {
          const done = await work();
          become(null);
          return done;
        } catch (error) {
          become(whyOf(error));
          await Promise.race([change.promise, pause(wait, ending)]);
        }
      }
    },
  };
}

const whyOf = (error: unknown): string => {
  if (!(error instanceof Failure)) return stackOf(error);
  return [error.message, error.hint ?? ""].join(". ").trim();
};
