// The done contract, the gate's word on it, and what goes back to the author.
import { type Decision, events, nothing, type Rule, refuse, type Seen } from "../decide.ts";
import type { Effect } from "../effect.ts";
import type { Event, EventOf } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Input, Intent } from "../input.ts";
import { memberOf } from "../policy.ts";
import type { Worktree } from "../ports.ts";
import { isHeld, isOver, proposalOf, type State, type Work } from "../state.ts";
import type { Caller, Refusal } from "../words.ts";
import { nextEscalation } from "./answer.ts";
import { due, inOrder, leadOf, notice } from "./letters.ts";
import { createEffect } from "./tasks.ts";

export const verify: Rule = (state, input, seen) => {
  if (input.type === "intent" && input.intent.type === "done")
    return done(state, input.by, input.intent, seen);
  if (input.type === "settled" && input.effect.type === "ensure.inspect")
    return turnEnd(state, input, seen);
  if (
    input.type === "settled" &&
    input.effect.type === "ensure.gate" &&
    input.effect.purpose === "done"
  )
    return gated(state, input, seen);
  return { events: [], effects: inspections(state, seen) };
};

// ---------------------------------------------------------------- claims

/** The task a member's `done` is about: its current one, or the one whose branch it stands on. */
function claimed(state: State, member: string, worktree: Worktree): Work | undefined {
  const own = [...state.work.values()].filter((w) => w.member === member && !isOver(w));
  return own.find(isHeld) ?? own.find((w) => w.branch === worktree.branch);
}

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
      `${member.name} is a ${member.roleType}: only engineers finish tasks.`,
    );
  const { worktree } = intent;
  const work =
    intent.task === null ? claimed(state, by.name, worktree) : state.work.get(intent.task);
  if (intent.task !== null && (work === undefined || work.member !== by.name || isOver(work)))
    return refuse("task.unknown", `#${intent.task} is not yours to finish.`, "See `batty board`.");
  const broken = breach(work, worktree);
  if (broken !== null) return { ...nothing, refusal: broken };
  if (seen.policy.testCommand === null)
    return refuse(
      "gate.no-command",
      "No test command is set, so nothing can be proved and nothing lands.",
      "Set workflow_policy.verification.test_command in team.yaml.",
    );
  if (work === undefined) return adopt(state, by.name, intent, seen);
  if (work.gated?.commit === worktree.head && work.phase !== "verifying")
    return sameHead(state, work, seen);
  if (work.phase === "verifying" && work.done?.commit === worktree.head) return nothing;
  return events(...complete(work, worktree, intent.summary));
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

/** Work without a task gets one, claimed by its author. */
function adopt(
  state: State,
  member: string,
  intent: Extract<Intent, { type: "done" }>,
  _seen: Seen,
): Decision {
  if (state.requests.has(intent.key)) return nothing;
  const { worktree } = intent;
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

// ---------------------------------------------------------------- the end of a turn

function inspections(state: State, seen: Seen): Effect[] {
  const effects: Effect[] = [];
  for (const seat of state.seats.values()) {
    if (seat.turnEnded === null || seat.live === null || state.main === null) continue;
    if (memberOf(seen.policy, seat.member)?.roleType !== "engineer") continue;
    const work = [...state.work.values()].find((w) => w.member === seat.member && isHeld(w));
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
  const broken = breach(work, worktree);
  if (broken !== null) return events(ended(broken.code));
  if (seen.policy.testCommand === null) return events(ended("gate.no-command"));
  const known = [
    work?.gated?.commit,
    work?.done?.commit,
    ...(work === undefined ? [] : [proposalOf(work)?.head]),
  ];
  if (known.includes(worktree.head)) return events(ended("nothing new"));
  if (work !== undefined)
    return work.phase === "queued" || work.phase === "blocked" || work.phase === "returned"
      ? events(ended("not its turn"))
      : events(ended("done"), ...complete(work, worktree, ""));
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

// ---------------------------------------------------------------- the gate's word

function gated(state: State, input: Extract<Input, { type: "settled" }>, seen: Seen): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "ensure.gate" || effect.task === null) return nothing;
  const work = state.work.get(effect.task);
  if (work === undefined || work.phase !== "verifying" || work.done?.commit !== effect.order.commit)
    return nothing;
  const evidence = evidenceOf(effect, outcome);
  if (evidence === null) return nothing;
  if (evidence.result === "green") return events(evidence, ...passed(work, evidence));
  if (evidence.result === "infra") return events(evidence, ...trouble(state, work, evidence, seen));
  return events(
    evidence,
    ...inOrder(
      () => [],
      () => redAgain(state, work, evidence.lines, seen, evidence),
    ),
  );
}

/** The journal's line for a gate's end; a gate that could not even run is infrastructure too. */
export function evidenceOf(
  effect: Extract<Effect, { type: "ensure.gate" }>,
  outcome: Extract<Input, { type: "settled" }>["outcome"],
): EventOf<"verification_evidence_collected"> | null {
  const { order, purpose, task, rerun } = effect;
  const base = {
    event: "verification_evidence_collected" as const,
    task,
    purpose,
    commit: order.commit,
    tree: order.tree,
    command: order.command,
    rerun,
  };
  if (!outcome.ok)
    return outcome.code === "timeout" || outcome.code === "spawner.gone"
      ? null
      : {
          ...base,
          result: "infra",
          counts: null,
          lines: [],
          reused: false,
          why: outcome.say,
          log: "",
          duration_ms: 0,
        };
  if (outcome.brought.of !== "ensure.gate") return null;
  const { run, reused } = outcome.brought;
  return {
    ...base,
    result: run.result,
    counts: run.counts,
    lines: [...run.lines],
    reused,
    why: run.why,
    log: run.log,
    duration_ms: run.durationMs,
  };
}

const passed = (work: Work, _evidence: EventOf<"verification_evidence_collected">): Event[] => [
  due(work.task, { status: "review" }, "batty"),
  { event: "verification_phase_changed", task: work.task, phase: "green", attempt: work.reds + 1 },
];

/** One more red: the lines go back, or, when it was the last, people are asked. */
function redAgain(
  state: State,
  work: Work,
  lines: readonly string[],
  seen: Seen,
  evidence?: EventOf<"verification_evidence_collected">,
): Event[] {
  const attempts = seen.policy.maxRetries + 1;
  const attempt = work.reds + 1;
  const last = attempt >= attempts;
  const took =
    evidence?.result === "timeout"
      ? ` It did not end in time: ${evidence.why ?? ""}`.trimEnd()
      : "";
  const word = last
    ? "\nThis was the last attempt: a person has been asked. Wait for an answer."
    : "";
  const repeat: Event[] =
    evidence === undefined && work.gated !== null && work.done !== null
      ? [repeated(work, seen)]
      : [];
  return inOrder(
    () => repeat,
    (n) => [
      notice(
        state,
        seen,
        n + (evidence === undefined ? 0 : 1),
        work.member,
        "gate",
        `Gate red for #${work.task} ${work.title} (attempt ${attempt} of ${attempts})${took}${word}\nThe last lines of \`${seen.policy.testCommand ?? ""}\`:\n\n${lines.join("\n")}`,
        work.task,
      ),
    ],
    (n) =>
      last
        ? escalate(
            state,
            work,
            seen,
            n + 1,
            "gate-red",
            `#${work.task} ${work.title} stayed red after ${attempts} attempts. What now?`,
            `red after ${attempts} attempts`,
          )
        : [],
  );
}

/** The same evidence counted once more. */
function repeated(work: Work, seen: Seen): Event {
  const gated = work.gated as NonNullable<Work["gated"]>;
  return {
    event: "verification_evidence_collected",
    task: work.task,
    purpose: "done",
    commit: gated.commit,
    tree: gated.tree,
    result: gated.result,
    command: seen.policy.testCommand ?? "",
    counts: gated.counts,
    lines: [...gated.lines],
    reused: true,
    rerun: false,
    why: "the same head was declared done again",
    log: "",
    duration_ms: 0,
  };
}

/** One escalation for people, one word to the lead; the task keeps owner and branch. */
export function escalate(
  state: State,
  work: Work,
  seen: Seen,
  n: number,
  kind: string,
  say: string,
  reason: string,
): Event[] {
  const lead = leadOf(seen, work.member);
  return inOrder(
    () => [
      {
        event: "task_escalated",
        task: work.task,
        member: work.member,
        escalation: nextEscalation(state),
        kind,
        say,
        options: ["retry"],
      },
      due(work.task, { blocked: true, blockReason: reason }, "batty"),
    ],
    (k) =>
      lead === null
        ? []
        : [
            notice(
              state,
              seen,
              n + k,
              lead,
              "escalation",
              `#${work.task} ${work.title}: ${reason}. It stays with ${work.member}; a person has been asked.`,
              work.task,
            ),
          ],
  );
}

function trouble(
  state: State,
  work: Work,
  evidence: EventOf<"verification_evidence_collected">,
  seen: Seen,
): Event[] {
  // One more run by itself: rules/gate waits a moment before it.
  if (work.troubles === 0) return [];
  return escalate(
    state,
    work,
    seen,
    1,
    "gate-trouble",
    `The gate of #${work.task} ${work.title} can't run: ${evidence.why ?? "unknown"}. Nobody's fault; retry when it is mended.`,
    `the gate can't run: ${evidence.why ?? "unknown"}`,
  );
}
