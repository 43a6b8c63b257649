// What the team file lets and asks the rules do, resolved to plain numbers. Rules know nothing of YAML.
import type { Hours } from "../lib/hours.ts";
import type { Permissions } from "./permissions.ts";
import type { SetUp } from "./ports.ts";
import type { Member, MemberName, Millis } from "./words.ts";

export interface Policy {
  readonly team: string;
  readonly members: readonly Member[];
  /** The OS user's name as people see it: who gets what no lead can take. */
  readonly owner: string;
  /** Names of people; a message file's `from` that is none of these and no member is refused. */
  readonly people: readonly string[];
  /** Whether two people who speak by `chat --as` count as two approvers. */
  readonly localAs: boolean;
  /** Members that may write to people unasked; everybody may answer, and `ask`. */
  readonly reachPeople: readonly MemberName[];
  /** People who may answer (operators and above), by name: whom an escalation mentions. */
  readonly answerers: readonly string[];
  /** How long an escalation waits, from the asking, before each louder step. */
  readonly ladder: {
    readonly mentionAfter: Millis;
    readonly pushAfter: Millis;
    /** Null: there is nobody to turn to. */
    readonly deputy: { readonly after: Millis; readonly name: string } | null;
  };
  /** Null: none. `except`: `critical`, or kinds of escalations. */
  readonly quietHours: (Hours & { readonly except: readonly string[] }) | null;
  /** `cron`: when the daily one is due, in five fields; null: never. Its time zone is the team's. */
  readonly standup: { readonly cron: string | null; readonly timezone: string };
  readonly testCommand: string | null;
  readonly setUp: SetUp | null;
  readonly permissions: Permissions;
  readonly gateTimeout: Millis;
  /** Reds after the first before a person is asked. */
  readonly maxRetries: number;
  readonly autoDispatch: boolean;
  readonly excludedTags: readonly string[];
  /** In-progress tasks an engineer may hold at once. */
  readonly approvalExpires: Millis;
  /** People who must approve before a change lands. */
  readonly approvals: number;
  readonly mergeRules: readonly MergeRule[];
  /** A turn without signal, output and CPU for so long is stalled. */
  readonly stalledAfter: Millis;
  /** A launch without its first word for so long is silent. */
  readonly silentAfter: Millis;
  /** Percent of its context from which an agent goes on in a new conversation; null: it is never told to. */
  readonly contextThreshold: number | null;
  /** Free bytes below which nothing is handed out, and below which no gate runs. */
  readonly disk: { readonly low: number; readonly critical: number };
  readonly autoMerge: {
    readonly enabled: boolean;
    readonly confidenceThreshold: number;
    readonly maxLines: number;
    readonly maxFiles: number;
    readonly sensitivePaths: readonly string[];
  };
}

/** Paths a rule of `merge.rules` is about, and what it asks. */
export interface MergeRule {
  readonly paths: readonly string[];
  readonly auto?: boolean;
  readonly approvals?: number;
  readonly confirm?: "task-number";
}
const mib = 1024 * 1024;

/** What holds where a team file says nothing. */
export const watched = {
  stalledAfter: 10 * 60_000,
  silentAfter: 2 * 60_000,
  contextThreshold: 80,
  disk: { low: 500 * mib, critical: 100 * mib },
} as const;

/** The house's own numbers, each with its reason. */
export const limits = {
  /** A card younger than this cannot be decided by number alone: the person may not have seen it. */
  approveTooSoon: 3_000,
  /**
   * A launch and three more: then the seat is parked and a person is told. Counted are the agent's own falls without a
   * whole turn or `healthyAfter` in between, however far apart; and any within `fallWindow`.
   */
  fallsAtMost: 4,
  fallWindow: 120_000,
  /** An agent that lived so long was well: a later fall begins a new count. */
  healthyAfter: 600_000,
  /** A turn that waits for a command of its own is stalled so many times later. */
  commandPatience: 6,
  /** Space that came back counts when there is so much more than the limit: no to and fro at its edge. */
  diskOver: 1.2,
  /** A bot whose last tick is older (three periods) is not healthy. */
  tickStale: 3_000,
  /** Between two clean-ups while space is short, and otherwise. */
  tidyShort: 3_600_000,
  tidyEach: 24 * 3_600_000,
  /** At most one line a minute about a loop that stalls; the worst of them, with their number. */
  stallTold: 60_000,
  /** A dialog stands for so long before a person is told, ms. */
  dialogTold: 10_000,
  /** A process that is stopped for so long is told, ms. */
  stoppedTold: 10_000,
  /** Between two members while nothing comes of it. */
  lettersAtMost: 20,
  /** Repairs of a worktree within `repairWindow` before a person is asked. */
  repairsAtMost: 3,
  repairWindow: 3_600_000,
  /** A plan that is used up for nobody knows how long is tried again after so long; the last one counts on. */
  limitPauses: [5 * 60_000, 15 * 60_000, 30 * 60_000, 60 * 60_000],
  /** A turn that its provider cut short is begun anew after so long; after the last one a person is asked. */
  troublePauses: [30_000, 2 * 60_000, 8 * 60_000],
  /** New conversations for one task before a person is asked: it is too large, or something fills them. */
  handOffsAtMost: 3,
  /** A new conversation that is full again so soon is filled by the task itself: another one would be, too. */
  filledSoon: 10 * 60_000,
  /** So often `done` is refused for the same reason before a person is told. */
  refusedAtMost: 3,
  /** Clocks differ: so much later than the provider says its limit is over. */
  limitMargin: 5_000,
  /** Before each launch after a fall: trouble of a moment (a full disk, tmux) may be over by the last one. */
  respawnPauses: [500, 3_000, 10_000],
  /** From Enter to the agent's own receipt before one more Enter is tried. */
  receiptWait: 3_000,
  /** From typing to giving up. */
  receiptGiveUp: 20_000,
  /** Between two looks at a composer that was not free. */
  composerRetry: 2_000,
  /** Candidate rebuilds because trunk moved before the task goes back. */
  mergeRounds: 8,
  /** Failures in a row of one step towards a landing before people are told; it is tried on. */
  mergeTries: 3,
  /** A question that asks to confirm is open for so long. */
  confirmWithin: 300_000,
  /** A landing that is not over by then has failed and is tried again. */
  landingTakes: 30_000,
  /** Between tries of a landing that a person's checkout holds. */
  heldRetry: 2_000,
  /** Pauses between tries of an effect the world refused: first, and the cap. */
  retryFirst: 1_000,
  retryCap: 60_000,
  /** A snooze without a time. */
  snooze: 3_600_000,
  /** A standup that could not be posted at its time is worth it for so long. */
  standupLate: 4 * 3_600_000,
  /** Between two heartbeats in the journal: reports count them to tell when the bot was up. */
  heartbeatEach: 300_000,
  /** Characters of an answer that chats show. */
  answerShown: 1_500,
} as const;

export const memberOf = (policy: Policy, name: MemberName): Member | undefined =>
  policy.members.find((m) => m.name === name);
