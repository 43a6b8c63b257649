// Everything that can reach the core; the loop takes these one at a time, in arrival order.
import type { Effect, Outcome } from "./effect.ts";
import type { Worktree, World } from "./ports.ts";
import type { Caller, Instant, MemberName, MessageId, Oid, TaskId } from "./words.ts";

/** What somebody wants. People and members use the same ones; the rules judge by `by`. */
export type Intent =
  | { readonly type: "start-team"; readonly resume: boolean }
  | { readonly type: "stop-team" }
  | {
      readonly type: "send";
      readonly to: string;
      readonly body: string;
      readonly echo: string | null;
      readonly now: boolean;
    }
  | { readonly type: "send-again"; readonly message: MessageId }
  | { readonly type: "withdraw-message"; readonly message: MessageId }
  | {
      readonly type: "new-task";
      readonly key: string;
      readonly title: string;
      readonly body: string;
      readonly priority: string | null;
      readonly tags: readonly string[];
      readonly dependsOn: readonly TaskId[];
      readonly assignee: string | null;
    }
  | { readonly type: "assign"; readonly member: MemberName; readonly task: TaskId }
  | { readonly type: "pull" }
  | {
      readonly type: "done";
      readonly member: MemberName;
      readonly task: TaskId | null;
      readonly summary: string;
      /** What the member's worktree showed just now. */
      readonly worktree: Worktree;
      /** Names a task that must be made for work without one. */
      readonly key: string;
    }
  | {
      readonly type: "patch-task";
      readonly task: TaskId;
      readonly patch: import("./ports.ts").TaskPatch;
    }
  | { readonly type: "cancel-task"; readonly task: TaskId }
  | { readonly type: "retry"; readonly task: TaskId }
  /** `head`: the one that was shown; null: by number alone, the newest card. */
  | { readonly type: "approve"; readonly task: TaskId; readonly head: Oid | null }
  | {
      readonly type: "reject";
      readonly task: TaskId;
      readonly head: Oid | null;
      readonly why: string;
    }
  | {
      readonly type: "back";
      readonly task: TaskId;
      readonly head: Oid | null;
      readonly why: string;
    }
  | { readonly type: "withdraw-approval"; readonly task: TaskId; readonly head: Oid }
  | { readonly type: "request-merge"; readonly task: TaskId }
  | {
      readonly type: "ask";
      readonly question: string;
      readonly options: readonly string[];
      readonly default: string | null;
      readonly deadline: Instant | null;
    }
  | { readonly type: "answer"; readonly escalation: number; readonly answer: string }
  | {
      readonly type: "escalation";
      readonly escalation: number;
      readonly to: "acknowledged" | "snoozed" | "resolved";
      readonly until: Instant | null;
    }
  | { readonly type: "pause"; readonly member: MemberName | null }
  | { readonly type: "resume"; readonly member: MemberName | null }
  | { readonly type: "restart"; readonly member: MemberName }
  | { readonly type: "interrupt"; readonly member: MemberName };

export type Input =
  | { readonly type: "intent"; readonly at: Instant; readonly by: Caller; readonly intent: Intent }
  /** Only the parts that were looked at; the loop keeps the rest. */
  | { readonly type: "observed"; readonly at: Instant; readonly world: Partial<World> }
  | {
      readonly type: "settled";
      readonly at: Instant;
      readonly effect: Effect;
      readonly outcome: Outcome;
    }
  | { readonly type: "tick"; readonly at: Instant };
