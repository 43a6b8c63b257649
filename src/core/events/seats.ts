// Seats: launches, ends and doings of agents.
import * as z from "zod";
import { activities } from "../activity.ts";
import { id, member, oid, on, task } from "./parts.ts";

export const seatEvents = [
  on("agent_spawned", {
    member,
    agent: z.string(),
    resume: z.boolean(),
    epoch: z.number(),
    pane: z.string(),
    pid: z.number(),
    start: z.string(),
    worktree: z.string(),
  }),
  on("spawn_failed", { member, epoch: z.number(), code: z.string(), say: z.string() }),
  /** `lost`: with its pane (tmux ended, or somebody closed it), which says nothing against the agent. */
  on("agent_died", {
    ...{ member, epoch: z.number(), exit: z.number().nullable(), lost: z.boolean().optional() },
  }),
  on("pane_respawned", { member, reason: z.string() }),
  on("agent_stopped", { member, epoch: z.number(), rescued: z.string().nullable() }),
  on("member_parked", { member, why: z.string() }),
  on("member_unparked", { member, by: z.string() }),
  /** `fresh`: with a new conversation, its notes in hand. */
  on("member_restarted", { member, by: z.string(), fresh: z.boolean().optional() }),
  /** Its turn ended in trouble: nothing is asked of it until then; null: until a person acts. */
  on("member_rested", {
    ...{ member, kind: z.string(), say: z.string(), until: z.number().nullable() },
    /** Turns in a row that ended so, and when the notice about them was first posted. */
    ...{ tries: z.number(), notice: z.number() },
  }),
  /** The rest is over; by `batty`: its time came. */
  on("member_roused", { member, by: z.string(), notice: z.number() }),
  /** What its conversation used so far: all of its turns; `context` of `window` tokens went with its newest request. */
  on("agent_usage", {
    ...{ member, epoch: z.number(), task: task.nullable(), input: z.number(), cached: z.number() },
    ...{ output: z.number(), cost: z.number().nullable() },
    ...{ context: z.number().nullable(), window: z.number().nullable() },
  }),
  /** Its conversation is nearly full: message `id` orders notes for a new one. */
  on("context_pressure", {
    ...{ id, member, epoch: z.number(), task, percent: z.number() },
  }),
  on("member_interrupted", { member, by: z.string() }),
  on("member_signalled", {
    member,
    epoch: z.number(),
    kind: z.string(),
    signal: id,
    message: id.nullable(),
    detail: z.string(),
    /** It carried the key of its seat and launch. */
    keyed: z.boolean().optional(),
    /** The agent's own id of its conversation and the file that holds it. */
    session: z.string().optional(),
    record: z.string().optional(),
    /** Why its turn ended badly, and when it may go on. */
    trouble: z
      .object({
        kind: z.enum(["limit", "login", "context", "overloaded", "other"]),
        until: z.number().nullable(),
      })
      .optional(),
  }),
  /** Its screen showed other than was believed. `tail`: how the screen ends. */
  on("member_seen", {
    member,
    epoch: z.number(),
    activity: z.enum(activities),
    what: z.string(),
    tail: z.string(),
  }),
  /** `how` and `say`: it was put right; without them a lead's went forward with trunk. */
  on("worktree_reconciled", {
    member,
    to: oid,
    how: z.enum(["remade", "relinked", "branch", "detached"]).optional(),
    say: z.string().optional(),
  }),
  on("member_stalled", {
    ...{ member, epoch: z.number(), kind: z.enum(["stalled", "silent", "stopped", "mute"]) },
    seen: z.string(),
  }),
  on("member_recovered", { member, epoch: z.number(), since: z.number(), how: z.string() }),
  on("turn_ended", { member, task: task.nullable(), say: z.string() }),
] as const;
