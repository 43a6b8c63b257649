// Everything the bot remembers, folded from the journal alone. What can be seen (panes, files, refs) is not here.

import type { Activity } from "./activity.ts";
import type { Usage } from "./agent.ts";
import type { Letter } from "./chat-port.ts";
import type { HandOff } from "./context.ts";
import type { EventOf } from "./event.ts";
import type { OpenRequest } from "./permissions.ts";
import type { ChangedFile, Mail, TaskPatch } from "./ports.ts";
import type { Setback } from "./setback.ts";
import type { Epoch, Instant, MemberName, MessageId, Millis, Oid, TaskId } from "./words.ts";

export interface Seat {
  readonly member: MemberName;
  /** The newest launch; 0: never launched. */
  readonly epoch: Epoch;
  readonly agent: string;
  /** The pane of the newest launch while it is thought alive. */
  readonly live: { readonly pane: string; readonly pid: number; readonly start: string } | null;
  readonly worktree: string | null;
  /** The trunk commit a lead's worktree was moved to last. */
  readonly followed: Oid | null;
  readonly activity: Activity;
  /** Since when `live` or `activity` is as it is. */
  readonly since: Instant;
  /** What it waits for; "": nothing that is known. */
  readonly waitsFor: string;
  /** It was told to stop its turn and has not been heard or seen to. */
  readonly stopping: boolean;
  /** The agent's conversation: what its next launch goes on with. `record` is the file that holds it. */
  readonly session: { readonly id: string; readonly record: string | null } | null;
  /** The newest launch took up a former conversation. */
  readonly continued: boolean;
  /** When its worktree was put right lately. */
  readonly repairs: readonly Instant[];
  /** The message that began the running turn. */
  readonly turn: MessageId | null;
  /** When the running turn, or the last one, began. */
  readonly turnBegan: Instant;
  /** Failed starts and deaths since it was last well; `own`: the agent itself ended. */
  readonly falls: readonly { readonly at: Instant; readonly own: boolean }[];
  readonly lastFall: string;
  readonly parked: string | null;
  /** A restart was asked for: the pane ends, the seat starts again. */
  readonly restarting: boolean;
  /** When the newest launch was recorded. */
  readonly spawnedAt: Instant;
  /** The launch that was told to go on with its task. */
  readonly prompted: Epoch;
  /** The launch whose signals carry its key: one without is somebody else's. */
  readonly keyed: Epoch;
  /** A turn ended at this instant and has not been looked at yet. */
  readonly turnEnded: Instant | null;
  /** What its conversation used by the end of its last turn; null: not known. */
  readonly usage: Usage | null;
  readonly handOff: HandOff | null;
  /** Its last turns ended in trouble; null: the last one went well. */
  readonly setback: Setback | null;
  /** It should say or do something and does not: told once an episode. */
  readonly stalled: {
    readonly kind: EventOf<"member_stalled">["kind"];
    readonly epoch: Epoch;
    readonly at: Instant;
    readonly seen: string;
  } | null;
}

export interface Delivery {
  readonly mail: Mail;
  readonly state: "queued" | "typing" | "typed" | "taken" | "answered" | "failed" | "withdrawn";
  readonly since: Instant;
  /** Where it was typed. */
  readonly pane: string | null;
  readonly epoch: Epoch | null;
  /** The one extra Enter was spent. */
  readonly entered: boolean;
  /** The member wrote to the person in the turn this message began. */
  readonly replied: boolean;
  /** Why it failed. */
  readonly say: string;
}

export type Phase =
  /** Owner and branch decided; the worktree is being made ready. */
  | "starting"
  | "working"
  /** Sent back or retried while its author does something else. */
  | "returned"
  | "verifying"
  /** Green; the change is being looked at for the card or the policy. */
  | "reviewing"
  | "asking"
  | "queued"
  /** Waits for a person's word (red to the end, rejected). */
  | "blocked"
  | "landed"
  | "cancelled";

export interface Claimed {
  readonly commit: Oid;
  readonly tree: Oid;
  readonly summary: string;
  readonly at: Instant;
}

export interface Approval {
  readonly person: string;
  readonly via: string;
  readonly at: Instant;
}

/** What was shown to people for a decision. */
export interface Proposal {
  readonly head: Oid;
  readonly diff: string;
  readonly onto: Oid;
  /** What would land on `onto`; null: an old journal does not say. */
  readonly tree: Oid | null;
  readonly commits: number;
  readonly files: readonly ChangedFile[];
  readonly risks: readonly string[];
  readonly confidence: number;
  readonly reasons: readonly string[];
  readonly gate: string;
  readonly at: Instant;
  /** Counts the task's cards: part of the post's key. */
  readonly round: number;
  readonly state: "open" | "approved" | "rejected" | "back" | "superseded" | "expired" | "landed";
  /** What it takes to approve. */
  readonly asks: {
    readonly approvals: number;
    readonly confirm: boolean;
    readonly rules: readonly string[];
  };
  /** Those that stand: enough of them and it is approved. */
  readonly approvals: readonly Approval[];
  readonly decidedBy: string | null;
  readonly decidedVia: string | null;
  readonly decidedAt: Instant | null;
  readonly why: string;
  /** The commit it landed as. */
  readonly landed: Oid | null;
}

export interface Work {
  readonly task: TaskId;
  readonly title: string;
  readonly member: MemberName;
  readonly branch: string;
  readonly base: Oid;
  readonly createdBy: string;
  readonly phase: Phase;
  readonly since: Instant;
  readonly pulled: boolean;
  /** It was done without a task. Given out anew it begins like any other. */
  readonly adopts: boolean;
  /** Reds in the running count. */
  readonly reds: number;
  readonly done: Claimed | null;
  /** Its author's `done` was refused so often in a row for the same reason. */
  readonly refusals?: { readonly code: string; readonly times: number };
  /** Of the change that was looked at last; absent: an old journal does not say. */
  readonly commits?: number;
  /** The last gated head of the branch. */
  readonly gated: {
    readonly commit: Oid;
    readonly tree: Oid;
    readonly result: "green" | "red" | "timeout";
    readonly lines: readonly string[];
    readonly counts: EventOf<"verification_evidence_collected">["counts"];
  } | null;
  /** Troubles (infra) in a row on the running gate, and when the last was. */
  readonly troubles: number;
  readonly troubleAt: Instant;
  readonly proposals: readonly Proposal[];
  /** Its cards count from here: former ones were forgotten, and their keys must not be used twice. */
  readonly roundsFrom?: number;
  readonly candidate: {
    readonly base: Oid;
    readonly commit: Oid;
    readonly tree: Oid;
    readonly round: number;
    readonly result: "green" | "red" | "timeout" | null;
    /** When it was built, then when it was tested. */
    readonly at: Instant;
    readonly reruns: number;
    /** The rebuilt change was found equal to the one approved. */
    readonly checked: boolean;
  } | null;
  readonly rounds: number;
  readonly held: {
    readonly why: string;
    readonly detail: string;
    readonly paths: readonly string[];
  } | null;
  readonly auto: boolean;
  /** The present step towards trunk fails: how often in a row, and what the world said. */
  readonly failing: { readonly step: string; readonly tries: number; readonly say: string } | null;
  /** What a person allowed its author's agent for it, as patterns. */
  readonly granted?: readonly string[];
  /** The newest candidate that was green: it may be in trunk before that is heard, whatever came of the task since. */
  readonly launched: {
    readonly head: Oid;
    readonly commit: Oid;
    readonly tree: Oid;
    readonly base: Oid;
  } | null;
  readonly landed: { readonly commit: Oid; readonly tree: Oid; readonly base: Oid } | null;
}

/** In a member's place: trouble that is no seat's own (trunk, a board file). */
export const nobody = "";

export interface Escalation {
  readonly id: number;
  readonly member: MemberName;
  readonly task: TaskId | null;
  /** `question`, `gate-red`, `gate-trouble`, `setup`, `agent`, `conflict`, `main-broken`, `board-file`. */
  readonly kind: string;
  readonly question: string;
  readonly options: readonly string[];
  readonly default: string | null;
  readonly deadline: Instant | null;
  readonly detail: string;
  readonly state: "open" | "acknowledged" | "snoozed" | "answered" | "resolved" | "withdrawn";
  readonly by: string | null;
  readonly answer: string | null;
  /** Why it was withdrawn; "": an old journal does not say. */
  readonly why: string;
  /** When a snooze is over. */
  readonly until: Instant | null;
  readonly askedAt: Instant;
  /** How often its cause was met, and when last. */
  readonly times: number;
  readonly lastAt: Instant;
  /** The ladder's clock: the asking, or the end of the last snooze. */
  readonly ringsFrom: Instant;
  /** Louder steps that were taken since then. */
  readonly raised: readonly Step[];
  /** The agent's message id of the question. */
  readonly message: MessageId | null;
}

/** The steps of an escalation after its card: louder each time. */
export type Step = EventOf<"escalation_raised">["step"];

export interface Quiet {
  readonly on: boolean;
  /** `batty`: by the clock. */
  readonly by: string;
  /** Since when it is on, or off. */
  readonly since: Instant;
  readonly until: Instant | null;
  readonly except: readonly string[];
  /** What was posted silently in the running or the last quiet time and is nobody's open question. */
  readonly held: readonly string[];
}

export interface TaskRequest {
  readonly key: string;
  readonly event: EventOf<"task_requested">;
  /** When it was asked for; when it was made, once it is. */
  readonly at: Instant;
  /** Null: not made yet. */
  readonly task: TaskId | null;
  readonly refused: { readonly code: string; readonly say: string } | null;
}

export interface Main {
  readonly branch: string;
  readonly head: Oid;
  readonly tree: Oid;
  /** The gate's word on this head; null: none yet. */
  readonly verdict: "green" | "red" | "uncounted" | "infra" | null;
  readonly at: Instant;
}

export interface BoardDue {
  readonly task: TaskId;
  readonly patch: TaskPatch;
  /** Seq of the event that asked last: a write that began before a newer one does not close it. */
  readonly due: number;
}

export interface State {
  readonly seq: number;
  readonly team: "running" | "stopped";
  /** When the team was started or stopped. */
  readonly teamAt: Instant;
  readonly startedBy: string;
  readonly paused: boolean;
  readonly pausedMembers: ReadonlySet<MemberName>;
  readonly seats: ReadonlyMap<MemberName, Seat>;
  readonly messages: ReadonlyMap<MessageId, Delivery>;
  /** `<member> <member>` in order → what they wrote each other since anything came of it. */
  readonly exchanges: ReadonlyMap<string, number>;
  /** The newest signals of each member that are in the journal: a signal read twice acts once. */
  readonly signals: ReadonlyMap<MemberName, readonly string[]>;
  readonly work: ReadonlyMap<TaskId, Work>;
  readonly requests: ReadonlyMap<string, TaskRequest>;
  readonly boardDue: ReadonlyMap<TaskId, BoardDue>;
  /** When we last wrote a task's file: older looks at the board are not evidence. */
  readonly boardWritten: ReadonlyMap<TaskId, Instant>;
  /** Approved tasks in order. */
  readonly queue: readonly TaskId[];
  readonly escalations: ReadonlyMap<number, Escalation>;
  readonly permissions: ReadonlyMap<string, OpenRequest>;
  readonly quiet: Quiet;
  /** Posts that a chat was given up for, in that order. */
  readonly letters: ReadonlyMap<string, Letter & { readonly at: Instant }>;
  readonly standupDay: string; // the last day that had its standup, or nothing to tell; "": none yet
  readonly main: Main | null;
  /** How long the newest whole runs of the gate took: the time left of the next one. */
  readonly gateTook: readonly Millis[];
  /** When the gate's newest run ended: the next one began then, or when it was wanted. */
  readonly gateFreeAt: Instant;
  /** Where space runs out; null: there is enough. */
  readonly disk: {
    readonly level: "low" | "critical";
    readonly path: string;
    readonly free: number;
    readonly at: Instant;
  } | null;
  readonly tidiedAt: Instant;
  /** Stalls of the event loop since the bot's start. */
  readonly stalls: { readonly times: number; readonly worst: Millis; readonly at: Instant };
  /** Files told about once: `<file>: <why>`. */
  readonly told: ReadonlySet<string>;
  /** What is wrong with the team file as it stands, a line each; empty: it is in force. */
  readonly rejectedConfig: readonly string[];
  readonly startedAt: Instant;
  /** The newest sign of life in the journal: a start or a heartbeat. */
  readonly beatAt: Instant;
  /** The highest task whose work was forgotten: its cards' numbers are not known any more. */
  readonly forgotten: TaskId;
}

export const empty: State = {
  ...{ seq: 0, teamAt: 0, startedBy: "", paused: false },
  team: "stopped",
  pausedMembers: new Set(),
  seats: new Map(),
  messages: new Map(),
  exchanges: new Map(),
  signals: new Map(),
  work: new Map(),
  requests: new Map(),
  boardDue: new Map(),
  boardWritten: new Map(),
  queue: [],
  escalations: new Map(),
  permissions: new Map(),
  quiet: { on: false, by: "batty", since: 0, until: null, except: [], held: [] },
  letters: new Map(),
  ...{ standupDay: "", main: null },
  ...{ gateTook: [], gateFreeAt: 0 },
  disk: null,
  tidiedAt: 0,
  stalls: { times: 0, worst: 0, at: 0 },
  told: new Set(),
  rejectedConfig: [],
  ...{ startedAt: 0, beatAt: 0, forgotten: 0 },
};

// -------------------------------------------------------------- claims about the state, one predicate per idea

export const isOpen = (escalation: Escalation): boolean =>
  escalation.state === "open" ||
  escalation.state === "acknowledged" ||
  escalation.state === "snoozed";
