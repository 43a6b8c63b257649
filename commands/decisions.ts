// `approve`, `reject`, `back`: a person's decision on the newest card of a task.
import * as z from "zod";
import { type Command, type Counter, Refused, type Reply } from "../src/core/command.ts";
import type { Intent } from "../src/core/input.ts";
import type { Proposal } from "../src/core/state.ts";
import { mergeKey } from "../src/core/views/cards.ts";
import { countOf } from "../src/core/views/decided.ts";
import { cardRound, taskArgument, taskNumber } from "./task-number.ts";

const head = z
  .string()
  .nullable()
  .default(null)
  .meta({ flag: true })
  .describe("The head that you looked at");

export async function decide(
  c: Counter,
  intent: Extract<Intent, { type: "approve" | "reject" | "back" }>,
): Promise<Reply> {
  await known(c, intent.task);
  await c.intend(intent);
  const proposals = c.state().work.get(intent.task)?.proposals ?? [];
  return {
    text: `#${intent.task} ${outcome(intent.type, proposals.at(-1))}.`,
    json: { ok: true, task: intent.task },
    edited: mergeKey(intent.task, Math.max(1, proposals.length)),
  };
}

function outcome(decision: "approve" | "reject" | "back", card: Proposal | undefined): string {
  if (decision === "reject") return "is rejected";
  if (decision === "back") return "is sent back to its author";
  return card?.state === "open"
    ? `has your approval (${countOf(card)}); it lands when the others have approved`
    : "is approved; the landing follows";
}

/** A number that is on no board is an unknown task, not one without a card. */
export async function known(c: Counter, task: number): Promise<void> {
  const board = c.world().board;
  const there =
    c.state().work.has(task) ||
    board === null ||
    !board.probe.known ||
    board.probe.value.tasks.has(task);
  if (!there)
    throw new Refused("task.unknown", `No task has the number ${task}.`, "See `batty board`.");
}

/** Whole ids and beginnings of at least 7 characters; without one, the head on the card that was named. */
function shownHead(c: Counter, text: string, given: string | null): string | null {
  const proposals = c.state().work.get(taskNumber(text))?.proposals ?? [];
  if (given === null) return proposals.find((p) => p.round === cardRound(text))?.head ?? null;
  const newest = proposals.at(-1)?.head;
  return newest !== undefined && given.length >= 7 && newest.startsWith(given) ? newest : given;
}

const approveArgs = z.object({
  task: taskArgument,
  head,
  confirm: z
    .string()
    .nullable()
    .default(null)
    .meta({ flag: true })
    .describe("The task's number again, where a rule asks for it"),
});
export const approve = {
  name: "approve",
  summary: "Approve the newest merge card of a task",
  tier: "approver",
  needs: "bot",
  args: approveArgs,
  run({ task, head, confirm }, c) {
    const id = taskNumber(task);
    return decide(c, {
      type: "approve",
      task: id,
      head: shownHead(c, task, head),
      typed: confirm,
    });
  },
} satisfies Command<typeof approveArgs>;

const rejectArgs = z.object({
  task: taskArgument,
  head,
  why: z.string().default("").meta({ flag: true }).describe("The reason, for its author"),
});
export const reject = {
  name: "reject",
  summary: "Reject a task's change; it stays where it is",
  tier: "approver",
  needs: "bot",
  args: rejectArgs,
  run({ task, head, why }, c) {
    const id = taskNumber(task);
    return decide(c, { type: "reject", task: id, head: shownHead(c, task, head), why });
  },
} satisfies Command<typeof rejectArgs>;

const backArgs = z.object({
  task: taskArgument,
  head,
  why: z.string().meta({ flag: true }).describe("What shall be different"),
});
export const back = {
  name: "back",
  summary: "Send a task's change back with a comment",
  tier: "approver",
  needs: "bot",
  args: backArgs,
  run({ task, head, why }, c) {
    const id = taskNumber(task);
    if (why.trim() === "")
      throw new Refused(
        "usage",
        "Say why: the author needs to know what to change.",
        'Usage: batty back TASK --why "…"',
      );
    return decide(c, { type: "back", task: id, head: shownHead(c, task, head), why });
  },
} satisfies Command<typeof backArgs>;
