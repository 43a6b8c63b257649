// `assign`: gives a task to an engineer; free text makes the task first.
import * as z from "zod";
import { type Command, type Counter, Refused } from "../src/core/command.ts";
import { makeTask } from "./task-new.ts";

const args = z.object({
  member: z.string().describe("An engineer").meta({ of: "engineer" }),
  task: z
    .string()
    .meta({ rest: true, of: "task" })
    .describe("Task number, or the text of a new task"),
});

/** Set-up and checkout of the worktree, ms: what is still under way after it is said, not waited for. */
const launchWait = 45_000;

export const assign = {
  name: "assign",
  summary: "Give a task to an engineer",
  tier: "operator",
  team: true,
  needs: "bot",
  args,
  async run({ member, task }, c) {
    const id = /^#?\d+$/.test(task.trim())
      ? Number(task.trim().replace("#", ""))
      : await fromText(c, member, task);
    const recorded = await c.intend({ type: "assign", member, task: id });
    const launched =
      recorded.some((r) => r.event.event === "task_assigned") ||
      c.state().work.get(id)?.member === member;
    if (!launched)
      return {
        text: `#${id} is assigned to ${member}: it comes when ${member} is free for it.`,
        json: { ok: true, id, launched: false },
      };
    const end = await c.until((s) => {
      const work = s.work.get(id);
      if (work === undefined || work.phase === "blocked") return false;
      return work.phase === "starting" ? undefined : true;
    }, launchWait);
    if (end === false)
      throw new Refused(
        "setup.failed",
        `#${id} could not be started by ${member}; a person has been asked.`,
        "See `batty escalations`.",
        3,
      );
    const text =
      end === true
        ? `#${id} is with ${member}.`
        : `#${id} is with ${member}; its worktree is still being set up.`;
    return { text, json: { ok: true, id, launched: end === true } };
  },
} satisfies Command<typeof args>;

function fromText(c: Counter, member: string, text: string): Promise<number> {
  const [title = "", ...rest] = text.trim().split("\n");
  return makeTask(c, {
    title: title.trim(),
    body: rest.join("\n").trim(),
    priority: null,
    tags: [],
    dependsOn: [],
    assignee: member,
  });
}
