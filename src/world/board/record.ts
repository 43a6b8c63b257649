// A task with its types: front matter keys → BoardTask, and the YAML of each key when it is written.
// Knows the meaning of keys; nothing of files, columns or people.
import type { BoardTask } from "../../core/ports.ts";
import type { Instant, TaskId } from "../../core/words.ts";
import { type Edits, parseSheet, type Raw, type Sheet } from "./front-matter.ts";
import { isNull, type Node, toData, Unreadable } from "./nodes.ts";
import { checkDate, isBlank, quote, readBlocked, readInt, readTime, writeTime } from "./scalars.ts";

/** A task and the two times that only moves between columns set. */
export interface TaskRecord {
  readonly task: BoardTask;
  readonly started: Instant | null;
  readonly completed: Instant | null;
}

/** The order in which kanban-md writes keys. */
export const keyOrder = [
  "id",
  "title",
  "status",
  "priority",
  "created",
  "updated",
  "started",
  "completed",
  "assignee",
  "tags",
  "due",
  "estimate",
  "parent",
  "depends_on",
  "blocked",
  "block_reason",
  "claimed_by",
  "claimed_at",
  "class",
] as const;

/** Keys that are fields of BoardTask; all others are shown in its `extra`. */
const fields: ReadonlySet<string> = new Set([
  "id",
  "title",
  "status",
  "priority",
  "created",
  "assignee",
  "tags",
  "depends_on",
  "blocked",
  "block_reason",
  "claimed_by",
  "claimed_at",
  "class",
]);

export interface TaskFile extends TaskRecord {
  readonly sheet: Sheet;
  /** What stands in the file in a form kanban-md refuses or no column shows, and its cure. */
  readonly cures: Edits;
}

/** @throws Unreadable */
export function parseTaskFile(bytes: Buffer, statuses: readonly string[]): TaskFile {
  const sheet = parseSheet(bytes);
  const keys = new Map(sheet.tree.root.pairs.map((pair) => [pair.key, pair.node]));
  const words = (key: string): string => textOf(keys, key) ?? "";
  const status = words("status");
  const shownStatus = columnOf(status, statuses);
  const blocked = readBlocked(keys.get("blocked") ?? none);
  const reason =
    textOf(keys, "block_reason") ?? (typeof blocked === "string" ? quoted(blocked) : null);
  for (const key of ["updated", ...(keys.has("due") ? ["due"] : [])]) checkKey(keys, key);
  for (const key of ["estimate"]) textOf(keys, key);
  const parent = keys.get("parent");
  if (parent && !isNull(parent)) readInt(parent);
  const task: BoardTask = {
    id: idOf(keys),
    title: needed(words("title"), "title"),
    body: sheet.body.toString("utf8"),
    status: needed(shownStatus, "status"),
    priority: words("priority"),
    created: timeOf(keys, "created"),
    tags: listOf(keys, "tags")
      .filter((item) => !isNull(item))
      .map((item) => scalarText(item)),
    assignee: textOf(keys, "assignee"),
    dependsOn: listOf(keys, "depends_on").map(readInt),
    blocked: typeof blocked === "string" ? blocked !== "false" : blocked,
    blockReason: reason,
    claimedBy: textOf(keys, "claimed_by"),
    claimedAt: timeOf(keys, "claimed_at"),
    class: textOf(keys, "class"),
    extra: extraOf(keys),
  };
  const cures = new Map<string, Raw | null>();
  if (shownStatus !== status) cures.set("status", quote(shownStatus));
  if (typeof blocked === "string") {
    cures.set("blocked", task.blocked ? "true" : null);
    if (reason !== null && !keys.has("block_reason")) cures.set("block_reason", quote(reason));
  }
  const [started, completed] = [timeOf(keys, "started"), timeOf(keys, "completed")];
  return { task, started, completed, sheet, cures };
}

type Keys = ReadonlyMap<string, Node>;
const none: Node = { kind: "scalar", text: "", plain: true, at: 0 };

/** Batty's files say `in_progress` where the column is `in-progress`. */
export function columnOf(status: string, statuses: readonly string[]): string {
  const dashed = status.replaceAll("_", "-");
  return !statuses.includes(status) && statuses.includes(dashed) ? dashed : status;
}

/** Batty also wrote the truth value itself as text: that is no reason. */
const quoted = (text: string): string | null => (/^(true|false)$/i.test(text) ? null : text);

function idOf(keys: Keys): TaskId {
  const node = keys.get("id");
  if (!node || isNull(node)) throw new Unreadable(null, "`id` is missing");
  const id = readInt(node);
  if (id < 1) throw new Unreadable(node.at, "`id` must be 1 or more");
  return id;
}

function needed(text: string, key: string): string {
  if (isBlank(text)) throw new Unreadable(null, `\`${key}\` is missing or blank`);
  return text;
}

function scalarText(node: Node): string {
  if (node.kind !== "scalar")
    throw new Unreadable(node.at, `a ${node.kind} stands where text belongs`);
  return node.text;
}

/** Empty text and null are the same as a key left out. */
function textOf(keys: Keys, key: string): string | null {
  const node = keys.get(key);
  if (!node || isNull(node)) return null;
  return scalarText(node) || null;
}

function listOf(keys: Keys, key: string): readonly Node[] {
  const node = keys.get(key);
  if (!node || isNull(node)) return [];
  if (node.kind !== "list")
    throw new Unreadable(node.at, `\`${key}\` must be a list, also for one item`);
  return node.items;
}

function timeOf(keys: Keys, key: string): Instant | null {
  const node = keys.get(key);
  if (!node) return null;
  if (node.kind !== "scalar") throw new Unreadable(node.at, `\`${key}\` is a time`);
  return readTime(node);
}

function checkKey(keys: Keys, key: string): void {
  const node = keys.get(key);
  if (key !== "due" || node?.kind !== "scalar") timeOf(keys, key);
  else checkDate(node);
}

function extraOf(keys: Keys): Readonly<Record<string, unknown>> {
  const others = [...keys].filter(([key]) => !fields.has(key));
  return Object.fromEntries(others.map(([key, node]) => [key, toData(node)]));
}

/** What must be written to get from one record to another; without `from`: a new file's keys. */
export function editsBetween(from: TaskRecord | null, to: TaskRecord): Map<string, Raw | null> {
  const before = from === null ? new Map<string, Raw | null>() : rawKeys(from);
  const edits = new Map<string, Raw | null>();
  for (const [key, raw] of rawKeys(to)) {
    const old = before.get(key) ?? null;
    if (JSON.stringify(old) !== JSON.stringify(raw)) edits.set(key, raw);
  }
  return edits;
}

function rawKeys({ task, started, completed }: TaskRecord): Map<string, Raw | null> {
  const text = (value: string | null): Raw | null => (value ? quote(value) : null);
  const time = (value: Instant | null): Raw | null => (value === null ? null : writeTime(value));
  const list = (items: readonly string[]): Raw | null => (items.length === 0 ? null : items);
  return new Map<string, Raw | null>([
    ["id", String(task.id)],
    ["title", quote(task.title)],
    ["status", quote(task.status)],
    ["priority", quote(task.priority)],
    ["created", time(task.created)],
    ["started", time(started)],
    ["completed", time(completed)],
    ["assignee", text(task.assignee)],
    ["tags", list(task.tags.map(quote))],
    ["depends_on", list(task.dependsOn.map(String))],
    ["blocked", task.blocked ? "true" : null],
    ["block_reason", text(task.blockReason)],
    ["claimed_by", text(task.claimedBy)],
    ["claimed_at", time(task.claimedAt)],
    ["class", text(task.class)],
  ]);
}
