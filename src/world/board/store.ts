// The board folder as it stands: settings and all task files, read again only where a file changed. Never writes.
import { join } from "node:path";
import type { BoardTask, BoardView } from "../../core/ports.ts";
import { Failure, type Instant, type TaskId } from "../../core/words.ts";
import { readSettings, type Settings } from "./config.ts";
import { isOld, namesIn, readParsed, type Stamp, sameStamp, stampOf } from "./files.ts";
import { fileLine } from "./front-matter.ts";
import { Unreadable } from "./nodes.ts";
import { parseTaskFile, type TaskFile } from "./record.ts";
import { numberOf } from "./slug.ts";

/** Files looked at at once: enough for the thread pool, few enough that the loop breathes between parses. */
const abreast = 16;

type Broken = BoardView["broken"][number];

export interface Snapshot {
  readonly view: BoardView;
  readonly settings: Settings;
  /** File name of each task. */
  readonly names: ReadonlyMap<TaskId, string>;
}

export interface LoadedTask {
  readonly file: TaskFile;
  readonly bytes: Buffer;
}

export interface Store {
  /** @throws Failure `board.unreadable` for settings that cannot be read, `io.failed` */
  refresh(signal: AbortSignal): Promise<Snapshot>;
  settings(signal: AbortSignal): Promise<Settings>;
  /** One file as it is now; null: gone. @throws Unreadable */
  load(name: string, settings: Settings, signal: AbortSignal): Promise<LoadedTask | null>;
}

interface Cached {
  readonly stamp: Stamp;
  readonly sure: boolean;
  readonly task: BoardTask | null;
  readonly broken: Broken | null;
}

/** @param now this machine's clock, against which file times are held */
export function openStore(dir: string, now: () => Instant): Store {
  let config: { stamp: Stamp; sure: boolean; settings: Settings } | null = null;
  let cache = new Map<string, Cached>();
  let last: Snapshot | null = null;

  async function settings(signal: AbortSignal): Promise<Settings> {
    const path = join(dir, "config.yml");
    const stamp = await stampOf(path);
    if (stamp && config?.sure === true && sameStamp(stamp, config.stamp)) return config.settings;
    const at = now();
    const parse = (bytes: Buffer): Settings => readSettings(bytes.toString("utf8"), path);
    const taken = stamp && (await readParsed(path, parse, signal));
    if (!taken) {
      throw new Failure("board.unreadable", `There is no board in ${dir}: config.yml is missing.`, {
        hint: "`batty init` makes one.",
      });
    }
    const found = taken.contents;
    config = {
      stamp: found.stamp,
      sure: found.whole && isOld(found.stamp, at),
      settings: taken.value,
    };
    return taken.value;
  }

  async function load(
    name: string,
    { tasksDir, statuses }: Settings,
    signal: AbortSignal,
  ): Promise<LoadedTask | null> {
    const parse = (bytes: Buffer): TaskFile => parseOrPlace(bytes, statuses);
    const taken = await readParsed(join(dir, tasksDir, name), parse, signal);
    return taken && { file: taken.value, bytes: taken.contents.bytes };
  }

  async function look(name: string, set: Settings, signal: AbortSignal): Promise<Cached | null> {
    const path = join(dir, set.tasksDir, name);
    const stamp = await stampOf(path);
    if (stamp === null) return null;
    const old = cache.get(name);
    if (old?.sure === true && sameStamp(old.stamp, stamp)) return old;
    const at = now();
    const sure = isOld(stamp, at);
    try {
      const taken = await readParsed(path, (bytes) => parseOrPlace(bytes, set.statuses), signal);
      if (!taken) return null;
      const contents = taken.contents;
      const settled = contents.whole && isOld(contents.stamp, at);
      return { stamp: contents.stamp, sure: settled, task: taken.value.task, broken: null };
    } catch (error) {
      signal.throwIfAborted();
      return { stamp, sure, task: null, broken: complaint(error, join(set.tasksDir, name)) };
    }
  }

  async function refresh(signal: AbortSignal): Promise<Snapshot> {
    signal.throwIfAborted();
    const set = await settings(signal);
    if (last !== null && meaningOf(last.settings) !== meaningOf(set)) cache = new Map();
    const names = (await namesIn(join(dir, set.tasksDir)))
      .filter((name) => name.endsWith(".md"))
      .sort();
    const next = new Map<string, Cached>();
    let changed = last === null || last.settings !== set || names.length !== cache.size;
    await abreastOf(names, async (name) => {
      signal.throwIfAborted();
      const found = await look(name, set, signal);
      if (found !== cache.get(name)) changed = true;
      if (found) next.set(name, found);
    });
    cache = next;
    if (changed || last === null) last = snapshot(names, next, set);
    return last;
  }

  return { settings, load, refresh };
}

/** What the reading of a task file depends on, beside the file. */
const meaningOf = ({ tasksDir, statuses }: Settings): string =>
  JSON.stringify([tasksDir, statuses]);

/** A parse whose complaint already carries the file's line. */
function parseOrPlace(bytes: Buffer, statuses: readonly string[]): TaskFile {
  try {
    return parseTaskFile(bytes, statuses);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw Object.assign(new Unreadable(fileLine(bytes, error.at), error.message), { cause: error });
  }
}

export function complaint(error: unknown, file: string): Broken {
  if (error instanceof Unreadable) return { file, line: error.at, why: error.message };
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (typeof code !== "string") throw error;
  return { file, line: null, why: `it cannot be opened (${code})` };
}

async function abreastOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const walker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: abreast }, walker));
}

function snapshot(
  sorted: readonly string[],
  cache: ReadonlyMap<string, Cached>,
  settings: Settings,
): Snapshot {
  const broken: Broken[] = [];
  const names = owners(sorted, cache);
  const tasks: BoardTask[] = [];
  for (const name of sorted) {
    const found = cache.get(name);
    if (found?.broken) broken.push(found.broken);
    if (!found?.task) continue;
    const { id } = found.task;
    const owner = names.get(id);
    if (owner === name) tasks.push(found.task);
    else {
      const why = `its id ${id} belongs to ${owner}; give this task another id and file name`;
      broken.push({ file: join(settings.tasksDir, name), line: null, why });
    }
  }
  tasks.sort((a, b) => a.id - b.id);
  const { statuses, priorities, wipLimits, defaultPriority } = settings;
  const config = { statuses, priorities, wipLimits, defaultPriority };
  return {
    view: { config, tasks: new Map(tasks.map((task) => [task.id, task])), broken },
    settings,
    names,
  };
}

/** Of several files with one id the first whose name has that number keeps it, as in kanban-md. */
function owners(
  sorted: readonly string[],
  cache: ReadonlyMap<string, Cached>,
): Map<TaskId, string> {
  const found = new Map<TaskId, string>();
  for (const name of sorted) {
    const id = cache.get(name)?.task?.id;
    if (id === undefined) continue;
    const first = found.get(id);
    if (first === undefined || (numberOf(first) !== id && numberOf(name) === id))
      found.set(id, name);
  }
  return found;
}
