// How a task's work changes by what happened, from its assignment to the gate.
import type { EventOf, Recorded } from "../event.ts";
import type { TaskPatch } from "../ports.ts";
import type { State, Work } from "../state.ts";
import type { TaskId } from "../words.ts";
import { currentWorkNow } from "../work.ts";
import { change, drop, put } from "./put.ts";

/** Runs of the gate whose times are kept: enough for a median that one slow run does not move. */
const runsRemembered = 5;

export const work = (state: State, task: TaskId, with_: (work: Work) => Work): State => ({
  ...state,
  work: change(state.work, task, with_),
});

function assigned(state: State, event: EventOf<"task_assigned">, at: number, seq: number): State {
  const before = state.work.get(event.task);
  const fresh: Work = {
    task: event.task,
    title: event.title,
    member: event.member,
    branch: event.branch,
    base: event.base,
    createdBy: event.created_by,
    phase: "starting",
    since: at,
    pulled: event.pulled,
    adopts: event.adopt ?? false,
    reds: 0,
    done: null,
    gated: null,
    troubles: 0,
    troubleAt: 0,
    // A task that is assigned anew keeps its cards: their keys must not be used twice.
    proposals: before?.proposals ?? [],
    ...(before !== undefined
      ? before.roundsFrom === undefined
        ? {}
        : { roundsFrom: before.roundsFrom }
      : event.task <= state.forgotten
        ? { roundsFrom: seq }
        : {}),
    candidate: null,
    rounds: 0,
    held: null,
    auto: false,
    failing: null,
    launched: before?.launched ?? null,
    landed: null,
  };
  return { ...state, work: put(state.work, event.task, fresh) };
}

function refusedDone(state: State, event: EventOf<"command_recorded">): State {
  const { verb, effect, code, person } = event;
  const held = verb === "done" && effect === "refused" ? currentWorkNow(state, person) : undefined;
  if (held === undefined || code === null) return state;
  return work(state, held.task, (w) => ({ ...w, refusals: refusedOnceMore(w, code) }));
}

export const refusedOnceMore = ({ refusals }: Work, code: string) => ({
  code,
  times: refusals?.code === code ? refusals.times + 1 : 1,
});

function gated(state: State, event: EventOf<"verification_evidence_collected">, at: number): State {
  if (event.purpose === "trunk") return trunkGated(state, event, at);
  if (event.task === null) return state;
  return work(state, event.task, (w) =>
    event.purpose === "done" ? doneGated(w, event, at) : candidateGated(w, event, at),
  );
}

/** A red run may have ended early, and trouble says nothing of the tests. */
function timed(
  before: State,
  event: EventOf<"verification_evidence_collected">,
  at: number,
): State {
  const state = { ...before, gateFreeAt: at };
  if (event.reused || event.result !== "green") return state;
  return { ...state, gateTook: [...state.gateTook, event.duration_ms].slice(-runsRemembered) };
}

function trunkGated(
  state: State,
  event: EventOf<"verification_evidence_collected">,
  at: number,
): State {
  if (state.main === null || state.main.tree !== event.tree) return state;
  const uncounted =
    event.result === "green" && (event.counts === null || event.counts.passed === 0);
  const verdict =
    event.result === "infra"
      ? "infra"
      : event.result !== "green"
        ? "red"
        : uncounted
          ? "uncounted"
          : "green";
  return { ...state, main: { ...state.main, verdict, at } };
}

function doneGated(w: Work, event: EventOf<"verification_evidence_collected">, at: number): Work {
  const again = event.reused && w.phase === "working";
  if ((w.phase !== "verifying" && !again) || w.done?.commit !== event.commit) return w;
  if (event.result === "infra") return { ...w, troubles: w.troubles + 1, troubleAt: at };
  const { commit, tree, result, lines, counts } = event;
  const green = result === "green";
  // Run again for a person: its author may be on another branch by now.
  const retested = w.since > w.done.at;
  return {
    ...w,
    gated: { commit, tree, result, lines, counts },
    troubles: 0,
    reds: green ? w.reds : w.reds + 1,
    phase: green ? "reviewing" : retested && !again ? "returned" : "working",
    since: at,
  };
}

function candidateGated(
  w: Work,
  event: EventOf<"verification_evidence_collected">,
  at: number,
): Work {
  if (w.candidate === null || w.candidate.tree !== event.tree) return w;
  if (event.result === "infra") return { ...w, troubles: w.troubles + 1, troubleAt: at };
  const reruns = w.candidate.reruns + (event.rerun ? 1 : 0);
  const { commit, tree, base } = w.candidate;
  const green = event.result === "green" && w.done !== null;
  return {
    ...w,
    troubles: 0,
    candidate: { ...w.candidate, result: event.result, at, reruns },
    launched: green ? { head: w.done.commit, commit, tree, base } : w.launched,
  };
}

/** Ends what a task had under way when it goes back to its author or to people. */
const set = (w: Work, phase: Work["phase"], at: number): Work => ({
  ...w,
  phase,
  since: at,
  candidate: null,
  held: null,
  failing: null,
});

function due(state: State, event: EventOf<"board_due">, seq: number): State {
  const before = state.boardDue.get(event.task);
  const patch: TaskPatch = { ...before?.patch, ...(event.patch as TaskPatch) };
  return {
    ...state,
    boardDue: put(state.boardDue, event.task, { task: event.task, patch, due: seq }),
  };
}

export function evolveTasks(state: State, { event, at, seq }: Recorded): State {
  switch (event.event) {
    case "task_requested":
      return {
        ...state,
        requests: put(state.requests, event.key, {
          key: event.key,
          event,
          at,
          task: null,
          refused: null,
        }),
      };
    case "task_created":
      return {
        ...state,
        requests: change(state.requests, event.key, (r) => ({ ...r, at, task: event.task })),
      };
    case "task_request_refused":
      return {
        ...state,
        requests: change(state.requests, event.key, (r) => ({
          ...r,
          refused: { code: event.code, say: event.say },
        })),
      };
    case "task_assigned":
      return assigned(state, event, at, seq);
    case "worktree_ready":
      return work(state, event.task, (w) => (w.phase === "starting" ? set(w, "working", at) : w));
    case "task_start_failed":
      return work(state, event.task, (w) => ({ ...w, troubles: w.troubles + 1, troubleAt: at }));
    case "command_recorded":
      return refusedDone(state, event);
    case "task_completed": {
      const next = work(state, event.task, ({ refusals: _, ...w }) => ({
        ...set(w, "verifying", at),
        done: { commit: event.commit, tree: event.tree, summary: event.summary, at },
        troubles: 0,
        rounds: 0,
      }));
      // New commits of what landed alone, without a card to supersede, begin anew.
      return { ...next, queue: next.queue.filter((t) => t !== event.task) };
    }
    case "verification_evidence_collected":
      return gated(timed(state, event, at), event, at);
    case "verification_phase_changed":
      // `review`: another look at a green change for a new card; `retest`: another run of the gate.
      if (event.phase === "review") return work(state, event.task, (w) => set(w, "reviewing", at));
      return event.phase === "retest"
        ? work(state, event.task, (w) => ({ ...set(w, "verifying", at), troubles: 0 }))
        : state;
    case "task_escalated":
      return event.task === null ? state : work(state, event.task, (w) => set(w, "blocked", at));
    case "escalation_repeated": {
      const task = state.escalations.get(event.escalation)?.task ?? null;
      return task === null ? state : work(state, task, (w) => set(w, "blocked", at));
    }
    case "task_released": {
      return { ...state, work: drop(state.work, event.task) };
    }
    case "task_cancelled": {
      const next = work(state, event.task, (w) => ({
        ...set(w, "cancelled", at),
        // What nobody can decide any more is not open.
        proposals: w.proposals.map((p) =>
          p.state === "open" || p.state === "approved" ? { ...p, state: "superseded" } : p,
        ),
      }));
      return { ...next, queue: next.queue.filter((t) => t !== event.task) };
    }
    case "task_retried":
      return work(state, event.task, (w) => ({ ...set(w, "returned", at), reds: 0, troubles: 0 }));
    case "task_resumed":
      return work(state, event.task, (w) => set(w, "starting", at));
    case "board_due":
      return due(state, event, seq);
    case "board_written": {
      const written = { ...state, boardWritten: put(state.boardWritten, event.task, at) };
      return state.boardDue.get(event.task)?.due === event.due
        ? { ...written, boardDue: drop(state.boardDue, event.task) }
        : written;
    }
    default:
      return state;
  }
}
