// `merge`: ask for a task to land. From an approver it is the approval, from others a request for the card.
import * as z from "zod";
import { type Command, Refused } from "../src/core/command.ts";
import { mergeKey } from "../src/core/views/cards.ts";
import { decide, known } from "./decisions.ts";
import { taskArgument, taskNumber } from "./task-number.ts";

const args = z.object({ task: taskArgument });

export const merge = {
  name: "merge",
  summary: "Ask for a finished task to land",
  tier: "operator",
  needs: "bot",
  args,
  async run({ task }, c) {
    const id = taskNumber(task);
    await known(c, id);
    const work = c.state().work.get(id);
    if (work?.proposals.length === 0 || work === undefined)
      throw new Refused(
        "task.not-done",
        `#${id} can't be merged: ${work === undefined ? "nobody has worked on it" : `it is ${work.phase}`}.`,
        "It can when its gate is green.",
      );
    const decides = c.by.tier === "approver" || c.by.tier === "admin";
    if (decides && work.proposals.at(-1)?.state === "open")
      return decide(c, { type: "approve", task: id, head: null });
    await c.intend({ type: "request-merge", task: id });
    return {
      text: `A card for #${id} is in merges.`,
      json: { ok: true, task: id },
      edited: mergeKey(id, work.proposals.length),
    };
  },
} satisfies Command<typeof args>;
