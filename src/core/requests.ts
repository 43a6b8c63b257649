// Wishes for tasks, found without a walk through all of them. Derived from the state, never part of it.
import type { State, TaskRequest } from "./state.ts";
import type { TaskId } from "./words.ts";

interface Index {
  readonly open: readonly TaskRequest[];
  readonly byTask: ReadonlyMap<TaskId, TaskRequest>;
}

/** The map is never edited in place: an index of it holds as long as it does. */
const indexes = new WeakMap<State["requests"], Index>();

function indexOf({ requests }: State): Index {
  const found = indexes.get(requests);
  if (found !== undefined) return found;
  const open: TaskRequest[] = [];
  const byTask = new Map<TaskId, TaskRequest>();
  for (const request of requests.values())
    if (request.task === null) {
      if (request.refused === null) open.push(request);
    } else if (!byTask.has(request.task)) byTask.set(request.task, request);
  const index = { open, byTask };
  indexes.set(requests, index);
  return index;
}

/** Not made and not refused yet. */
export const openRequests = (state: State): readonly TaskRequest[] => indexOf(state).open;

export const requestOf = (state: State, task: TaskId): TaskRequest | undefined =>
  indexOf(state).byTask.get(task);
