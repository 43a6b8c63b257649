// `task new`: a task on the board. A member's must say its scope, acceptance or test; a person's is doubted without.
import * as z from "zod";
import { type Command, type Counter, Refused } from "../src/core/command.ts";
import { saysNothing, wanting } from "../src/core/task-parts.ts";

const args = z.object({
  title: z.string().describe("One line"),
  body: z.string().default("").meta({ flag: true }).describe("Scope, acceptance criteria, test"),
  priority: z
    .string()
    .nullable()
    .default(null)
    .meta({ flag: true, of: "priority" })
    .describe("One of the board's priorities"),
  tags: z.string().default("").meta({ flag: true }).describe("Comma separated"),
  dependsOn: z
    .string()
    .default("")
    .meta({ flag: true, of: "tasks" })
    .describe("Task numbers, comma separated"),
  assignee: z
    .string()
    .nullable()
    .default(null)
    .meta({ flag: true, of: "member" })
    .describe("Who shall do it"),
});

export const taskNew = {
  name: "task new",
  summary: "Put a new task on the board",
  tier: "operator",
  team: true,
  needs: "files",
  args,
  async run(given, c) {
    if (given.title.trim() === "") throw new Refused("usage", "A task needs a title.");
    const id = await makeTask(c, {
      ...given,
      tags: list(given.tags),
      dependsOn: list(given.dependsOn).map(number),
    });
    return {
      text: `#${id} ${given.title} is on the board.${doubt(c, given.body)}`,
      json: { ok: true, id },
    };
  },
} satisfies Command<typeof args>;

/** People are told when nothing tells an agent when it is done; members, of each part that is missing. */
function doubt({ by }: Counter, body: string): string {
  const say = wanting(body);
  if (say === "" || (by.tier !== "team" && !saysNothing(body))) return "";
  return ` ${say} Agents do better with it; add it with \`batty task set\`.`;
}

export const list = (text: string): string[] =>
  text
    .split(",")
    .map((s) => s.trim())
    .filter((s) => s !== "");

export function number(text: string): number {
  const id = Number(text.replace("#", ""));
  if (!Number.isInteger(id) || id < 1)
    throw new Refused("task.unknown", `"${text}" is no task number.`);
  return id;
}

interface NewTask {
  readonly title: string;
  readonly body: string;
  readonly priority: string | null;
  readonly tags: readonly string[];
  readonly dependsOn: readonly number[];
  readonly assignee: string | null;
}

/** Asks for the task and waits until its file is there. */
export async function makeTask(c: Counter, task: NewTask): Promise<number> {
  const key = c.key();
  await c.intend({ type: "new-task", key, ...task });
  const made = await c.until((s) => {
    const request = s.requests.get(key);
    return request?.task ?? request?.refused ?? undefined;
  }, 20_000);
  if (made === undefined)
    throw new Refused(
      "timeout",
      "The board did not take the task within 20 s; it is tried again by itself.",
      "See `batty board`.",
      3,
    );
  if (typeof made === "number") return made;
  throw new Refused(made.code, made.say, undefined, 2);
}
