// What the core asks of the world: interfaces only. Every call rejects with a Failure, honours `signal`,
// and unless it says otherwise may safely be repeated.
import type { AgentDriver, Reading, Screen, SignalKind, Trouble } from "./agent.ts";
import type { Trunk } from "./repository.ts";
import type { Epoch, Instant, MemberName, MessageId, Millis, Oid, Probe, TaskId } from "./words.ts";

export type {
  Candidate,
  Change,
  ChangedFile,
  Gate,
  GateOrder,
  GateResult,
  GateRun,
  Landing,
  Repo,
  SetUp,
  Stray,
  Trunk,
  Worktree,
} from "./repository.ts";

// ---------------------------------------------------------------- panes

/** What makes a pane ours: its tag, and the recorded process with its start time (never its command's name). */
export interface PaneIdentity {
  /** tmux's `%n`. */
  readonly pane: string;
  readonly member: MemberName;
  readonly epoch: Epoch;
  /** The pane's first process (the wrapper), and field 22 of its /proc/<pid>/stat. */
  readonly pid: number;
  readonly startTime: string;
}

export interface Pane extends PaneIdentity {
  /** The agent program's own pid (a child of the wrapper), once known. */
  readonly agentPid: number | null;
  readonly dead: boolean;
  /** Exit status once the wrapper wrote it; null while alive or when killed without one. */
  readonly exit: number | null;
  /** A person scrolls in it (copy mode): nothing may be typed. */
  readonly inMode: boolean;
  /** Its agent is stopped (SIGSTOP, a debugger): it reads nothing until it is continued. */
  readonly stopped: boolean;
}

export interface Launch {
  readonly member: MemberName;
  readonly epoch: Epoch;
  /** Screen column: 0 architects, 1 managers, 2 engineers. */
  readonly column: 0 | 1 | 2;
  readonly cwd: string;
  readonly argv: readonly string[];
  /** The whole environment of the program; nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Terminal {
  /** Our panes (those with a `@batty_role` tag). An absent server is an empty list, a slow one a Failure. */
  list(signal: AbortSignal): Promise<readonly Pane[]>;
  /** Starts a program in a tagged pane of its own. Kills a dead pane of the same member first. Not repeatable. */
  launch(launch: Launch, signal: AbortSignal): Promise<Pane>;
  /** The visible screen, top to bottom, trailing blanks cut; with `lines`, that much scrollback too. */
  capture(
    pane: PaneIdentity,
    lines: number | null,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** The visible screen with its colours and title. */
  screen(pane: PaneIdentity, signal: AbortSignal): Promise<Screen>;
  /**
   * Bracketed paste; no Enter. Checks tag, pid, start time and copy mode in the same command list.
   * @throws Failure `pane.foreign` | `pane.dead` | `tmux.*`; on any of them nothing was pasted.
   */
  paste(pane: PaneIdentity, text: string, signal: AbortSignal): Promise<void>;
  /** Resolves when the pane printed nothing for 40 ms, not before `atLeast`, not after `atMost` (ms). */
  settled(pane: PaneIdentity, atLeast: Millis, atMost: Millis, signal: AbortSignal): Promise<void>;
  /** Sends named keys (`Enter`, `Escape`, `C-c`), same checks as paste. */
  keys(pane: PaneIdentity, keys: readonly string[], signal: AbortSignal): Promise<void>;
  /** Ends the pane with its whole process tree. A pane that is gone is fine. */
  kill(pane: PaneIdentity, signal: AbortSignal): Promise<void>;
  /** Ends our tmux server and waits until its process is gone. */
  end(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

// ---------------------------------------------------------------- mail and signals

/** A message file. Extra keys are kept. Shape: interface §5; Batty's five-field form is accepted. */
export interface Mail {
  readonly id: MessageId;
  readonly from: string;
  readonly to: MemberName;
  readonly body: string;
  readonly msg_type: string;
  /** Unix seconds. */
  readonly timestamp: number;
  /** Where it was said: `local`, `shell`, …; absent on members' own. */
  readonly via?: string;
  readonly task?: TaskId;
  /** Chat message it came from, so that the answer can reply to it. */
  readonly echo?: string;
  /** HMAC over the person's message when it was written while the bot was down. */
  readonly signature?: string;
  readonly now?: boolean;
  /** A member's own file: nobody but the file says who wrote it. */
  readonly unverified?: boolean;
  /** The file it came from, when its name was another message's id already. */
  readonly file?: MessageId;
  /** It begins the turn of this message anew: what comes of it is that one's answer. */
  readonly anew?: MessageId;
}

export interface MailBox {
  /** In arrival order (= file name order). */
  readonly queued: readonly Mail[];
  /** Files in `new/` that are no message, with the reason: told to a person, left where they are. */
  readonly broken: readonly { readonly file: string; readonly why: string }[];
}

export interface Mailbox {
  /** Reads `new/` of every member that has an inbox. */
  list(signal: AbortSignal): Promise<ReadonlyMap<MemberName, MailBox>>;
  /** tmp, fsync, rename. With an `id` that already stands in new/ or cur/: does nothing. */
  put(mail: Mail, signal: AbortSignal): Promise<void>;
  /** new/ → cur/. Already there: nothing. */
  take(member: MemberName, id: MessageId, signal: AbortSignal): Promise<void>;
  /** One message by id from new/ or cur/; null: neither has it. */
  read(member: MemberName, id: MessageId, signal: AbortSignal): Promise<Mail | null>;
}

/** What an agent says of itself. Data, never an order. */
export interface Signal {
  readonly id: string;
  readonly member: MemberName;
  readonly epoch: Epoch;
  readonly kind: SignalKind;
  /** The message it is about (`taken`, and `idle` that ends a turn begun by it). */
  readonly message: MessageId | null;
  /** The turn's last text (`idle`), the question (`waiting`), the reason (`error`, `ended`). */
  readonly detail: string;
  readonly ts: Instant;
  /** Whether it carried the key of its seat and launch; absent: it carried none. */
  readonly keyed?: boolean;
  /** The agent's own id of its conversation, and the file that holds it. */
  readonly session?: string;
  readonly record?: string;
  readonly trouble?: Trouble;
}

export interface Signals {
  /** New ones of all members, in file name order. Broken files go to cur/ with a `.broken` suffix. */
  list(signal: AbortSignal): Promise<readonly Signal[]>;
  /** new/ → cur/, after the loop recorded them. */
  consume(signals: readonly Pick<Signal, "member" | "id">[], signal: AbortSignal): Promise<void>;
}

// ---------------------------------------------------------------- board

export type TaskStatus = string;

/** A task file of the kanban-md board. */
export interface BoardTask {
  readonly id: TaskId;
  readonly title: string;
  readonly body: string;
  readonly status: TaskStatus;
  readonly priority: string;
  readonly created: Instant | null;
  readonly tags: readonly string[];
  readonly assignee: string | null;
  readonly dependsOn: readonly TaskId[];
  readonly blocked: boolean;
  readonly blockReason: string | null;
  readonly claimedBy: MemberName | null;
  readonly claimedAt: Instant | null;
  readonly class: string | null;
  /** Unknown keys as they stand in the front matter (`scheduled_for`, …). */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface BoardConfig {
  readonly statuses: readonly string[];
  readonly priorities: readonly string[];
  readonly wipLimits: Readonly<Record<string, number>>;
  readonly defaultPriority: string;
}

export interface BoardView {
  readonly config: BoardConfig;
  /** By id. */
  readonly tasks: ReadonlyMap<TaskId, BoardTask>;
  readonly broken: readonly {
    readonly file: string;
    readonly line: number | null;
    readonly why: string;
  }[];
}

export interface NewTask {
  readonly title: string;
  readonly body: string;
  readonly priority?: string;
  readonly tags?: readonly string[];
  readonly dependsOn?: readonly TaskId[];
  readonly assignee?: string;
  readonly status?: TaskStatus;
  /** A caller's key: creating twice with the same one gives the first task (a retry after a crash). */
  readonly key?: string;
}

/** Fields to change; `null` removes the key, absent leaves it. */
export interface TaskPatch {
  readonly title?: string;
  readonly body?: string;
  readonly appendBody?: string;
  readonly status?: TaskStatus;
  readonly priority?: string;
  readonly tags?: readonly string[];
  readonly assignee?: string | null;
  readonly dependsOn?: readonly TaskId[];
  readonly blocked?: boolean;
  readonly blockReason?: string | null;
  readonly claimedBy?: MemberName | null;
}

export interface Board {
  /** Whole board; unchanged files are not read again (mtime + size + inode). */
  read(signal: AbortSignal): Promise<BoardView>;
  /** @throws Failure `board.locked`; Refusal-like problems (a cycle, an unknown dependency) are `board.refused` in `BoardRefused` */
  create(task: NewTask, now: Instant, signal: AbortSignal): Promise<TaskId>;
  /** Under the lock: re-reads, merges the patch, writes. Unchanged result: no write, same mtime. */
  patch(task: TaskId, patch: TaskPatch, now: Instant, signal: AbortSignal): Promise<void>;
}

// ---------------------------------------------------------------- agents

/** Everything a launch needs, composed from team file, prompt and driver. */
export interface Seats {
  /** @throws Failure `agent.missing` | `agent.unsupported` | `io.failed` */
  launchOf(
    seat: {
      readonly member: MemberName;
      readonly epoch: Epoch;
      readonly worktree: string;
      /** The agent's conversation to go on with. */
      readonly resume: string | null;
    },
    signal: AbortSignal,
  ): Promise<Launch>;
  driverOf(member: MemberName): AgentDriver;
  /** Stores a body too long to be typed; the path is what the agent reads. Repeatable. */
  body(id: MessageId, text: string, signal: AbortSignal): Promise<string>;
}

// ---------------------------------------------------------------- the machine

/** What an agent's processes and pane did lately. */
export interface Vital {
  readonly epoch: Epoch;
  /** For so long (of running time: sleep of the machine does not count) nothing was printed and no CPU was used. */
  readonly quietFor: Millis;
  /** Programs under the agent, with their start. */
  readonly commands: readonly { readonly name: string; readonly startedAt: Instant }[];
  /** The last lines of its screen that are not blank. */
  readonly screen: readonly string[];
  /** The agent's own process; absent: not known. */
  readonly agent?: {
    readonly pid: number;
    readonly stopped: boolean;
    /** It closed its standard output: what it says is seen nowhere. */
    readonly mute: boolean;
  };
  /** What its driver reads there; absent: this agent is not read. */
  readonly reading?: Reading;
}

export interface Vitals {
  /** Of members that should be saying or doing something; the others are not looked at. */
  look(signal: AbortSignal): Promise<ReadonlyMap<MemberName, Vital>>;
  /** Running members whose worktree's folder or `.git` is gone. */
  homeless(signal: AbortSignal): Promise<readonly MemberName[]>;
}

/** What is free where we write. */
export interface FreeSpace {
  readonly what: "repository" | "state" | "worktrees";
  readonly path: string;
  /** Bytes. */
  readonly free: number;
}

export interface Disk {
  look(signal: AbortSignal): Promise<readonly FreeSpace[]>;
  /** Removes what can be made again: old gate logs; with `caches` the gate's worktree too. No gate may run meanwhile. */
  tidy(
    caches: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly files: number; readonly bytes: number }>;
}

/** A worktree that was put right. */
export interface Repair {
  readonly member: MemberName;
  /** `remade`: its folder was gone, and with it whatever was not committed. */
  readonly how: "remade" | "relinked" | "branch";
  readonly say: string;
  readonly head: Oid;
}

/** The event loop stood still. */
export interface LoopStall {
  readonly ms: Millis;
  /** What ran, as far as it is known. */
  readonly what: string;
  /** This is the longest of so many since the last word. */
  readonly times: number;
}

/** The newest time at which the daily standup was due. */
export interface StandupDue {
  /** By the calendar of its time zone: `2026-01-05`. */
  readonly day: string;
  readonly at: Instant;
}

/** A probe's answer and when the probe began: a rule ignores a look that began before its subject last changed. */
export interface Look<T> {
  readonly at: Instant;
  readonly probe: Probe<T>;
}

/** What the world showed last, part by part; null: not looked at yet. */
export interface World {
  readonly panes: Look<readonly Pane[]> | null;
  readonly mail: Look<ReadonlyMap<MemberName, MailBox>> | null;
  readonly signals: Look<readonly Signal[]> | null;
  readonly board: Look<BoardView> | null;
  readonly trunk: Look<Trunk> | null;
  readonly vitals?: Look<ReadonlyMap<MemberName, Vital>>;
  readonly disk?: Look<readonly FreeSpace[]>;
  /** Running members whose worktree is not where it should be. */
  readonly homeless?: Look<readonly MemberName[]>;
  /** Told, not looked at. */
  readonly stall?: Look<LoopStall>;
  readonly repair?: Look<Repair>;
  readonly standup?: Look<StandupDue>;
}
