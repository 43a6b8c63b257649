// `retry`: another count of attempts for a task that waits for a person.
import * as z from "zod";
import type { Command } from "../src/core/command.ts";
import { known } from "./decisions.ts";
import { taskArgument, taskNumber } from "./task-number.ts";

const args = z.object({ task: taskArgument });

export const retry = {
  name: "retry",
  summary: "Let a blocked task try again",
  tier: "operator",
  needs: "bot",
  args,
  async run({ task }, c) {
    const id = taskNumber(task);
    await known(c, id);
    await c.intend({ type: "retry", task: id });
    return { text: `#${id} tries again.`, json: { ok: true, task: id } };
  },
} satisfies Command<typeof args>;
