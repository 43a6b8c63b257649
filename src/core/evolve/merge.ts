// How approvals, the queue and trunk change by what happened.
import type { EventOf, Recorded } from "../event.ts";
import type { Proposal, State, Work } from "../state.ts";
import { isFormerHead } from "../work.ts";
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
    round: (w.roundsFrom ?? 0) + w.proposals.length + 1,
    state: "open",
    asks: {
      approvals: event.approvals ?? 1,
      confirm: event.confirm !== undefined,
      rules: event.rules ?? [],
    },
    approvals: [],
    decidedBy: null,
    decidedVia: null,
    decidedAt: null,
    why: "",
    landed: null,
  };
  return {
    ...w,
    phase: "asking",
    since: at,
    candidate: null,
    held: null,
    failing: null,
    proposals: [...w.proposals, proposal],
  };
}

/** One of several approvals leaves the card open. */
function approved(
  p: Proposal,
  { person, via }: EventOf<"approval_recorded">,
  at: number,
): Proposal {
  const approvals = [...p.approvals, { person, via, at }];
  if (approvals.length < p.asks.approvals) return { ...p, approvals };
  return { ...p, approvals, state: "approved", decidedBy: person, decidedVia: via, decidedAt: at };
}

function recorded(w: Work, event: EventOf<"approval_recorded">, at: number): Work {
  const { person, via, why, decision } = event;
  if (decision === "approve") return newest(w, (p) => approved(p, event, at));
  const decided = { decidedBy: person, decidedVia: via, decidedAt: at, why } as const;
  const state = decision === "reject" ? "rejected" : "back";
  const next = newest(w, (p) => ({ ...p, ...decided, state }));
  switch (decision) {
    case "reject":
      return { ...next, phase: "blocked", since: at, candidate: null, held: null, failing: null };
    case "back":
      return {
        ...next,
        phase: "returned",
        since: at,
        reds: 0,
        candidate: null,
        held: null,
        failing: null,
      };
  }
}

/** Withdrawn: the same card is open again, with the others' approvals. Superseded and expired cards stay as they were decided. */
function closed(w: Work, event: EventOf<"approval_closed">, at: number): Work {
  if (event.why === "withdrawn") {
    const undecided = { decidedBy: null, decidedVia: null, decidedAt: null } as const;
    const open = newest(w, (p) => ({
      ...p,
      ...undecided,
      state: "open",
      approvals: p.approvals.filter((a) => a.person !== event.by),
    }));
    return { ...open, phase: "asking", since: at, candidate: null, held: null, failing: null };
  }
  const why = event.why;
  const next = newest(w, (p) => ({ ...p, state: why }));
  // An expired card stays until somebody asks for the task again.
  return why === "superseded" && (w.phase === "asking" || w.phase === "queued")
    ? { ...next, phase: "reviewing", since: at, candidate: null, held: null, failing: null }
    : next;
}

/** The queue's card or, of an older head that landed after its author went on, that one's. */
const landedCard = (w: Work, head: string | undefined, commit: string): readonly Proposal[] => {
  const at = w.proposals.findLastIndex((p) => p.head === head);
  return w.proposals.map((p, i) => (i === at ? { ...p, state: "landed", landed: commit } : p));
};

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
  const before = state.work.get(event.task);
  const isFormer = before !== undefined && isFormerHead(before, event.head);
  const next = work(isFormer ? state : without(state, event.task), event.task, (w) => ({
    ...w,
    proposals: landedCard(w, event.head ?? w.done?.commit, commit),
    launched: null,
    failing: null,
    // Its author has gone on: what is newer has its own way to trunk.
    ...(isFormer ? {} : { phase: "landed", since: at, held: null, landed: { commit, tree, base } }),
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
    case "verification_phase_changed":
      return event.phase === "review" ? without(state, event.task) : state;
    case "merge_queued":
      return {
        ...work(state, event.task, (w) => ({ ...w, phase: "queued", since: at, rounds: 0 })),
        queue: [...state.queue.filter((t) => t !== event.task), event.task],
      };
    case "auto_merge_decision_recorded":
      return work(state, event.task, (w) => ({
        ...{ ...w, auto: event.decision === "land" },
        ...(event.commits === undefined ? {} : { commits: event.commits }),
      }));
    case "merge_candidate_built":
      return work(state, event.task, (w) => ({
        ...w,
        rounds: event.round,
        held: null,
        // Built anew because trunk moved, it is still the landing that fails.
        failing: w.failing?.step === "landing" ? w.failing : null,
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
    case "merge_troubled":
      return work(state, event.task, (w) => ({
        ...w,
        failing: { step: event.step, tries: event.tries, say: event.say },
      }));
    case "merge_held":
      return work(state, event.task, (w) => ({
        ...w,
        failing: null,
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
        failing: null,
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
