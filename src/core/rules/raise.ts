// Opens an escalation, once a cause: the same (who, task, kind, detail) again refreshes the one that is open.
import type { Event } from "../event.ts";
import { type Escalation, isOpen, type State } from "../state.ts";
import type { MemberName, TaskId } from "../words.ts";

export interface Cause {
  readonly member: MemberName;
  readonly task: TaskId | null;
  readonly kind: string;
  /** Tells causes of one kind apart. */
  readonly detail?: string;
}

/** The newest with this cause, whatever became of it. */
export const lastFor = (state: State, cause: Cause): Escalation | undefined =>
  [...state.escalations.values()].findLast(
    (e) =>
      e.member === cause.member &&
      e.task === cause.task &&
      e.kind === cause.kind &&
      e.detail === (cause.detail ?? ""),
  );

/** @param n escalations that this decision opens before it */
export function raise(
  state: State,
  cause: Cause,
  say: string,
  options: readonly string[],
  n = 0,
): Event {
  const open = lastFor(state, cause);
  if (open !== undefined && isOpen(open))
    return { event: "escalation_repeated", escalation: open.id, say };
  const escalation = nextEscalation(state, n);
  return { event: "task_escalated", ...cause, escalation, say, options: [...options] };
}

export const nextEscalation = (state: State, n = 0): number =>
  Math.max(0, ...state.escalations.keys()) + 1 + n;
