// What agents ask to be allowed: by the team file, by what a person allowed for the task, else by a person. Nobody's
// silence is a yes: an agent that nobody answers asks in its pane.

import type { PermissionRequest } from "../agent.ts";
import type { Event } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Input, Intent } from "../input.ts";
import {
  type Ground,
  grantOf,
  never,
  type OpenRequest,
  patternOf,
  ruling,
} from "../permissions.ts";
import type { Policy } from "../policy.ts";
import { type Decision, events, nothing, type Rule, refuse, type Seen } from "../rule.ts";
import { type Escalation, isOpen, type State } from "../state.ts";
import type { Caller, MemberName } from "../words.ts";
import { currentWork } from "../work.ts";
import { nextEscalation } from "./raise.ts";

const whatKept = 8_192;
const subjectKept = 2_000;
/** Of one member: more cards than that nobody reads, and other people's would drown. */
const openAtMost = 10;

export const allowOnce = "Allow once";
const allowForTask = "Allow for this task";
const allowPattern = (words: string): string => `Allow ${words} … for this task`;
export const deny = "Deny";

export const permissions: Rule = (state, input, seen) => {
  if (input.type === "intent") {
    const { intent, by } = input;
    if (intent.type === "ask-permission") return asked(state, by, intent, seen);
    if (intent.type === "permission-gone") return gone(state, by, intent.id);
    return nothing;
  }
  return events(...over(state, input));
};

function asked(
  state: State,
  by: Caller,
  intent: Extract<Intent, { type: "ask-permission" }>,
  seen: Seen,
): Decision {
  if (by.via !== "bot") return refuse("access.denied", "Only agents' hooks ask for permission.");
  const { id, member, epoch, request } = intent;
  const seat = seatOf(state, member);
  const task = currentWork(state, member);
  const about = {
    id,
    member,
    task: task?.task ?? null,
    subject: request.subject.slice(0, subjectKept),
  };
  if (seat.live === null || seat.epoch !== epoch)
    return events(decided(about, "pane", "batty", "it is no longer this seat's agent"));
  const { permissions: rules } = seen.policy;
  const found = ruling(request, rules, groundOf(state, member, request, seen.policy));
  if (found.effect !== "ask") return events(decided(about, found.effect, "policy", found.why));
  const what = visible(request.what);
  const unfit = unfitForCard(state, member, what);
  if (unfit !== null) return events(decided(about, "pane", "batty", unfit));
  const isWhole = about.subject === request.subject;
  return events({
    event: "permission_asked",
    ...about,
    ...{ epoch, escalation: nextEscalation(state), tool: request.tool },
    ...{ what, cwd: request.cwd },
    options: [allowOnce, ...(task === undefined || !isWhole ? [] : forTask(request)), deny],
    deadline: seen.now + rules.timeout,
  });
}

/** What can be allowed for the whole task: this, and it with other words after it. */
function forTask(request: PermissionRequest): string[] {
  const pattern = patternOf(request);
  return [
    ...(grantOf(request) === null ? [] : [allowForTask]),
    ...(pattern === null ? [] : [allowPattern(pattern.words)]),
  ];
}

function groundOf(
  state: State,
  member: MemberName,
  { cwd }: Pick<PermissionRequest, "cwd">,
  { testCommand, setUp }: Policy,
): Ground {
  return {
    worktree: seatOf(state, member).worktree ?? cwd,
    own: [testCommand, setUp?.command].flatMap((command) => command ?? []),
    granted: currentWork(state, member)?.granted ?? [],
  };
}

/** Whether what an agent is about to do without asking never goes: then it is to be asked for, and denied. */
export const isForbidden = (
  state: State,
  member: MemberName,
  request: PermissionRequest,
  policy: Policy,
): boolean => never(request, policy.permissions, groundOf(state, member, request, policy)) !== null;

/** Nobody is to allow what the card does not show. */
function unfitForCard(state: State, member: MemberName, what: string): string | null {
  if (what.length > whatKept) return "it is too long for a card: it asks in its pane";
  const open = [...state.permissions.values()].filter((one) => one.member === member).length;
  return open < openAtMost ? null : `${open} of its requests wait already: it asks in its pane`;
}

/** What would be drawn as nothing, or would turn the text around, is spelt out. */
const visible = (text: string): string =>
  text.replace(
    /[^\P{C}\n\t]|[^\P{Z} ]/gu,
    (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`,
  );

type About = Pick<OpenRequest, "id" | "member" | "task" | "subject">;

const decided = (
  { id, member, task, subject }: About,
  verdict: "allow" | "deny" | "pane",
  by: string,
  why: string,
  grant: readonly string[] = [],
): Event => ({
  ...{ event: "permission_decided", id, member, task, subject, verdict, by, why },
  ...(grant.length === 0 ? {} : { grant: [...grant] }),
});

/** A person's answer; words of their own are a no with its reason. */
export function answeredBy(
  state: State,
  { id, options }: Escalation,
  by: string,
  text: string,
): Event[] {
  const request = [...state.permissions.values()].find((one) => one.escalation === id);
  if (request === undefined) return [];
  const word = text.trim().toLowerCase();
  if (word === allowOnce.toLowerCase()) return [decided(request, "allow", by, "once")];
  const pattern = patternOf(request);
  if (pattern !== null && word === allowPattern(pattern.words).toLowerCase())
    return options.includes(allowPattern(pattern.words))
      ? [decided(request, "allow", by, `${pattern.words} … for this task`, [pattern.grant])]
      : [decided(request, "deny", by, "it can't be allowed for a whole task; ask for it again")];
  if (word === allowForTask.toLowerCase())
    return options.includes(allowForTask)
      ? [decided(request, "allow", by, "for this task", grantOf(request) ?? [])]
      : [decided(request, "deny", by, "it can't be allowed for a whole task; ask for it again")];
  return [
    decided(request, "deny", by, word === deny.toLowerCase() ? `${by} denied it` : text.trim()),
  ];
}

function gone(state: State, by: Caller, id: string): Decision {
  const request = state.permissions.get(id);
  if (by.via !== "bot" || request === undefined) return nothing;
  return events(...toPane(state, request, "it was answered in its pane"));
}

function toPane(state: State, request: OpenRequest, why: string): Event[] {
  const escalation = state.escalations.get(request.escalation);
  const closed: Event[] =
    escalation === undefined || !isOpen(escalation)
      ? []
      : [
          {
            ...{ event: "escalation_changed", escalation: request.escalation, state: "withdrawn" },
            ...{ by: "batty", answer: null, until: null, why },
          },
        ];
  return [...closed, decided(request, "pane", "batty", why)];
}

/** What needs no answer any more, or got none. */
function over(state: State, input: Input): Event[] {
  return [...state.permissions.values()].flatMap((request) => {
    const why = whyOver(state, request, input);
    return why === null ? [] : toPane(state, request, why);
  });
}

function whyOver(state: State, request: OpenRequest, { at }: Input): string | null {
  const seat = seatOf(state, request.member);
  const escalation = state.escalations.get(request.escalation);
  if (seat.live === null || seat.epoch !== request.epoch) return "its agent ended";
  // Its hook waited at the bot that is gone.
  if (request.askedAt < state.startedAt) return "the bot was started anew: it asks in its pane";
  if (at >= request.deadline) return "nobody decided in time: it asks in its pane";
  return escalation === undefined || !isOpen(escalation)
    ? "it was closed without a decision"
    : null;
}
