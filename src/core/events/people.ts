// What people are asked and told: posts, questions, permissions, quiet hours, standups.
import * as z from "zod";
import { id, lines, member, on, task } from "./parts.ts";

export const peopleEvents = [
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
] as const;
