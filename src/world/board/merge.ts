// What a patch makes of a task, which log lines tell of it, and what is refused. Pure; files come later.
import type { BoardTask, NewTask, TaskPatch } from "../../core/ports.ts";
import type { Instant, TaskId } from "../../core/words.ts";
import type { Settings } from "./config.ts";
import { columnOf, type TaskRecord } from "./record.ts";
import { BoardRefused } from "./refused.ts";
import { isBlank } from "./scalars.ts";

/** The reserved column of things put away; every board has it, named in config.yml or not. */
const archived = "archived";

export function newRecord(id: TaskId, wish: NewTask, settings: Settings, now: Instant): TaskRecord {
  const task: BoardTask = {
    id,
    title: wish.title,
    body: endLine(wish.body),
    status: columnOf(wish.status ?? settings.defaultStatus, settings.statuses),
    priority: wish.priority ?? settings.defaultPriority,
    created: now,
    tags: wish.tags ?? [],
    assignee: wish.assignee || null,
    dependsOn: [...new Set(wish.dependsOn ?? [])],
    blocked: false,
    blockReason: null,
    claimedBy: null,
    claimedAt: null,
    class: settings.defaultClass,
    extra: {},
  };
  return { task, started: null, completed: null };
}

/** The record after the patch; the same object when nothing would change. */
export function mergePatch(
  record: TaskRecord,
  patch: TaskPatch,
  settings: Settings,
  now: Instant,
): TaskRecord {
  const old = record.task;
  const status = columnOf(patch.status ?? old.status, settings.statuses);
  const blocked = patch.blocked ?? old.blocked;
  const task: BoardTask = {
    ...old,
    title: patch.title ?? old.title,
    body: bodyAfter(old.body, patch),
    status,
    priority: patch.priority ?? old.priority,
    tags: patch.tags ?? old.tags,
    assignee: picked(patch.assignee, old.assignee),
    dependsOn: patch.dependsOn === undefined ? old.dependsOn : [...new Set(patch.dependsOn)],
    blocked,
    blockReason:
      blocked || patch.blocked === undefined ? picked(patch.blockReason, old.blockReason) : null,
    ...claimAfter(old, patch, settings, now),
  };
  const next: TaskRecord = { task, ...timesAfter(record, status, settings, now) };
  if (JSON.stringify(next) === JSON.stringify(record)) return record;
  // The file is written anyway: then a claim that was asked for again is as fresh as that.
  const again = patch.claimedBy !== undefined && task.claimedBy !== null;
  return again ? { ...next, task: { ...task, claimedAt: now } } : next;
}

const picked = (wanted: string | null | undefined, old: string | null): string | null =>
  wanted === undefined ? old : wanted || null;

const endLine = (text: string): string => {
  const body = text.replace(/^\n+/, "");
  return body === "" || body.endsWith("\n") ? body : `${body}\n`;
};

/** An appended text that already stands at the end was appended by an earlier try. */
function bodyAfter(old: string, patch: TaskPatch): string {
  const body = patch.body === undefined ? old : endLine(patch.body);
  const more = endLine(patch.appendBody ?? "");
  if (more === "" || body === more || body.endsWith(`\n\n${more}`)) return body;
  if (body === "") return more;
  const gap = body.endsWith("\n\n") ? "" : body.endsWith("\n") ? "\n" : "\n\n";
  return `${body}${gap}${more}`;
}

type Claim = Pick<BoardTask, "claimedBy" | "claimedAt">;

/** One's own claim again is by itself no change, until half its time is over: then it is renewed. */
function claimAfter(old: BoardTask, patch: TaskPatch, settings: Settings, now: Instant): Claim {
  const { claimedBy: wanted } = patch;
  if (wanted === undefined) return { claimedBy: old.claimedBy, claimedAt: old.claimedAt };
  if (!wanted) return { claimedBy: null, claimedAt: null };
  const young =
    old.claimedAt === null ||
    settings.claimTimeoutMs === null ||
    now - old.claimedAt < settings.claimTimeoutMs / 2;
  if (wanted === old.claimedBy && young) return { claimedBy: wanted, claimedAt: old.claimedAt };
  return { claimedBy: wanted, claimedAt: now };
}

/** A claim without a time never ends, as in kanban-md. */
export function isClaimed(task: BoardTask, settings: Settings, now: Instant): boolean {
  if (task.claimedBy === null) return false;
  if (task.claimedAt === null || settings.claimTimeoutMs === null) return true;
  return now - task.claimedAt < settings.claimTimeoutMs;
}

function timesAfter(
  record: TaskRecord,
  status: string,
  settings: Settings,
  now: Instant,
): Pick<TaskRecord, "started" | "completed"> {
  const { started, completed, task } = record;
  if (status === task.status) return { started, completed };
  const ends = isTerminal(status, settings);
  const leaves = task.status === settings.statuses[0];
  return {
    started: started ?? (ends || leaves ? now : null),
    completed: ends ? (completed ?? now) : null,
  };
}

function isTerminal(status: string, { statuses }: Settings): boolean {
  const last = statuses.filter((name) => name !== archived).at(-1);
  return status === archived || status === last;
}

export interface Deed {
  readonly action: "create" | "edit" | "move" | "claim" | "release" | "block" | "unblock";
  readonly detail: string;
}

/** The log lines of a change, in the program's order: edit first and what it did, a claim before its move. */
export function deedsOf(from: TaskRecord, to: TaskRecord): Deed[] {
  const [old, task] = [from.task, to.task];
  const moved = old.status !== task.status;
  const deeds: Deed[] = [];
  const add = (action: Deed["action"], detail: string): void => {
    deeds.push({ action, detail });
  };
  if (!moved || editedBeside(old, task)) add("edit", task.title);
  if (task.blocked && !old.blocked) add("block", task.blockReason ?? "");
  if (!task.blocked && old.blocked) add("unblock", task.title);
  if (task.claimedBy !== null && task.claimedBy !== old.claimedBy) add("claim", task.claimedBy);
  if (moved) add("move", `${old.status} -> ${task.status}`);
  if (task.claimedBy === null && old.claimedBy !== null) add("release", old.claimedBy);
  return deeds;
}

function editedBeside(old: BoardTask, task: BoardTask): boolean {
  const rest = (t: BoardTask): string =>
    JSON.stringify([t.title, t.body, t.priority, t.tags, t.assignee, t.dependsOn]);
  return rest(old) !== rest(task);
}

/** What a wish or patch may not say, whatever the task. @throws BoardRefused */
export function refuseFields(wish: TaskPatch, settings: Settings): void {
  if (wish.title !== undefined && isBlank(wish.title)) {
    throw new BoardRefused(
      "board.blank-title",
      "A task needs a title.",
      "Say in a few words what is to be done.",
    );
  }
  const status = wish.status === undefined ? undefined : columnOf(wish.status, settings.statuses);
  if (status !== undefined && status !== archived && !settings.statuses.includes(status)) {
    const names = settings.statuses.join(", ");
    throw new BoardRefused(
      "board.unknown-status",
      `The board has no column "${status}".`,
      `Its columns: ${names}.`,
    );
  }
  const { priority } = wish;
  if (priority !== undefined && !settings.priorities.includes(priority)) {
    const names = settings.priorities.join(", ");
    throw new BoardRefused(
      "board.unknown-priority",
      `The board has no priority "${priority}".`,
      `Its priorities: ${names}.`,
    );
  }
}

/** Dependencies must exist, not be the task itself and not lead back to it. @throws BoardRefused */
export function refuseDependencies(
  id: TaskId,
  wanted: readonly TaskId[],
  tasks: ReadonlyMap<TaskId, BoardTask>,
): void {
  if (wanted.includes(id)) {
    throw new BoardRefused("board.self-dependency", `Task ${id} cannot wait for itself.`);
  }
  const lost = wanted.find((other) => !tasks.has(other));
  if (lost !== undefined) {
    throw new BoardRefused(
      "board.unknown-dependency",
      `There is no task ${lost} to wait for.`,
      "`board list` shows the tasks.",
    );
  }
  const path = pathTo(id, wanted, tasks);
  if (path === null) return;
  const circle = [id, ...path].join(" → ");
  throw new BoardRefused(
    "board.cycle",
    `Tasks would wait for each other: ${circle}.`,
    "Take one of these dependencies away first.",
  );
}

/** The way back to `id` along dependencies, or null. */
function pathTo(
  id: TaskId,
  wanted: readonly TaskId[],
  tasks: ReadonlyMap<TaskId, BoardTask>,
): readonly TaskId[] | null {
  const from = new Map<TaskId, TaskId | null>(wanted.map((other) => [other, null]));
  // A Map goes on to the entries added while it is walked.
  for (const [at] of from) {
    for (const next of tasks.get(at)?.dependsOn ?? []) {
      if (next === id) return trail(at, from, id);
      if (!from.has(next)) from.set(next, at);
    }
  }
  return null;
}

function trail(end: TaskId, from: ReadonlyMap<TaskId, TaskId | null>, id: TaskId): TaskId[] {
  const path: TaskId[] = [id];
  for (let at: TaskId | null = end; at !== null; at = from.get(at) ?? null) path.unshift(at);
  return path;
}
