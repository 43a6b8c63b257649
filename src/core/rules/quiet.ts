// Quiet times: by the clock of the team file, or as a person says. Nothing is lost in them; it only makes no sound.

import { beganAt } from "../../lib/hours.ts";
import type { Event } from "../event.ts";
import type { Intent } from "../input.ts";
import type { Policy } from "../policy.ts";
import { type Decision, events, type Rule, refuse } from "../rule.ts";
import type { Quiet, State } from "../state.ts";
import type { Caller, Instant } from "../words.ts";

/** What may ring at night: more is lost by waiting than sleep is worth. */
const criticalKinds: readonly string[] = ["main-broken", "disk", "login", "quota"];

/** Whether an escalation of this kind makes no sound now. */
export const isSilenced = ({ on, except }: Quiet, kind: string): boolean =>
  on && !except.includes(kind) && !(except.includes("critical") && criticalKinds.includes(kind));

export const quietTimes: Rule = (state, input, { policy }) =>
  input.type === "intent" && input.intent.type === "quiet"
    ? byHand(state, input.by, input.intent, policy)
    : events(...byClock(state, input.at, policy));

function byHand(
  { quiet: now }: State,
  by: Caller,
  intent: Extract<Intent, { type: "quiet" }>,
  policy: Policy,
): Decision {
  if (intent.on) {
    return events(began(by.name, intent.until, policy));
  }
  return now.on
    ? events({ event: "quiet_ended", by: by.name })
    : refuse("quiet.off", "It is not quiet now.", "Begin with `batty quiet 2h` or `quiet on`.");
}

function byClock({ quiet: now }: State, at: Instant, policy: Policy): Event[] {
  const hoursBegan = policy.quietHours === null ? null : beganAt(policy.quietHours, at);
  const ended: Event = { event: "quiet_ended", by: "batty" };
  if (!now.on) {
    // Ended by a person in these very hours: it stays so until the next ones.
    const awake = now.by !== "batty" && hoursBegan !== null && now.since >= hoursBegan;
    return hoursBegan === null || awake ? [] : [began("batty", null, policy)];
  }
  if (now.by === "batty") return hoursBegan === null ? [ended] : [];
  if (now.until === null || at < now.until) return [];
  // A person's quiet is over; the hours take it on without a word.
  return hoursBegan === null ? [ended] : [began("batty", null, policy)];
}

const began = (by: string, until: Instant | null, policy: Policy): Event => ({
  ...{ event: "quiet_began", by, until },
  except: [...(policy.quietHours?.except ?? ["critical"])],
});
