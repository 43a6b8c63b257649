// A virtual clock: while it is installed, timers and deadlines fire only when the test lets time pass.
// Immediates stay real, so that promises are worked off between two instants.

interface Timer {
  readonly at: number;
  /** It may come that much later, ms: time need not stop for it alone. */
  readonly slack: number;
  readonly number: number;
  readonly every: number | null;
  readonly run: () => void;
}

export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** When the next timer is due; null: there is none. */
  next(): number | null;
  /** Moves to `at` and fires what is due there; nothing may be due before it. */
  moveTo(at: number): void;
  /** Gives the real timers back. */
  uninstall(): void;
}

/** Most deadlines are never met, and each instant costs the test a stop. */
const deadlineSlack = 1_000;
const tooLate = new DOMException("too late", "TimeoutError");

const replaced = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] as const;

export function installClock(start: number): Clock {
  const real = Object.fromEntries(replaced.map((name) => [name, globalThis[name]]));
  const realDeadline = AbortSignal.timeout;
  const timers = new Map<number, Timer>();
  let now = start;
  let last = 0;

  const add = (run: () => void, ms: number, every: number | null, slack = 0): number => {
    last += 1;
    timers.set(last, { at: now + Math.max(0, ms), slack, number: last, every, run });
    return last;
  };
  // What the code under test does with a timer's handle: unref it, clear it.
  const handle = (number: number) => ({ number, unref: () => undefined, ref: () => undefined });
  const clear = (timer: { number: number } | undefined): void =>
    void timers.delete(timer?.number ?? 0);
  const deadline = (ms: number): AbortSignal => {
    const controller = new AbortController();
    add(() => controller.abort(tooLate), ms, null, deadlineSlack);
    return controller.signal;
  };

  const fake = {
    setTimeout: (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
      handle(add(() => run(...given), ms, null)),
    setInterval: (run: () => void, ms: number) => handle(add(run, ms, ms)),
    clearTimeout: clear,
    clearInterval: clear,
  };
  Object.assign(globalThis, fake);
  Object.assign(AbortSignal, { timeout: deadline });

  const fire = (timer: Timer): void => {
    timers.delete(timer.number);
    if (timer.every !== null)
      timers.set(timer.number, { ...timer, at: timer.at + Math.max(1, timer.every) });
    timer.run();
  };

  return {
    now: () => now,
    sleep: (ms) => new Promise((resolve) => void add(resolve, ms, null)),
    next() {
      let first: number | null = null;
      for (const { at, slack } of timers.values())
        if (first === null || at + slack < first) first = at + slack;
      return first;
    },
    moveTo(at) {
      now = Math.max(now, at);
      const due = [...timers.values()].filter((timer) => timer.at <= now);
      for (const timer of due.sort((a, b) => a.at - b.at || a.number - b.number))
        if (timers.has(timer.number)) fire(timer);
    },
    uninstall() {
      Object.assign(globalThis, real);
      Object.assign(AbortSignal, { timeout: realDeadline });
      timers.clear();
    },
  };
}
