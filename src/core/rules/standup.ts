// The daily standup: one a day, at its time or as soon as the bot is back, and none of a day without anything to tell.
import type { EventOf } from "../event.ts";
import { limits, type Policy } from "../policy.ts";
import { events, nothing, type Rule } from "../rule.ts";
import { isOpen, type State } from "../state.ts";
import type { Instant, Millis } from "../words.ts";
import { isHeld, isOver } from "../work.ts";

/** What it tells of. */
export const standupSpan: Millis = 24 * 3_600_000;
/** A tick's delay and a slow start are not worth a word. */
const onTime: Millis = 60_000;

export const standup: Rule = (state, input, { policy, world }) => {
  if (policy.standup.cron === null || !world.standup?.probe.known) return nothing;
  const { day, at } = world.standup.probe.value;
  const late = input.at - at;
  if (day <= state.standupDay || late < 0 || late > limits.standupLate) return nothing;
  if (!isWorthIt(state, input.at)) return events({ event: "standup_skipped", day });
  return events({
    ...{ event: "standup_posted", day, late_ms: late < onTime ? 0 : late },
    ...{ team: policy.team, roles: rolesOf(policy) },
  });
};

/** Members by role, in the order of the team file. */
export function rolesOf({ members }: Policy): EventOf<"standup_posted">["roles"] {
  const roles = new Map<string, string[]>();
  for (const { role, name } of members) roles.set(role, [...(roles.get(role) ?? []), name]);
  return [...roles].map(([name, list]) => ({ name, members: list }));
}

/** Something happened, goes on, or waits for somebody. */
function isWorthIt(state: State, now: Instant): boolean {
  const since = now - standupSpan;
  const works = [...state.work.values()];
  const isMoving = state.team === "running" && works.some(isHeld);
  const waits = works.some((w) => !isOver(w) && !isHeld(w));
  const moved = works.some((w) => w.since >= since);
  const made = [...state.requests.values()].some((r) => r.task !== null && r.at >= since);
  const asked = [...state.escalations.values()].some((e) => isOpen(e) || e.lastAt >= since);
  return isMoving || waits || moved || made || asked;
}
