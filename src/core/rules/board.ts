// The board's files follow what was decided; what a person writes there wins, but for a `done` that never landed.

import type { Effect } from "../effect.ts";
import type { Event } from "../event.ts";
import type { Input } from "../input.ts";
import { type Decision, events, nothing, type Rule, type Seen } from "../rule.ts";
import type { State } from "../state.ts";
import { openWork } from "../work.ts";
import { due } from "./letters.ts";

export const board: Rule = (state, input, seen) => {
  if (input.type === "settled" && input.effect.type === "ensure.patch") return written(input);
  const back = putBack(state, seen);
  const effects: Effect[] = [...state.boardDue.values()].map(({ task, patch, due: seq }) => ({
    type: "ensure.patch",
    lane: "board",
    task,
    patch,
    due: seq,
  }));
  return { events: back, effects };
};

function written(input: Extract<Input, { type: "settled" }>): Decision {
  if (input.effect.type !== "ensure.patch") return nothing;
  const { task, due: seq } = input.effect;
  // A refused write (a person changed the file so that it can't be) is over too: the file wins.
  const over = input.outcome.ok || input.outcome.code === "refused";
  return over ? events({ event: "board_written", task, due: seq }) : nothing;
}

/** A hand edit to `done` of a task that has not landed is put back and told once. */
function putBack(state: State, seen: Seen): Event[] {
  const look = seen.world.board;
  if (!look?.probe.known) return [];
  const list: Event[] = [];
  for (const work of openWork(state)) {
    if (state.boardDue.has(work.task)) continue;
    if (look.at <= Math.max(state.boardWritten.get(work.task) ?? 0, work.since)) continue;
    if (look.probe.value.tasks.get(work.task)?.status !== "done") continue;
    const status =
      work.phase === "asking" || work.phase === "queued" || work.phase === "reviewing"
        ? "review"
        : "in-progress";
    list.push(
      {
        event: "state_reconciliation",
        task: work.task,
        say: `#${work.task} was set to done by hand but has not landed: put back to ${status}.`,
      },
      due(work.task, { status, claimedBy: work.member }, "batty"),
    );
  }
  return list;
}
