// What conversations used, as told after each turn: kept where it says something new of the present launch.
import { seatOf } from "../evolve/seats.ts";
import { events, nothing, type Rule } from "../rule.ts";
import { currentWork } from "../work.ts";

export const usage: Rule = (state, input) => {
  if (input.type !== "intent" || input.intent.type !== "tell-usage") return nothing;
  const { member, epoch, usage: used } = input.intent;
  const seat = seatOf(state, member);
  const before = seat.usage;
  const same = before?.input === used.input && before.output === used.output;
  if (input.by.via !== "bot" || seat.epoch !== epoch || seat.live === null || same) return nothing;
  const task = currentWork(state, member)?.task ?? null;
  return events({ event: "agent_usage", member, epoch, task, ...used });
};
