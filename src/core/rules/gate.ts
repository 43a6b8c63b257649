// Which gate runs next: one slot; what a person approved first, then agents' claims in order, then trunk itself,
// unless something waits for it that is to land alone.

import type { Effect } from "../effect.ts";
import { nothing, type Rule, type Seen } from "../rule.ts";
import type { State, Work } from "../state.ts";
import type { Oid, TaskId } from "../words.ts";
import { openWork } from "../work.ts";
import { head, waitsForTrunk } from "./queue.ts";

/** Before a gate that ended as trouble is run again, ms. */
const troublePause = 3_000;
const trunkTroublePause = 600_000;

export const gate: Rule = (state, _input, seen) => {
  const { testCommand } = seen.policy;
  if (testCommand === null || state.main === null || state.paused) return nothing;
  if (state.disk?.level === "critical") return nothing; // it would fill what is left, and say nothing of the code
  const effect =
    ofQueue(state, testCommand, seen) ??
    (openWork(state).some((w) => waitsForTrunk(state, w))
      ? ofTrunk(state, testCommand, seen)
      : null) ??
    ofClaims(state, testCommand, seen) ??
    ofTrunk(state, testCommand, seen);
  return effect === null ? nothing : { events: [], effects: [effect] };
};

interface Want {
  readonly purpose: "done" | "candidate" | "trunk";
  readonly task: TaskId | null;
  readonly commit: Oid;
  readonly tree: Oid;
  readonly base: Oid;
  readonly anew: boolean;
  readonly rerun: boolean;
}

function order(want: Want, command: string, seen: Seen): Effect {
  const { purpose, task, commit, tree, base, anew, rerun } = want;
  const { setUp, gateTimeout } = seen.policy;
  return {
    type: "ensure.gate",
    lane: "gate",
    purpose,
    task,
    order: { commit, tree, base, command, setUp, timeoutMs: gateTimeout },
    anew,
    rerun,
  };
}

const rests = (work: Work, seen: Seen): boolean =>
  work.troubles > 0 && seen.now < work.troubleAt + troublePause * work.troubles;

function ofQueue(state: State, command: string, seen: Seen): Effect | null {
  const work = head(state);
  const candidate = work?.candidate;
  if (work === undefined || !candidate || candidate.base !== state.main?.head || rests(work, seen))
    return null;
  const flake = candidate.result !== null && candidate.result !== "green" && candidate.reruns === 0;
  if (candidate.result !== null && !flake) return null;
  const { commit, tree, base } = candidate;
  return order(
    { purpose: "candidate", task: work.task, commit, tree, base, anew: flake, rerun: flake },
    command,
    seen,
  );
}

function ofClaims(state: State, command: string, seen: Seen): Effect | null {
  const claims = openWork(state)
    .filter((w) => w.phase === "verifying" && w.done !== null && !rests(w, seen))
    .sort((a, b) => (a.done?.at ?? 0) - (b.done?.at ?? 0) || a.task - b.task);
  const work = claims[0];
  if (work === undefined || work.done === null) return null;
  const { commit, tree } = work.done;
  // A time-out is no evidence of a fault: a person's retry runs it again.
  const anew = work.gated?.commit === commit && work.gated.result === "timeout";
  return order(
    { purpose: "done", task: work.task, commit, tree, base: work.base, anew, rerun: false },
    command,
    seen,
  );
}

function ofTrunk(state: State, command: string, seen: Seen): Effect | null {
  const { main } = state;
  const again = main?.verdict === "infra" && seen.now - main.at > trunkTroublePause;
  if (main === null || state.team !== "running" || (main.verdict !== null && !again)) return null;
  return order(
    {
      purpose: "trunk",
      task: null,
      commit: main.head,
      tree: main.tree,
      base: main.head,
      anew: false,
      rerun: false,
    },
    command,
    seen,
  );
}
