// Writing one task file: re-read, merge, compare, rename. Only to be called under the board's lock; kanban-md
// itself locks nothing but `create`, so what it wrote meanwhile is looked for right before each rename.
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TaskPatch } from "../../core/ports.ts";
import { Failure, type Instant, type MemberName, type TaskId } from "../../core/words.ts";
import type { Settings } from "./config.ts";
import { draft, exists, placeNew, readWhole, replaceWith } from "./files.ts";
import { type Edits, type Raw, renderSheet } from "./front-matter.ts";
import { type Deed, deedsOf, isClaimed, mergePatch } from "./merge.ts";
import { Unreadable } from "./nodes.ts";
import { editsBetween, keyOrder, parseTaskFile, type TaskFile, type TaskRecord } from "./record.ts";
import { BoardRefused } from "./refused.ts";
import { quote, writeTime } from "./scalars.ts";
import { numberOf, slugOf, taskFileName } from "./slug.ts";
import { complaint, type LoadedTask, type Snapshot, type Store } from "./store.ts";

const writable = 0o600;
/** While claimed: an editor's plain save then fails instead of overwriting the holder's work. */
const claimedMode = 0o444;
/** Times we begin again because somebody wrote between our read and our rename. */
const rounds = 5;
/** Names tried when a wanted one is taken. */
const suffixes = 100;

/** Writes a new task's file under a free name. */
export async function placeTask(tasksDir: string, record: TaskRecord, at: Instant): Promise<void> {
  const { id, title, body } = record.task;
  const edits = new Map<string, Raw | null>([
    ...editsBetween(null, record),
    ["updated", writeTime(at)],
  ]);
  const bytes = renderSheet(null, edits, Buffer.from(body), keyOrder);
  const path = join(tasksDir, taskFileName(id, title));
  const ready = await draft(path, bytes, writable);
  for (let n = 0; n < suffixes; n += 1) {
    if (await placeNew(ready, join(tasksDir, taskFileName(id, title, n)))) return;
  }
  await rm(ready, { force: true });
  throw new Failure("io.failed", `No free file name for task ${id} in ${tasksDir}.`, {
    hint: "Remove the files whose names begin with that number.",
  });
}

export interface PatchOrder {
  readonly dir: string;
  readonly store: Store;
  /** The board as it was just before the lock was taken. */
  readonly snapshot: Snapshot;
  /** Who held the task when the caller last looked: what it decided on. */
  readonly holder: MemberName | null;
  readonly settings: Settings;
  readonly id: TaskId;
  readonly patch: TaskPatch;
  readonly at: Instant;
  readonly signal: AbortSignal;
  readonly still: () => void;
}

/** What was done; nothing when the task is already so, and then nothing was written. */
export async function patchTask(order: PatchOrder): Promise<readonly Deed[]> {
  for (let round = 0; round < rounds; round += 1) {
    const found = await locate(order);
    const { file } = found;
    refuseStaleClaim(order, file);
    const old: TaskRecord = { task: file.task, started: file.started, completed: file.completed };
    const next = mergePatch(old, order.patch, order.settings, order.at);
    const cure = order.patch.status !== undefined && file.cures.has("status");
    if (next === old && !cure) return [];
    if (await written(order, found, next)) return deedsOf(old, next);
  }
  throw new Failure(
    "board.locked",
    `Task ${order.id} was written by somebody else ${rounds} times in a row.`,
    {
      hint: "It is tried again; a loop of kanban-md commands may be running.",
    },
  );
}

interface Found extends LoadedTask {
  readonly name: string;
}

async function locate(order: PatchOrder): Promise<Found> {
  const { id, store, settings, signal } = order;
  let { snapshot } = order;
  for (const again of [false, true]) {
    if (again) snapshot = await store.refresh(signal);
    const name = snapshot.names.get(id);
    const loaded = name === undefined ? null : await loadOrFail(order, name);
    if (name !== undefined && loaded?.file.task.id === id) return { ...loaded, name };
  }
  const unread = snapshot.view.broken.find(
    ({ file }) => numberOf(file.slice(settings.tasksDir.length + 1)) === id,
  );
  if (unread) throw unreadable(id, unread);
  throw new BoardRefused(
    "board.unknown-task",
    `There is no task ${id}.`,
    "`board list` shows the tasks.",
  );
}

async function loadOrFail(order: PatchOrder, name: string): Promise<LoadedTask | null> {
  try {
    return await order.store.load(name, order.settings, order.signal);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw unreadable(order.id, complaint(error, join(order.settings.tasksDir, name)));
  }
}

function unreadable(id: TaskId, { file, line, why }: ReturnType<typeof complaint>): Failure {
  const where = line === null ? file : `${file}:${line}`;
  return new Failure("board.unreadable", `Task ${id} cannot be changed: ${where}: ${why}.`, {
    hint: `Mend ${file} in an editor; its text is untouched.`,
  });
}

/** A claim made by somebody else since the caller looked: two would believe they hold the task. */
function refuseStaleClaim(order: PatchOrder, { task }: TaskFile): void {
  const [wanted, now] = [order.patch.claimedBy, task.claimedBy];
  if (!wanted || now === null || now === wanted || now === order.holder) return;
  if (!isClaimed(task, order.settings, order.at)) return;
  const hint = "Look again, or release it first.";
  throw new BoardRefused("board.claimed", `Task ${task.id} was just claimed by ${now}.`, hint);
}

/** False: somebody else wrote the file meanwhile, and nothing was changed. */
async function written(order: PatchOrder, found: Found, next: TaskRecord): Promise<boolean> {
  const tasksDir = join(order.dir, order.settings.tasksDir);
  const path = join(tasksDir, found.name);
  const { sheet } = found.file;
  const edits = allEdits(found.file, next, order);
  const bytes = renderSheet(sheet, edits, bodyBytes(found.file, next), keyOrder);
  prove(bytes, next, order.settings);
  const mode = isClaimed(next.task, order.settings, order.at) ? claimedMode : writable;
  const ready = await draft(path, bytes, mode);
  try {
    const target = await wantedPath(tasksDir, found, next);
    order.still();
    const now = await readWhole(path);
    if (now === null || !now.bytes.equals(found.bytes)) return false;
    // Renamed first, filled second: after a crash in between there is still one file, with the old text.
    if (target !== path) await rename(path, target);
    await replaceWith(ready, target);
    return true;
  } finally {
    await rm(ready, { force: true });
  }
}

function allEdits(file: TaskFile, next: TaskRecord, { settings, at }: PatchOrder): Edits {
  const have = new Set(file.sheet.tree.root.pairs.map(({ key }) => key));
  const edits = new Map<string, Raw | null>([...file.cures, ...editsBetween(file, next)]);
  edits.set("updated", writeTime(at));
  // Without these two kanban-md would write year 1 and an empty priority at its next edit.
  if (!have.has("created")) edits.set("created", writeTime(at));
  if (next.task.priority === "") edits.set("priority", quote(settings.defaultPriority));
  return edits;
}

/** An unchanged or appended body keeps its bytes, valid UTF-8 or not. */
function bodyBytes({ task, sheet }: TaskFile, next: TaskRecord): Buffer {
  const { body } = next.task;
  if (!body.startsWith(task.body)) return Buffer.from(body);
  return Buffer.concat([sheet.body, Buffer.from(body.slice(task.body.length))]);
}

/** A file we could not read back must never be renamed into place. */
function prove(bytes: Buffer, { task }: TaskRecord, { statuses }: Settings): void {
  const back = parseTaskFile(bytes, statuses).task;
  const core = (t: typeof task): string =>
    JSON.stringify([t.id, t.title, t.status, t.tags, t.dependsOn, t.claimedBy, t.blocked]);
  if (core(back) !== core(task))
    throw new Error(`task ${task.id} would not read back as it was written`);
}

/** A new title renames the file, unless its slug stays; so does a name without the task's number. */
async function wantedPath(tasksDir: string, found: Found, { task }: TaskRecord): Promise<string> {
  const same = slugOf(task.title) === slugOf(found.file.task.title);
  if (same && numberOf(found.name) === task.id) return join(tasksDir, found.name);
  for (let n = 0; n < suffixes; n += 1) {
    const name = taskFileName(task.id, task.title, n);
    const path = join(tasksDir, name);
    if (name === found.name || !(await exists(path))) return path;
  }
  return join(tasksDir, found.name);
}
