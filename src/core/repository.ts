// What the core asks of git and of the gate: interfaces only, like ports.ts, which hands them on.
import type { Instant, MemberName, Millis, Oid } from "./words.ts";

export interface Trunk {
  readonly branch: string;
  readonly head: Oid;
  readonly tree: Oid;
  /** Members' branches that somebody else moved; absent: not looked for. */
  readonly strays?: readonly Stray[];
}

/** A member's branch that stands where its author's worktree never was. */
export interface Stray {
  readonly member: MemberName;
  readonly branch: string;
  readonly to: Oid;
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
  /** Of a rename. */
  readonly from?: string | undefined;
  readonly added: number;
  readonly deleted: number;
  readonly status: "added" | "modified" | "deleted" | "renamed";
  readonly binary: boolean;
}

/** What a head changes against its merge base with `onto`. */
export interface Change {
  readonly head: Oid;
  readonly mergeBase: Oid;
  /** SHA-256 over what differs as it is shown, without line numbers; what an approval is bound to. */
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
  /** Unified diff of a change, whole or of one path; `cut`: there is more of it than `maxBytes`. */
  patch(
    head: Oid,
    onto: Oid,
    path: string | null,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly cut: boolean }>;
  /**
   * merge-tree + commit-tree, no checkout. `at` (ms) is the commit's date: the same input gives the same commit.
   * `{tree}` in the message becomes the candidate's tree.
   */
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
  /**
   * The newest run of this command, set-up and environment on this tree, green or red; null: none. Infra says
   * nothing and is passed over; after a time-out there is none until the next run.
   */
  evidence(
    order: Pick<GateOrder, "tree" | "command" | "setUp">,
    signal: AbortSignal,
  ): Promise<GateRun | null>;
}
