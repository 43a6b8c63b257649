// What people and members want of tasks: new, assign, pull, change, retry, cancel. The board's files are written by rules/board.

import { queued } from "../deliveries.ts";
import type { Event } from "../event.ts";
import type { Input, Intent } from "../input.ts";
import { memberOf } from "../policy.ts";
import type { BoardTask, BoardView } from "../ports.ts";
import { openRequests, requestOf } from "../requests.ts";
import { type Decision, events, nothing, type Rule, refuse, type Seen } from "../rule.ts";
import type { State } from "../state.ts";
import { howToSay, saysNothing } from "../task-parts.ts";
import type { Caller, MemberName, TaskId } from "../words.ts";
import { currentWork, isAdopting, isLanding, isOver } from "../work.ts";
import { nextTask, whyNot } from "./eligible.ts";
import { clean, due, inOrder, notice } from "./letters.ts";
import { createEffect, retried } from "./outcomes.ts";
import { needsPane } from "./team.ts";

export const tasks: Rule = (state, input, seen) => {
  if (input.type === "intent") return onIntent(state, input.by, input.intent, seen);
  if (input.type === "settled" && input.effect.type === "ensure.create")
    return created(state, input);
  const open = openRequests(state);
  return { events: [], effects: open.map((r) => createEffect(r.event)) };
};

function onIntent(state: State, by: Caller, intent: Intent, seen: Seen): Decision {
  switch (intent.type) {
    case "new-task":
      return request(state, by, intent, seen);
    case "assign":
      return assignTo(state, by, intent.member, intent.task, seen);
    case "pull":
      return pull(state, by, seen);
    case "patch-task":
      return patch(state, by, intent, seen);
    case "retry":
      return retry(state, by, intent.task, seen);
    case "cancel-task":
      return cancel(state, by, intent.task, seen);
    default:
      return nothing;
  }
}

// ---------------------------------------------------------------- new

/** A member's task must say what is in it and when it is done: "implement the backend" costs a day. */
const vague = (by: Caller, body: string): Decision | null =>
  by.tier === "team" && saysNothing(body)
    ? refuse(
        "task.no-scope",
        "A task from a member needs its scope, acceptance criteria or test in the body.",
        howToSay,
      )
    : null;

function request(
  state: State,
  by: Caller,
  intent: Extract<Intent, { type: "new-task" }>,
  seen: Seen,
): Decision {
  if (state.requests.has(intent.key)) return nothing;
  const title = clean(intent.title).trim();
  if (title === "" || title.includes("\n"))
    return refuse("usage", "A task needs a title of one line.");
  const body = clean(intent.body);
  const refused = vague(by, body);
  if (refused !== null) return refused;
  if (intent.assignee !== null && memberOf(seen.policy, intent.assignee) === undefined)
    return refuse("member.unknown", `No member is called "${intent.assignee}".`);
  const event: Extract<Event, { event: "task_requested" }> = {
    event: "task_requested",
    key: intent.key,
    by: by.name,
    title,
    body,
    priority: intent.priority,
    tags: [...intent.tags],
    depends_on: [...intent.dependsOn],
    assignee: intent.assignee,
    adopt: null,
  };
  return { events: [event], effects: [createEffect(event)] };
}

function created(state: State, input: Extract<Input, { type: "settled" }>): Decision {
  if (input.effect.type !== "ensure.create") return nothing;
  const { key } = input.effect;
  const request = state.requests.get(key);
  if (request === undefined || request.task !== null) return nothing;
  const { outcome } = input;
  if (!outcome.ok)
    return outcome.code === "refused"
      ? events({ event: "task_request_refused", key, code: "task.refused", say: outcome.say })
      : nothing;
  if (outcome.brought.of !== "ensure.create") return nothing;
  const { task } = outcome.brought;
  const { title, by, adopt } = request.event;
  const made: Event = { event: "task_created", key, task, title, by };
  if (adopt === null) return events(made);
  const branch = `${adopt.member}/${task}`;
  return events(
    made,
    {
      event: "task_assigned",
      task,
      member: adopt.member,
      branch,
      base: adopt.base,
      by: adopt.member,
      title,
      pulled: true,
      created_by: by,
      adopt: true,
    },
    due(task, { status: "in-progress", claimedBy: adopt.member }, adopt.member),
  );
}

// ---------------------------------------------------------------- assign and pull

const closedStatuses = ["done", "archived"];

/** The board and a task on it, or why not. */
function onBoard(
  state: State,
  seen: Seen,
  id: TaskId,
): { readonly board: BoardView; readonly task: BoardTask } | Decision {
  const look = seen.world.board;
  if (look === null || !look.probe.known)
    return refuse(
      "board.unreadable",
      `The board can't be read now: ${look === null || look.probe.known ? "not looked at yet" : look.probe.why}.`,
      "Try again in some seconds; `batty status` says more.",
    );
  const board = look.probe.value;
  const task = board.tasks.get(id) ?? justMade(state, board, look.at, id);
  return task === undefined
    ? refuse("task.unknown", `No task has the number ${id}.`, "See `batty board`.")
    : { board, task };
}

/** A task whose file was written after the board was looked at last. */
function justMade(state: State, board: BoardView, lookedAt: number, id: TaskId) {
  const made = requestOf(state, id);
  if (made === undefined || lookedAt > made.at) return undefined;
  const { title, body, priority, tags, assignee, depends_on } = made.event;
  return {
    ...{ id, title, body, status: "todo", priority: priority ?? board.config.defaultPriority },
    ...{ created: made.at, tags, assignee, dependsOn: depends_on, blocked: false },
    ...{ blockReason: null, claimedBy: null, claimedAt: null, class: null, extra: {} },
  } satisfies BoardTask;
}

/** The events that give a task to a member; the worktree follows. */
export function give(
  state: State,
  task: BoardTask,
  member: MemberName,
  by: string,
  pulled: boolean,
): Event[] {
  if (state.main === null) return [];
  const creator = requestOf(state, task.id)?.event.by ?? "";
  return [
    {
      event: "task_assigned",
      task: task.id,
      member,
      branch: `${member}/${task.id}`,
      base: state.main.head,
      by,
      title: task.title,
      pulled,
      created_by: creator,
    },
    due(task.id, { status: "in-progress", claimedBy: member }, by),
  ];
}

function assignTo(state: State, by: Caller, member: MemberName, id: TaskId, seen: Seen): Decision {
  const refused = needsPane(state, seen, member);
  if (refused !== null) return refused;
  if (memberOf(seen.policy, member)?.roleType !== "engineer")
    return refuse(
      "member.not-engineer",
      `${member} is no engineer: tasks go to engineers.`,
      "Send it a message instead.",
    );
  if (
    by.tier === "team" &&
    by.name !== member &&
    !memberOf(seen.policy, by.name)?.talksTo.includes(member)
  )
    return refuse("member.not-reachable", `${by.name} may not assign to ${member}.`);
  const found = onBoard(state, seen, id);
  if ("events" in found) return found;
  const { board, task } = found;
  const work = state.work.get(id);
  // Dispatch was quicker: it is as was asked.
  if (work !== undefined && work === currentWork(state, member)) return nothing;
  if (work !== undefined && !isOver(work))
    return refuse(
      "task.taken",
      `#${id} belongs to ${work.member} (${work.phase}).`,
      `End it first: \`batty task cancel ${id}\`.`,
    );
  if (closedStatuses.includes(task.status))
    return refuse("task.closed", `#${id} is ${task.status}.`);
  const asIf: BoardTask = { ...task, assignee: member, status: "todo" };
  const free =
    currentWork(state, member) === undefined &&
    !isAdopting(state, member) &&
    !state.paused &&
    !state.pausedMembers.has(member);
  const now = free && state.main !== null && whyNot(state, board, asIf, member, seen) === null;
  if (now) return events(...give(state, task, member, by.name, false));
  return events(
    due(
      id,
      { assignee: member, ...(task.status === "backlog" ? { status: "todo" } : {}) },
      by.name,
    ),
  );
}

function pull(state: State, by: Caller, seen: Seen): Decision {
  const refused = needsPane(state, seen, by.name);
  if (refused !== null) return refused;
  const held = currentWork(state, by.name);
  if (held !== undefined)
    return refuse(
      "task.busy",
      `You hold #${held.task} ${held.title} (${held.phase}).`,
      "Finish it with `batty done`.",
    );
  if (isAdopting(state, by.name))
    return refuse(
      "task.busy",
      "Your last commits are being made a task.",
      "Its gate comes first; then ask again.",
    );
  const look = seen.world.board;
  if (!look?.probe.known || state.main === null || state.paused)
    return refuse("task.none", "No task can be taken now.");
  const task = nextTask(state, look.probe.value, by.name, seen);
  if (task === undefined)
    return refuse(
      "task.none",
      "No task is free for you now.",
      "Wait for a message; `batty board` shows why.",
    );
  return events(...give(state, task, by.name, by.name, true));
}

// ---------------------------------------------------------------- change, retry, cancel

function patch(
  state: State,
  by: Caller,
  intent: Extract<Intent, { type: "patch-task" }>,
  seen: Seen,
): Decision {
  const found = onBoard(state, seen, intent.task);
  if ("events" in found) return found;
  const refused = intent.patch.body === undefined ? null : vague(by, intent.patch.body);
  if (refused !== null) return refused;
  const work = state.work.get(intent.task);
  const status = intent.patch.status;
  if (status !== undefined && !found.board.config.statuses.includes(status))
    return refuse(
      "usage",
      `"${status}" is no status of this board.`,
      `Statuses: ${found.board.config.statuses.join(", ")}.`,
    );
  if (status === "done" && work !== undefined && !isOver(work))
    return refuse(
      "task.not-done",
      `#${intent.task} has not landed: ${work.member} has it (${work.phase}).`,
      "It becomes done when it lands.",
    );
  const cycle = intent.patch.dependsOn?.find((d) => reaches(found.board, d, intent.task));
  if (cycle !== undefined)
    return refuse(
      "task.cycle",
      `#${intent.task} can't depend on #${cycle}: that one waits for it already.`,
    );
  return events(due(intent.task, intent.patch, by.name));
}

/** Whether `from` is `to` or waits for it, over any number of steps. */
function reaches(board: BoardView, from: TaskId, to: TaskId): boolean {
  const seen = new Set<TaskId>();
  const next = [from];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    next.push(...(board.tasks.get(id)?.dependsOn ?? []));
  }
  return false;
}

function retry(state: State, by: Caller, id: TaskId, seen: Seen): Decision {
  const work = state.work.get(id);
  if (work === undefined)
    return refuse("task.unknown", `#${id} was never worked on.`, "See `batty board`.");
  if (work.phase !== "blocked")
    return refuse("approval.closed", `#${id} has nothing to retry: it is ${work.phase}.`);
  return events(...retried(state, work, by.name, seen));
}

function cancel(state: State, by: Caller, id: TaskId, seen: Seen): Decision {
  const found = onBoard(state, seen, id);
  if ("events" in found) return found;
  const work = state.work.get(id);
  if (work !== undefined && isLanding(state, work, seen.now))
    return refuse("task.closed", `#${id} can't be cancelled: its landing is under way.`);
  if (work?.phase === "landed")
    return refuse("task.closed", `#${id} has landed.`, `\`batty revert ${id}\` undoes it.`);
  const archived = due(
    id,
    { status: "archived", claimedBy: null, blocked: false, blockReason: null },
    by.name,
  );
  if (work === undefined || isOver(work))
    return events({ event: "task_cancelled", task: id, by: by.name, ref: null }, archived);
  // What its author has not read yet of it must not set it to work.
  const unread = queued(state).filter((d) => d.mail.task === id && d.mail.from === "batty");
  return events(
    ...inOrder(
      () => [
        { event: "task_cancelled", task: id, by: by.name, ref: `refs/heads/${work.branch}` },
        archived,
      ],
      () => unread.map((d) => ({ event: "message_withdrawn", id: d.mail.id, by: by.name })),
      (n) => [
        notice(
          state,
          seen,
          n,
          work.member,
          "cancelled",
          `#${id} ${work.title}\n\nCancelled by ${by.name}. Stop working on it; your branch ${work.branch} is kept.`,
          id,
        ),
      ],
    ),
  );
}
