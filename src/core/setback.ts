// Why a seat rests: its turns ended in trouble (its plan is used up, nobody is logged in, its provider fails). Facts and
// questions about them; how long it rests is a rule's.
import type { Trouble } from "./agent.ts";
import type { Epoch, Instant, MessageId } from "./words.ts";

export interface Setback {
  readonly kind: Trouble["kind"];
  /** The agent's own words. */
  readonly say: string;
  /** When it may go on, as its provider said; null: not said. */
  readonly said: Instant | null;
  /** When, and in which launch, its newest turn ended so. */
  readonly at: Instant;
  readonly epoch: Epoch;
  /** A turn was under way, and the message that began it. */
  readonly cut: boolean;
  readonly message: MessageId | null;
  /** Turns in a row that ended so, since a person acted last. */
  readonly tries: number;
  /** Null: nobody has looked at it yet. */
  readonly rest: { readonly until: Instant | null; readonly over: boolean } | null;
  /** Which notice tells of it, by the instant when it was first posted; null: none yet. */
  readonly notice: Instant | null;
  /** A turn went well before the rest was over: somebody works with it in its pane. */
  readonly well: boolean;
}

type Of = { readonly setback: Setback | null };

/** Nothing is asked of it now. */
export const isResting = ({ setback }: Of): boolean =>
  setback !== null && setback.rest?.over !== true;

/** It goes on when its time has come or a person acts; a conversation that is too long does not get shorter by waiting. */
export const waitsItOut = (seat: Of): boolean =>
  isResting(seat) && seat.setback?.kind !== "context";

/** A turn ended in trouble; the same end may be told twice, by a hook and by the record. */
export function setBack(
  before: Setback | null,
  was: Pick<Setback, "epoch" | "cut" | "message">,
  trouble: Trouble,
  say: string,
  at: Instant,
): Setback {
  const { kind, until } = trouble;
  if (before !== null && before.rest?.over !== true && !was.cut) {
    const better = until !== null && until !== before.said;
    return better ? { ...before, kind, said: until, rest: null } : before;
  }
  const tries = (before?.tries ?? 0) + 1;
  return {
    ...was,
    kind,
    say,
    said: until,
    at,
    tries,
    rest: null,
    notice: before?.notice ?? null,
    well: false,
  };
}

/** A turn went well. */
export function wentWell(setback: Setback | null): Setback | null {
  return setback === null || setback.rest?.over !== false ? null : { ...setback, well: true };
}

export const rested = (
  setback: Setback | null,
  { until, notice }: { readonly until: Instant | null; readonly notice: Instant },
): Setback | null =>
  setback === null ? null : { ...setback, notice, rest: { until, over: false } };

/** A person's hand begins a new count. */
export function roused(setback: Setback | null, by: string): Setback | null {
  if (setback === null || setback.well) return null;
  const rest = { until: setback.rest?.until ?? null, over: true };
  return { ...setback, rest, tries: by === "batty" ? setback.tries : 0 };
}
