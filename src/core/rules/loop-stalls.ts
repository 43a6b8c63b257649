// What the watchdog saw, for people and for the journal.
import { events, nothing, type Rule } from "../rule.ts";

export const loopStalls: Rule = (_state, input) => {
  if (input.type !== "observed" || !input.world.stall?.probe.known) return nothing;
  const { ms, what, times } = input.world.stall.probe.value;
  return events({ event: "loop_stalled", ms, what, times });
};
