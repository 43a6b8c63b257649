// What the core asks of the world: interfaces only. Every call rejects with a Failure, honours `signal`,
// and unless it says otherwise may safely be repeated.
import type { Epoch, Instant, MemberName, MessageId, Millis, Oid, Probe, TaskId } from "./words.ts";

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

export const signalKinds = [
  "started",
  "taken",
  "working",
  "idle",
  "waiting",
  "ended",
  "error",
] as const;
export type SignalKind = (typeof signalKinds)[number];

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

// ---------------------------------------------------------------- repository

export interface Trunk {
  readonly branch: string;
  readonly head: Oid;
  readonly tree: Oid;
}

/** A member's worktree as git shows it. */
export interface Worktree {
  readonly path: string;
  readonly head: Oid;
  readonly tree: Oid;
  /** Null: detached. */
  readonly branch: string | null;
  /** Changed and untracked paths, at most 20. */
  readonly dirty: readonly string[];
  /** Commits of head that `base` has not. */
  readonly ahead: number;
  readonly base: Oid;
  /** An operation of git left under way: `merge`, `rebase`, `cherry-pick`, `revert`, `bisect`. */
  readonly operation: string | null;
  /** Paths added since base that hold conflict markers. */
  readonly markers: readonly string[];
  /** Paths changed since base under `.batty/`. */
  readonly touchesBatty: readonly string[];
  /** First line of head's message. */
  readonly subject: string;
}

export interface ChangedFile {
  readonly path: string;
  readonly added: number;
  readonly deleted: number;
  readonly status: "added" | "modified" | "deleted" | "renamed";
  readonly binary: boolean;
}

/** What a head changes against its merge base with `onto`. */
export interface Change {
  readonly head: Oid;
  readonly mergeBase: Oid;
  /** SHA-256 of the full-index patch text; what an approval is bound to. */
  readonly diff: string;
  readonly commits: readonly {
    readonly oid: Oid;
    readonly subject: string;
    readonly author: string;
  }[];
  readonly files: readonly ChangedFile[];
}

export type Candidate =
  | { readonly ok: true; readonly commit: Oid; readonly tree: Oid }
  | { readonly ok: false; readonly conflicts: readonly string[] };

export type Landing =
  | { readonly kind: "landed" }
  /** The trunk is not at `base` any more. */
  | { readonly kind: "moved"; readonly head: Oid }
  /** A person's checkout is in the way; nothing was touched. */
  | {
      readonly kind: "held";
      /** `overlap`: their edits touch the same paths; `operation`: a merge, rebase or cherry-pick of theirs is under way; `refused`: git said no. */
      readonly why: "overlap" | "operation" | "refused";
      readonly detail: string;
      readonly paths: readonly string[];
    };

export interface SetUp {
  readonly command: string;
  /** Lock files, relative; their contents are the cache key. */
  readonly key: readonly string[];
  /** Files copied from the person's checkout into the worktree before set-up, relative. */
  readonly copy: readonly string[];
}

export interface Repo {
  trunk(signal: AbortSignal): Promise<Trunk>;
  /** The member's worktree path exists and is this repository's; made detached at trunk when missing. A moved repository is repaired. */
  ensureWorktree(member: MemberName, signal: AbortSignal): Promise<string>;
  /**
   * Checks out a task's branch: made at `base` when it does not exist, else as it stands (a task sent back goes
   * on where it was). Everything in the worktree is made reachable first: uncommitted work goes to
   * `refs/batty/rescue/<member>/<time>`. On that branch already: nothing, its edits included.
   * @throws Failure `worktree.blocked` when the work cannot be preserved
   */
  startTask(
    task: { readonly member: MemberName; readonly branch: string; readonly base: Oid },
    signal: AbortSignal,
  ): Promise<{ readonly rescued: string | null }>;
  /** Runs the set-up in a worktree unless its cache key was set up there. @throws Failure `setup.failed` with the last lines */
  setUp(path: string, setUp: SetUp, signal: AbortSignal): Promise<void>;
  /** Moves a clean detached worktree (a lead's) forward to `to`; a dirty or advanced one is left. */
  follow(member: MemberName, to: Oid, signal: AbortSignal): Promise<void>;
  inspect(member: MemberName, base: Oid, signal: AbortSignal): Promise<Worktree>;
  /** Names `oid` as branch `<name>` (made or moved only if it is an ancestor). Used for work committed without a task. */
  adoptBranch(member: MemberName, branch: string, signal: AbortSignal): Promise<void>;
  /** Commits uncommitted work to a rescue ref without touching the tree or index; null: nothing to rescue. The same content is rescued once. */
  rescue(member: MemberName, signal: AbortSignal): Promise<string | null>;
  change(head: Oid, onto: Oid, signal: AbortSignal): Promise<Change>;
  /** Unified diff of a change, whole or of one path; at most `maxBytes`. */
  patch(
    head: Oid,
    onto: Oid,
    path: string | null,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<string>;
  /** merge-tree + commit-tree, no checkout. `at` (ms) is the commit's date: the same input gives the same commit. */
  candidate(
    build: {
      readonly base: Oid;
      readonly head: Oid;
      readonly message: string;
      readonly at: Instant;
    },
    signal: AbortSignal,
  ): Promise<Candidate>;
  /** Moves trunk from `base` to `commit` by compare-and-swap (by `merge --ff-only` where a person has it checked out, without their hooks). Already contained: landed. */
  land(commit: Oid, base: Oid, signal: AbortSignal): Promise<Landing>;
  /** Whether `ancestor` is reachable from `of`. */
  contains(of: Oid, ancestor: Oid, signal: AbortSignal): Promise<boolean>;
}

// ---------------------------------------------------------------- gate

export type GateResult = "green" | "red" | "timeout" | "infra";

export interface GateRun {
  readonly result: GateResult;
  readonly exit: number | null;
  /** Tests counted in the output; null: none found. */
  readonly counts: {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
  } | null;
  /** The last 50 lines of output as they came. */
  readonly lines: readonly string[];
  readonly durationMs: Millis;
  /** Path of the whole (bounded) output. */
  readonly log: string;
  /** Why, for infra and timeout. */
  readonly why: string | null;
}

export interface GateOrder {
  readonly commit: Oid;
  readonly tree: Oid;
  readonly base: Oid;
  readonly command: string;
  readonly setUp: SetUp | null;
  readonly timeoutMs: Millis;
}

export interface Gate {
  /** Runs in a worktree of the bot's own and writes evidence `gate/<tree>.json` before it resolves. */
  run(order: GateOrder, signal: AbortSignal): Promise<GateRun>;
  /** The newest run of this command and environment on this tree; null: none. Infra and timeout are no evidence. */
  evidence(tree: Oid, command: string, signal: AbortSignal): Promise<GateRun | null>;
}

// ---------------------------------------------------------------- agents

/** What a driver must know of one coding agent: how to start it and how to read its composer. */
export interface AgentDriver {
  readonly agent: string;
  /** @throws Failure `agent.missing` | `agent.unsupported` */
  launch(seat: {
    readonly member: MemberName;
    readonly epoch: Epoch;
    readonly promptFile: string;
    readonly resume: string | null;
  }): { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> };
  /** What stands in the composer: "" = empty; unknown when the screen shows no composer (a dialog, another screen). */
  composer(screen: readonly string[]): Probe<string>;
  /** Keys that stop the turn. */
  readonly interrupt: readonly string[];
}

/** Everything a launch needs, composed from team file, prompt and driver. */
export interface Seats {
  /** @throws Failure `agent.missing` | `agent.unsupported` | `io.failed` */
  launchOf(
    seat: { readonly member: MemberName; readonly epoch: Epoch; readonly worktree: string },
    signal: AbortSignal,
  ): Promise<Launch>;
  driverOf(member: MemberName): AgentDriver;
  /** Stores a body too long to be typed; the path is what the agent reads. Repeatable. */
  body(id: MessageId, text: string, signal: AbortSignal): Promise<string>;
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
}
