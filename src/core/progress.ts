// How far long work is: what runs, how much of it is done, and the time left where history tells. Pure.
import type { Policy } from "./policy.ts";
import { head } from "./rules/queue.ts";
import type { State } from "./state.ts";
import type { Instant, MemberName, Millis, TaskId } from "./words.ts";
import { isLanding, openWork } from "./work.ts";

export interface Progress {
  /** `gate of #12`, `start`, … */
  readonly what: string;
  /** Of `total`, in any one unit; equal: over. */
  readonly done: number;
  /** Null: nobody can tell. */
  readonly total: number | null;
  /** Time left, ms; null: unknown. */
  readonly eta: Millis | null;
  /** Whose card shows it. */
  readonly task: TaskId | null;
  /** It has not begun: `what` says where it stands. */
  readonly waits?: true;
}

/** A gate that takes longer than ever shows this much until it ends. */
const almost = 0.95;

/** Everything long that is under way. */
export function progressOf(state: State, policy: Policy, now: Instant): readonly Progress[] {
  return [...teamProgress(state, policy), ...workProgress(state, now)];
}

function teamProgress(state: State, policy: Policy): Progress[] {
  const isUp = (name: MemberName): boolean => (state.seats.get(name)?.live ?? null) !== null;
  const isParked = (name: MemberName): boolean => (state.seats.get(name)?.parked ?? null) !== null;
  const names = policy.members.map((m) => m.name);
  const up = names.filter(isUp).length;
  const row = { total: names.length, eta: null, task: null };
  if (state.team === "stopped")
    return up === 0 ? [] : [{ ...row, what: "stop", done: names.length - up }];
  const settled = names.filter((name) => isUp(name) || isParked(name)).length;
  return settled === names.length ? [] : [{ ...row, what: "start", done: settled }];
}

function workProgress(state: State, now: Instant): Progress[] {
  const gates = gateProgress(state, now);
  const landings = openWork(state)
    .filter((work) => isLanding(state, work, now))
    .map(({ task }) => ({ what: `landing of #${task}`, done: 0, total: null, eta: null, task }));
  return [...gates, ...landings, ...queueProgress(state, gates)];
}

interface Gate {
  readonly what: string;
  readonly task: TaskId | null;
  /** When it was wanted. */
  readonly since: Instant;
}

/** Every gate that is wanted, in the order in which rules/gate takes them. */
function gatesOf(state: State): Gate[] {
  const { main } = state;
  const trunk = main?.branch ?? "trunk";
  const first = head(state);
  const { candidate = null, task = null } = first ?? {};
  const tested: Gate[] =
    candidate === null || candidate.result !== null
      ? []
      : [{ what: gateOn(trunk, task, candidate.round), task, since: candidate.at }];
  const claims = openWork(state)
    .filter((w) => w.phase === "verifying" && w.done !== null)
    .sort((a, b) => (a.done?.at ?? 0) - (b.done?.at ?? 0) || a.task - b.task)
    .map((w): Gate => ({ what: `gate of #${w.task}`, task: w.task, since: w.since }));
  const own: Gate[] =
    main === null || main.verdict !== null || state.team === "stopped"
      ? []
      : [{ what: `gate of ${trunk}`, task: null, since: main.at }];
  return [...tested, ...claims, ...own];
}

/** From the second round on it is a rebuild: trunk has moved meanwhile. */
const gateOn = (trunk: string, task: TaskId | null, round: number): string =>
  `gate of #${task} ${round > 1 ? "rebuilt " : ""}on ${trunk}`;

/** One runs, the others stand in line. */
function gateProgress(state: State, now: Instant): Progress[] {
  if (state.paused) return [];
  const wanted = gatesOf(state);
  const inTime = [...wanted].sort((a, b) => a.since - b.since);
  // Taken when the one before it ended, from those that were there; else the first to come.
  const running = wanted.find((g) => g.since <= state.gateFreeAt) ?? inTime[0];
  if (running === undefined) return [];
  const row = runningGate(running, Math.max(running.since, state.gateFreeAt), state, now);
  const usual = median(state.gateTook);
  const waiting = wanted
    .filter((g) => g !== running)
    .map(({ what, task }, n) => ({
      ...{ what: `${what}, ${ordinal(n + 2)} in line`, task, done: 0, total: null },
      eta: usual === null ? null : (row.eta ?? 0) + (n + 1) * usual,
      waits: true as const,
    }));
  return [row, ...waiting];
}

function runningGate(
  { what, task }: Gate,
  since: Instant,
  { gateTook }: State,
  now: Instant,
): Progress {
  const took = Math.max(0, now - since);
  const usual = median(gateTook);
  if (usual === null) return { what, done: took, total: null, eta: null, task };
  return {
    ...{ what, task, total: usual },
    done: Math.min(took, usual * almost),
    eta: took < usual ? usual - took : null,
  };
}

/** Who lands after somebody else: each landing moves trunk, so each of them is tested anew. */
function queueProgress(state: State, gates: readonly Progress[]): Progress[] {
  const first = head(state);
  if (first === undefined || state.paused || first.held !== null) return [];
  const usual = median(state.gateTook);
  const own = gates.find((g) => g.task === first.task);
  const untilFirst = own === undefined ? 0 : (own.eta ?? 0);
  return state.queue
    .filter((task) => task !== first.task && state.work.get(task)?.held === null)
    .map((task, n) => ({
      ...{ what: `landing of #${task}, ${ordinal(n + 2)} in the queue`, task, done: 0 },
      ...{ total: null, eta: usual === null ? null : untilFirst + (n + 1) * usual },
      waits: true as const,
    }));
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** `gate of #12  ▰▰▰▰▱▱▱▱▱▱ 41 %, about 12 s left`. @param cells of the bar */
export function progressLine({ what, done, total, eta, waits }: Progress, cells = 10): string {
  const left = eta === null ? "" : `, about ${spoken(waits ? steps(eta) : eta)} left`;
  if (waits) return `${what}${left}`;
  if (total === null || total <= 0) return `${what} runs`;
  const part = Math.max(0, Math.min(1, done / total));
  const full = Math.floor(part * cells);
  const bar = "▰".repeat(full) + "▱".repeat(cells - full);
  return `${what}  ${bar} ${Math.floor(part * 100)} %${left}`;
}

/** What waits changes its card seldom: chats count edits. */
const steps = (eta: Millis): Millis => Math.ceil(eta / 15_000) * 15_000;

function spoken(ms: Millis): string {
  const secs = Math.max(1, Math.round(ms / 1000));
  return secs < 90 ? `${secs} s` : `${Math.round(secs / 60)} min`;
}

/** `2nd` */
function ordinal(n: number): string {
  const isTeen = n % 100 > 10 && n % 100 < 14;
  return `${n}${isTeen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}
