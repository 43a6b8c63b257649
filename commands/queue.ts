// `queue` and `dispatch`: what lands next, and why a task is or is not handed out.
import * as z from "zod";
import type { Command } from "../src/core/command.ts";
import { nextTask, whyNot } from "../src/core/rules/eligible.ts";
import { queueRow } from "../src/core/views/status.ts";
import { boardOf } from "./board.ts";
import { taskNumber } from "./task-number.ts";

const none = z.object({});

export const queue = {
  name: "queue",
  summary: "Show what waits to land",
  tier: "viewer",
  needs: "files",
  args: none,
  run(_args, c) {
    const state = c.state();
    const rows = state.queue.map(
      (t, i) =>
        ({ ...queueRow(state.work.get(t), i), title: state.work.get(t)?.title ?? "" }) as Record<
          string,
          unknown
        >,
    );
    const lines = rows.map(
      (r) =>
        `${r["position"]}. #${r["task"]} ${r["title"]} (${r["state"]})${r["why"] === undefined ? "" : `: ${r["why"]}`}`,
    );
    return { text: lines.join("\n") || "Nothing waits to land.", json: rows };
  },
} satisfies Command<typeof none>;

const dispatchArgs = z.object({
  explain: z.boolean().default(false).meta({ flag: true }).describe("Say why not, too"),
  task: z
    .string()
    .nullable()
    .default(null)
    .meta({ flag: true, of: "task" })
    .describe("This one alone"),
});

export const dispatch = {
  name: "dispatch",
  summary: "Explain which task goes to whom, and why not",
  tier: "viewer",
  needs: "files",
  args: dispatchArgs,
  run({ task }, c) {
    const board = boardOf(c);
    const seen = { policy: c.policy, world: c.world(), now: c.now() };
    const state = c.state();
    const tasks = [...board.tasks.values()].filter((t) =>
      task === null ? t.status !== "archived" && t.status !== "done" : t.id === taskNumber(task),
    );
    const rows = tasks.map((t) => ({
      task: t.id,
      title: t.title,
      why: whyNot(state, board, t, null, seen),
    }));
    const engineers = c.policy.members
      .filter((m) => m.roleType === "engineer")
      .map((m) => ({ member: m.name, next: nextTask(state, board, m.name, seen)?.id ?? null }));
    const lines = [
      ...(state.paused ? ["Dispatch is paused."] : []),
      ...rows.map((r) => `#${r.task} ${r.title}: ${r.why ?? "ready to be handed out"}`),
      ...engineers.map(
        (e) => `${e.member} would get ${e.next === null ? "nothing" : `#${e.next}`}`,
      ),
    ];
    return { text: lines.join("\n"), json: { tasks: rows, engineers } };
  },
} satisfies Command<typeof dispatchArgs>;
