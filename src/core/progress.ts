// How far long work is: what runs, how much of it is done, and the time left where history tells. Pure.
import type { Policy } from "./policy.ts";
import { isLanding, type State } from "./state.ts";
import type { Instant, MemberName, Millis, TaskId } from "./words.ts";

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

/** Gates run one at a time: the others wait for their turn without a bar. */
function workProgress(state: State, now: Instant): Progress[] {
  const list: Progress[] = [];
  for (const work of state.work.values()) {
    const { task, candidate } = work;
    if (work.phase === "verifying")
      list.push(gateProgress(`gate of #${task}`, task, work.since, state, now));
    if (work.phase === "queued" && candidate !== null && candidate.result === null)
      list.push(
        gateProgress(
          `gate of #${task} on ${state.main?.branch ?? "trunk"}`,
          task,
          candidate.at,
          state,
          now,
        ),
      );
    if (isLanding(state, work, now))
      list.push({ what: `landing of #${task}`, done: 0, total: null, eta: null, task });
  }
  return list;
}

function gateProgress(
  what: string,
  task: TaskId,
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

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** `gate of #12  ▰▰▰▰▱▱▱▱▱▱ 41 %, about 12 s left`. @param cells of the bar */
export function progressLine({ what, done, total, eta }: Progress, cells = 10): string {
  if (total === null || total <= 0) return `${what} runs`;
  const part = Math.max(0, Math.min(1, done / total));
  const full = Math.floor(part * cells);
  const bar = "▰".repeat(full) + "▱".repeat(cells - full);
  const left = eta === null ? "" : `, about ${spoken(eta)} left`;
  return `${what}  ${bar} ${Math.floor(part * 100)} %${left}`;
}

function spoken(ms: Millis): string {
  const secs = Math.max(1, Math.round(ms / 1000));
  return secs < 90 ? `${secs} s` : `${Math.round(secs / 60)} min`;
}
