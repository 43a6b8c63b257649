// The Board port in memory, for scenarios. What a patch means is shared with the real board (its pure half);
// what is left out is files, locks and other programs.
import type { Board, BoardTask, BoardView, TaskPatch } from "../../src/core/ports.ts";
import type { Instant, TaskId } from "../../src/core/words.ts";
import { newConfig, readSettings, type Settings } from "../../src/world/board/config.ts";
import {
  mergePatch,
  newRecord,
  refuseDependencies,
  refuseFields,
} from "../../src/world/board/merge.ts";
import type { TaskRecord } from "../../src/world/board/record.ts";
import { BoardRefused } from "../../src/world/board/refused.ts";

export interface FakeBoard extends Board {
  /** A hand edit by a person: no rule is asked. */
  edit(id: TaskId, change: Partial<BoardTask>): void;
  remove(id: TaskId): void;
  /** A file that nobody can read, until it is mended. */
  breakFile(broken: BoardView["broken"][number]): void;
  mendFile(file: string): void;
  /** The next calls reject with this; null ends it. */
  failWith(error: Error | null): void;
}

export function fakeBoard(name = "Demo"): FakeBoard {
  const settings: Settings = readSettings(newConfig(name), "config.yml");
  const records = new Map<TaskId, TaskRecord>();
  const keys = new Map<string, TaskId>();
  const broken = new Map<string, BoardView["broken"][number]>();
  let nextId = 1;
  let failure: Error | null = null;

  const enter = (signal: AbortSignal): void => {
    signal.throwIfAborted();
    if (failure) throw failure;
  };
  const tasks = (): Map<TaskId, BoardTask> =>
    new Map([...records].sort(([a], [b]) => a - b).map(([id, record]) => [id, record.task]));
  const need = (id: TaskId): TaskRecord => {
    const record = records.get(id);
    if (!record) throw new BoardRefused("board.unknown-task", `There is no task ${id}.`);
    return record;
  };

  return {
    async read(signal): Promise<BoardView> {
      enter(signal);
      return { config: settings, tasks: tasks(), broken: [...broken.values()] };
    },
    async create(task, now: Instant, signal) {
      enter(signal);
      const { title, status, priority, key } = task;
      const fields: TaskPatch = { title, ...(status && { status }), ...(priority && { priority }) };
      refuseFields(fields, settings);
      const first = key === undefined ? undefined : keys.get(key);
      if (first !== undefined) return first;
      refuseDependencies(nextId, task.dependsOn ?? [], tasks());
      const id = nextId++;
      records.set(id, newRecord(id, task, settings, now));
      if (key !== undefined) keys.set(key, id);
      return id;
    },
    async patch(id, patch, now: Instant, signal) {
      enter(signal);
      refuseFields(patch, settings);
      const record = need(id);
      if (patch.dependsOn) refuseDependencies(id, patch.dependsOn, tasks());
      records.set(id, mergePatch(record, patch, settings, now));
    },
    edit(id, change) {
      const record = need(id);
      records.set(id, { ...record, task: { ...record.task, ...change } });
    },
    breakFile: (one) => void broken.set(one.file, one),
    mendFile: (file) => void broken.delete(file),
    remove(id) {
      records.delete(id);
    },
    failWith(error) {
      failure = error;
    },
  };
}
