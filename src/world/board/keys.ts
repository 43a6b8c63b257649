// Which task a caller's key made: `.batty-keys.jsonl` in the board's folder. Not in the task file, because
// kanban-md drops unknown keys at its next write. Read and written under the board's lock only.
//
// Order of a create: next_id is raised, then `{key, id}` is written and synced, then the task file, then
// `{key, id, made: true}`. A crash before the file leaves the id reserved for this key: the retry makes the task
// under it. A crash after the file: the retry finds a file of that number, which nobody else can have made,
// as next_id was past it. With `made` the task is not made again even if a person deleted it since.
import { join } from "node:path";
import type { TaskId } from "../../core/words.ts";
import { appendLines, readWhole } from "./files.ts";

export interface KeyedTask {
  readonly id: TaskId;
  readonly made: boolean;
}

export interface Keys {
  find(key: string): Promise<KeyedTask | null>;
  /** Synced: from now on `id` belongs to `key`. */
  reserve(key: string, id: TaskId): Promise<void>;
  made(key: string, id: TaskId): Promise<void>;
}

export function openKeys(dir: string): Keys {
  const path = join(dir, ".batty-keys.jsonl");
  const line = (key: string, id: TaskId, made: boolean): string =>
    JSON.stringify(made ? { key, id, made } : { key, id });
  return {
    async find(key) {
      const contents = await readWhole(path);
      const lines = contents?.bytes.toString("utf8").split("\n") ?? [];
      const entries = lines.map(parseEntry).filter((entry) => entry?.key === key);
      const id = entries.at(-1)?.id;
      return id === undefined ? null : { id, made: entries.some((entry) => entry?.made) };
    },
    async reserve(key, id) {
      await appendLines(path, [line(key, id, false)], true);
    },
    async made(key, id) {
      await appendLines(path, [line(key, id, true)], false);
    },
  };
}

function parseEntry(text: string): (KeyedTask & { key: string }) | null {
  if (text === "") return null;
  try {
    const { key, id, made } = JSON.parse(text) as Record<string, unknown>;
    if (typeof key !== "string" || !Number.isSafeInteger(id)) return null;
    return { key, id: id as TaskId, made: made === true };
  } catch {
    // A torn line: what it would have reserved was never used.
    return null;
  }
}
