// What we decided is so, past tense. The zod schemas are the journal's line format: {v, seq, ts, event, …}.
import * as z from "zod";
import { activities } from "./activity.ts";

const task = z.number().int().positive();
const member = z.string();
const oid = z.string();
const id = z.string();
const lines = z.array(z.string());

const file = z.object({
  path: z.string(),
  from: z.string().optional(),
  added: z.number(),
  deleted: z.number(),
  status: z.enum(["added", "modified", "deleted", "renamed"]),
  binary: z.boolean(),
});

/** A mail as the journal keeps it until it is taken: the Maildir file mirrors it. */
const mail = z.object({
  id,
  from: z.string(),
  to: member,
  body: z.string(),
  msg_type: z.string(),
  timestamp: z.number(),
  via: z.string().optional(),
  task: task.optional(),
  echo: z.string().optional(),
  now: z.boolean().optional(),
  unverified: z.boolean().optional(),
  file: id.optional(),
  anew: id.optional(),
});

const counts = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() }).nullable();
const on = <N extends string, S extends z.ZodRawShape>(event: N, shape: S) =>
  z.object({ event: z.literal(event), ...shape });

/** `head`: the branch's head that landed, `commits`: how many it brought along; old journals do not say. */
const landing = {
  ...{ task, commit: oid, tree: oid, base: oid },
  ...{ head: oid.optional(), commits: z.number().optional() },
};

export const eventSchema = z.discriminatedUnion("event", [
  // the bot and its team
  on("daemon_started", { pid: z.number(), version: z.string() }),
  on("daemon_stopped", { reason: z.string() }),
  on("daemon_heartbeat", { uptime_ms: z.number() }),
  on("team_started", { by: z.string(), resume: z.boolean() }),
  on("team_stopped", { by: z.string() }),
  on("team_paused", { by: z.string(), member: member.nullable() }),
  on("team_resumed", { by: z.string(), member: member.nullable() }),
  /** Each problem as it is printed, with file, line and mend. */
  on("team_config_rejected", { problems: lines }),
  /** `now`: keys that are in force; `later`: what waits, and for what. */
  on("team_config_loaded", { mended: z.boolean(), now: lines, later: lines }),

  // the counter
  on("command_recorded", {
    person: z.string(),
    via: z.string(),
    /** The account, as its platform knows it. */
    id: z.string().optional(),
    verb: z.string(),
    args: z.string(),
    effect: z.enum(["done", "refused", "held"]),
    code: z.string().nullable(),
    /** The chat message it was said in or pressed on. */
    message: z.string().nullable(),
  }),
  on("forgery_detected", {
    /** Null: nobody knows who. */
    member: member.nullable(),
    kind: z.string(),
    subject: z.string(),
    detail: z.string(),
  }),
  // the machine
  on("loop_stalled", { ms: z.number(), what: z.string(), times: z.number() }),
  on("disk_level_changed", {
    level: z.enum(["ok", "low", "critical"]),
    path: z.string(),
    free: z.number(),
  }),
  /** A mend of `doctor --fix` while the bot ran. */
  on("auto_doctor_action", { what: z.string(), on: z.string() }),
  on("disk_hygiene_cleanup", { files: z.number(), bytes: z.number() }),

  // seats
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
  on("agent_died", { member, epoch: z.number(), exit: z.number().nullable() }),
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
    ...{ member, epoch: z.number(), kind: z.enum(["stalled", "silent"]), seen: z.string() },
  }),
  on("member_recovered", { member, epoch: z.number(), since: z.number(), how: z.string() }),
  on("turn_ended", { member, task: task.nullable(), say: z.string() }),

  // messages
  on("message_sent", { id, from: z.string(), to: member, mail, filed: z.boolean() }),
  on("message_to_human", {
    id,
    from: z.string(),
    to: z.string(),
    body: z.string(),
    reply_to: id.nullable(),
  }),
  on("message_refused", {
    ...{ id, from: z.string(), to: z.string(), code: z.string(), say: z.string() },
  }),
  on("message_typing", { id, member, pane: z.string(), epoch: z.number() }),
  on("message_typed", { id }),
  on("message_held", { id, why: z.string() }),
  on("message_entered", { id }),
  on("message_taken", { id, member }),
  on("message_answered", { id, member, text: z.string() }),
  on("message_withdrawn", { id, by: z.string() }),
  on("delivery_failed", { id, member, code: z.string(), say: z.string() }),
  on("mail_file_broken", { member, file: z.string(), why: z.string() }),

  // tasks
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

  // approvals and landing
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

  // chats
  on("post_given_up", {
    ...{ letter: id, chat: z.string(), room: z.string() },
    ...{ key: z.string(), code: z.string(), say: z.string() },
  }),
  on("post_sent_again", { letter: id, chat: z.string(), room: z.string(), by: z.string() }),

  // questions and escalations
  on("question_asked", {
    id,
    member,
    task: task.nullable(),
    escalation: z.number(),
    question: z.string(),
    options: lines,
    default: z.string().nullable(),
    deadline: z.number().nullable(),
  }),
  on("task_escalated", {
    task: task.nullable(),
    member,
    escalation: z.number(),
    kind: z.string(),
    say: z.string(),
    options: lines,
    /** Tells causes of one kind apart. */
    detail: z.string().optional(),
  }),
  /** The same cause again: no second one is opened. */
  on("escalation_repeated", { escalation: z.number(), say: z.string() }),
  on("escalation_raised", {
    escalation: z.number(),
    step: z.enum(["mention", "push", "deputy"]),
    people: lines,
  }),
  on("escalation_changed", {
    escalation: z.number(),
    /** `open`: a snooze is over. */
    state: z.enum(["open", "acknowledged", "snoozed", "answered", "resolved", "withdrawn"]),
    by: z.string(),
    answer: z.string().nullable(),
    until: z.number().nullable(),
    why: z.string().optional(),
  }),
  /** An agent may run or write `what` only if a person says so; `subject` is what patterns are matched with. */
  on("permission_asked", {
    id: z.string(),
    member,
    epoch: z.number(),
    task: task.nullable(),
    escalation: z.number(),
    tool: z.string(),
    what: z.string(),
    subject: z.string(),
    cwd: z.string(),
    options: lines,
    deadline: z.number(),
  }),
  /** `by`: a person, `policy` (the team file and what always holds), or `batty` (nobody decided: the agent asks in its pane). */
  on("permission_decided", {
    id: z.string(),
    member,
    task: task.nullable(),
    subject: z.string(),
    verdict: z.enum(["allow", "deny", "pane"]),
    by: z.string(),
    why: z.string(),
    /** Patterns that are allowed for the task from now on. */
    grant: lines.optional(),
  }),
  /** `by` batty: by the clock. `until`: null: as the quiet hours say, or until somebody ends it. */
  on("quiet_began", { by: z.string(), until: z.number().nullable(), except: lines }),
  on("quiet_ended", { by: z.string() }),
  /** The daily one. `roles`: whom it is about; `late_ms`: how long after its time. */
  on("standup_posted", {
    ...{ day: z.string(), late_ms: z.number(), team: z.string() },
    roles: z.array(z.object({ name: z.string(), members: lines })),
  }),
  /** There was nothing to tell that day. */
  on("standup_skipped", { day: z.string() }),
]);

export type Event = z.infer<typeof eventSchema>;
export type EventName = Event["event"];
export type EventOf<N extends EventName> = Extract<Event, { event: N }>;

/** A line of the journal, parsed. `at` is `ts` in ms. */
export interface Recorded {
  readonly seq: number;
  readonly at: number;
  readonly event: Event;
}

/** The journal line's version; a reader for each older one stays. */
export const journalVersion = 1;
