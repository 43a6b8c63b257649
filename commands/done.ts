// `done`: a member declares its task finished; the contract is checked at once, the gate's word follows.
import * as z from "zod";
import { type Command, type Counter, Refused, type Reply } from "../src/core/command.ts";
import type { State } from "../src/core/state.ts";
import { taskNumber } from "./task-number.ts";

const args = z.object({
  task: z
    .string()
    .nullable()
    .default(null)
    .meta({ flag: true })
    .describe("Another of your tasks than the current one"),
  summary: z.string().default("").meta({ flag: true }).describe("One line for the merge card"),
  wait: z
    .boolean()
    .default(false)
    .meta({ flag: true })
    .describe("Until the gate's result is there"),
});

/** Longest wait for the gate, ms. */
const gateWait = 3 * 3_600_000;

export const done = {
  name: "done",
  summary: "Declare your task finished",
  tier: "operator",
  team: "only",
  needs: "bot",
  args,
  async run({ task, summary, wait }, c) {
    const worktree = await c.looks.inspect(c.by.name);
    const id = task === null ? null : taskNumber(task);
    const before = attempt(c.state(), id ?? currentTask(c));
    const key = c.key();
    await c.intend({ type: "done", member: c.by.name, task: id, summary, worktree, key });
    const own = id ?? currentTask(c) ?? (await adopted(c, key));
    if (own === null)
      throw new Refused(
        "timeout",
        "The board did not take the task in time; it is tried again.",
        undefined,
        3,
      );
    if (!wait)
      return {
        text: `#${own}: the gate runs; its result comes as a message.`,
        json: { ok: true, id: own },
      };
    return waited(c, own, before);
  },
} satisfies Command<typeof args>;

const waitArgs = z.object({ task: z.string().describe("One of your tasks") });

/** Taken up again by number after the bot was away. */
export const doneWait = {
  name: "done wait",
  summary: "Wait for the gate of your task",
  tier: "operator",
  team: "only",
  needs: "bot",
  args: waitArgs,
  run({ task }, c) {
    const id = taskNumber(task);
    if (c.state().work.get(id)?.member !== c.by.name)
      throw new Refused("task.unknown", `#${id} is not yours.`, "See `batty board`.");
    return waited(c, id, attempt(c.state(), id));
  },
} satisfies Command<typeof waitArgs>;

const currentTask = (c: Counter): number | null =>
  [...c.state().work.values()].find(
    (w) =>
      w.member === c.by.name &&
      (w.phase === "verifying" || w.phase === "working" || w.phase === "starting"),
  )?.task ??
  [...c.state().work.values()]
    .filter((w) => w.member === c.by.name && w.done !== null && w.phase !== "landed")
    .at(-1)?.task ??
  null;

async function adopted(c: Counter, key: string): Promise<number | null> {
  return (await c.until((s) => s.requests.get(key)?.task ?? undefined, 30_000)) ?? null;
}

const attempt = (state: State, task: number | null): number =>
  task === null ? 0 : (state.work.get(task)?.reds ?? 0);

async function waited(c: Counter, task: number, redsBefore: number): Promise<Reply> {
  const end = await c.until((s) => {
    const work = s.work.get(task);
    if (work === undefined) return undefined;
    if (work.phase === "verifying" && work.troubles === 0) return undefined;
    return work.phase === "starting" || (work.phase === "working" && work.gated === null)
      ? undefined
      : work;
  }, gateWait);
  if (end === undefined)
    throw new Refused("timeout", `The gate of #${task} gave no result in time.`, undefined, 3);
  if (end.phase === "cancelled")
    throw new Refused("task.closed", `#${task} was cancelled before its gate had a result.`);
  if (end.troubles > 0)
    throw new Refused(
      "gate.infra",
      `The gate of #${task} could not run; nobody's fault. It is tried again and a person is told.`,
      undefined,
      3,
    );
  if (
    end.gated?.result === "green" ||
    ["reviewing", "asking", "queued", "landed"].includes(end.phase)
  )
    return { text: `#${task} is green.`, json: { ok: true, id: task, result: "green" } };
  const lines = end.gated?.lines ?? [];
  return {
    text: [`#${task} is red.`, ...lines].join("\n"),
    json: {
      ok: false,
      id: task,
      result: end.gated?.result ?? "red",
      attempt: Math.max(end.reds, redsBefore),
      lines,
    },
    exit: 1,
  };
}
