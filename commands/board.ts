// `board`: the kanban board as it stands in the files.
import * as z from "zod";
import { type Command, type Counter, Refused } from "../src/core/command.ts";
import type { BoardTask, BoardView } from "../src/core/ports.ts";
import { isSatisfied } from "../src/core/rules/eligible.ts";
import { countBy } from "../src/core/views/status.ts";

const none = z.object({});

export function boardOf(c: Counter): BoardView {
  const look = c.world().board;
  if (look?.probe.known) return look.probe.value;
  throw new Refused(
    "board.unreadable",
    `The board can't be read: ${look === null || look.probe.known ? "not looked at yet" : look.probe.why}.`,
    "Try again in some seconds.",
  );
}

export const taskJson = (c: Counter, task: BoardTask): Record<string, unknown> => ({
  id: task.id,
  title: task.title,
  status: task.status,
  priority: task.priority,
  claimed_by: task.claimedBy,
  assignee: task.assignee,
  depends_on: task.dependsOn,
  branch: c.state().work.get(task.id)?.branch ?? null,
  blocked: task.blocked,
});

const line = (task: BoardTask): string => {
  const who = task.claimedBy ?? task.assignee;
  const waits =
    task.dependsOn.length === 0 ? "" : ` ← ${task.dependsOn.map((d) => `#${d}`).join(", ")}`;
  return `  #${task.id} ${task.title}${who === null ? "" : ` @${who}`}${task.blocked ? ` ⛔ ${task.blockReason ?? "blocked"}` : ""}${waits}`;
};

function columns(board: BoardView): string[] {
  const lines: string[] = [];
  for (const status of [...board.config.statuses, ...foreign(board)]) {
    const tasks = [...board.tasks.values()].filter((t) => t.status === status);
    if (tasks.length > 0 && status !== "archived")
      lines.push(`${status} (${tasks.length})`, ...tasks.map(line));
  }
  for (const b of board.broken)
    lines.push(`unreadable: ${b.file}${b.line === null ? "" : `:${b.line}`}: ${b.why}`);
  return lines.length === 0 ? ["The board is empty."] : lines;
}

const foreign = (board: BoardView): string[] =>
  [...new Set([...board.tasks.values()].map((t) => t.status))].filter(
    (s) => !board.config.statuses.includes(s),
  );

const list = (c: Counter) => {
  const board = boardOf(c);
  return {
    text: columns(board).join("\n"),
    json: [...board.tasks.values()].map((t) => taskJson(c, t)),
  };
};

export const board = {
  name: "board",
  summary: "Show the board",
  tier: "viewer",
  team: true,
  needs: "files",
  args: none,
  run: (_args, c) => list(c),
} satisfies Command<typeof none>;

export const boardList = {
  ...board,
  name: "board list",
  summary: "List the board's tasks",
} satisfies Command<typeof none>;

export const boardSummary = {
  ...board,
  name: "board summary",
  summary: "Count the board's tasks by status",
  run: (_args, c) => {
    const counts = countBy([...boardOf(c).tasks.values()]);
    return {
      text:
        Object.entries(counts)
          .map(([s, n]) => `${s}: ${n}`)
          .join("\n") || "The board is empty.",
      json: counts,
    };
  },
} satisfies Command<typeof none>;

export const boardDeps = {
  ...board,
  name: "board deps",
  summary: "Show which tasks wait for which",
  run: (_args, c) => {
    const view = boardOf(c);
    const waiting = [...view.tasks.values()].flatMap((t) => {
      const open = t.dependsOn.filter((d) => !isSatisfied(view, d));
      return open.length === 0 ? [] : [{ id: t.id, title: t.title, waits: open }];
    });
    return {
      text:
        waiting
          .map((w) => `#${w.id} ${w.title} waits for ${w.waits.map((d) => `#${d}`).join(", ")}`)
          .join("\n") || "No task waits for another.",
      json: waiting,
    };
  },
} satisfies Command<typeof none>;
