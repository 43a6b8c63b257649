// A project with a past: a board of many tasks and the journal of a team that worked on them for months. Each task's
// life is written as the bot writes it; messages fill up the rest.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Event, Recorded } from "../src/core/event.ts";
import { openJournal } from "../src/daemon/journal.ts";

export interface Past {
  readonly tasks: number;
  readonly events: number;
}

const began = Date.UTC(2026, 0, 1);
/** Between two events, ms. */
const apart = 5_000;
const member = "engineer";

const oid = (n: number): string => n.toString(16).padStart(40, "a");

/** Two thirds are over; nothing waits to be dispatched. */
const isDone = (task: number): boolean => task % 3 !== 0;

export async function writePast(root: string, { tasks, events }: Past): Promise<void> {
  await writeBoard(join(root, ".batty", "team_config", "board", "tasks"), tasks);
  const journal = openJournal(join(root, ".batty", "team_config", "events.jsonl"));
  let seq = 0;
  let lines: Recorded[] = [];
  const put = (event: Event): void => {
    seq += 1;
    lines.push({ seq, at: began + seq * apart, event });
    if (lines.length < 1_000) return;
    journal.append(lines);
    lines = [];
  };
  const perTask = Math.floor(events / tasks);
  for (let task = 1; task <= tasks; task += 1) {
    const life = isDone(task) ? taskLife(task) : [];
    for (const event of life) put(event);
    for (let n = 0; n < (perTask - life.length) / messageLife(0).length; n += 1)
      for (const event of messageLife(seq)) put(event);
  }
  journal.append(lines);
  await journal.close();
  const chat = join(root, ".batty", "chat", "local");
  await mkdir(chat, { recursive: true, mode: 0o700 });
  await writeFile(join(chat, "cursor.json"), `${JSON.stringify({ seq })}\n`);
}

async function writeBoard(folder: string, tasks: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const at = new Date(began).toISOString();
  for (let id = 1; id <= tasks; id += 1) {
    const name = `${String(id).padStart(3, "0")}-part-${id}.md`;
    const status = isDone(id) ? "done" : "backlog";
    const head = `id: ${id}\ntitle: Part ${id}\nstatus: ${status}\npriority: medium`;
    await writeFile(
      join(folder, name),
      `---\n${head}\ncreated: ${at}\nupdated: ${at}\n---\n\nScope: part ${id}\n`,
    );
  }
}

function taskLife(task: number): Event[] {
  const key = `past.${task}`;
  const branch = `${member}/${task}`;
  const [commit, tree, base, merged] = [oid(task), oid(task + 1e6), oid(task - 1), oid(task + 2e6)];
  const title = `Part ${task}`;
  const file = { path: `src/${task}.ts`, added: 20, deleted: 3, status: "modified" as const };
  return [
    {
      ...{ event: "task_requested", key, by: "ada", title, body: `Scope: part ${task}` },
      ...{ priority: null, tags: [], depends_on: [], assignee: null, adopt: null },
    },
    { event: "task_created", key, task, title, by: "ada" },
    {
      ...{ event: "task_assigned", task, member, branch, base, by: "batty", title },
      ...{ pulled: false, created_by: "ada" },
    },
    { event: "worktree_ready", task, member, branch, rescued: null },
    { event: "task_completed", task, member, commit, tree, summary: `Part ${task} works` },
    {
      ...{ event: "verification_evidence_collected", task, purpose: "done", commit, tree },
      ...{ result: "green", command: "npm test", counts: { passed: 9, failed: 0, skipped: 0 } },
      ...{ lines: [], reused: false, rerun: false, why: null, log: "1.log", duration_ms: 4_000 },
    },
    { event: "merge_confidence_scored", task, score: 0.9, reasons: [] },
    {
      ...{ event: "approval_requested", task, head: commit, diff: oid(task), onto: base, tree },
      ...{ commits: 1, files: [{ ...file, binary: false }], risks: [], confidence: 0.9 },
      ...{ reasons: [], gate: "green, 9 passed" },
    },
    {
      ...{ event: "approval_recorded", task, head: commit, person: "ada", via: "local" },
      ...{ decision: "approve", why: "" },
    },
    { event: "merge_queued", task, head: commit },
    { event: "merge_candidate_built", task, head: commit, base, commit: merged, tree, round: 1 },
    { event: "task_manual_merged", task, commit: merged, tree, base },
  ];
}

function messageLife(seq: number): Event[] {
  const timestamp = Math.floor((began + seq * apart) / 1000);
  const id = `${began + seq * apart}.000001.1`;
  const mail = { id, from: "ada", to: member, body: `How far is it? (${seq})`, msg_type: "send" };
  return [
    {
      ...{ event: "message_sent", id, from: "ada", to: member, filed: true },
      mail: { ...mail, timestamp, via: "local" },
    },
    { event: "message_typing", id, member, pane: "%1", epoch: 1 },
    { event: "message_typed", id },
    { event: "message_taken", id, member },
    { event: "message_answered", id, member, text: "Half of it." },
  ];
}
