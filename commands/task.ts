// `task …`: show, pull and change single tasks.
import * as z from "zod";
import { type Command, type Counter, Refused, type Reply } from "../src/core/command.ts";
import type { BoardTask, TaskPatch } from "../src/core/ports.ts";
import { boardOf, taskJson } from "./board.ts";
import { list, number } from "./task-new.ts";
import { taskArgument, taskNumber } from "./task-number.ts";

function taskOf(c: Counter, text: string): BoardTask {
  const id = taskNumber(text);
  const task = boardOf(c).tasks.get(id);
  if (task === undefined)
    throw new Refused("task.unknown", `No task has the number ${id}.`, "See `batty board`.");
  return task;
}

/** Waits until the file is written, so that what is read next is what was asked. */
async function patched(c: Counter, id: number, patch: TaskPatch, say: string): Promise<Reply> {
  await c.intend({ type: "patch-task", task: id, patch });
  await c.until((s) => (s.boardDue.has(id) ? undefined : true), 10_000);
  return { text: say, json: { ok: true, id } };
}

const oneTask = z.object({ task: taskArgument });

export const taskShow = {
  name: "task show",
  summary: "Show one task",
  tier: "viewer",
  team: true,
  needs: "files",
  args: oneTask,
  run({ task }, c) {
    const found = taskOf(c, task);
    const work = c.state().work.get(found.id);
    const lines = [
      `#${found.id} ${found.title}`,
      `${found.status} · ${found.priority}${found.claimedBy === null ? "" : ` · ${found.claimedBy}`}${work === undefined ? "" : ` · ${work.phase} on ${work.branch}`}`,
      ...(found.blocked ? [`blocked: ${found.blockReason ?? ""}`] : []),
      "",
      found.body,
    ];
    return {
      text: lines.join("\n").trimEnd(),
      json: {
        ...taskJson(c, found),
        body: found.body,
        tags: found.tags,
        phase: work?.phase ?? null,
        reds: work?.reds ?? 0,
      },
    };
  },
} satisfies Command<typeof oneTask>;

const nextArgs = z.object({
  claim: z.boolean().default(false).meta({ flag: true }).describe("Take it"),
});
export const taskNext = {
  name: "task next",
  summary: "Take the best free task",
  tier: "operator",
  team: "only",
  needs: "bot",
  args: nextArgs,
  async run({ claim }, c) {
    if (!claim)
      throw new Refused(
        "usage",
        "`task next` takes a task: say --claim.",
        "Usage: batty task next --claim",
      );
    const recorded = await c.intend({ type: "pull" });
    const given = recorded.find((r) => r.event.event === "task_assigned")?.event;
    if (given?.event !== "task_assigned")
      throw new Refused("task.none", "No task is free for you now.");
    const id = given.task;
    const ready = await c.until((s) => {
      const work = s.work.get(id);
      return work?.phase === "starting" ? undefined : (work?.phase ?? "gone");
    }, 600_000);
    if (ready !== "working")
      throw new Refused(
        "setup.failed",
        `#${id} could not be started: a person has been asked.`,
        undefined,
        3,
      );
    const body = boardOf(c).tasks.get(id)?.body ?? "";
    return {
      text: `#${id} ${given.title}\n\n${body}`.trimEnd(),
      json: { ok: true, id, title: given.title, body, branch: given.branch },
    };
  },
} satisfies Command<typeof nextArgs>;

const moveArgs = z.object({
  task: taskArgument,
  status: z.string().describe("One of the board's statuses").meta({ of: "status" }),
});
export const taskMove = {
  name: "task move",
  summary: "Move a task to another status",
  tier: "operator",
  team: true,
  needs: "files",
  args: moveArgs,
  run({ task, status }, c) {
    const { id } = taskOf(c, task);
    return patched(c, id, { status }, `#${id} is ${status}.`);
  },
} satisfies Command<typeof moveArgs>;

const setArgs = z.object({
  task: taskArgument,
  title: z.string().optional().meta({ flag: true }).describe("One line"),
  body: z.string().optional().meta({ flag: true }).describe("Scope, acceptance criteria, test"),
  priority: z
    .string()
    .optional()
    .meta({ flag: true, of: "priority" })
    .describe("One of the board's"),
  tags: z.string().optional().meta({ flag: true }).describe("Comma separated"),
  assignee: z.string().optional().meta({ flag: true, of: "member" }).describe("Who shall do it"),
});
export const taskSet = {
  name: "task set",
  summary: "Change a task's title, body, priority, tags, assignee",
  tier: "operator",
  team: true,
  needs: "files",
  args: setArgs,
  run({ task, title, body, priority, tags, assignee }, c) {
    const { id } = taskOf(c, task);
    if (priority !== undefined && !boardOf(c).config.priorities.includes(priority))
      throw new Refused(
        "usage",
        `"${priority}" is no priority of this board.`,
        `Priorities: ${boardOf(c).config.priorities.join(", ")}.`,
      );
    if (title !== undefined && title.trim() === "")
      throw new Refused("usage", "A task needs a title.");
    const patch: TaskPatch = {
      ...(title === undefined ? {} : { title }),
      ...(body === undefined ? {} : { body }),
      ...(priority === undefined ? {} : { priority }),
      ...(tags === undefined ? {} : { tags: list(tags) }),
      ...(assignee === undefined ? {} : { assignee: assignee === "" ? null : assignee }),
    };
    if (Object.keys(patch).length === 0)
      throw new Refused(
        "usage",
        "Nothing to change was named.",
        "Usage: batty task set TASK --title … --priority …",
      );
    return patched(c, id, patch, `#${id} is changed.`);
  },
} satisfies Command<typeof setArgs>;

const blockArgs = z.object({
  task: taskArgument,
  why: z.string().meta({ rest: true }).describe("The reason"),
});
export const taskBlock = {
  name: "task block",
  summary: "Block a task with a reason",
  tier: "operator",
  team: true,
  needs: "files",
  args: blockArgs,
  run({ task, why }, c) {
    const { id } = taskOf(c, task);
    return patched(c, id, { blocked: true, blockReason: why }, `#${id} is blocked.`);
  },
} satisfies Command<typeof blockArgs>;

export const taskUnblock = {
  name: "task unblock",
  summary: "Take a task's block away",
  tier: "operator",
  team: true,
  needs: "files",
  args: oneTask,
  run({ task }, c) {
    const { id } = taskOf(c, task);
    return patched(c, id, { blocked: false, blockReason: null }, `#${id} is not blocked any more.`);
  },
} satisfies Command<typeof oneTask>;

const dependArgs = z.object({
  task: taskArgument,
  on: z.string().describe("Task numbers, comma separated").meta({ of: "tasks" }),
});
export const taskDepend = {
  name: "task depend",
  summary: "Let a task wait for others",
  tier: "operator",
  team: true,
  needs: "files",
  args: dependArgs,
  run({ task, on }, c) {
    const found = taskOf(c, task);
    const more = list(on).map(number);
    const missing = more.find((d) => !boardOf(c).tasks.has(d));
    if (missing !== undefined)
      throw new Refused("task.unknown", `No task has the number ${missing}.`);
    return patched(
      c,
      found.id,
      { dependsOn: [...new Set([...found.dependsOn, ...more])] },
      `#${found.id} waits for ${more.map((d) => `#${d}`).join(", ")}.`,
    );
  },
} satisfies Command<typeof dependArgs>;

export const taskCancel = {
  name: "task cancel",
  summary: "End a task; its work is kept",
  tier: "operator",
  needs: "bot",
  args: oneTask,
  confirm({ task }, c) {
    const { id, title } = taskOf(c, task);
    return `Cancel #${id} ${title}? Its work is kept on its branch.`;
  },
  async run({ task }, c) {
    const { id } = taskOf(c, task);
    await c.intend({ type: "cancel-task", task: id });
    return { text: `#${id} is cancelled; its work is kept.`, json: { ok: true, id } };
  },
} satisfies Command<typeof oneTask>;
