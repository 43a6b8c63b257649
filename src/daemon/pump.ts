// Journal lines to what each chat shows. Knows no chat and waits for none: an outbox takes what it is given at once.
import type { Recorded } from "../core/event.ts";
import type { State } from "../core/state.ts";
import { announce } from "../core/views/announce.ts";
import { openCards } from "../core/views/open-cards.ts";
import type { Shown } from "../core/views/post.ts";
import { taskPosts } from "../core/views/task-card.ts";
import type { Instant } from "../core/words.ts";

/** The way out to one chat. */
export interface Surface {
  take(seq: number, shown: readonly Shown[]): void;
  derived(shown: readonly Shown[]): void;
  refresh(shown: readonly Shown[]): void;
  /** Of these only what it never showed. */
  catchUp(shown: readonly Shown[]): void;
}

export interface Pump {
  /** Journal lines and the state after each. */
  take(recorded: Recorded, after: State): void;
  /** After a start, behind the lines of former lives: cards that follow from the state as it is now. */
  refresh(state: State, now: Instant): void;
  /** What follows from no line alone (how far something is): not carried again after a crash. */
  passing(shown: readonly Shown[]): void;
}

export function createPump(surfaces: readonly Surface[]): Pump {
  return {
    take(recorded, after) {
      const shown = announce(after, recorded);
      for (const surface of surfaces) surface.take(recorded.seq, shown);
    },
    refresh(state, now) {
      for (const surface of surfaces) {
        surface.refresh(taskPosts(state));
        surface.catchUp(openCards(state, now));
      }
    },
    passing(shown) {
      if (shown.length > 0) for (const surface of surfaces) surface.derived(shown);
    },
  };
}
