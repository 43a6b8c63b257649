// `diff`: what a task changes. In chat page by page, on the shell as git says it.
import * as z from "zod";
import { type Command, Refused } from "../src/core/command.ts";
import { diffPage, fenced, fileLines } from "../src/core/views/diff.ts";
import { taskArgument, taskNumber } from "./task-number.ts";

const args = z.object({
  task: taskArgument,
  file: z.string().nullable().default(null).describe("One path of it"),
  page: z.coerce.number().int().min(0).default(0).describe("0: its files").meta({ flag: true }),
});

export const diff = {
  name: "diff",
  summary: "Show what a task changes",
  tier: "viewer",
  team: true,
  needs: "bot",
  args,
  async run({ task, file, page }, c) {
    const id = taskNumber(task);
    const work = c.state().work.get(id);
    if (work === undefined)
      throw new Refused(
        "task.unknown",
        `#${id} was never worked on: there is no diff.`,
        "See `batty board`.",
      );
    const patch = await c.looks.diff(id, file);
    const files = work.proposals.at(-1)?.files ?? [];
    const only = file === null ? -1 : files.findIndex((f) => f.path === file);
    const json = { task: id, files, patch };
    if (c.surface === "chat") {
      const change = { task: id, title: work.title, files, only: only < 0 ? null : only };
      // One file was asked for by name: its patch is the answer.
      return { ...diffPage(change, patch, file === null ? page : Math.max(1, page)), json };
    }
    const lines = [`#${id} ${work.title}`, ...fileLines(files), ""];
    return { text: [...lines, fenced(patch.trimEnd(), "diff")].join("\n"), json };
  },
} satisfies Command<typeof args>;
