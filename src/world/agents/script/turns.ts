// Turns one after the other: what is submitted while one runs waits. Knows not what a turn does.

export type Turn = (signal: AbortSignal) => Promise<void>;

/** Why a turn was aborted: a person or the bot stopped it, or the whole program ends. */
export type AbortReason = "interrupted" | "ending";

export interface Turns {
  push(turn: Turn): void;
  /** Begins to work, with `first` before whatever was pushed until now. */
  open(first: Turn): void;
  abort(reason: AbortReason): void;
  readonly isBusy: boolean;
}

export function createTurns(): Turns {
  const waiting: Turn[] = [];
  let current: AbortController | null = null;
  let isOpen = false;

  async function work(): Promise<void> {
    if (!isOpen || current) return;
    for (let turn = waiting.shift(); turn; turn = waiting.shift()) {
      current = new AbortController();
      await turn(current.signal);
    }
    current = null;
  }

  return {
    push(turn) {
      waiting.push(turn);
      void work();
    },
    open(first) {
      isOpen = true;
      waiting.unshift(first);
      void work();
    },
    abort(reason) {
      if (reason === "ending") waiting.length = 0;
      current?.abort(reason);
    },
    get isBusy() {
      return current !== null;
    },
  };
}
