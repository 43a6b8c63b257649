// What chats had not shown when the last bot went: shown at their pace while the bot works. Knows no chat.
import type { Outbox } from "../chat/outbox/outbox.ts";
import type { Recorded } from "../core/event.ts";
import type { State } from "../core/state.ts";
import type { Pump } from "../daemon/pump.ts";
import type { Memory } from "./memory.ts";

/** So long a chat may take for a piece of what former lives left before the next piece follows, ms. */
const pieceWithin = 50;

interface FormerParts {
  readonly outbox: Pick<Outbox, "idle">;
  readonly state: () => State;
  readonly log: (line: string) => void;
}

interface Former {
  /** Resolves when nothing of them is left. */
  readonly shown: Promise<void>;
  /** A line of this life: it comes behind theirs. */
  take(recorded: Recorded, after: State): void;
}

/** What no chat showed in former lives, at the chats' pace; nobody waits for it but what has to come behind it. */
export function showFormer(
  memory: Pick<Memory, "unshown">,
  pump: Pump,
  { outbox, state, log }: FormerParts,
): Former {
  let behind: [Recorded, State][] | null = [];
  const pause = async (): Promise<void> => {
    await Promise.race([outbox.idle(), new Promise((go) => setTimeout(go, pieceWithin))]);
  };
  const shown = memory
    .unshown(pump.take, pause)
    .catch((error: unknown) => log(`what chats had not shown yet: ${String(error)}`))
    .then(() => {
      for (const [recorded, after] of behind ?? []) pump.take(recorded, after);
      behind = null;
      pump.refresh(state(), Date.now());
    });
  return {
    shown,
    take(recorded, after) {
      if (behind === null) pump.take(recorded, after);
      else behind.push([recorded, after]);
    },
  };
}
