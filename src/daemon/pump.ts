// Carries what happened to the chats: each journal line becomes posts and receipts, in order, shown once.
// The chat's store forgets no key, so a line carried twice after a crash shows once; the cursor only saves work.
import type { Recorded } from "../core/event.ts";
import type { State } from "../core/state.ts";
import { announce } from "../core/views/announce.ts";
import type { Shown } from "../core/views/post.ts";

/** What a chat must be able to do; durable before it resolves. */
export interface Shows {
  show(shown: Shown): Promise<void>;
}

export interface Pump {
  /** Journal lines and the state after each. */
  take(recorded: Recorded, after: State): void;
  /** What follows from no line alone (how far something is): behind what was taken, and not carried again. */
  passing(shown: readonly Shown[]): void;
  /** Resolves when everything taken so far is shown. */
  idle(): Promise<void>;
}

interface PumpParts {
  readonly chat: Shows;
  /** Everything up to this line is shown. */
  readonly save: (seq: number) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}

/** Between two tries of a chat that does not take a post, ms. */
const retryAfter = 1_000;
const tries = 30;

export function createPump({ chat, save, onTrouble }: PumpParts): Pump {
  const queue: { readonly seq: number; readonly shown: readonly Shown[] }[] = [];
  let lastSeq = 0;
  let running: Promise<void> | null = null;

  const show = async (shown: Shown): Promise<void> => {
    for (let n = 1; ; n += 1) {
      try {
        await chat.show(shown);
        return;
      } catch (error) {
        onTrouble(error);
        if (n >= tries) return; // the next start carries it again: the cursor does not pass it
        await new Promise((resolve) => setTimeout(resolve, retryAfter).unref());
      }
    }
  };

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const { seq, shown } = queue[0] as (typeof queue)[number];
      for (const one of shown) await show(one);
      queue.shift();
      if (queue.length === 0) await save(seq).catch(onTrouble);
    }
    running = null;
  };

  return {
    take(recorded, after) {
      const shown = announce(after, recorded);
      lastSeq = recorded.seq;
      if (shown.length === 0) return;
      queue.push({ seq: lastSeq, shown });
      running ??= run();
    },
    passing(shown) {
      // Behind nothing yet: the cursor has no line to stand on.
      if (shown.length === 0 || lastSeq === 0) return;
      queue.push({ seq: lastSeq, shown });
      running ??= run();
    },
    async idle() {
      while (running !== null) await running;
    },
  };
}
