// A journal that is never the first to find the disk full: it gives up its reserve and writes the line again.
import { Failure } from "../core/words.ts";
import type { Journal } from "./journal.ts";

export interface Reserve {
  /** Takes the room; false: there is none to take. */
  take(): boolean;
  /** Gives it up; false: it was given up already. */
  release(): boolean;
}

export function withReserve<J extends Journal>(journal: J, reserve: Reserve): J {
  return {
    ...journal,
    append(recorded) {
      try {
        journal.append(recorded);
      } catch (error) {
        const isFull = error instanceof Failure && error.code === "io.full";
        // What a full disk let through of the lines was taken back: they are written whole or not at all.
        if (!isFull || !reserve.release()) throw error;
        journal.append(recorded);
      }
    },
  };
}
