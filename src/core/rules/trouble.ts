// Steps towards trunk that the world refuses again and again: counted, told once with its own words, and tried on.

import type { Outcome } from "../effect.ts";
import type { Event, EventOf } from "../event.ts";
import { limits } from "../policy.ts";
import type { Work } from "../state.ts";

/** Nothing once people know: the pauses between the tries grow, the journal need not. */
export function troubled(
  work: Work,
  step: EventOf<"merge_troubled">["step"],
  { code, say }: Extract<Outcome, { ok: false }>,
): Event[] {
  const before = work.failing?.step === step ? work.failing.tries : 0;
  if (before >= limits.mergeTries) return [];
  return [{ event: "merge_troubled", task: work.task, step, tries: before + 1, code, say }];
}
