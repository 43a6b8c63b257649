// What chats show of what happened: each journal line gives posts and receipts whose keys follow from it,
// so that showing a line twice (after a crash) shows it once.
import type { Card, Post } from "../card.ts";
import type { Event, Recorded } from "../event.ts";
import { limits } from "../policy.ts";
import type { Proposal, State, Work } from "../state.ts";
import type { Receipt, TaskId } from "../words.ts";
import { proposalOf } from "../work.ts";
import { alertCard, sendAgain } from "./cards.ts";
import { machineNews } from "./machine.ts";
import { configNews } from "./news-config.ts";
import { escalationNews, hushed } from "./news-escalations.ts";
import { forgeryCard } from "./news-forgeries.ts";
import { letterNews } from "./news-letters.ts";
import { mergeNews } from "./news-merge.ts";
import { standupNews } from "./news-standup.ts";
import { mergePost } from "./open-cards.ts";
import { post, type Shown, thread, withCard } from "./post.ts";
import { restNews } from "./rests.ts";
import { taskPost } from "./task-card.ts";
import { waitingCard } from "./waiting.ts";

const short = (oid: string): string => oid.slice(0, 8);

/** @param state after the event */
export function announce(state: State, recorded: Recorded): readonly Shown[] {
  const { seq, event } = recorded;
  return hushed(state, event, [
    ...receipts(state, event),
    ...cards(state, event),
    ...taskCards(state, event),
    ...news(state, event, `e${seq}`),
    ...mergeNews(state, event, `e${seq}`),
    ...machineNews(state, recorded),
    ...restNews(state, event),
    ...configNews(event, `e${seq}`),
    ...letterNews(state, event),
    ...escalationNews(state, recorded),
    ...standupNews(state, recorded),
  ]);
}

// ---------------------------------------------------------------- receipts and answers

function receipts(state: State, event: Event): Shown[] {
  const mark = (id: string, receipt: Receipt): Shown[] => {
    const mail = state.messages.get(id)?.mail;
    if (mail?.echo === undefined) return [];
    const { echo, via = "local" } = mail;
    const card = receipt === "queued" ? waitingCard(state, mail) : null;
    return [{ mark: { echo, state: receipt, via, ...(card === null ? {} : { card }) } }];
  };
  switch (event.event) {
    case "message_sent":
      return mark(event.id, "queued");
    case "message_typed":
      return mark(event.id, "typed");
    case "message_taken":
      return [...mark(event.id, "taken"), ...failureOver(state, event.id, "It did arrive.")];
    case "message_withdrawn":
      // One that failed and is sent again goes on as the new one.
      return state.messages.get(event.id)?.say === ""
        ? mark(event.id, "withdrawn")
        : failureOver(state, event.id, `Sent again by ${event.by}.`);
    case "message_answered":
      return [...mark(event.id, "answered"), ...answerPost(state, event)];
    case "delivery_failed":
      return [...mark(event.id, "failed"), ...failurePost(state, event)];
    case "message_to_human": {
      return [
        post(`say:${event.id}`, event.from, event.body, {
          from: event.from,
          mentions: [event.to],
          ...replyTo(state, event.reply_to),
        }),
      ];
    }
    default:
      return [];
  }
}

function answerPost(state: State, event: Extract<Event, { event: "message_answered" }>): Shown[] {
  if (event.text.trim() === "") return [];
  return [
    post(`answer:${event.id}`, event.member, event.text, {
      from: event.member,
      shownAtMost: limits.answerShown,
      ...replyTo(state, event.id),
    }),
  ];
}

/** On the person's own message, in the chat where they wrote it. */
function replyTo(state: State, id: string | null): Partial<Post> {
  const { echo, via = "local" } = state.messages.get(id ?? "")?.mail ?? {};
  return echo === undefined ? {} : { replyTo: echo, replyVia: via };
}

function failurePost(state: State, event: Extract<Event, { event: "delivery_failed" }>): Shown[] {
  return failureCard(state, event.id, event.member, null);
}

/** The card of a message that was given up and is settled after all. */
function failureOver(state: State, id: string, how: string): Shown[] {
  const delivery = state.messages.get(id);
  return delivery === undefined || delivery.say === ""
    ? []
    : failureCard(state, id, delivery.mail.to, how);
}

/** @param over how it ended; null: a person must act */
function failureCard(state: State, id: string, member: string, over: string | null): Shown[] {
  const delivery = state.messages.get(id);
  const lines = [
    ...(delivery === undefined
      ? []
      : [delivery.say, `It said: ${delivery.mail.body.slice(0, 200)}`]),
    ...(over === null ? [] : [over]),
  ];
  const card = alertCard(
    `A message to ${member} may not have arrived`,
    lines,
    over === null ? "bad" : "calm",
    { member },
    over === null ? [sendAgain(id)] : [],
  );
  return [withCard(`failed:${id}`, member, card, over === null)];
}

// ---------------------------------------------------------------- cards

/** The card of a task after anything that shows on it. */
function cards(state: State, event: Event): Shown[] {
  const task = "task" in event && typeof event.task === "number" ? event.task : null;
  const work = task === null ? undefined : state.work.get(task);
  const newest = work === undefined ? undefined : cardOf(work, event);
  if (work === undefined || newest === undefined) return [];
  return [mergePost(work, newest)];
}

/** The newest, or the older one that has landed meanwhile. */
const cardOf = (work: Work, event: Event): Proposal | undefined =>
  ("commit" in event ? work.proposals.find((p) => p.landed === event.commit) : undefined) ??
  proposalOf(work);

/** One card a task: each step of it is an edit. */
function taskCards(state: State, event: Event): Shown[] {
  const task = "task" in event && typeof event.task === "number" ? event.task : null;
  return task === null ? [] : taskPost(state, task);
}

// ---------------------------------------------------------------- news

function news(state: State, event: Event, key: string): Shown[] {
  // What is said of a task stands in its own room; `events` has its card.
  const say = (text: string, task?: TaskId | null, more: Partial<Post> = {}): Shown[] => [
    post(key, thread(task) ?? "events", text, { thread: thread(task), ...more }),
  ];
  const step = (text: string, task: TaskId): Shown[] => say(text, task, { step: true });
  const alert = (
    title: string,
    lines: readonly string[],
    tone: Card["tone"],
    loud: boolean,
  ): Shown[] => [withCard(key, "alerts", alertCard(title, lines, tone), loud)];
  switch (event.event) {
    case "team_started":
      return say(`The team starts (${event.by}).`);
    case "team_stopped":
      return say(`The team stops (${event.by}); the bot stays.`);
    case "team_paused":
      return say(`${event.member ?? "Everything"} is paused by ${event.by}.`);
    case "team_resumed":
      return say(`${event.member ?? "Everything"} goes on (${event.by}).`);
    case "agent_spawned":
      return say(`${event.member} is up (${event.agent}, launch ${event.epoch}).`);
    case "agent_died":
      // That the team stops was said.
      if (state.team === "stopped" || event.lost === true) return [];
      return say(
        `${event.member}'s agent ended (${event.exit === null ? "killed" : `exit ${event.exit}`}).`,
      );
    case "task_created":
      return step(`#${event.task} ${event.title} is on the board (${event.by}).`, event.task);
    case "task_assigned":
      return step(`#${event.task} ${event.title} goes to ${event.member}.`, event.task);
    case "task_completed":
      return step(
        `#${event.task} is declared done by ${event.member} at ${short(event.commit)}; the gate runs.`,
        event.task,
      );
    case "verification_evidence_collected":
      return gateNews(state, event, say, alert);
    case "task_escalated":
    case "question_asked":
      return [];
    case "merge_rejected":
      return say(
        `#${event.task} goes back to its author: ${event.reason}${event.paths.length === 0 ? "" : ` in ${event.paths.join(", ")}`}.`,
        event.task,
      );
    case "merge_held":
      return alert(
        `#${event.task} is held: ${event.detail}`,
        event.paths.slice(0, 10),
        "warn",
        true,
      );
    case "task_auto_merged":
    case "task_manual_merged":
      return step(
        `#${event.task} ${state.work.get(event.task)?.title ?? ""} landed as ${short(event.commit)}.`,
        event.task,
      );
    case "main_moved_outside":
      return [
        post(
          key,
          "alerts",
          `${state.main?.branch ?? "trunk"} was moved by somebody else: ${short(event.from)} → ${short(event.to)}${whoseHead(state, event.to)}.`,
        ),
      ];
    default:
      return troubles(event, key, say, alert);
  }
}

/** Whose work trunk was moved to, where that is known; who moved it never is. */
function whoseHead(state: State, oid: string): string {
  const work = [...state.work.values()].find(
    (w) => w.done?.commit === oid || w.proposals.some((p) => p.head === oid),
  );
  return work === undefined
    ? ""
    : `, which is ${work.member}'s work on #${work.task}: it landed past the queue`;
}

type Say = (text: string, task?: TaskId | null, more?: Partial<Post>) => Shown[];
type Alert = (
  title: string,
  lines: readonly string[],
  tone: Card["tone"],
  loud: boolean,
) => Shown[];

function gateNews(
  state: State,
  event: Extract<Event, { event: "verification_evidence_collected" }>,
  say: Say,
  alert: Alert,
): Shown[] {
  const counts =
    event.counts === null
      ? "no test counted"
      : `${event.counts.passed} passed, ${event.counts.failed} failed`;
  const how = event.reused ? "by evidence" : `in ${(event.duration_ms / 1000).toFixed(1)} s`;
  if (event.purpose !== "trunk") {
    const what =
      event.purpose === "candidate"
        ? `#${event.task} on ${state.main?.branch ?? "trunk"}`
        : `#${event.task}`;
    const again = event.rerun ? " (run again: a flake was suspected)" : "";
    return say(
      `Gate ${event.result} for ${what}: ${event.why ?? counts}, ${how}${again}.`,
      event.task,
      event.result === "green" && !event.rerun ? { step: true } : {},
    );
  }
  if (event.result === "green" && event.counts !== null && event.counts.passed > 0)
    return say(`Trunk is green: ${counts}, ${how}.`);
  if (event.result === "green")
    return alert(
      "Trunk's gate counted no test",
      [`\`${event.command}\` ended with 0 but no test was counted: nothing lands alone.`],
      "warn",
      true,
    );
  if (event.result === "infra")
    return alert(
      "Trunk's gate can't run",
      [event.why ?? "unknown trouble", `Command: ${event.command}`],
      "bad",
      true,
    );
  return [];
}

function troubles(event: Event, key: string, say: Say, alert: Alert): Shown[] {
  switch (event.event) {
    case "state_reconciliation":
      return [post(key, "alerts", event.say, { thread: thread(event.task) })];
    case "forgery_detected":
      return [withCard(key, "alerts", forgeryCard(event), true)];
    case "message_refused":
      return alert(`A message to ${event.to} was not delivered`, [event.say], "warn", true);
    case "mail_file_broken":
      return alert(
        `A message file for ${event.member} can't be read`,
        [event.file, event.why, "It is left where it is; mend or remove it."],
        "warn",
        true,
      );
    case "spawn_failed":
      return say(`${event.member} could not be started: ${event.say}`);
    case "task_start_failed":
      return say(
        `#${event.task} could not be started by ${event.member}: ${event.say.split("\n")[0] ?? ""}`,
        event.task,
      );
    case "worktree_ready":
      return event.rescued === null
        ? []
        : say(`Uncommitted work of ${event.member} was kept as ${event.rescued}.`, event.task);
    case "agent_stopped":
      return event.rescued === null
        ? []
        : say(`Uncommitted work of ${event.member} was kept as ${event.rescued}.`);
    case "task_cancelled":
      return say(
        `#${event.task} is cancelled by ${event.by}${event.ref === null ? "" : `; its work is kept at ${event.ref}`}.`,
        event.task,
      );
    default:
      return [];
  }
}
