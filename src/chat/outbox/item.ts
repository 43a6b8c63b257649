// One thing on its way to a chat: what it shows, whose turn it waits for, how far it is. Knows neither disk nor chat.
import type { Visible } from "../../core/views/post.ts";
import type { Instant } from "../../core/words.ts";

/** Across rooms the higher goes first. Within a room the order never changes. */
export const ranks = { board: 0, event: 1, answer: 2, decision: 3 } as const;
export type Rank = (typeof ranks)[keyof typeof ranks];

export interface Item {
  /** Sorts by arrival; the name of its file. */
  readonly id: string;
  /** Of the post, or `mark:<echo>`. */
  readonly key: string;
  readonly lane: string;
  readonly at: Instant;
  rank: Rank;
  /** The journal line it follows from; 0: from none. */
  seq: number;
  /** Null: it lies on the disk. */
  what: Visible | null;
  /** Made anew from the state at the next start: its newest state is all that counts. */
  readonly derived: boolean;
  /** What stands in `what` is on the disk. */
  filed: boolean;
  /** It has a file, though perhaps with an older state. */
  stored: boolean;
  /** It may be there already: looked for before it is posted. */
  doubtful: boolean;
  /** When it was tried first. */
  triedAt: Instant | null;
  tries: number;
  over: boolean;
  /** Somebody waits until it is shown or filed. */
  settled: (() => void) | null;
}

/** New, or with what a former life knows of it. */
export const itemOf = (
  { id, at, seq, what }: Pick<Item, "id" | "at" | "seq"> & { readonly what: Visible },
  more: Partial<Item>,
): Item => ({
  ...{ id, at, seq, what, ...placeOf(what) },
  ...{ derived: false, filed: false, stored: false, doubtful: false },
  ...{ triedAt: null, tries: 0, over: false, settled: null },
  ...more,
});

/** It would be lost with the bot, but for the journal. */
export const isUnfiled = ({ filed, derived, over }: Item): boolean => !filed && !derived && !over;

/** How urgent it is, and which room's order it keeps. */
export function placeOf(shown: Visible): {
  readonly key: string;
  readonly lane: string;
  readonly rank: Rank;
} {
  if ("mark" in shown)
    return { key: `mark:${shown.mark.echo}`, lane: "receipts", rank: ranks.answer };
  const { key, room, card, loud } = shown.post;
  return { key, lane: room, rank: rankOf(key, room, card?.kind ?? null, loud) };
}

function rankOf(key: string, room: string, kind: string | null, loud: boolean): Rank {
  switch (kind) {
    case "merge":
    case "question":
    case "permission":
    case "confirm":
      return ranks.decision;
    case "task":
    case "status":
    case "board":
      return ranks.board;
    default:
      if (loud || room === "alerts") return ranks.decision;
      return /^(?:answer|say):/.test(key) ? ranks.answer : ranks.event;
  }
}
