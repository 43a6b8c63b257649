// Which task may be handed out, and which comes first: one predicate, used by dispatch, by `task next` and by `dispatch --explain`.

import { parseTime } from "../../lib/time.ts";
import type { BoardTask, BoardView } from "../ports.ts";
import { openRequests, requestOf } from "../requests.ts";
import type { Seen } from "../rule.ts";
import type { State } from "../state.ts";
import { spaceLeft } from "../views/machine.ts";
import type { MemberName, TaskId } from "../words.ts";
import { isOver } from "../work.ts";

const closedStatuses = ["done", "archived"];

/** A dependency is satisfied when it is done, archived, or not there any more. */
export function isSatisfied(board: BoardView, dependency: TaskId): boolean {
  const task = board.tasks.get(dependency);
  return task === undefined || closedStatuses.includes(task.status);
}

/** Null: may be handed to `member`; else why not, in words for a person. */
export function whyNot(
  state: State,
  board: BoardView,
  task: BoardTask,
  member: MemberName | null,
  seen: Seen,
): string | null {
  const work = state.work.get(task.id);
  if (work !== undefined && !isOver(work)) return `${work.member} has it (${work.phase})`;
  if (work?.phase === "landed") return "it landed already";
  if (isBeingMade(state, task)) return "it is just being made";
  if (state.disk !== null) return `nothing is handed out: ${spaceLeft(state.disk)}`;
  if (task.status !== "todo") return `its status is ${task.status}, only todo is handed out`;
  if (task.blocked) return `it is blocked: ${task.blockReason ?? "no reason given"}`;
  if (task.claimedBy !== null) return `${task.claimedBy} has claimed it`;
  if (state.boardDue.get(task.id)?.patch.status !== undefined) return "its file is being written";
  const waits = task.dependsOn.filter((d) => !isSatisfied(board, d));
  if (waits.length > 0) return `it waits for ${waits.map((d) => `#${d}`).join(", ")}`;
  const excluded = task.tags.find((tag) => seen.policy.excludedTags.includes(tag));
  if (excluded !== undefined) return `its tag ${excluded} is never dispatched`;
  const scheduled = scheduledFor(task);
  if (scheduled !== null && scheduled > seen.now) return "its time has not come (scheduled_for)";
  if (member !== null && task.assignee !== null && task.assignee !== member)
    return `it is assigned to ${task.assignee}`;
  return null;
}

/** Its file is there before we know whose wish it was: its author would not hear of its landing. */
function isBeingMade(state: State, task: BoardTask): boolean {
  return (
    openRequests(state).some((r) => r.event.title === task.title) &&
    requestOf(state, task.id) === undefined
  );
}

function scheduledFor(task: BoardTask): number | null {
  const value = task.extra["scheduled_for"];
  if (typeof value !== "string") return null;
  const at = parseTime(value);
  return at;
}

/** What a member gets next: what is assigned to it, then by priority (highest first), then by number. */
export function nextTask(
  state: State,
  board: BoardView,
  member: MemberName,
  seen: Seen,
): BoardTask | undefined {
  const rank = (task: BoardTask): number => board.config.priorities.indexOf(task.priority);
  const mine = (task: BoardTask): number => (task.assignee === member ? 0 : 1);
  return [...board.tasks.values()]
    .filter((task) => whyNot(state, board, task, member, seen) === null)
    .sort((a, b) => mine(a) - mine(b) || rank(b) - rank(a) || a.id - b.id)[0];
}
