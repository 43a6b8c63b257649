// Wishes for tasks, found without a walk through all of them. Derived from the state, never part of it.
import { derived } from "../lib/derived.ts";
import type { State, TaskRequest } from "./state.ts";
import type { TaskId } from "./words.ts";

interface Index {
  readonly open: readonly TaskRequest[];
  readonly byTask: ReadonlyMap<TaskId, TaskRequest>;
}

/** The map is never edited in place where somebody asks: an index of it holds as long as it does. */
const indexOf = derived((requests: State["requests"]): Index => {
  const open: TaskRequest[] = [];
  const byTask = new Map<TaskId, TaskRequest>();
  for (const request of requests.values())
    if (request.task === null) {
      if (request.refused === null) open.push(request);
    } else if (!byTask.has(request.task)) byTask.set(request.task, request);
  return { open, byTask };
});

/** Not made and not refused yet. */
export const openRequests = (state: State): readonly TaskRequest[] => indexOf(state.requests).open;

export const requestOf = (state: State, task: TaskId): TaskRequest | undefined =>
  indexOf(state.requests).byTask.get(task);
