// What may be done in a thread that is archived or locked, when one falls asleep, and what is full.
import type { APIThreadMetadata } from "discord-api-types/v10";
import { RESTJSONErrorCodes as Code } from "discord-api-types/v10";
import type { Refusal } from "./refusals.ts";
import { refusal } from "./refusals.ts";

export type ThreadState = Pick<APIThreadMetadata, "archived" | "locked">;

export type ThreadAct =
  | "send"
  | "edit" // a message
  | "delete" // a message
  | "react"
  | "unreact"
  | "pin"
  | "command"
  | "join"
  | "rename" // or any other change of the thread that does not wake it
  | "unarchive";

export interface ThreadOutcome {
  readonly refused: Refusal | null;
  /** The thread is active from now on, and a THREAD_UPDATE says so. */
  readonly wakes: boolean;
}

const yes: ThreadOutcome = { refused: null, wakes: false };
const woken: ThreadOutcome = { refused: null, wakes: true };
const no = (code: Parameters<typeof refusal>[0]): ThreadOutcome => ({
  refused: refusal(code),
  wakes: false,
});

/**
 * @param moderates has MANAGE_THREADS
 * @see topics/threads: sending wakes an archived thread unless it is locked; all else needs it awake
 */
export function inThread(
  thread: ThreadState,
  act: ThreadAct,
  { moderates }: { readonly moderates: boolean },
): ThreadOutcome {
  const closed = thread.locked && !moderates;
  if (act === "send" || act === "unarchive") {
    if (closed) return no(Code.ThreadLocked);
    return thread.archived ? woken : yes;
  }
  if (thread.archived) {
    const mayDelete = act === "delete" && !closed;
    return mayDelete ? yes : no(Code.InvalidActionOnArchivedThread);
  }
  if (!closed) return yes;
  // In an active locked thread what is there may still be deleted and reacted to.
  const free: readonly ThreadAct[] = ["delete", "react", "unreact", "command", "join"];
  return free.includes(act) ? yes : no(Code.ThreadLocked);
}

const MINUTE_MS = 60_000;

/** @param activeAt when it was made, written in, woken, or given another duration */
export const fallsAsleepAt = (
  { auto_archive_duration: minutes }: Pick<APIThreadMetadata, "auto_archive_duration">,
  activeAt: number,
): number => activeAt + minutes * MINUTE_MS;

export const PINS = 250;
export const REACTIONS = 20;
export const PARTICIPANTS = 1_000;
export const ACTIVE_THREADS = 1_000;

/** Why one more does not fit where there are already this many; null when it does. */
export function full(
  kind: "pins" | "reactions" | "participants" | "active threads",
  already: number,
): Refusal | null {
  const limits = {
    pins: [PINS, Code.MaximumNumberOfPinsReachedForTheChannel],
    reactions: [REACTIONS, Code.MaximumNumberOfReactionsReached],
    participants: [PARTICIPANTS, Code.MaximumThreadParticipantsReached],
    "active threads": [ACTIVE_THREADS, Code.MaximumActiveThreads],
  } as const;
  const [limit, code] = limits[kind];
  return already >= limit ? refusal(code) : null;
}

/** The two counters of a thread after a message was sent or deleted: only one of them forgets. */
export function counted(
  counts: { readonly message_count: number; readonly total_message_sent: number },
  by: 1 | -1,
): { message_count: number; total_message_sent: number } {
  return {
    message_count: Math.max(0, counts.message_count + by),
    total_message_sent: counts.total_message_sent + Math.max(0, by),
  };
}
