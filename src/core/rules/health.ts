// Seats are kept filled while the team runs and emptied when it stops. Nothing is judged dead on a look older than its last change.

import { derived } from "../../lib/derived.ts";
import type { Brought, Effect } from "../effect.ts";
import type { Event } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Input } from "../input.ts";
import { limits, memberOf } from "../policy.ts";
import type { Pane } from "../ports.ts";
import { type Decision, events, nothing, type Rule, type Seen } from "../rule.ts";
import { waitsItOut } from "../setback.ts";
import type { Seat, State } from "../state.ts";
import { paneOf } from "./panes.ts";
import { raise } from "./raise.ts";

export const health: Rule = (state, input, seen) => {
  if (input.type === "settled") {
    if (input.effect.type === "ensure.seat") return spawned(state, input, seen);
    if (input.effect.type === "ensure.gone") return gone(state, input);
    if (input.effect.type === "probe.remains") return givenUp(state, input);
  }
  const died = deaths(state, seen);
  if (died.length > 0) return events(...died);
  return { events: [], effects: wanted(state, seen) };
};

/** Our recorded panes that a fresh look does not show alive. */
function deaths(state: State, seen: Seen): Event[] {
  const look = seen.world.panes;
  if (!look?.probe.known) return [];
  const panes = look.probe.value;
  const list: Event[] = [];
  for (const seat of state.seats.values()) {
    if (seat.live === null) continue;
    const pane = paneIn(panes, seat);
    if (pane !== undefined && !pane.dead) continue;
    // A pane that is not listed counts only when the look began after the seat's last change.
    if (pane === undefined && look.at <= seat.since) continue;
    list.push({
      event: "agent_died",
      member: seat.member,
      epoch: seat.epoch,
      exit: pane?.exit ?? null,
      ...(pane === undefined ? { lost: true } : {}),
    });
  }
  return list;
}

const byPane = derived((panes: readonly Pane[]) => new Map(panes.map((p) => [p.pane, p])));

function paneIn(panes: readonly Pane[], { live, epoch }: Seat): Pane | undefined {
  const p = live === null ? undefined : byPane(panes).get(live.pane);
  return p?.pid === live?.pid && p?.startTime === live?.start && p?.epoch === epoch ? p : undefined;
}

function wanted(state: State, seen: Seen): Effect[] {
  const effects: Effect[] = [];
  for (const member of seen.policy.members) {
    const seat = seatOf(state, member.name);
    const pane = paneOf(state, member.name);
    if (pane !== null) {
      if (state.team === "stopped" || seat.restarting)
        effects.push({
          type: "ensure.gone",
          lane: `seat:${member.name}`,
          member: member.name,
          pane,
        });
      continue;
    }
    if (state.team === "running" && isSpent(seat))
      effects.push({
        type: "probe.remains",
        lane: `seat:${member.name}`,
        member: member.name,
        epoch: seat.epoch,
      });
    else if (isDue(state, seat, seen))
      effects.push({
        type: "ensure.seat",
        lane: `seat:${member.name}`,
        member: member.name,
        epoch: seat.epoch + 1,
        resume: seat.session?.id ?? null,
      });
  }
  return [...effects, ...strangers(state, seen)];
}

/** Seats that the team file no longer has: their agents end, their work is kept. */
const strangers = (state: State, seen: Seen): Effect[] =>
  [...state.seats.keys()].flatMap((member): Effect[] => {
    const pane = memberOf(seen.policy, member) === undefined ? paneOf(state, member) : null;
    return pane === null ? [] : [{ type: "ensure.gone", lane: `seat:${member}`, member, pane }];
  });

/**
 * It fell too often: no more launches until a person acts. Judged at its last fall, so that time alone does not
 * change the verdict.
 */
function isSpent({ falls, live, parked }: Seat): boolean {
  const last = falls.at(-1);
  if (last === undefined || live !== null || parked !== null) return false;
  return (
    recentOf(falls) >= limits.fallsAtMost ||
    falls.filter((fall) => fall.own).length >= limits.fallsAtMost
  );
}

/** Those within the window that ends with the last one. */
function recentOf(falls: Seat["falls"]): number {
  const from = (falls.at(-1)?.at ?? 0) - limits.fallWindow;
  return falls.filter((fall) => fall.at > from).length;
}

/** The first pause is short: most that fall once stand the next time. */
function isDue(state: State, seat: Seat, seen: Seen): boolean {
  if (state.team !== "running" || seat.parked !== null || waitsItOut(seat)) return false;
  // After a (re)start of the bot the panes are looked at first: live ones are adopted.
  if (!seen.world.panes?.probe.known) return false;
  const last = seat.falls.at(-1);
  if (last === undefined) return true;
  const pause = limits.respawnPauses[recentOf(seat.falls) - 1] ?? 0;
  return seen.now >= last.at + pause;
}

function spawned(state: State, input: Extract<Input, { type: "settled" }>, seen: Seen): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "ensure.seat") return nothing;
  const seat = seatOf(state, effect.member);
  if (effect.epoch !== seat.epoch + 1) return nothing;
  if (!outcome.ok) {
    return events({
      event: "spawn_failed",
      member: effect.member,
      epoch: effect.epoch,
      code: outcome.code,
      say: outcome.say,
    });
  }
  if (outcome.brought.of !== "ensure.seat") return nothing;
  const { pane, worktree, resume } = outcome.brought;
  const member = seen.policy.members.find((m) => m.name === effect.member);
  const spawn: Event = {
    event: "agent_spawned",
    member: effect.member,
    agent: member?.agent ?? "",
    resume,
    epoch: effect.epoch,
    pane: pane.pane,
    pid: pane.pid,
    start: pane.startTime,
    worktree,
  };
  return seat.falls.length > 0 || seat.restarting
    ? events(spawn, {
        event: "pane_respawned",
        member: effect.member,
        reason: seat.lastFall === "" ? "restarted" : seat.lastFall,
      })
    : events(spawn);
}

function gone(state: State, input: Extract<Input, { type: "settled" }>): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "ensure.gone" || !outcome.ok || outcome.brought.of !== "ensure.gone")
    return nothing;
  if (seatOf(state, effect.member).epoch !== effect.pane.epoch) return nothing;
  return events({
    event: "agent_stopped",
    member: effect.member,
    epoch: effect.pane.epoch,
    rescued: outcome.brought.rescued,
  });
}

/** No more launches, one escalation with what a person needs to mend it. */
function givenUp(state: State, input: Extract<Input, { type: "settled" }>): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "probe.remains") return nothing;
  const seat = seatOf(state, effect.member);
  if (seat.epoch !== effect.epoch || !isSpent(seat)) return nothing;
  const { member, falls, lastFall } = seat;
  const often = recentOf(falls);
  const tries =
    often >= limits.fallsAtMost
      ? `${often} tries within 2 minutes`
      : `${falls.length} falls without a whole turn in between`;
  const say = [
    `${member} can't be kept running: ${tries}. Last: ${lastFall}`,
    ...(outcome.ok ? remains(outcome.brought) : [`Its pane could not be read: ${outcome.say}`]),
  ];
  return events(
    { event: "member_parked", member, why: lastFall },
    raise(state, { task: null, member, kind: "agent" }, say.join("\n"), ["start again"]),
  );
}

function remains(brought: Brought): string[] {
  if (brought.of !== "probe.remains") return [];
  const { command, path, lines } = brought;
  return [
    ...(command === null ? [] : [`Command: ${command}`]),
    ...(path === null ? [] : [`PATH: ${path}`]),
    ...(lines === null
      ? ["Its pane is gone."]
      : lines.length === 0
        ? ["Its pane shows nothing."]
        : ["The last lines of its pane:", ...lines]),
  ];
}
