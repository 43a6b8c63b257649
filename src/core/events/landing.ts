// Approvals, candidates and landings; what becomes of trunk.
import * as z from "zod";
import { lines, oid, on, task } from "./parts.ts";

const file = z.object({
  path: z.string(),
  from: z.string().optional(),
  added: z.number(),
  deleted: z.number(),
  status: z.enum(["added", "modified", "deleted", "renamed"]),
  binary: z.boolean(),
});

/** `head`: the branch's head that landed, `commits`: how many it brought along; old journals do not say. */
const landing = {
  ...{ task, commit: oid, tree: oid, base: oid },
  ...{ head: oid.optional(), commits: z.number().optional() },
};

export const landingEvents = [
  on("merge_confidence_scored", { task, score: z.number(), reasons: lines }),
  on("auto_merge_decision_recorded", {
    ...{ task, decision: z.string(), reason: z.string() },
    /** Of the change that was looked at; old journals do not say. */
    commits: z.number().optional(),
  }),
  on("approval_requested", {
    task,
    head: oid,
    diff: z.string(),
    onto: oid,
    /** What would land; old journals do not say. */
    tree: oid.optional(),
    commits: z.number(),
    files: z.array(file),
    risks: lines,
    confidence: z.number(),
    reasons: lines,
    gate: z.string(),
    /** What it takes to approve, and the rules that say so; old journals: one person. */
    approvals: z.number().optional(),
    confirm: z.literal("task-number").optional(),
    rules: lines.optional(),
  }),
  on("approval_recorded", {
    task,
    head: oid,
    person: z.string(),
    via: z.string(),
    decision: z.enum(["approve", "reject", "back"]),
    why: z.string(),
  }),
  on("approval_closed", {
    task,
    head: oid,
    why: z.enum(["superseded", "expired", "withdrawn"]),
    by: z.string(),
  }),
  on("merge_queued", { task, head: oid }),
  on("merge_candidate_built", {
    ...{ task, head: oid, base: oid, commit: oid, tree: oid, round: z.number() },
  }),
  /** A step towards trunk that failed; counted until people are told. */
  on("merge_troubled", {
    task,
    step: z.enum(["review", "candidate", "landing"]),
    tries: z.number(),
    code: z.string(),
    say: z.string(),
  }),
  on("merge_held", { task, why: z.string(), detail: z.string(), paths: lines }),
  on("merge_rejected", { task, reason: z.string(), paths: lines }),
  on("task_auto_merged", landing),
  on("task_manual_merged", landing),
  on("main_adopted", { branch: z.string(), head: oid, tree: oid }),
  on("main_moved_outside", { from: oid, to: oid, tree: oid }),
  on("main_broken", { head: oid, lines }),
] as const;
