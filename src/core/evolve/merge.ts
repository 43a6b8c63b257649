// How approvals, the queue and trunk change by what happened.
import type { EventOf, Recorded } from "../event.ts";
import type { Proposal, State, Work } from "../state.ts";
import { work } from "./tasks.ts";

const newest = (w: Work, with_: (p: Proposal) => Proposal): Work => ({
  ...w,
  proposals: w.proposals.map((p, i) => (i === w.proposals.length - 1 ? with_(p) : p)),
});

function requested(w: Work, event: EventOf<"approval_requested">, at: number): Work {
  const { head, diff, onto, commits, files, risks, confidence, reasons, gate } = event;
  const proposal: Proposal = {
    ...{ head, diff, onto, commits, files, risks, confidence, reasons, gate },
    tree: event.tree ?? null,
    at,
    round: w.proposals.length + 1,
    state: "open",
    decidedBy: null,
    decidedVia: null,
    why: "",
  };
  return {
    ...w,
    phase: "asking",
    since: at,
    candidate: null,
    held: null,
    proposals: [...w.proposals, proposal],
  };
}

function recorded(w: Work, event: EventOf<"approval_recorded">, at: number): Work {
  const states = { approve: "approved", reject: "rejected", back: "back" } as const;
  const next = newest(w, (p) => ({
    ...p,
    state: states[event.decision],
    decidedBy: event.person,
    decidedVia: event.via,
    why: event.why,
  }));
  switch (event.decision) {
    case "approve":
      return next;
    case "reject":
      return { ...next, phase: "blocked", since: at, candidate: null, held: null };
    case "back":
      return { ...next, phase: "returned", since: at, reds: 0, candidate: null, held: null };
  }
}

/** Withdrawn: the same card is open again. Superseded and expired cards stay as they were decided. */
function closed(w: Work, event: EventOf<"approval_closed">, at: number): Work {
  if (event.why === "withdrawn") {
    const open = newest(w, (p) => ({ ...p, state: "open", decidedBy: null, decidedVia: null }));
    return { ...open, phase: "asking", since: at, candidate: null, held: null };
  }
  const why = event.why;
  const next = newest(w, (p) => ({ ...p, state: why }));
  // An expired card stays until somebody asks for the task again.
  return why === "superseded" && (w.phase === "asking" || w.phase === "queued")
    ? { ...next, phase: "reviewing", since: at, candidate: null, held: null }
    : next;
}

const without = (state: State, task: number): State => ({
  ...state,
  queue: state.queue.filter((t) => t !== task),
});

function landed(
  state: State,
  event: EventOf<"task_auto_merged"> | EventOf<"task_manual_merged">,
  at: number,
): State {
  const { commit, tree, base } = event;
  const next = work(without(state, event.task), event.task, (w) => ({
    ...newest(w, (p) => ({ ...p, state: p.head === w.done?.commit ? "landed" : p.state })),
    phase: "landed",
    since: at,
    held: null,
    landed: { commit, tree, base },
  }));
  const branch = state.main?.branch ?? "main";
  // Merged by a person's hand: what is known of trunk stays known.
  if (state.main?.head === commit) return next;
  // Its tree has green evidence: that is why it could land. Whether a test was counted its card says.
  const counts = state.work.get(event.task)?.gated?.counts ?? null;
  const verdict = counts !== null && counts.passed > 0 ? "green" : "uncounted";
  return { ...next, main: { branch, head: commit, tree, verdict, at } };
}

export function evolveMerge(state: State, { event, at }: Recorded): State {
  switch (event.event) {
    case "approval_requested":
      return work(state, event.task, (w) => requested(w, event, at));
    case "approval_recorded":
      return event.decision === "approve"
        ? work(state, event.task, (w) => recorded(w, event, at))
        : work(without(state, event.task), event.task, (w) => recorded(w, event, at));
    case "approval_closed":
      return work(without(state, event.task), event.task, (w) => closed(w, event, at));
    case "merge_queued":
      return {
        ...work(state, event.task, (w) => ({ ...w, phase: "queued", since: at, rounds: 0 })),
        queue: [...state.queue.filter((t) => t !== event.task), event.task],
      };
    case "auto_merge_decision_recorded":
      return work(state, event.task, (w) => ({ ...w, auto: event.decision === "land" }));
    case "merge_candidate_built":
      return work(state, event.task, (w) => ({
        ...w,
        rounds: event.round,
        held: null,
        candidate: {
          base: event.base,
          commit: event.commit,
          tree: event.tree,
          round: event.round,
          result: null,
          at,
          reruns: 0,
          checked: false,
        },
      }));
    case "merge_held":
      return work(state, event.task, (w) => ({
        ...w,
        held: { why: event.why, detail: event.detail, paths: event.paths },
      }));
    case "merge_rejected":
      return work(without(state, event.task), event.task, (w) => ({
        ...newest(w, (p) =>
          p.state === "approved" || p.state === "open" ? { ...p, state: "superseded" } : p,
        ),
        phase: "returned",
        since: at,
        candidate: null,
        held: null,
      }));
    case "task_auto_merged":
    case "task_manual_merged":
      return landed(state, event, at);
    case "main_adopted":
      return {
        ...state,
        main: { branch: event.branch, head: event.head, tree: event.tree, verdict: null, at },
      };
    case "main_moved_outside":
      return {
        ...state,
        main: {
          branch: state.main?.branch ?? "main",
          head: event.to,
          tree: event.tree,
          verdict: state.main?.tree === event.tree ? state.main.verdict : null,
          at,
        },
      };
    default:
      return state;
  }
}
