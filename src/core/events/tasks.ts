// Tasks: asked for, given, worked on, claimed; and what the board shows of them.
import * as z from "zod";
import { lines, member, oid, on, task } from "./parts.ts";

const counts = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() }).nullable();

export const taskEvents = [
  on("task_requested", {
    key: z.string(),
    by: z.string(),
    title: z.string(),
    body: z.string(),
    priority: z.string().nullable(),
    tags: z.array(z.string()),
    depends_on: z.array(task),
    assignee: z.string().nullable(),
    adopt: z.object({ member, head: oid, tree: oid, base: oid, summary: z.string() }).nullable(),
  }),
  on("task_created", { key: z.string(), task, title: z.string(), by: z.string() }),
  on("task_request_refused", { key: z.string(), code: z.string(), say: z.string() }),
  on("task_assigned", {
    task,
    member,
    branch: z.string(),
    base: oid,
    by: z.string(),
    title: z.string(),
    pulled: z.boolean(),
    created_by: z.string(),
    /** Its author has done it already, without a task. */
    adopt: z.boolean().optional(),
  }),
  on("worktree_ready", { task, member, branch: z.string(), rescued: z.string().nullable() }),
  on("task_start_failed", { task, member, code: z.string(), say: z.string() }),
  on("task_completed", { task, member, commit: oid, tree: oid, summary: z.string() }),
  on("verification_phase_changed", { task, phase: z.string(), attempt: z.number() }),
  on("verification_evidence_collected", {
    task: task.nullable(),
    purpose: z.enum(["done", "candidate", "trunk"]),
    commit: oid,
    tree: oid,
    result: z.enum(["green", "red", "timeout", "infra"]),
    command: z.string(),
    counts,
    lines,
    reused: z.boolean(),
    rerun: z.boolean(),
    why: z.string().nullable(),
    log: z.string(),
    duration_ms: z.number(),
  }),
  on("task_released", { task, member, why: z.string() }),
  on("task_cancelled", { task, by: z.string(), ref: z.string().nullable() }),
  on("task_retried", { task, by: z.string() }),
  on("task_resumed", { task, member }),
  on("state_reconciliation", { task, say: z.string() }),
  on("board_due", { task, patch: z.record(z.string(), z.unknown()), by: z.string() }),
  on("board_written", { task, due: z.number() }),
  on("board_file_broken", { file: z.string(), line: z.number().nullable(), why: z.string() }),
] as const;
