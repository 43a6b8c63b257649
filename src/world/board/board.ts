// The Board port on a kanban-md folder: reads through the store, writes under the lock, one task file at a time.
// Knows no chat and no git; columns and claims mean to it what they mean to kanban-md.
import { join } from "node:path";
import type { Board, NewTask, TaskPatch } from "../../core/ports.ts";
import type { Instant, MemberName, TaskId } from "../../core/words.ts";
import type { Processes } from "../processes.ts";
import { type LogDeeds, openActivity } from "./activity.ts";
import { newConfig, type Settings, withNextId } from "./config.ts";
import {
  asFailure,
  draft,
  ensureDir,
  exists,
  namesIn,
  placeNew,
  readParsed,
  replaceWith,
  sweepDrafts,
} from "./files.ts";
import { type Keys, openKeys } from "./keys.ts";
import { boardLock, type Locked } from "./lock.ts";
import { newRecord, refuseDependencies, refuseFields } from "./merge.ts";
import { numberOf } from "./slug.ts";
import { openStore, type Snapshot, type Store } from "./store.ts";
import { patchTask, placeTask } from "./write.ts";

export interface BoardOptions {
  readonly dir: string;
  readonly processes: Processes;
  /** This machine's clock, held against file times; tasks' times come with each call. */
  readonly now?: () => Instant;
}

interface Workshop {
  readonly dir: string;
  readonly store: Store;
  readonly keys: Keys;
  readonly log: LogDeeds;
  /** Who held a task when the caller last looked or wrote. */
  readonly holder: (id: TaskId) => MemberName | null;
  readonly wrote: (id: TaskId, holder: MemberName | null) => void;
}

export function openBoard({ dir, processes, now = Date.now }: BoardOptions): Board {
  const locked = boardLock(dir, processes);
  let seen: Snapshot | null = null;
  const own = new Map<TaskId, MemberName | null>();
  const shop: Workshop = {
    dir,
    store: openStore(dir, now),
    keys: openKeys(dir),
    log: openActivity(dir),
    holder: (id) => (own.has(id) ? own.get(id) : seen?.view.tasks.get(id)?.claimedBy) ?? null,
    wrote: (id, holder) => own.set(id, holder),
  };
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw asFailure(error, `${what} in ${dir}`);
    }
  };
  return {
    read: (signal) =>
      attempt("reading the board", async () => {
        const before = [...own];
        seen = await shop.store.refresh(signal);
        // What was written while this look was under way may not be in it yet.
        for (const [id, holder] of before) if (own.get(id) === holder) own.delete(id);
        return seen.view;
      }),
    create: (task, at, signal) =>
      attempt(`creating "${task.title}"`, () => create(shop, locked, { task, at, signal })),
    patch: (id, patch, at, signal) =>
      attempt(`changing task ${id}`, () => change(shop, locked, { id, patch, at, signal })),
  };
}

interface Creation {
  readonly task: NewTask;
  readonly at: Instant;
  readonly signal: AbortSignal;
}

async function create(shop: Workshop, locked: Locked, order: Creation): Promise<TaskId> {
  const { task, at, signal } = order;
  // Seen before the lock is taken, so that it is held for milliseconds on a large board too.
  const early = await shop.store.refresh(signal);
  return locked(signal, async (still) => {
    const settings = await shop.store.settings(signal);
    const { title, status, priority, key } = task;
    refuseFields({ title, ...(status && { status }), ...(priority && { priority }) }, settings);
    const tasksDir = join(shop.dir, settings.tasksDir);
    await ensureDir(tasksDir);
    await sweepDrafts(tasksDir);
    const reserved = key === undefined ? null : await shop.keys.find(key);
    const numbers = (await namesIn(tasksDir)).map((name) => numberOf(name) ?? 0);
    if (reserved && (reserved.made || numbers.includes(reserved.id))) return reserved.id;
    const highest = Math.max(settings.nextId - 1, ...early.names.keys(), max(numbers));
    const id = reserved?.id ?? highest + 1;
    if (task.dependsOn?.length) {
      const { view } = await shop.store.refresh(signal);
      refuseDependencies(id, task.dependsOn, view.tasks);
    }
    still();
    await raiseNextId(shop, Math.max(id, highest) + 1, settings, signal);
    if (key !== undefined && !reserved) await shop.keys.reserve(key, id);
    still();
    await placeTask(tasksDir, newRecord(id, task, settings, at), at);
    if (key !== undefined) await shop.keys.made(key, id);
    await logQuietly(() => shop.log(id, [{ action: "create", detail: title }], at));
    return id;
  });
}

/** Without spreading a large board's numbers over the stack. */
const max = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b), 0);

async function raiseNextId(
  { dir }: Workshop,
  next: number,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  if (settings.nextId >= next) return;
  const path = join(dir, "config.yml");
  const taken = await readParsed(path, (bytes) => withNextId(bytes.toString("utf8"), next), signal);
  if (taken) await replaceWith(await draft(path, Buffer.from(taken.value), 0o600), path);
}

interface Change {
  readonly id: TaskId;
  readonly patch: TaskPatch;
  readonly at: Instant;
  readonly signal: AbortSignal;
}

async function change(shop: Workshop, locked: Locked, order: Change): Promise<void> {
  const { id, patch, at, signal } = order;
  const { dir, store, holder } = shop;
  const early = await store.refresh(signal);
  await locked(signal, async (still) => {
    const settings = await store.settings(signal);
    refuseFields(patch, settings);
    // A circle may be closed by another writer's half: then, and only then, the whole board is looked at again.
    const snapshot = patch.dependsOn ? await store.refresh(signal) : early;
    if (patch.dependsOn && snapshot.view.tasks.has(id)) {
      refuseDependencies(id, patch.dependsOn, snapshot.view.tasks);
    }
    const deeds = await patchTask({
      dir,
      store,
      snapshot,
      holder: holder(id),
      settings,
      id,
      patch,
      at,
      signal,
      still,
    });
    if (patch.claimedBy !== undefined) shop.wrote(id, patch.claimedBy);
    if (deeds.length > 0) await logQuietly(() => shop.log(id, deeds, at));
  });
}

async function logQuietly(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch {
    // The task file is the fact and stands; a missing log line must not make the caller try again.
  }
}

/** Makes an empty board unless there is one; may be repeated. */
export async function initBoard(dir: string, { name }: { readonly name: string }): Promise<void> {
  try {
    await ensureDir(dir);
    await ensureDir(join(dir, "tasks"));
    const path = join(dir, "config.yml");
    if (await exists(path)) return;
    await placeNew(await draft(path, Buffer.from(newConfig(name)), 0o600), path);
  } catch (error) {
    throw asFailure(error, `making a board in ${dir}`);
  }
}
