// Takes one input at a time: decide, fold, append, perform. The only place where state changes.
import { decide } from "../core/decide.ts";
import type { Effect, Outcome } from "../core/effect.ts";
import type { Recorded } from "../core/event.ts";
import type { Asked, Input, Intent } from "../core/input.ts";
import type { Policy } from "../core/policy.ts";
import type { World } from "../core/ports.ts";
import type { State } from "../core/state.ts";
import { type Caller, Failure, type Instant, type Millis, type Refusal } from "../core/words.ts";
import { type Deferred, deferred } from "../lib/deferred.ts";
import type { Journal } from "./journal.ts";

/** What an intent led to. */
export type Verdict =
  | { readonly ok: true; readonly recorded: readonly Recorded[]; readonly state: State }
  | { readonly ok: false; readonly refusal: Refusal };

export interface Loop {
  readonly state: () => State;
  readonly world: () => World;
  /** @param asked stands in the audit with what came of it, in the same append */
  intend(by: Caller, intent: Intent, asked?: Asked): Promise<Verdict>;
  observe(world: Partial<World>): void;
  settle(effect: Effect, outcome: Outcome): void;
  tick(): void;
  /** The last tick that was worked off; 0: none yet. */
  tickedAt(): Instant;
  /** The longest input since it was asked last; null: none took a millisecond. */
  longest(): { readonly what: string; readonly ms: Millis } | null;
  /** Resolves with the first value that is not undefined, now or after an input; undefined when `ms` are over. */
  until<T>(look: (state: State) => T | undefined, ms: number): Promise<T | undefined>;
  /** Called after every input that recorded something, with the state after it. */
  onRecorded(listener: (recorded: readonly Recorded[], before: State, after: State) => void): void;
  stop(): void;
}

export interface LoopParts {
  readonly initial: State;
  readonly journal: Journal;
  readonly policy: () => Policy;
  readonly now: () => Instant;
  readonly perform: {
    start(effects: readonly Effect[]): void;
    /** A lane is busy until its Settled was folded. */
    release(effect: Effect, outcome: Outcome): void;
  };
  /** We are wrong: stack, input and seq for the operator. `deadly`: three ticks running. */
  readonly onBug: (error: unknown, input: Input, seq: number, deadly: boolean) => void;
  /** A tick was worked off. */
  readonly onTick?: () => void;
  /** Runs later, letting I/O through: setImmediate. */
  readonly defer: (run: () => void) => void;
}

const blankWorld: World = { panes: null, mail: null, signals: null, board: null, trunk: null };
/** Inputs are worked off for at most this long before I/O gets its turn, ms. */
const slice = 20;
const bugsInARow = 3;
/** As `queueMicrotask`, which keeps a context for each call: four times the price. */
const soon = Promise.resolve();

interface Waiting {
  readonly input: Input;
  readonly done: Deferred<Verdict> | null;
}

interface Waiter {
  check(state: State): boolean;
}

export function createLoop(parts: LoopParts): Loop {
  const { journal, policy, now, perform, defer } = parts;
  const queue: Waiting[] = [];
  const waiters = new Set<Waiter>();
  const listeners: ((recorded: readonly Recorded[], before: State, after: State) => void)[] = [];
  let state = parts.initial;
  let world = blankWorld;
  let scheduled = false;
  let stopped = false;
  let bugs = 0;
  let tickedAt = 0;
  let longest: { what: string; ms: number } | null = null;

  const push = (waiting: Waiting): void => {
    if (stopped) return;
    queue.push(waiting);
    if (scheduled) return;
    scheduled = true;
    void soon.then(drain);
  };

  const drain = (): void => {
    const until = performance.now() + slice;
    while (queue.length > 0) {
      if (performance.now() > until) {
        defer(drain);
        return;
      }
      step(queue.shift() as Waiting);
    }
    scheduled = false;
  };

  const step = (waiting: Waiting): void => {
    const began = performance.now();
    work(waiting);
    const ms = performance.now() - began;
    if (ms >= 1 && ms > (longest?.ms ?? 0)) longest = { what: nameOf(waiting.input), ms };
  };

  const work = ({ input, done }: Waiting): void => {
    if (input.type === "observed") world = { ...world, ...input.world };
    let verdict: Verdict;
    try {
      verdict = fold(input);
      if (input.type === "tick") {
        bugs = 0;
        tickedAt = input.at;
      }
    } catch (error) {
      // A disk that takes nothing is no fault of ours: nothing has changed, and the next tick tries again.
      if (input.type === "tick") bugs = isWorlds(error) ? 0 : bugs + 1;
      parts.onBug(error, input, state.seq, bugs >= bugsInARow);
      if (input.type === "settled") perform.release(input.effect, input.outcome);
      verdict = { ok: false, refusal: bugRefusal(error, state.seq) };
    }
    done?.resolve(verdict);
  };

  const fold = (input: Input): Verdict => {
    const before = state;
    const decided = decide(before, input, { policy: policy(), world, now: input.at });
    journal.append(decided.recorded);
    state = decided.state;
    if (input.type === "settled") perform.release(input.effect, input.outcome);
    perform.start(decided.effects);
    if (input.type === "tick") parts.onTick?.();
    if (decided.recorded.length > 0) {
      for (const listener of listeners) listener(decided.recorded, before, state);
      for (const waiter of waiters) if (waiter.check(state)) waiters.delete(waiter);
    }
    return decided.refusal === undefined
      ? { ok: true, recorded: decided.recorded, state }
      : { ok: false, refusal: decided.refusal };
  };

  return {
    state: () => state,
    world: () => world,
    intend(by, intent, asked) {
      const done = deferred<Verdict>();
      if (stopped)
        return Promise.resolve({
          ok: false,
          refusal: {
            code: "bot.gone",
            say: "The bot is stopping.",
            hint: "Try again when it is back.",
          },
        });
      const said = asked === undefined ? {} : { asked };
      push({ input: { type: "intent", at: now(), by, intent, ...said }, done });
      return done.promise;
    },
    observe: (seen) => push({ input: { type: "observed", at: now(), world: seen }, done: null }),
    settle: (effect, outcome) =>
      push({ input: { type: "settled", at: now(), effect, outcome }, done: null }),
    tick: () => push({ input: { type: "tick", at: now() }, done: null }),
    tickedAt: () => tickedAt,
    longest() {
      const it = longest;
      longest = null;
      return it;
    },
    until(look, ms) {
      const first = look(state);
      if (first !== undefined) return Promise.resolve(first);
      const done = deferred<ReturnType<typeof look>>();
      const waiter: Waiter = {
        check: (s) => {
          const found = look(s);
          if (found !== undefined) done.resolve(found);
          return found !== undefined;
        },
      };
      waiters.add(waiter);
      const timer = setTimeout(() => {
        waiters.delete(waiter);
        done.resolve(undefined);
      }, ms);
      return done.promise.finally(() => clearTimeout(timer));
    },
    onRecorded: (listener) => void listeners.push(listener),
    stop: () => {
      stopped = true;
    },
  };
}

/** What an input was, for who looks for the cause of a stall. */
function nameOf(input: Input): string {
  switch (input.type) {
    case "intent":
      return `intent ${input.intent.type}`;
    case "observed":
      return `observed ${Object.keys(input.world).join(", ")}`;
    case "settled":
      return `settled ${input.effect.type}`;
    default:
      return input.type;
  }
}

const isWorlds = (error: unknown): error is Failure =>
  error instanceof Failure && (error.code === "io.full" || error.code === "io.failed");

function bugRefusal(error: unknown, seq: number): Refusal {
  if (isWorlds(error)) return { code: error.code, say: error.message };
  return {
    code: "bug",
    say: `This is our bug (ref ${seq}); nothing was changed.`,
    hint: "The log has the details: .batty/daemon.log",
  };
}
