// The glossary: ids, units and the few nouns that every other file speaks in. Knows nothing else.

/** `^[a-z][a-z0-9-]{0,31}$`: a named seat in the team (`eng-1-2`); safe in tmux, git refs and paths. */
export type MemberName = string;
/** The board's task number, ≥ 1. */
export type TaskId = number;
/** A message's file name in its Maildir: `<unix ms>.<six-digit counter>.<pid>`; sorts by arrival. */
export type MessageId = string;
/** A full git object id, lower-case hex. */
export type Oid = string;
/** Milliseconds since the Unix epoch, from the injected clock. */
export type Instant = number;
/** A duration in milliseconds. */
export type Millis = number;
/** Which launch of a seat, counted from 1. Signals of older epochs are ignored. */
export type Epoch = number;

/**
 * Where somebody spoke. `shell` is the command line, `local-as` a chat opened for a person by the bot's OS user,
 * `agent` a process that descends from a pane.
 */
export type Surface = "local" | "local-as" | "shell" | "discord" | "telegram" | "agent" | "bot";

/** Ordered: each tier includes the ones before it. "Role" stays the team's word. */
export const tiers = ["viewer", "operator", "approver", "admin"] as const;
export type Tier = (typeof tiers)[number];

/**
 * Who asks, as the bot found out (never as claimed). `team` is a member speaking for itself, `none` a stranger:
 * somebody whom no access list admits.
 */
export interface Caller {
  /** A person's one name, whatever account they speak from; a stranger's is `<surface>:<id>`. */
  readonly name: string;
  readonly via: Surface;
  readonly tier: Tier | "team" | "none";
  /** The account, as its platform knows it; an OS login on this machine. */
  readonly id?: string;
  /** How a member's process hid whose it is. */
  readonly disguise?: Disguise;
}

/** The environment names another member, or whatever started the process is gone, so that it looks like nobody's. */
export type Disguise = "environment" | "orphan";

export const roleTypes = ["user", "architect", "manager", "engineer"] as const;
export type RoleType = (typeof roleTypes)[number];

/** One seat of the team, resolved from `team.yaml`. */
export interface Member {
  readonly name: MemberName;
  /** The role's name in team.yaml; members of one role share it. */
  readonly role: string;
  readonly roleType: Exclude<RoleType, "user">;
  /** The agent CLI that sits here: `script`, `claude`, … */
  readonly agent: string;
  /** Member names (and nothing else; people are always reachable). */
  readonly talksTo: readonly MemberName[];
  /** The lead this one reports to; null: straight to people. */
  readonly reportsTo: MemberName | null;
}

/** What a seat is doing. `unknown` is a value, never a guess. */
export const seatStates = [
  "absent",
  "starting",
  "idle",
  "working",
  "waiting",
  "parked",
  "unknown",
] as const;
export type SeatState = (typeof seatStates)[number];

/** Receipts of a message, in order; the last two end it unheard. */
export const receipts = ["queued", "typed", "taken", "answered", "failed", "withdrawn"] as const;
export type Receipt = (typeof receipts)[number];

/** A probe's answer: known, or unknown with the reason. Unknown is never taken for no. */
export type Probe<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

export const known = <T>(value: T): Probe<T> => ({ known: true, value });
export const unknown = (why: string): Probe<never> => ({ known: false, why });

/**
 * The world did not comply. Thrown by adapters, caught once (in the daemon's perform and observe, in
 * the shell's main). `message` says what was tried, on what, and what to do next.
 * @param code `area.reason`, a key of the failure table in core/failure.ts
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly hint: string | undefined;
  /** How long whoever refused wants to be left alone. */
  readonly retryAfter: Millis | undefined;
  constructor(
    code: FailureCode,
    message: string,
    options: { hint?: string; cause?: unknown; retryAfter?: Millis } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.code = code;
    this.hint = options.hint;
    this.retryAfter = options.retryAfter;
  }
}

/** Asked for something not allowed now; nothing changed. */
export interface Refusal {
  readonly code: string;
  readonly say: string;
  readonly hint?: string;
}

export const failureCodes = [
  "tmux.missing",
  "tmux.gone",
  "tmux.refused",
  "tmux.timeout",
  "pane.foreign",
  "pane.dead",
  "agent.missing",
  "agent.unsupported",
  "git.missing",
  "git.no-repository",
  "git.no-commits",
  "git.refused",
  "git.timeout",
  "worktree.blocked",
  "setup.failed",
  "gate.infra",
  "board.unreadable",
  "board.locked",
  "mail.unreadable",
  "io.full",
  "io.failed",
  "spawner.gone",
  "lock.held",
  "bot.down",
  "bot.gone",
  "bot.stalled",
  "config.invalid",
  "chat.rate-limited",
  "chat.unavailable",
  "chat.unknown-outcome",
  "chat.login",
  "chat.forbidden",
  "chat.room-gone",
  "chat.message-gone",
  "chat.too-long",
  "chat.refused",
  "telemetry.unusable",
  "timeout",
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** Makes a `switch` over a union exhaustive: a forgotten case does not compile. */
export function never(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
