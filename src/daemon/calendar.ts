// When the daily standup is due, by the clock on the wall of its time zone. It only says so: a rule decides.
import { Cron } from "croner";
import type { Policy } from "../core/policy.ts";
import type { StandupDue } from "../core/ports.ts";
import type { Instant } from "../core/words.ts";
import { dateOf } from "../lib/hours.ts";

/** @param tell hears of the newest time at the first look, and of each one after it @returns what looks, at every tick */
export function createCalendar(
  policy: () => Pick<Policy, "standup">,
  tell: (due: StandupDue) => void,
): (now: Instant) => void {
  let times: { readonly of: string; readonly cron: Cron } | null = null;
  let next: Instant = 0;
  let lookedAt: Instant = 0;
  return (now) => {
    const { cron: line, timezone } = policy().standup;
    if (line === null) return;
    const of = `${line} ${timezone}`;
    const isSame = times?.of === of;
    // A clock that was put back: what was next is not next any more.
    const isForward = now >= lookedAt;
    lookedAt = now;
    if (isSame && isForward && now < next) return;
    if (times === null || !isSame)
      times = { of, cron: new Cron(line, { timezone, paused: true, mode: "5-part" }) };
    next = times.cron.nextRun(new Date(now))?.getTime() ?? Number.POSITIVE_INFINITY;
    // Runs before an instant: one at this very instant counts.
    const due = times.cron.previousRuns(1, new Date(now + 1))[0]?.getTime();
    if (due !== undefined) tell({ day: dateOf(due, timezone), at: due });
  };
}
