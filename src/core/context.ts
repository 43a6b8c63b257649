// How full an agent's conversation is, and the hand-over to a new one.
import type { Usage } from "./agent.ts";
import type { Epoch, MessageId, TaskId } from "./words.ts";

/** Tokens that fit where the record does not say: the common size, and the large one for a conversation beyond it. */
const windows = [200_000, 1_000_000] as const;

/** Percent of its window; null: not known. */
export function filled({ context, window }: Usage): number | null {
  if (context === null) return null;
  const size = window ?? (context > windows[0] ? windows[1] : windows[0]);
  return Math.min(100, Math.round((100 * context) / size));
}

/** A conversation that is full makes way for a new one. */
export interface HandOff {
  readonly task: TaskId | null;
  /** New conversations that this task has had. */
  readonly times: number;
  /** The order to leave notes; null: none could be left. */
  readonly order: MessageId | null;
  /** The launch that was asked for them. */
  readonly epoch: Epoch;
  readonly notes: string | null;
  /** `left`: its turn ended; `fresh`: a new one begins; `over`: that was told where to go on. */
  readonly stage: "asked" | "left" | "fresh" | "over";
}

type Of = { readonly handOff: HandOff | null };

export const timesOf = ({ handOff }: Of, task: TaskId | null): number =>
  handOff?.task === task ? handOff.times : 0;

/** The turn that left its notes; its end says nothing of the task. */
export const leavesNotes = ({ handOff }: Of, turn: MessageId | null): boolean =>
  turn !== null && handOff?.stage === "asked" && handOff.order === turn;

export const handedOff = (of: Of, stage: HandOff["stage"], more: Partial<HandOff> = {}) =>
  of.handOff === null ? null : { ...of.handOff, ...more, stage };
