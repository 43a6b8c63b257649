// State → cards: merge and alert. Keys and action ids follow from the journal: the same card after a restart.
import type { Action, Card, CardState } from "../card.ts";
import type { Proposal, State, Work } from "../state.ts";
import type { Oid, TaskId } from "../words.ts";
import { proposalOf } from "../work.ts";
import { countOf, decidedBy } from "./decided.ts";

const short = (oid: string): string => oid.slice(0, 8);
export const blank = {
  image: null,
  fields: [],
  actions: [],
  footer: "",
  lines: [],
  subject: {},
} as const;

export const mergeKey = (task: TaskId, round: number): string => `merge:${task}:${round}`;

export const action = (
  id: string,
  verb: Action["verb"],
  label: string,
  style: Action["style"],
  asks: Action["asks"] = null,
): Action => ({ id, verb, label, style, asks });

// ---------------------------------------------------------------- merge

function mergeState(work: Work, card: Proposal): CardState {
  switch (card.state) {
    case "open":
      return "open";
    case "approved":
    case "back":
      return "decided";
    case "rejected":
    case "landed":
      return "done";
    case "superseded":
      return work.phase === "cancelled" ? "expired" : "superseded";
    case "expired":
      return "expired";
  }
}

function mergeFooter(work: Work, card: Proposal): string {
  const by = decidedBy(card);
  const { asks } = card;
  switch (card.state) {
    case "open":
      return `${asks.approvals > 1 ? `${countOf(card)}. ` : ""}${asks.confirm ? `Approve, then type ${work.task}` : "✅ approves"}`;
    case "approved":
      if (work.failing !== null)
        return `Approved${by}. It can't land yet: ${firstLine(work.failing.say)} It is tried again.`;
      if (work.held !== null)
        return `Approved${by}. Held: ${work.held.detail}. It lands by itself when that is over.`;
      return `Approved${by}; ${onItsWay(work)}`;
    case "landed":
      return `Landed as ${short(card.landed ?? "")}${by === "" ? "" : `, approved${by}`}`;
    case "rejected":
      return `Rejected${by}${card.why === "" ? "" : `: ${card.why}`}`;
    case "back":
      return `Sent back${by}: ${card.why}`;
    case "superseded":
      return work.phase === "cancelled"
        ? "Closed: the task is cancelled"
        : "Superseded: a newer state of it counts";
    case "expired":
      return "Expired without a decision; `/batty merge` asks anew";
  }
}

function onItsWay({ candidate }: Work): string {
  if (candidate === null) return "it lands in its turn";
  return candidate.result === null ? "its tree on trunk is being tested" : "landing";
}

export function mergeCard(work: Work, card: Proposal): Card {
  const id = (verb: string): string => `m${work.task}.${card.round}.${verb}`;
  const added = card.files.reduce((n, f) => n + f.added, 0);
  const deleted = card.files.reduce((n, f) => n + f.deleted, 0);
  const state = mergeState(work, card);
  const landed = card.landed === null ? [] : [{ name: "landed", value: card.landed }];
  const tone =
    state === "open"
      ? "warn"
      : card.state === "rejected"
        ? "bad"
        : card.state === "landed"
          ? "good"
          : "calm";
  return {
    ...blank,
    kind: "merge",
    subject: { task: work.task, head: card.head, member: work.member },
    title: `#${work.task} ${work.title}`,
    tone,
    lines: [
      `by ${work.member}${work.done === null || work.done.summary === "" ? "" : `: ${work.done.summary}`}`,
    ],
    fields: [
      { name: "branch", value: work.branch },
      { name: "commits", value: `${card.commits} (${short(card.head)})` },
      { name: "files", value: `${card.files.length} (+${added} −${deleted})` },
      {
        name: "gate",
        value:
          work.candidate?.result === "green" && work.candidate.reruns > 0
            ? `${card.gate}, flaky: red once, green when run again`
            : card.gate,
      },
      { name: "confidence", value: [card.confidence.toFixed(2), ...card.reasons].join(" · ") },
      { name: "risk", value: card.risks.length === 0 ? "none seen" : card.risks.join(", ") },
      ...asked(card),
      ...landed,
    ],
    actions:
      state === "open"
        ? [
            action(
              id("approve"),
              "approve",
              "✅ Approve",
              "primary",
              card.asks.confirm ? "text" : null,
            ),
            action(id("reject"), "reject", "Reject", "danger"),
            action(id("back"), "back", "Send back", "plain", "text"),
            action(id("diff"), "diff", "Diff", "plain"),
          ]
        : [action(id("diff"), "diff", "Diff", "plain")],
    state,
    footer: mergeFooter(work, card),
  };
}

/** Only where more than one person's ✅ is asked. */
function asked(card: Proposal): Card["fields"] {
  const { approvals, confirm, rules } = card.asks;
  if (approvals === 1 && !confirm) return [];
  return [{ name: "approvals", value: [countOf(card), ...rules].join(" · ") }];
}

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").slice(0, 200);

// ---------------------------------------------------------------- alerts

export function alertCard(
  title: string,
  lines: readonly string[],
  tone: Card["tone"],
  subject: Card["subject"] = {},
  actions: readonly Action[] = [],
): Card {
  return {
    ...blank,
    kind: "alert",
    subject,
    title,
    tone,
    lines,
    actions,
    state: actions.length > 0 ? "open" : "done",
  };
}

export const sendAgain = (id: string): Action =>
  action(`s${id}.again`, "send-again", "Send again", "primary");

// ---------------------------------------------------------------- presses

export type Press =
  | { readonly on: "merge"; readonly task: TaskId; readonly round: number; readonly verb: string }
  | {
      readonly on: "question";
      readonly escalation: number;
      readonly verb: string;
      readonly option: number | null;
    }
  | { readonly on: "message"; readonly id: string; readonly verb: "again" | "cancel" }
  | { readonly on: "task"; readonly task: TaskId; readonly verb: string }
  /** A page of a task's change at the head it shows; with `file`, of the one file with this place in its list. */
  | {
      readonly on: "diff";
      readonly task: TaskId;
      /** Its beginning; null: a pager from before they had one. */
      readonly head: Oid | null;
      readonly page: number;
      readonly file: number | null;
    };

/** What an action id stands for; null: none of ours. */
export function pressOf(id: string): Press | null {
  const merge = /^m(\d+)\.(\d+)\.([a-z-]+)$/.exec(id);
  if (merge)
    return {
      on: "merge",
      task: Number(merge[1]),
      round: Number(merge[2]),
      verb: merge[3] as string,
    };
  const question = /^q(\d+)\.([a-z]+)(?:\.(\d+))?$/.exec(id);
  if (question)
    return {
      on: "question",
      escalation: Number(question[1]),
      verb: question[2] as string,
      option: question[3] === undefined ? null : Number(question[3]),
    };
  const task = /^t(\d+)\.([a-z-]+)$/.exec(id);
  if (task) return { on: "task", task: Number(task[1]), verb: task[2] as string };
  const page = /^d(\d+)\.(?:([0-9a-f]{12})\.)?(\d+)(?:\.(\d+))?$/.exec(id);
  if (page)
    return {
      ...{ on: "diff", task: Number(page[1]), head: page[2] ?? null, page: Number(page[3]) },
      file: page[4] === undefined ? null : Number(page[4]),
    };
  const message = /^s([\d.]+(?:\.[a-z]+)?)\.(again|cancel)$/.exec(id);
  return message
    ? { on: "message", id: message[1] as string, verb: message[2] as "again" | "cancel" }
    : null;
}

/** The task behind a merge post's key. */
export function mergeOfKey(
  state: State,
  key: string,
): { readonly work: Work; readonly card: Proposal } | null {
  const found = /^merge:(\d+):(\d+)$/.exec(key);
  if (found === null) return null;
  const work = state.work.get(Number(found[1]));
  const card = work?.proposals.find((p) => p.round === Number(found[2]));
  return work === undefined || card === undefined ? null : { work, card };
}

/** Keys of the tasks' newest cards in this state: `open` ones wait for a decision, `approved` ones for their landing. */
export const cardsThatAre = (
  wanted: Extract<Proposal["state"], "open" | "approved">,
  state: State,
): readonly string[] =>
  [...state.work.values()].flatMap((work) => {
    const card = proposalOf(work);
    return card?.state === wanted ? [mergeKey(work.task, card.round)] : [];
  });

export const isNewest = (work: Work, card: Proposal): boolean => proposalOf(work) === card;
