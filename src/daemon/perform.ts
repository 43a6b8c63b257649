// Effects to ports, lane by lane; the only catch of Failures that acts of ours meet.
import {
  type Brought,
  type Effect,
  givesWay,
  identity,
  type Lane,
  type Outcome,
} from "../core/effect.ts";
import { Failure, type Instant } from "../core/words.ts";

/** @param onDisk the journal is: what looks first before it acts may look meanwhile */
export type Act = (effect: Effect, signal: AbortSignal, onDisk: Promise<void>) => Promise<Brought>;

export interface Perform {
  start(effects: readonly Effect[]): void;
  release(effect: Effect, outcome: Outcome): void;
  /** What is under way. */
  acting(): readonly Effect["type"][];
  /** Aborts what runs and resolves when all of it has ended. */
  stop(): Promise<void>;
}

export interface PerformParts {
  readonly act: Act;
  readonly settle: (effect: Effect, outcome: Outcome) => void;
  /** Resolves when the journal is on disk. */
  readonly sync: () => Promise<void>;
  readonly now: () => Instant;
  readonly onBug: (error: unknown, effect: Effect) => void;
}

/** Acts that leave the machine's memory of us or can't be seen afterwards wait for the journal's fdatasync (house §3.6). */
const needsSync = new Set<Effect["type"]>([
  "once.type",
  "once.enter",
  "ensure.landing",
  "ensure.consume",
  "ensure.take",
]);

/** These look before they act and wait for the journal meanwhile. */
const looksFirst = new Set<Effect["type"]>(["once.type", "once.enter"]);

/** After a success the same act rests this long: its event has closed the gap, or a look will. ms */
const rest = 1_000;
const firstPause = 1_000;
const longestPause = 60_000;

/** Whole act, ms; what an effect starts has shorter deadlines of its own. */
function deadlineOf(effect: Effect): number {
  switch (effect.type) {
    case "ensure.gate":
      return effect.order.timeoutMs + 20 * 60_000;
    case "ensure.start":
      return 20 * 60_000;
    case "ensure.landing":
      return 120_000;
    default:
      return 30_000;
  }
}

export function createPerform(parts: PerformParts): Perform {
  const busy = new Map<Lane, Effect>();
  /** Ends an act that gives way to another one on its lane. */
  const givingWay = new Map<Effect, AbortController>();
  const waiting = new Map<Lane, Effect[]>();
  const pauses = new Map<string, { readonly until: Instant; readonly tries: number }>();
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();

  const run = async (effect: Effect): Promise<void> => {
    const way = new AbortController();
    givingWay.set(effect, way);
    const came = await attempt(effect, way.signal);
    givingWay.delete(effect);
    const gaveWay = { ok: false, code: "timeout", say: `${effect.type} gave way` } as const;
    const outcome: Outcome = way.signal.aborted ? gaveWay : came;
    if (!stopping.signal.aborted) parts.settle(effect, outcome);
  };

  const attempt = async (effect: Effect, way: AbortSignal): Promise<Outcome> => {
    const deadline = AbortSignal.timeout(deadlineOf(effect));
    const signal = AbortSignal.any([stopping.signal, way, deadline]);
    try {
      const waits = needsSync.has(effect.type);
      const onDisk = waits ? parts.sync() : Promise.resolve();
      onDisk.catch(() => undefined); // told by the act, unless that has failed before
      if (waits && !looksFirst.has(effect.type)) await onDisk;
      return { ok: true, brought: await parts.act(effect, signal, onDisk) };
    } catch (error) {
      return outcomeOf(error, effect);
    }
  };

  const outcomeOf = (error: unknown, effect: Effect): Outcome => {
    if (error instanceof Failure)
      return {
        ok: false,
        code: error.code,
        say: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      };
    if (isRefusal(error)) return { ok: false, code: "refused", say: error.message };
    const name = (error as { name?: unknown } | null)?.name;
    if (name === "TimeoutError" || name === "AbortError")
      return {
        ok: false,
        code: "timeout",
        say: `${effect.type} did not end in ${deadlineOf(effect) / 1000} s`,
      };
    parts.onBug(error, effect);
    return {
      ok: false,
      code: "io.failed",
      say: error instanceof Error ? error.message : String(error),
    };
  };

  const begin = (effect: Effect): void => {
    busy.set(effect.lane, effect);
    const promise = run(effect).finally(() => running.delete(promise));
    running.add(promise);
  };

  return {
    start(effects) {
      if (stopping.signal.aborted) return;
      for (const effect of effects) {
        const id = identity(effect);
        const current = busy.get(effect.lane);
        const once = effect.type.startsWith("once.");
        if (current === undefined) {
          const pause = pauses.get(id);
          if (once || pause === undefined || pause.until <= parts.now()) begin(effect);
          continue;
        }
        if (givesWay(current, effect)) givingWay.get(current)?.abort();
        // An announced act is never lost; everything else is derived again when the lane is free.
        if (once && identity(current) !== id)
          waiting.set(effect.lane, [...(waiting.get(effect.lane) ?? []), effect]);
      }
    },
    release(effect, outcome) {
      busy.delete(effect.lane);
      pause(pauses, identity(effect), outcome.ok, parts.now());
      const [next, ...more] = waiting.get(effect.lane) ?? [];
      if (next === undefined) return;
      waiting.set(effect.lane, more);
      begin(next);
    },
    acting: () => [...busy.values()].map((effect) => effect.type),
    async stop() {
      stopping.abort();
      await Promise.allSettled(running);
    },
  };
}

type Pauses = Map<string, { readonly until: Instant; readonly tries: number }>;

function pause(pauses: Pauses, id: string, ok: boolean, now: Instant): void {
  const tries = ok ? 0 : (pauses.get(id)?.tries ?? 0) + 1;
  const length = ok ? rest : Math.min(longestPause, firstPause * 2 ** (tries - 1));
  for (const [other, { until }] of pauses) if (until < now - longestPause) pauses.delete(other);
  pauses.set(id, { until: now + length, tries });
}

/** A port's word that a person asked for what can't be (the board's checks). */
function isRefusal(error: unknown): error is Error & { code: string } {
  return error instanceof Error && error.name.endsWith("Refused") && "code" in error;
}
