// How seats change by what happened: launches, deaths, signals.

import { byWord, type Doing, interrupted } from "../activity.ts";
import { signalKinds } from "../agent.ts";
import { type HandOff, handedOff, leavesNotes, timesOf } from "../context.ts";
import type { EventOf, Recorded } from "../event.ts";
import { limits } from "../policy.ts";
import { rested, roused, setBack, wentWell } from "../setback.ts";
import type { Seat, State } from "../state.ts";
import type { Instant, MemberName } from "../words.ts";
import { currentWorkNow } from "../work.ts";
import { put } from "./put.ts";

const signalsKept = 200;

export function seatOf(state: State, member: MemberName): Seat {
  return (
    state.seats.get(member) ?? {
      member,
      epoch: 0,
      agent: "",
      live: null,
      worktree: null,
      followed: null,
      repairs: [],
      activity: "starting",
      since: 0,
      waitsFor: "",
      stopping: false,
      session: null,
      continued: false,
      turn: null,
      falls: [],
      lastFall: "",
      parked: null,
      restarting: false,
      spawnedAt: 0,
      prompted: 0,
      keyed: 0,
      turnBegan: 0,
      turnEnded: null,
      stalled: null,
      setback: null,
      usage: null,
      handOff: null,
    }
  );
}

const seat = (state: State, member: MemberName, with_: (seat: Seat) => Seat): State => ({
  ...state,
  seats: put(state.seats, member, with_(seatOf(state, member))),
});

/** A death after long health begins a new count. */
function fallen(s: Seat, at: Instant, own: boolean): Seat["falls"] {
  const wasWell = s.live !== null && at - s.spawnedAt >= limits.healthyAfter;
  if (wasWell && s.activity !== "starting") return [{ at, own }];
  const counted = s.falls.filter((fall) => fall.own || fall.at > at - limits.fallWindow);
  return [...counted, { at, own }];
}

function signalled(state: State, event: EventOf<"member_signalled">, at: Instant): State {
  const seen = [...(state.signals.get(event.member) ?? []), event.signal].slice(-signalsKept);
  const next = { ...state, signals: put(state.signals, event.member, seen) };
  const current = seatOf(state, event.member);
  if (event.epoch !== current.epoch || current.live === null) return next;
  const keyed = event.keyed === true ? { keyed: event.epoch } : {};
  return seat(next, event.member, (s) => ({ ...bySignal(s, event, at), ...keyed }));
}

function bySignal(s: Seat, event: EventOf<"member_signalled">, at: Instant): Seat {
  const kind = signalKinds.find((one) => one === event.kind);
  if (kind === undefined) return s;
  const { trouble, detail } = event;
  const now = byWord(
    doingOf(s),
    { kind, detail, ...(trouble === undefined ? {} : { trouble }) },
    at,
  );
  const next = { ...s, ...seatOfDoing(now), ...begun(s, now), session: sessionOf(s, event) };
  if (kind === "taken") return { ...next, turn: event.message ?? s.turn };
  // A turn that went well ends the count of falls: the seat can work.
  if (kind === "idle" && leavesNotes(s, s.turn))
    return { ...next, turn: null, handOff: handedOff(s, "left", { notes: detail }) };
  if (kind === "idle")
    return {
      ...next,
      ...{ turn: null, turnEnded: at, falls: [], setback: wentWell(s.setback) },
    };
  if (kind !== "error" || trouble === undefined) return next;
  // What was cut short is no end to look at: it is begun anew.
  const was = { epoch: s.epoch, cut: isAtWork(s), message: s.turn };
  return { ...next, turn: null, setback: setBack(s.setback, was, trouble, detail, at) };
}

const isAtWork = ({ activity }: Seat): boolean => activity !== "idle" && activity !== "starting";

/** What has a new conversation counts for its task. */
function begunAnew(state: State, s: Seat): HandOff {
  const task = s.handOff?.stage === "left" ? s.handOff.task : taskOf(state, s);
  const notes = s.handOff?.stage === "left" ? s.handOff.notes : null;
  const times = timesOf(s, task) + 1;
  return { task, times, order: null, epoch: s.epoch, notes, stage: "fresh" };
}

const taskOf = (state: State, { member }: Seat) => currentWorkNow(state, member)?.task ?? null;

export const doingOf = ({ activity, since, waitsFor, stopping }: Seat): Doing => ({
  ...{ activity, since, what: waitsFor, stopping },
});

const seatOfDoing = ({ activity, since, what, stopping }: Doing) => ({
  ...{ activity, since, waitsFor: what, stopping },
});

const calm = { what: "", stopping: false };

/** A turn begins after idleness; one that waited, or was lost sight of, goes on. */
const begun = (s: Seat, { activity, since }: Doing): Pick<Seat, "turnBegan"> => ({
  turnBegan:
    (s.activity === "idle" || s.activity === "starting") && activity !== "idle"
      ? since
      : s.turnBegan,
});

function sessionOf(s: Seat, { session, record }: EventOf<"member_signalled">): Seat["session"] {
  if (session === undefined) return s.session;
  const known = s.session?.id === session ? s.session.record : null;
  return { id: session, record: record ?? known };
}

/** Whether another request of its agent waits. */
const isAsking = (state: State, member: MemberName, but: string): boolean =>
  [...state.permissions.values()].some((one) => one.member === member && one.id !== but);

/** Seen on its screen alone: a turn that was under way is over, what came of it is looked at. */
function seen(s: Seat, { activity, what }: EventOf<"member_seen">, at: Instant): Seat {
  const now = { activity, since: at, what, stopping: false };
  const next = { ...s, ...seatOfDoing(now), ...begun(s, now) };
  const ended = activity === "idle" && s.activity !== "starting";
  return ended ? { ...next, turn: null, turnEnded: at } : next;
}

/** One that ended before its first sign of life cannot be taken up: the next launch begins anew. */
const sessionAfter = (s: Seat): Seat["session"] =>
  s.continued && s.activity === "starting" ? null : s.session;

export function evolveSeats(state: State, { event, at }: Recorded): State {
  switch (event.event) {
    case "agent_spawned":
      return seat(state, event.member, (s) => ({
        ...s,
        agent: event.agent,
        epoch: event.epoch,
        live: { pane: event.pane, pid: event.pid, start: event.start },
        worktree: event.worktree,
        activity: "starting",
        since: at,
        waitsFor: "",
        stopping: false,
        session: event.resume ? s.session : null,
        usage: event.resume ? s.usage : null,
        continued: event.resume,
        spawnedAt: at,
        turn: null,
        restarting: false,
        turnEnded: null,
      }));
    case "spawn_failed":
      return seat(state, event.member, (s) => ({
        ...s,
        epoch: event.epoch,
        live: null,
        since: at,
        falls: fallen(s, at, true),
        lastFall: event.say,
      }));
    case "member_seen":
      return seat(state, event.member, (s) =>
        event.epoch === s.epoch && s.live !== null ? seen(s, event, at) : s,
      );
    case "permission_asked":
      return seat(state, event.member, (s) => ({
        ...s,
        ...seatOfDoing({ activity: "waiting", since: at, ...calm }),
      }));
    case "permission_decided":
      return event.verdict === "pane" || isAsking(state, event.member, event.id)
        ? state
        : seat(state, event.member, (s) =>
            s.activity === "waiting"
              ? { ...s, ...seatOfDoing({ activity: "working", since: at, ...calm }) }
              : s,
          );
    case "agent_died":
      return seat(state, event.member, (s) => ({
        ...s,
        live: null,
        turn: null,
        session: s.handOff?.stage === "fresh" ? null : sessionAfter(s),
        since: at,
        falls: s.restarting ? s.falls : fallen(s, at, event.lost !== true),
        lastFall: `ended with ${event.exit === null ? "no exit status (killed)" : `exit ${event.exit}`}`,
      }));
    case "agent_stopped":
      return seat(state, event.member, (s) => ({
        ...s,
        live: null,
        turn: null,
        session: s.handOff?.stage === "fresh" ? null : s.session,
        since: at,
        restarting: false,
      }));
    case "member_parked":
      return seat(state, event.member, (s) => ({ ...s, parked: event.why, since: at }));
    case "member_unparked":
      return seat(state, event.member, (s) => ({
        ...s,
        ...{ parked: null, falls: [], repairs: [], since: at },
      }));
    case "member_restarted":
      return seat(state, event.member, (s) => ({
        ...s,
        parked: null,
        falls: [],
        ...{ setback: null, handOff: event.fresh ? begunAnew(state, s) : null },
        restarting: s.live !== null,
      }));
    case "context_pressure": {
      const { task, id, epoch } = event;
      return seat(state, event.member, (s) => ({
        ...s,
        handOff: {
          ...{ task, times: timesOf(s, task), order: id, epoch, notes: null, stage: "asked" },
        },
      }));
    }
    case "agent_usage": {
      const { input, cached, output, cost, context, window } = event;
      const usage = { input, cached, output, cost, context, window };
      return seat(state, event.member, (s) => (event.epoch === s.epoch ? { ...s, usage } : s));
    }
    case "member_rested":
      return seat(state, event.member, (s) => ({ ...s, setback: rested(s.setback, event) }));
    case "member_roused":
      return seat(state, event.member, (s) => ({ ...s, setback: roused(s.setback, event.by) }));
    case "member_interrupted":
      return seat(state, event.member, (s) => ({ ...s, ...seatOfDoing(interrupted(doingOf(s))) }));
    case "member_signalled":
      return signalled(state, event, at);
    case "message_sent":
      return event.mail.msg_type === "resume"
        ? seat(state, event.to, (s) => ({ ...s, prompted: s.epoch, handOff: handedOff(s, "over") }))
        : state;
    case "team_started":
      return {
        ...state,
        team: "running",
        teamAt: at,
        startedBy: event.by,
        paused: false,
        seats: new Map(
          [...state.seats].map(([name, s]) => [
            name,
            {
              ...{ ...s, parked: null, falls: [], setback: null },
              session: event.resume ? s.session : null,
            },
          ]),
        ),
      };
    case "team_stopped":
      return { ...state, team: "stopped", teamAt: at };
    case "team_paused":
      return event.member === null
        ? { ...state, paused: true }
        : { ...state, pausedMembers: new Set([...state.pausedMembers, event.member]) };
    case "team_resumed":
      return event.member === null
        ? { ...state, paused: false }
        : {
            ...state,
            pausedMembers: new Set([...state.pausedMembers].filter((m) => m !== event.member)),
          };
    case "worktree_reconciled":
      return seat(state, event.member, (s) =>
        event.how === undefined
          ? { ...s, followed: event.to }
          : { ...s, repairs: [...s.repairs, at].slice(-limits.repairsAtMost) },
      );
    case "member_stalled": {
      const { kind, epoch, seen } = event;
      return seat(state, event.member, (s) => ({ ...s, stalled: { kind, epoch, at, seen } }));
    }
    case "member_recovered":
      return seat(state, event.member, (s) => ({ ...s, stalled: null }));
    case "turn_ended":
      return seat(state, event.member, (s) => ({ ...s, turnEnded: null }));
    default:
      return state;
  }
}
