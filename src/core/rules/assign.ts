// Dispatch: an idle engineer gets what was sent back to it, then what is assigned to it, then the best todo.

import { inFlight, queuedFor } from "../deliveries.ts";
import type { Effect } from "../effect.ts";
import type { Event } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import { evolve } from "../evolve.ts";
import type { Input } from "../input.ts";
import { requestOf } from "../requests.ts";
import { type Decision, events, nothing, type Rule, type Seen } from "../rule.ts";
import { isResting } from "../setback.ts";
import type { State, Work } from "../state.ts";
import { beginAgain } from "../views/hand-off.ts";
import type { Member } from "../words.ts";
import { currentWork, isAdopting, openWork } from "../work.ts";
import { nextTask } from "./eligible.ts";
import { due, inOrder, letter, notice } from "./letters.ts";
import { escalate } from "./outcomes.ts";
import { give } from "./tasks.ts";

/** Failed preparations of a worktree before people are asked. */
const startTries = 2;

export const assign: Rule = (state, input, seen) => {
  if (input.type === "settled" && input.effect.type === "ensure.start")
    return started(state, input, seen);
  const given = dispatch(state, seen);
  const after = given.reduce(
    (s, event, i) => evolve(s, { seq: state.seq + 1 + i, at: input.at, event }),
    state,
  );
  return { events: [...given, ...prompts(after, seen)], effects: starts(after, seen) };
};

/** An agent that was started anew in the middle of its task is told once to go on. */
function prompts(state: State, seen: Seen): Event[] {
  if (state.team !== "running") return [];
  const due = openWork(state).filter((w) => {
    const seat = seatOf(state, w.member);
    const idle = seat.live !== null && seat.activity === "idle" && seat.prompted < seat.epoch;
    return (
      w.phase === "working" &&
      idle &&
      seat.epoch > 1 &&
      w.since < seat.spawnedAt &&
      !isToldAlready(state, w)
    );
  });
  return due.map((w, n) =>
    notice(
      state,
      seen,
      n,
      w.member,
      "resume",
      seatOf(state, w.member).continued
        ? `#${w.task} ${w.title}\n\nYour agent was started anew in the middle of this task. Your work is on ${w.branch}. Go on, and run \`batty done\` when it is finished.`
        : beginAgain(state, w.member),
      w.task,
    ),
  );
}

/** Something about the task is on its way to the agent. */
const isToldAlready = (state: State, work: Work): boolean =>
  [inFlight(state, work.member), ...queuedFor(state, work.member)].some(
    (d) => d?.mail.task === work.task,
  );

function dispatch(state: State, seen: Seen): Event[] {
  if (state.team !== "running" || state.paused || state.main === null) return [];
  const look = seen.world.board;
  const list: Event[] = [];
  let now = state;
  for (const member of seen.policy.members) {
    if (!isFree(now, member)) continue;
    const back = [...now.work.values()].find(
      (w) => w.member === member.name && w.phase === "returned",
    );
    const board = look?.probe.known ? look.probe.value : null;
    const events: Event[] =
      back !== undefined
        ? resume(back)
        : board !== null && seen.policy.autoDispatch
          ? take(now, member, board, seen)
          : [];
    // Folded one by one: two engineers never get the same task.
    for (const event of events) now = evolve(now, { seq: now.seq + 1, at: seen.now, event });
    list.push(...events);
  }
  return list;
}

/** Idle, alive, with nothing in hand and nothing of its last turn still to be looked at. */
function isFree(state: State, member: Member): boolean {
  if (member.roleType !== "engineer" || state.pausedMembers.has(member.name)) return false;
  const seat = seatOf(state, member.name);
  const idle =
    seat.live !== null && seat.activity === "idle" && seat.turnEnded === null && !seat.restarting;
  if (seat.parked !== null || isResting(seat)) return false;
  const holds = currentWork(state, member.name) !== undefined || isAdopting(state, member.name);
  return idle && !holds;
}

function take(
  state: State,
  member: Member,
  board: Parameters<typeof nextTask>[1],
  seen: Seen,
): Event[] {
  const task = nextTask(state, board, member.name, seen);
  return task === undefined ? [] : give(state, task, member.name, "batty", false);
}

const resume = (work: Work): Event[] => [
  { event: "task_resumed", task: work.task, member: work.member },
  due(
    work.task,
    { status: "in-progress", claimedBy: work.member, blocked: false, blockReason: null },
    "batty",
  ),
];

function starts(state: State, seen: Seen): Effect[] {
  return openWork(state)
    .filter(
      (w) =>
        w.phase === "starting" &&
        state.team === "running" &&
        seatOf(state, w.member).parked === null &&
        seatOf(state, w.member).worktree !== null,
    )
    .filter((w) => w.troubles === 0 || seen.now > w.troubleAt + 3_000)
    .map((w) => ({
      type: "ensure.start",
      lane: `seat:${w.member}`,
      task: w.task,
      member: w.member,
      branch: w.branch,
      ...groundOf(state, w),
    }));
}

/** Sent back or retried, adopted work has its branch like any other; its author may stand elsewhere by then. */
function groundOf(state: State, w: Work): { readonly base: string; readonly adopt: boolean } {
  const adopted = w.done === null ? adoption(state, w) : undefined;
  if (adopted === undefined) return { base: w.base, adopt: false };
  const retried = [...state.escalations.values()].some(
    (e) => e.task === w.task && e.kind === "setup",
  );
  return retried ? { base: adopted.head, adopt: false } : { base: w.base, adopt: true };
}

/** The request behind work that was done without a task. */
function adoption(state: State, work: Work) {
  return (work.adopts ? requestOf(state, work.task)?.event.adopt : null) ?? undefined;
}

function started(state: State, input: Extract<Input, { type: "settled" }>, seen: Seen): Decision {
  if (input.effect.type !== "ensure.start") return nothing;
  const work = state.work.get(input.effect.task);
  if (work === undefined || work.phase !== "starting" || work.member !== input.effect.member)
    return nothing;
  const { outcome } = input;
  if (!outcome.ok) return failed(state, work, outcome.code, outcome.say, seen);
  const body = bodyOf(state, work, seen);
  if (body === null) return nothing; // comes again, and does nothing but ask once more
  const rescued = outcome.brought.of === "ensure.start" ? outcome.brought.rescued : null;
  const ready: Event = {
    event: "worktree_ready",
    task: work.task,
    member: work.member,
    branch: work.branch,
    rescued,
  };
  const adopted = adoption(state, work);
  if (adopted !== undefined && work.done === null)
    return events(
      ready,
      {
        event: "task_completed",
        task: work.task,
        member: work.member,
        commit: adopted.head,
        tree: adopted.tree,
        summary: adopted.summary,
      },
      { event: "verification_phase_changed", task: work.task, phase: "verifying", attempt: 1 },
    );
  // Its author was told before it did anything for it; cards may be of a former life of the task.
  if (work.pulled || work.done !== null) return events(ready);
  const mail = letter(state, seen, 1, {
    from: "batty",
    to: work.member,
    body: `#${work.task} ${work.title}${body.trim() === "" ? "" : `\n\n${body}`}`,
    msg_type: "assign",
    task: work.task,
  });
  return events(ready, mail);
}

/** As it stands on the board, else as it was asked for; null: the board can't be read now. */
function bodyOf(state: State, work: Work, seen: Seen): string | null {
  const look = seen.world.board;
  if (!look?.probe.known) return null;
  const task = look.probe.value.tasks.get(work.task);
  const asked = requestOf(state, work.task);
  return task?.body ?? asked?.event.body ?? "";
}

function failed(state: State, work: Work, code: string, say: string, seen: Seen): Decision {
  if (code !== "setup.failed" && code !== "worktree.blocked") return nothing; // tried again with growing pauses
  return events(
    ...inOrder(
      () => [{ event: "task_start_failed", task: work.task, member: work.member, code, say }],
      (n) =>
        work.troubles + 1 < startTries
          ? []
          : escalate(
              state,
              work,
              seen,
              n,
              "setup",
              `#${work.task} ${work.title} can't be started: ${say}`,
              `its worktree can't be made ready: ${say.split("\n")[0] ?? ""}`,
            ),
    ),
  );
}
