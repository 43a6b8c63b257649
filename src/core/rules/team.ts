// The team's lives: start, stop, pause, and a person's hand on one member.

import { seatOf } from "../evolve/seats.ts";
import type { Intent } from "../input.ts";
import { memberOf } from "../policy.ts";
import { type Decision, events, nothing, type Rule, refuse, type Seen } from "../rule.ts";
import type { State } from "../state.ts";
import { nearest } from "../suggest.ts";
import type { Caller, MemberName } from "../words.ts";
import { rouse } from "./limits.ts";
import { paneOf } from "./panes.ts";

export const team: Rule = (state, input, seen) =>
  input.type === "intent" ? onIntent(state, input.by, input.intent, seen) : nothing;

function onIntent(state: State, by: Caller, intent: Intent, seen: Seen): Decision {
  switch (intent.type) {
    case "start-team":
      return state.team === "running"
        ? refuse("team.running", "The team is already running.", "See it with `batty status`.")
        : events({ event: "team_started", by: by.name, resume: intent.resume });
    case "stop-team":
      return state.team === "stopped" ? nothing : events({ event: "team_stopped", by: by.name });
    case "pause":
      return (
        known(seen, intent.member) ??
        events({ event: "team_paused", by: by.name, member: intent.member })
      );
    case "resume":
      return resume(state, by, intent.member, seen);
    case "restart":
      return (
        needsPane(state, seen, intent.member) ??
        events({ event: "member_restarted", member: intent.member, by: by.name })
      );
    case "interrupt":
      return interrupt(state, by, intent.member, seen);
    default:
      return nothing;
  }
}

function resume(state: State, by: Caller, member: MemberName | null, seen: Seen): Decision {
  const refused = known(seen, member);
  if (refused !== null) return refused;
  const parked = member !== null && seatOf(state, member).parked !== null;
  return events(
    { event: "team_resumed", by: by.name, member },
    ...(member === null ? [] : rouse(state, member, by.name, seen, 1)),
    ...(parked ? [{ event: "member_unparked" as const, member, by: by.name }] : []),
  );
}

function interrupt(state: State, by: Caller, member: MemberName, seen: Seen): Decision {
  const refused = needsPane(state, seen, member);
  if (refused !== null) return refused;
  const pane = paneOf(state, member);
  if (pane === null)
    return refuse(
      "member.absent",
      `${member} has no running agent to interrupt.`,
      "See `batty status`.",
    );
  return {
    events: [{ event: "member_interrupted", member, by: by.name }],
    effects: [{ type: "once.interrupt", lane: `type:${member}`, member, pane }],
  };
}

/** Null when the name is a member's (or nobody in particular). */
function known(seen: Seen, member: MemberName | null): Decision | null {
  if (member === null || memberOf(seen.policy, member) !== undefined) return null;
  return unknownMember(seen, member);
}

export function unknownMember(seen: Seen, name: string): Decision {
  const names = seen.policy.members.map((m) => m.name);
  const near = nearest(name, names);
  return refuse(
    "member.unknown",
    `No member is called "${name}".${near === undefined ? "" : ` Did you mean ${near}?`}`,
    `Members: ${names.join(", ")}.`,
  );
}

export function needsPane(state: State, seen: Seen, member: MemberName): Decision | null {
  const refused = known(seen, member);
  if (refused !== null) return refused;
  if (state.team === "running") return null;
  return refuse("team.stopped", "The team is stopped.", "Start it with `batty start`.");
}
