// The pinned board: what is in hand, what waits and what landed today, as the files and the journal have it now.
import { dateOf, dayBegan, wallClock } from "../../lib/hours.ts";
import type { Card } from "../card.ts";
import type { Policy } from "../policy.ts";
import type { BoardTask, BoardView, World } from "../ports.ts";
import type { State, Work } from "../state.ts";
import type { Instant } from "../words.ts";
import { isOver } from "../work.ts";
import { blank } from "./cards.ts";
import { type Shown, withCard } from "./post.ts";
import { said } from "./task-card.ts";

/** Rows of a column: a phone's screen, all in all. */
const rowsShown = 8;
const titleShown = 60;

/** Marks of priorities that a person should see; `medium` and `low` need none. */
const marks: Readonly<Record<string, string>> = { critical: "‼ ", high: "❗ " };
const names: Readonly<Record<string, string>> = {
  "in-progress": "In progress",
  review: "Review",
  todo: "Todo",
};
/** What is counted only, and what has a column of its own. */
const apart = ["backlog", "done", "archived"];

/** Nothing while the files could not be read: what was pinned last stays. */
export function boardPost(
  state: State,
  { board }: Pick<World, "board">,
  policy: Pick<Policy, "team" | "standup">,
  now: Instant,
): Shown[] {
  if (!board?.probe.known) return [];
  const card = boardCard({ state, board: board.probe.value, policy, now });
  return [withCard("board", "board", card, false)];
}

interface BoardOf {
  readonly state: State;
  readonly board: BoardView;
  readonly policy: Pick<Policy, "team" | "standup">;
  readonly now: Instant;
}

function boardCard(of: BoardOf): Card {
  const { board, policy } = of;
  const tasks = [...board.tasks.values()];
  const backlog = tasks.filter((t) => t.status === "backlog").length;
  return {
    ...blank,
    kind: "board",
    title: `Board of ${policy.team}`,
    tone: "calm",
    lines: [
      ...columnsOf(board).flatMap((status) => {
        const rows = inOrder(
          of,
          tasks.filter((t) => t.status === status),
        ).map((t) => rowOf(of, t));
        return column(names[status] ?? status, rows);
      }),
      ...column("Done today", landedToday(of)),
    ],
    fields: backlog === 0 ? [] : [{ name: "backlog", value: String(backlog) }],
    state: "open",
  };
}

/** From the most advanced to what has not begun, as one reads it in the morning. */
const columnsOf = ({ config }: BoardView): readonly string[] => {
  const known = Object.keys(names);
  const own = config.statuses.filter((s) => !known.includes(s) && !apart.includes(s));
  return ["in-progress", "review", ...own, "todo"];
};

function column(name: string, rows: readonly string[]): string[] {
  const more = rows.length - rowsShown;
  return [
    `${name}: ${rows.length === 0 ? "nothing" : rows.length}`,
    ...rows.slice(0, rowsShown).map((row) => `  ${row}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

/** The most urgent first, then the oldest. */
function inOrder({ board }: BoardOf, tasks: readonly BoardTask[]): readonly BoardTask[] {
  const rank = (task: BoardTask): number => board.config.priorities.indexOf(task.priority);
  return [...tasks].sort((a, b) => rank(b) - rank(a) || a.id - b.id);
}

function rowOf(of: BoardOf, task: BoardTask): string {
  const found = of.state.work.get(task.id);
  const work = found === undefined || isOver(found) ? undefined : found;
  const who = work?.member ?? task.claimedBy ?? task.assignee;
  const since = work?.since ?? task.claimedAt;
  return [
    `${stopOf(task, work)}${marks[task.priority] ?? ""}#${task.id} ${cut(task.title)}`,
    ...(who === null ? [] : [who]),
    ...noteOf(task, work, of.board),
    ...(who === null || since === null ? [] : [`since ${clock(of, since)}`]),
  ].join(" · ");
}

const stopOf = (task: BoardTask, work: Work | undefined): string =>
  task.blocked || work?.phase === "blocked" ? "⛔ " : "";

/** What the column alone does not say. */
function noteOf(task: BoardTask, work: Work | undefined, board: BoardView): readonly string[] {
  if (task.blocked) return [cut(task.blockReason ?? "blocked")];
  if (work !== undefined) return work.phase === "working" && work.reds === 0 ? [] : [said(work)];
  const open = task.dependsOn.filter((id) => {
    const status = board.tasks.get(id)?.status;
    return status !== undefined && status !== "done" && status !== "archived";
  });
  return open.length === 0 ? [] : [`after ${open.map((id) => `#${id}`).join(", ")}`];
}

function landedToday(of: BoardOf): string[] {
  const midnight = dayBegan(of.now, of.policy.standup.timezone);
  return [...of.state.work.values()]
    .filter((w) => w.phase === "landed" && w.since >= midnight)
    .sort((a, b) => b.since - a.since)
    .map((w) => `#${w.task} ${cut(w.title)} · ${w.member} · ${clock(of, w.since)}`);
}

/** The hour of today, else the day. */
function clock({ policy, now }: BoardOf, at: Instant): string {
  const { timezone } = policy.standup;
  return at >= dayBegan(now, timezone) ? wallClock(at, timezone) : dateOf(at, timezone);
}

const cut = (text: string): string =>
  text.length > titleShown ? `${text.slice(0, titleShown)}…` : text;
