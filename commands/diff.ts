// `diff`: what a task changes. In chat page by page, on the shell as git says it.
import * as z from "zod";
import { type Command, Refused } from "../src/core/command.ts";
import type { ChangedFile } from "../src/core/ports.ts";
import { cutNote, diffPage, fenced, fileLines, outdatedPage } from "../src/core/views/diff.ts";
import { taskArgument, taskNumber } from "./task-number.ts";

const args = z.object({
  task: taskArgument,
  file: z.string().nullable().default(null).describe("One path of it"),
  page: z.coerce.number().int().min(0).default(0).describe("0: its files").meta({ flag: true }),
  head: z
    .string()
    .nullable()
    .default(null)
    .describe("Only while it is at this commit")
    .meta({ flag: true }),
  nth: z.coerce
    .number()
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe("One file of it, by its place in the list")
    .meta({ flag: true }),
});

export const diff = {
  name: "diff",
  summary: "Show what a task changes",
  tier: "viewer",
  team: true,
  needs: "bot",
  args,
  async run({ task, file, page, head, nth }, c) {
    const id = taskNumber(task);
    const work = c.state().work.get(id);
    if (work === undefined)
      throw new Refused(
        "task.unknown",
        `#${id} was never worked on: there is no diff.`,
        "See `batty board`.",
      );
    const pick = (files: readonly ChangedFile[]): string | null =>
      file ?? (nth === null ? null : (files[nth]?.path ?? null));
    const found = await c.looks.diff(id, pick);
    const { files, patch, cut } = found;
    const json = { task: id, ...found };
    if (head !== null && !found.head.startsWith(head))
      return { ...outdatedPage(id, work.title, { shown: head, head: found.head }), json };
    if (patch === "" && files.length === 0)
      return { text: `#${id} ${work.title}: nothing is committed yet.`, json };
    const note = cut ? [cutNote] : [];
    if (c.surface === "chat") {
      const path = pick(files);
      const only = path === null ? -1 : files.findIndex((f) => f.path === path);
      const change = { ...found, task: id, title: work.title, only: only < 0 ? null : only };
      // One file was asked for by name: its patch is the answer.
      const at = path === null ? page : Math.max(1, page);
      const name = `${id}-${found.head.slice(0, 8)}${path === null ? "" : `-${path.replaceAll("/", "-")}`}.patch`;
      const opens = page === 0 && patch !== "";
      return {
        ...{ ...diffPage(change, patch, at), json },
        ...(opens ? { attached: { name, text: patch } } : {}),
      };
    }
    const lines = [`#${id} ${work.title}`, ...fileLines(files), ""];
    return { text: [...lines, fenced(patch.trimEnd(), "diff"), ...note].join("\n"), json };
  },
} satisfies Command<typeof args>;
