// A conversation that is nearly full, or too long to go on, makes way for a new one: its agent leaves notes where it still
// can, starts anew, and is told where to go on.
import { filled, timesOf } from "../context.ts";
import { inFlight } from "../deliveries.ts";
import type { Event } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import { limits } from "../policy.ts";
import { events, type Rule, type Seen } from "../rule.ts";
import { isResting } from "../setback.ts";
import type { Seat, State } from "../state.ts";
import { goOn, leaveNotes } from "../views/hand-off.ts";
import type { Instant, TaskId } from "../words.ts";
import { currentWork } from "../work.ts";
import { letter } from "./letters.ts";
import { type Cause, lastFor, raise } from "./raise.ts";

export const context: Rule = (state, _input, seen) => {
  const list: Event[] = [];
  if (state.team === "running")
    for (const { name } of seen.policy.members)
      list.push(...ofMember(state, seatOf(state, name), seen, list));
  return events(...list);
};

function ofMember(state: State, seat: Seat, seen: Seen, before: readonly Event[]): Event[] {
  const { live, activity, handOff, epoch, setback, restarting } = seat;
  if (live === null || activity !== "idle" || restarting) return [];
  if (handOff?.stage === "left") return [anew(seat)];
  if (handOff?.stage === "fresh" && epoch > handOff.epoch)
    return [told(state, seat, handOff.notes, seen, before.length)];
  if (setback?.kind === "context" && isResting(seat)) return full(state, seat, seen, before);
  return nearlyFull(state, seat, seen, before);
}

const anew = ({ member }: Seat): Event => ({
  ...{ event: "member_restarted", member, by: "batty", fresh: true },
});

function told(state: State, { member }: Seat, notes: string | null, seen: Seen, n: number): Event {
  const work = currentWork(state, member);
  const about = work?.phase === "working" ? { task: work.task } : {};
  const body = goOn(state, member, notes);
  const mail = { from: "batty", to: member, body, msg_type: "resume", now: true, ...about };
  return letter(state, seen, n, mail);
}

/** Another conversation for the same task, unless there were enough or the last one was full at once. */
function isWorthOneMore(seat: Seat, task: TaskId | null, at: Instant): boolean {
  const times = timesOf(seat, task);
  const soon = times > 0 && !seat.continued && at < seat.spawnedAt + limits.filledSoon;
  return times < limits.handOffsAtMost && !soon;
}

const newOnes = (times: number): string => (times === 1 ? "a new one" : `${times} new ones`);

/** Too late for notes. */
function full(state: State, seat: Seat, seen: Seen, before: readonly Event[]): Event[] {
  const { member } = seat;
  const task = currentWork(state, member)?.task ?? null;
  if (isWorthOneMore(seat, task, seat.setback?.at ?? seen.now)) return [anew(seat)];
  return once(state, { member, task: null, kind: "provider" }, before, [
    `${member}'s conversation is too long to go on, ${newOnes(timesOf(seat, task))} did not help.${task === null ? "" : ` #${task} may be too large: cancel it and make smaller tasks of it.`}`,
    `Its agent said: ${seat.setback?.say ?? ""}`,
    `Look with \`batty attach ${member}\`; \`batty restart ${member}\` starts it again.`,
  ]);
}

/** At the end of a turn, while its task is in work. */
function nearlyFull(state: State, seat: Seat, seen: Seen, before: readonly Event[]): Event[] {
  const { member, usage, turnEnded, handOff, epoch } = seat;
  const threshold = seen.policy.contextThreshold;
  const percent = usage === null ? null : filled(usage);
  const work = currentWork(state, member);
  if (threshold === null || percent === null || percent < threshold) return [];
  if (work?.phase !== "working" || turnEnded !== null || isResting(seat) || state.paused) return [];
  const asked = handOff?.stage === "asked" && handOff.epoch === epoch;
  if (asked || inFlight(state, member) !== undefined) return [];
  const { task } = work;
  const cause = { member, task: null, kind: "context", detail: `${task}` };
  // Told of, this conversation goes on to its end.
  if ((lastFor(state, cause)?.askedAt ?? -1) >= seat.spawnedAt) return [];
  if (!isWorthOneMore(seat, task, seen.now))
    return once(state, cause, before, [
      `#${task} ${work.title} has filled ${timesOf(seat, task) + 1} conversations of ${member}: it may be too large.`,
      `It goes on. Cancel it and make smaller tasks of it, or look with \`batty attach ${member}\`.`,
    ]);
  const order = letter(state, seen, before.length + 1, {
    ...{ from: "batty", to: member, msg_type: "leave-notes", now: true },
    body: leaveNotes(state, member),
  });
  return [{ event: "context_pressure", id: order.id, member, epoch, task, percent }, order];
}

/** However it ended: the same task's same trouble is not asked twice. */
function once(
  state: State,
  cause: Cause,
  before: readonly Event[],
  say: readonly string[],
): Event[] {
  const last = lastFor(state, cause);
  const since = seatOf(state, cause.member).setback?.at ?? 0;
  if (last !== undefined && last.askedAt >= since) return [];
  const opened = before.filter((e) => e.event === "task_escalated").length;
  return [raise(state, cause, say.join("\n"), [], opened)];
}
