// The done contract: what a member's `done`, or the end of its turn, is worth.
import type { Effect } from "../effect.ts";
import type { Event, EventOf } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Input, Intent } from "../input.ts";
import { memberOf } from "../policy.ts";
import type { Worktree } from "../ports.ts";
import { type Decision, events, nothing, type Rule, refuse, type Seen } from "../rule.ts";
import { isOpen, type State, type Work } from "../state.ts";
import type { Caller, Refusal } from "../words.ts";
import { currentWork, isOver, openWork, proposalOf } from "../work.ts";
import { createEffect } from "./outcomes.ts";
import { redAgain } from "./red.ts";
import { astray } from "./worktrees.ts";

export const claim: Rule = (state, input, seen) => {
  if (input.type === "intent" && input.intent.type === "done")
    return done(state, input.by, input.intent, seen);
  if (input.type === "settled" && input.effect.type === "ensure.inspect")
    return turnEnd(state, input, seen);
  return { events: [], effects: inspections(state, seen) };
};

/** The task a member's `done` is about: its current one, or the one whose branch it stands on. */
function claimed(state: State, member: string, worktree: Worktree): Work | undefined {
  const own = openWork(state).filter((w) => w.member === member);
  return currentWork(state, member) ?? own.find((w) => w.branch === worktree.branch);
}

/** Work that is over, cancelled or landed, never comes back as work without a task. */
const overOn = (state: State, member: string, worktree: Worktree): Work | undefined =>
  [...state.work.values()].find(
    (w) =>
      w.member === member &&
      ((w.phase === "cancelled" && w.branch === worktree.branch) ||
        (w.phase === "landed" && w.done?.commit === worktree.head)),
  );

function done(
  state: State,
  by: Caller,
  intent: Extract<Intent, { type: "done" }>,
  seen: Seen,
): Decision {
  const member = memberOf(seen.policy, intent.member);
  if (by.tier !== "team" || member?.name !== by.name)
    return refuse("access.denied", "`done` is a member's own word.");
  if (member.roleType !== "engineer")
    return refuse(
      "done.not-engineer",
      `Only engineers finish tasks; the role of ${member.name} is ${member.roleType}.`,
    );
  const { worktree } = intent;
  const work =
    intent.task === null ? claimed(state, by.name, worktree) : state.work.get(intent.task);
  if (intent.task !== null && (work === undefined || work.member !== by.name || isOver(work)))
    return refuse("task.unknown", `#${intent.task} is not yours to finish.`, "See `batty board`.");
  const broken = breach(work, worktree) ?? elsewhere(state, by.name, work);
  if (broken !== null) return { ...nothing, refusal: broken };
  if (seen.policy.testCommand === null)
    return refuse(
      "gate.no-command",
      "No test command is set, so nothing can be proved and nothing lands.",
      "Set workflow_policy.verification.test_command in team.yaml.",
    );
  if (work === undefined) {
    const over = overOn(state, by.name, worktree);
    return over === undefined
      ? adopt(state, by.name, intent, seen)
      : refuse(
          "task.closed",
          `#${over.task} ${over.title} is ${over.phase}, and you stand on its branch ${over.branch}.`,
          "Leave it as it is; take another task with `batty task next --claim`.",
        );
  }
  if (work.gated?.commit === worktree.head && work.phase !== "verifying")
    return sameHead(state, work, seen);
  if (work.phase === "verifying" && work.done?.commit === worktree.head) return nothing;
  return events(...complete(work, worktree, intent.summary));
}

/** One task at a time: a red gate would give its author a second one. */
function elsewhere(state: State, member: string, work: Work | undefined): Refusal | null {
  const held = currentWork(state, member);
  if (held === undefined || work === undefined || held.task === work.task) return null;
  return {
    code: "done.other-task",
    say: `You hold #${held.task} ${held.title}; #${work.task} is not your turn.`,
    hint: `Go back to ${held.branch} and finish it first.`,
  };
}

/** The done contract, first breach first. */
function breach(work: Work | undefined, w: Worktree): Refusal | null {
  const no = (code: string, say: string, hint?: string): Refusal => ({
    code,
    say,
    ...(hint === undefined ? {} : { hint }),
  });
  if (w.operation !== null)
    return no(
      "done.operation",
      `A ${w.operation} is under way in your worktree.`,
      `Finish or abort it, then run \`batty done\` again.`,
    );
  if (w.dirty.length > 0)
    return no(
      "done.dirty",
      `Your worktree has uncommitted changes: ${w.dirty.slice(0, 5).join(", ")}${w.dirty.length > 5 ? ", …" : ""}.`,
      "Commit or remove them, then run `batty done` again.",
    );
  if (work !== undefined && w.branch !== work.branch)
    return no(
      "done.wrong-branch",
      `#${work.task} belongs on ${work.branch}, you are on ${w.branch ?? "no branch"}.`,
      `Run \`git checkout ${work.branch}\`.`,
    );
  if (w.ahead === 0)
    return no(
      "done.no-commits",
      "There is no commit since the task began.",
      "Commit your work, then run `batty done` again.",
    );
  if (w.markers.length > 0)
    return no(
      "done.conflict-markers",
      `Conflict markers stand in ${w.markers.slice(0, 5).join(", ")}.`,
      "Resolve them, commit, and run `batty done` again.",
    );
  if (w.touchesBatty.length > 0)
    return no(
      "task.touches-batty",
      `Your commits change ${w.touchesBatty.slice(0, 3).join(", ")}: .batty/ is the bot's own.`,
      "Take those changes out of your commits.",
    );
  return null;
}

/** `done` and the turn's end tell of the same commits, and the board may be slow to make their task. */
const isBeingAdopted = (state: State, member: string, { head }: Worktree): boolean =>
  [...state.requests.values()].some(
    ({ event: { adopt }, task, refused }) =>
      task === null && refused === null && adopt?.member === member && adopt.head === head,
  );

/** Work without a task gets one, claimed by its author. */
function adopt(
  state: State,
  member: string,
  intent: Extract<Intent, { type: "done" }>,
  _seen: Seen,
): Decision {
  const { worktree } = intent;
  if (state.requests.has(intent.key) || isBeingAdopted(state, member, worktree)) return nothing;
  const turn = seatOf(state, member).turn;
  const began = turn === null ? undefined : state.messages.get(turn);
  const event: EventOf<"task_requested"> = {
    event: "task_requested",
    key: intent.key,
    by: began?.mail.from ?? member,
    title: worktree.subject.trim() === "" ? `Work of ${member}` : worktree.subject,
    body: began?.mail.body ?? "",
    priority: null,
    tags: [],
    depends_on: [],
    assignee: null,
    adopt: {
      member,
      head: worktree.head,
      tree: worktree.tree,
      base: worktree.base,
      summary: intent.summary,
    },
  };
  return { events: [event], effects: [createEffect(event)] };
}

function complete(work: Work, w: Worktree, summary: string): Event[] {
  const card = proposalOf(work);
  const superseded: Event[] =
    card !== undefined &&
    (card.state === "open" || card.state === "approved") &&
    card.head !== w.head
      ? [
          {
            event: "approval_closed",
            task: work.task,
            head: card.head,
            why: "superseded",
            by: work.member,
          },
        ]
      : [];
  return [
    ...superseded,
    {
      event: "task_completed",
      task: work.task,
      member: work.member,
      commit: w.head,
      tree: w.tree,
      summary,
    },
    {
      event: "verification_phase_changed",
      task: work.task,
      phase: "verifying",
      attempt: work.reds + 1,
    },
  ];
}

/** An explicit `done` at a head that was gated: red is an attempt on the same evidence, green is nothing new. */
function sameHead(state: State, work: Work, seen: Seen): Decision {
  if (work.gated === null || work.gated.result === "green" || work.phase !== "working")
    return nothing;
  return events(...redAgain(state, work, work.gated.lines, seen));
}

function inspections(state: State, seen: Seen): Effect[] {
  const effects: Effect[] = [];
  for (const seat of state.seats.values()) {
    if (seat.turnEnded === null || seat.live === null || state.main === null) continue;
    if (memberOf(seen.policy, seat.member)?.roleType !== "engineer") continue;
    const work = currentWork(state, seat.member);
    if (work?.phase === "starting" || work?.phase === "verifying") continue;
    const base = work?.base ?? state.main.head;
    effects.push({
      type: "ensure.inspect",
      lane: `seat:${seat.member}`,
      member: seat.member,
      base,
      turn: seat.turnEnded,
    });
  }
  return effects;
}

/** It ended its turn to wait for an answer that may change what is to be built: its commits so far are steps. */
const asksAbout = (state: State, { member, task }: Work): boolean =>
  [...state.escalations.values()].some(
    (e) =>
      e.kind === "question" &&
      isOpen(e) &&
      e.member === member &&
      e.task === task &&
      e.askedAt >= seatOf(state, member).turnBegan,
  );

/** Commits ahead and a clean tree count as `done`; anything else is just the end of a turn. */
function turnEnd(state: State, input: Extract<Input, { type: "settled" }>, seen: Seen): Decision {
  if (
    input.effect.type !== "ensure.inspect" ||
    !input.outcome.ok ||
    input.outcome.brought.of !== "ensure.inspect"
  )
    return nothing;
  const { member, turn } = input.effect;
  if (seatOf(state, member).turnEnded !== turn) return nothing;
  const { worktree } = input.outcome.brought;
  const work = claimed(state, member, worktree);
  const ended = (say: string): Event => ({
    event: "turn_ended",
    member,
    task: work?.task ?? null,
    say,
  });
  // Put right first, then looked at again: what was committed there counts.
  const attach = astray(state, work, worktree, seen);
  if (attach !== null) return { events: [], effects: [attach] };
  const broken = breach(work, worktree);
  if (broken !== null) return events(ended(broken.code));
  if (seen.policy.testCommand === null) return events(ended("gate.no-command"));
  const known = [
    work?.gated?.commit,
    work?.done?.commit,
    ...(work === undefined ? [] : [proposalOf(work)?.head]),
  ];
  if (known.includes(worktree.head)) return events(ended("nothing new"));
  if (work !== undefined && asksAbout(state, work)) return events(ended("asked"));
  if (work !== undefined)
    return work.phase === "queued" || work.phase === "blocked" || work.phase === "returned"
      ? events(ended("not its turn"))
      : events(ended("done"), ...complete(work, worktree, ""));
  if (overOn(state, member, worktree) !== undefined) return events(ended("nothing new"));
  const intent = {
    type: "done",
    member,
    task: null,
    summary: "",
    worktree,
    key: `turn ${member} ${worktree.head}`,
  } as const;
  const adopted = adopt(state, member, intent, seen);
  return { events: [ended("adopted"), ...adopted.events], effects: adopted.effects };
}
