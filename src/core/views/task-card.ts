// State → the one card of a task: silent, edited from its making to its landing. What happened step by step stands in
// the task's own room.

import type { Action, Card, CardState } from "../card.ts";
import type { Policy } from "../policy.ts";
import { type Progress, progressLine, progressOf } from "../progress.ts";
import { requestOf } from "../requests.ts";
import type { State, Work } from "../state.ts";
import type { Instant, Millis, TaskId } from "../words.ts";
import { isHeld, isOver } from "../work.ts";
import { type Shown, withCard } from "./post.ts";

const short = (oid: string): string => oid.slice(0, 8);

/** What is over sooner needs no bar, ms. */
const worthABar: Millis = 5_000;

/** The card as it is now; nothing while no more is known of the task than a number. */
export function taskPost(state: State, task: TaskId, progress?: Progress): Shown[] {
  const card = taskCard(state, task, progress);
  return card === null ? [] : [withCard(`task:${task}`, "events", card, false, task)];
}

/** All of them, as they are now. */
export const taskPosts = (state: State): Shown[] =>
  [...state.work.keys()].flatMap((task) => taskPost(state, task));

/** Cards of what has been under way for a while, with how far it is. The step that ends it edits it away. */
export function progressPosts(state: State, policy: Policy, now: Instant): Shown[] {
  return progressOf(state, policy, now).flatMap((row) => {
    const since = row.task === null ? undefined : state.work.get(row.task)?.since;
    if (row.task === null || since === undefined || now - since < worthABar) return [];
    return taskPost(state, row.task, row);
  });
}

function taskCard(state: State, task: TaskId, progress?: Progress): Card | null {
  const work = state.work.get(task);
  const title = work?.title ?? titleAskedFor(state, task);
  if (title === null) return null;
  return {
    kind: "task",
    subject: { task, ...(work === undefined ? {} : { member: work.member }) },
    title: `#${task} ${title}`,
    tone: toneOf(work),
    lines: [],
    fields: [
      { name: "state", value: work === undefined ? "todo" : said(work) },
      ...(work === undefined ? [] : [{ name: "owner", value: work.member }]),
      ...gateField(work),
      ...(progress === undefined ? [] : [{ name: "progress", value: progressLine(progress) }]),
    ],
    actions: work === undefined ? [] : actionsOf(work),
    image: null,
    state: stateOf(work),
    footer: "",
  };
}

function titleAskedFor(state: State, task: TaskId): string | null {
  return requestOf(state, task)?.event.title ?? null;
}

/** What a person needs to know of it in a few words. */
export function said(work: Work): string {
  switch (work.phase) {
    case "starting":
      return "its worktree is made ready";
    case "working":
      return work.reds === 0 ? "in progress" : `in progress, its gate was red (${work.reds})`;
    case "returned":
      return "sent back, waits for its author";
    case "verifying":
      return "its gate runs";
    case "reviewing":
      return "green, its card is made";
    case "asking":
      return "waits for approval";
    case "queued":
      return work.held === null ? "approved, lands by itself" : `held: ${work.held.detail}`;
    case "blocked":
      return "blocked, waits for your word";
    case "landed":
      return `landed as ${short(work.landed?.commit ?? "")}`;
    case "cancelled":
      return "cancelled, its work is kept";
  }
}

function gateField(work: Work | undefined): Card["fields"] {
  if (work === undefined || work.gated === null) return [];
  const { result, counts, commit } = work.gated;
  const tests = counts === null ? "" : `, ${counts.passed} passed, ${counts.failed} failed`;
  return [{ name: "gate", value: `${result} at ${short(commit)}${tests}` }];
}

function toneOf(work: Work | undefined): Card["tone"] {
  if (work === undefined) return "calm";
  if (work.phase === "blocked") return "bad";
  if (work.phase === "landed") return "good";
  return work.phase === "asking" || work.held !== null ? "warn" : "calm";
}

function stateOf(work: Work | undefined): CardState {
  if (work === undefined || !isOver(work)) return "open";
  return work.phase === "landed" ? "done" : "expired";
}

function actionsOf(work: Work): Action[] {
  const action = (
    verb: Action["verb"],
    label: string,
    style: Action["style"] = "plain",
  ): Action => ({ id: `t${work.task}.${verb}`, verb, label, style, asks: null });
  const diff = work.done === null ? [] : [action("diff", "Diff")];
  if (isOver(work)) return work.phase === "landed" ? diff : [];
  return [
    ...diff,
    ...(isHeld(work) ? [action("interrupt", `Interrupt ${work.member}`)] : []),
    action("cancel", "Cancel the task", "danger"),
  ];
}
