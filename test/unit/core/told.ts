// States as they come about: from events alone, one second apart. And the few events that most stories begin with.
import type { Event } from "../../../src/core/event.ts";
import { evolve } from "../../../src/core/evolve.ts";
import type { Policy } from "../../../src/core/policy.ts";
import type { BoardView, World } from "../../../src/core/ports.ts";
import type { Seen } from "../../../src/core/rule.ts";
import { empty, type State } from "../../../src/core/state.ts";
import { simple } from "../../fakes/team.ts";

/** When the first event happened; each further one comes a second later. */
export const dawn = Date.UTC(2026, 10, 28, 6);
/** Long after all that is told: no card is too young, no pause runs. */
export const later = dawn + 3_600_000;

export const tell = (state: State, ...list: readonly Event[]): State =>
  list.reduce(
    (s, event) => evolve(s, { seq: s.seq + 1, at: dawn + (s.seq + 1) * 1_000, event }),
    state,
  );
export const told = (...list: readonly Event[]): State => tell(empty, ...list);
export const oid = (letter: string): string => letter.repeat(40);

export const main: Event = {
  ...{ event: "main_adopted", branch: "main", head: oid("a"), tree: oid("b") },
};
export const running: Event = { event: "team_started", by: "ada", resume: false };
export const stopped: Event = { event: "team_stopped", by: "ada" };

export const spawned = (member: string, epoch = 1): Event => ({
  ...{ event: "agent_spawned", member, agent: "script", resume: false, epoch },
  ...{ pane: `%${epoch}`, pid: 100 + epoch, start: `${epoch}`, worktree: `/w/${member}` },
});
export const signalled = (
  member: string,
  kind: string,
  more: { message?: string; signal?: string; epoch?: number; detail?: string } = {},
): Event => ({
  ...{ event: "member_signalled", member, epoch: more.epoch ?? 1, kind },
  ...{ signal: more.signal ?? `${kind}.${more.message ?? ""}`, message: more.message ?? null },
  detail: more.detail ?? "",
});
export const sent = (id: string, to: string, more: Record<string, unknown> = {}): Event => {
  const mail = {
    ...{ id, from: "ada", to, body: "Go on.", msg_type: "send", timestamp: dawn / 1000 },
    ...{ via: "local", echo: "m1", ...more },
  };
  return { event: "message_sent", id, from: mail.from, to, mail, filed: false };
};

export const assigned = (task: number, member = "eng-1-1", title = `Task ${task}`): Event => ({
  ...{ event: "task_assigned", task, member, branch: `${member}/${task}`, base: oid("a") },
  ...{ by: "batty", title, pulled: false, created_by: "architect" },
});
export const ready = (task: number, member = "eng-1-1"): Event => ({
  ...{ event: "worktree_ready", task, member, branch: `${member}/${task}`, rescued: null },
});
export const completed = (task: number, member = "eng-1-1", letter = "c"): Event => ({
  ...{ event: "task_completed", task, member, commit: oid(letter), tree: oid("d") },
  summary: "It works",
});
export const gated = (
  task: number | null,
  result: "green" | "red" | "timeout" | "infra",
  more: Record<string, unknown> = {},
): Event =>
  ({
    ...{ event: "verification_evidence_collected", task, purpose: "done", commit: oid("c") },
    ...{ tree: oid("d"), result, command: "npm test", lines: ["1 failing"], reused: false },
    ...{ counts: { passed: 3, failed: 0, skipped: 0 }, rerun: false, why: null, log: "/l" },
    ...{ duration_ms: 1_500, ...more },
  }) as Event;
export const requested = (task: number, more: Record<string, unknown> = {}): Event =>
  ({
    ...{ event: "approval_requested", task, head: oid("c"), diff: "diff-1", onto: oid("a") },
    files: [{ path: "src/a.ts", added: 5, deleted: 2, status: "modified", binary: false }],
    ...{ commits: 1, risks: [], confidence: 1, reasons: [], gate: "green, 3 passed", ...more },
  }) as Event;
export const decided = (
  task: number,
  decision: "approve" | "reject" | "back",
  more: Record<string, unknown> = {},
): Event =>
  ({
    ...{ event: "approval_recorded", task, head: oid("c"), person: "ada", via: "local" },
    ...{ decision, why: "", ...more },
  }) as Event;
export const queued = (task: number): Event => ({
  ...{ event: "merge_queued", task, head: oid("c") },
});
export const built = (task: number): Event => ({
  ...{ event: "merge_candidate_built", task, head: oid("c"), base: oid("a") },
  ...{ commit: oid("e"), tree: oid("f"), round: 1 },
});
export const landed = (task: number): Event => ({
  ...{ event: "task_manual_merged", task, commit: oid("e"), tree: oid("f"), base: oid("a") },
});
export const asked = (escalation: number, more: Record<string, unknown> = {}): Event =>
  ({
    ...{ event: "question_asked", id: `q${escalation}`, member: "eng-1-1", task: null },
    ...{ escalation, question: "Which store?", options: ["Redis", "SQLite"] },
    ...{ default: "SQLite", deadline: null, ...more },
  }) as Event;

/** A running team of three engineers, all idle. */
export const morning: readonly Event[] = [
  main,
  running,
  ...["architect", "manager", "eng-1-1", "eng-1-2", "eng-1-3"].flatMap((member) => [
    spawned(member),
    signalled(member, "started"),
  ]),
];
/** Task 1 on its way to a card. */
export const inWork = [...morning, assigned(1), ready(1)];
export const inGate = [...inWork, completed(1)];
export const inReview = [...inGate, gated(1, "green")];
export const withCard = [...inReview, requested(1)];
export const approved = [...withCard, decided(1, "approve"), queued(1)];

// ---------------------------------------------------------------- what is seen and asked

const blank: World = { panes: null, mail: null, signals: null, board: null, trunk: null };
export const seenWith = (
  world: { board?: BoardView } & Partial<Omit<World, "board">> = {},
  policy: Policy = simple(),
  now = later,
): Seen => {
  const { board, ...rest } = world;
  const look = board === undefined ? null : { at: now, probe: { known: true, value: board } };
  return { policy, now, world: { ...blank, ...rest, board: look as World["board"] } };
};
