// `diff`: what a task changes.
import * as z from "zod";
import { type Command, Refused } from "../src/core/command.ts";
import { taskArgument, taskNumber } from "./task-number.ts";

const args = z.object({
  task: taskArgument,
  file: z.string().nullable().default(null).describe("One path of it"),
});

/** Characters shown in chat. */
const shownAtMost = 3_500;

export const diff = {
  name: "diff",
  summary: "Show what a task changes",
  tier: "viewer",
  team: true,
  needs: "bot",
  args,
  async run({ task, file }, c) {
    const id = taskNumber(task);
    const work = c.state().work.get(id);
    if (work === undefined)
      throw new Refused(
        "task.unknown",
        `#${id} was never worked on: there is no diff.`,
        "See `batty board`.",
      );
    const patch = await c.looks.diff(id, file);
    const files = (work.proposals.at(-1)?.files ?? []).map(
      (f) => `${f.path} +${f.added} −${f.deleted}`,
    );
    const whole =
      c.surface === "shell" || patch.length <= shownAtMost
        ? patch
        : `${patch.slice(0, shownAtMost)}\n… cut; \`batty diff ${id}\` on the shell shows all, \`/batty diff ${id} FILE\` one file`;
    return {
      text: [`#${id} ${work.title}`, ...files, "", "```diff", whole.trimEnd(), "```"].join("\n"),
      json: { task: id, files: work.proposals.at(-1)?.files ?? [], patch },
    };
  },
} satisfies Command<typeof args>;
