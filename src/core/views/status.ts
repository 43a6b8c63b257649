// What is going on, in one look: for `status`, the standup and their cards.

import { rfc3339 } from "../../lib/time.ts";
import type { Card } from "../card.ts";
import type { Counter } from "../command.ts";
import { filled } from "../context.ts";
import { inFlight, queuedFor } from "../deliveries.ts";
import { memberOf } from "../policy.ts";
import type { BoardTask } from "../ports.ts";
import { progressLine, progressOf } from "../progress.ts";
import { isResting, waitsItOut } from "../setback.ts";
import { isOpen, type State, type Work } from "../state.ts";
import type { MemberName, SeatState } from "../words.ts";
import { currentWork, proposalOf } from "../work.ts";
import { brokenTeam } from "./digest.ts";
import { machineJson, machineLines, tickOverdue, unwell } from "./machine.ts";
import { chatLines, chatRows } from "./status-chats.ts";
import { said } from "./task-card.ts";

/** What a seat is doing; a seat that should be there and is not known is `unknown`, never idle. */
export function seatState(c: Counter, member: MemberName): SeatState {
  const state = c.state();
  const panes = c.world().panes;
  const isSeen = panes?.probe.known === true;
  const isThere = state.seats.get(member)?.live != null;
  const last = lastSeatState(state, member);
  return isThere && last !== "parked" && !isSeen ? "unknown" : last;
}

/** … as far as it was heard of. */
export function lastSeatState(state: State, member: MemberName): SeatState {
  const seat = state.seats.get(member);
  if (seat?.parked) return "parked";
  if (seat !== undefined && isResting(seat) && (seat.live !== null || waitsItOut(seat)))
    return "parked";
  if (seat === undefined || seat.live === null)
    return state.team === "running" ? "starting" : "absent";
  return seat.activity;
}

export function statusJson(c: Counter): Record<string, unknown> {
  const state = c.state();
  const board = c.world().board;
  const tasks = board?.probe.known ? [...board.probe.value.tasks.values()] : null;
  return {
    team: c.policy.team,
    bot:
      c.bot === null
        ? null
        : {
            ...{ pid: c.bot.pid, since: rfc3339(c.bot.since), version: c.bot.version },
            tick: c.bot.tickedAt === 0 ? null : rfc3339(c.bot.tickedAt),
            healthy: tickOverdue(c) === null,
          },
    tmux: c.tmux,
    running: state.team === "running",
    paused: state.paused,
    members: c.policy.members.map((m) => memberJson(c, m.name)),
    board: tasks === null ? null : countBy(tasks),
    queue: state.queue.map((t, i) => queueRow(state.work.get(t), i)),
    main:
      state.main === null
        ? null
        : {
            head: state.main.head,
            green:
              state.main.verdict === null || state.main.verdict === "infra"
                ? null
                : state.main.verdict !== "red",
          },
    progress: progressOf(state, c.policy, c.now()),
    ...machineJson(state),
    chats: chatRows(c),
    open: {
      approvals: [...state.work.values()].filter(
        (w) => w.phase === "asking" && proposalOf(w)?.state === "open",
      ).length,
      escalations: [...state.escalations.values()].filter(isOpen).length,
    },
  };
}

function memberJson(c: Counter, name: MemberName): Record<string, unknown> {
  const state = c.state();
  const seat = state.seats.get(name);
  const member = memberOf(c.policy, name);
  const panes = c.world().panes;
  const pane = panes?.probe.known
    ? panes.probe.value.find((p) => p.member === name && p.epoch === seat?.epoch)
    : undefined;
  return {
    name,
    role: member?.role ?? "",
    agent: member?.agent ?? "",
    state: seatState(c, name),
    task: currentWork(state, name)?.task ?? null,
    inbox: queuedFor(state, name).length + (inFlight(state, name) === undefined ? 0 : 1),
    since: seat === undefined ? null : rfc3339(seat.since),
    pane: seat?.live?.pane ?? null,
    pid: pane?.agentPid ?? null,
    epoch: seat?.epoch ?? 0,
    worktree: seat?.worktree ?? null,
    ...(unwell(state, name) === null ? {} : { why: unwell(state, name) }),
    ...(seat?.usage?.context == null ? {} : { context: filled(seat.usage) }),
    ...(seat?.setback?.rest == null || !isResting(seat)
      ? {}
      : {
          until: seat.setback.rest.until === null ? null : rfc3339(seat.setback.rest.until),
        }),
    ...(seat?.stalled == null
      ? {}
      : { health: seat.stalled.kind, health_since: rfc3339(seat.stalled.at) }),
  };
}

export function queueRow(work: Work | undefined, position: number): Record<string, unknown> {
  if (work === undefined) return {};
  const state =
    work.held !== null
      ? "held"
      : work.candidate === null
        ? "queued"
        : work.candidate.result === null
          ? "testing"
          : "landing";
  return {
    task: work.task,
    head: work.done?.commit ?? null,
    state,
    position: position + 1,
    ...(work.held === null ? {} : { why: work.held.detail }),
  };
}

export function countBy(tasks: readonly BoardTask[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const task of tasks)
    if (task.status !== "archived") counts[task.status] = (counts[task.status] ?? 0) + 1;
  return counts;
}

const icons: Record<SeatState, string> = {
  absent: "·",
  starting: "…",
  idle: "○",
  working: "●",
  waiting: "?",
  parked: "✗",
  unknown: "~",
};

function waitsForYou(approvals: number, questions: number, held: number): string {
  if (approvals + questions + held === 0) return "Nothing waits for you.";
  const landings = held === 0 ? "" : `, ${held} ${held === 1 ? "landing" : "landings"} held`;
  return `Waits for you: ${approvals} to approve, ${questions} to answer${landings}`;
}

/** That it is worked on is what the seat says already. */
const stepOf = (work: Work): string =>
  work.phase === "working" && work.reds === 0 ? "" : ` (${said(work)})`;

export function statusLines(c: Counter): string[] {
  const state = c.state();
  const head =
    state.main === null
      ? "trunk not looked at yet"
      : `${state.main.branch} ${state.main.head.slice(0, 8)} ${state.main.verdict ?? "not tested yet"}`;
  const doing = state.paused ? "running, paused" : "running";
  const team =
    state.team === "stopped"
      ? "is stopped"
      : `${c.bot === null ? "has no bot, it was" : "is"} ${doing}`;
  const members = c.policy.members.map((m) => {
    const work = currentWork(state, m.name);
    const task = work === undefined ? "" : ` #${work.task} ${work.title}${stepOf(work)}`;
    const s = seatState(c, m.name);
    const why = unwell(state, m.name);
    return `${icons[s]} ${m.name} ${s}${task}${why ? `: ${why}` : ""}`;
  });
  const board = c.world().board;
  const counts = board?.probe.known
    ? Object.entries(countBy([...board.probe.value.tasks.values()]))
        .map(([s, n]) => `${n} ${s}`)
        .join(", ") || "no tasks"
    : `unknown: ${board === null || board.probe.known ? "not looked at yet" : board.probe.why}`;
  const open = statusJson(c)["open"] as { approvals: number; escalations: number };
  const landing = state.queue.flatMap((t) => state.work.get(t) ?? []);
  const held = landing.filter((w) => w.held !== null).length;
  const queue = landing.map(
    (w) => `#${w.task}${w.held === null ? "" : ` held (${w.held.detail})`}`,
  );
  const blocked = [...state.work.values()].filter((w) => w.phase === "blocked");
  const unread = [...state.messages.values()].filter((d) => d.state === "failed").length;
  return [
    `Team ${c.policy.team} ${team}; ${head}`,
    ...brokenTeam(state).map((line) => `⚠ ${line}`),
    ...members,
    `Board: ${counts}`,
    ...(queue.length === 0 ? [] : [`Landing queue: ${queue.join(", ")}`]),
    ...progressOf(state, c.policy, c.now()).map((row) => `Under way: ${progressLine(row)}`),
    waitsForYou(open.approvals, open.escalations, held),
    ...blocked.map(
      (w) => `⛔ #${w.task} ${w.title} (${w.member}) is blocked: see \`batty task show ${w.task}\``,
    ),
    ...machineLines(state),
    ...(tickOverdue(c) === null
      ? []
      : [
          `The bot is stuck: its last tick is ${Math.round((tickOverdue(c) ?? 0) / 1000)} s old. See .batty/daemon.log; \`batty restart\` starts it anew, agents go on.`,
        ]),
    ...chatLines(c),
    ...(unread === 0 ? [] : [`${unread} messages may not have arrived: see their cards`]),
    ...(c.policy.testCommand === null
      ? ["No test command is set: nothing can land (workflow_policy.verification.test_command)."]
      : []),
    ...(c.bot === null
      ? ["The bot is not running: this is what the files say. Start it with `batty start`."]
      : []),
  ];
}

export function statusCard(c: Counter): Card {
  const state: State = c.state();
  const [title = "", ...lines] = statusLines(c);
  const tone = state.main?.verdict === "red" ? "bad" : "calm";
  return {
    kind: "status",
    subject: {},
    title,
    tone,
    lines,
    fields: [],
    actions: [],
    image: null,
    state: "done",
    footer: "",
  };
}
