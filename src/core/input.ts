// Everything that can reach the core; the loop takes these one at a time, in arrival order.
import type { PermissionRequest, Usage } from "./agent.ts";
import type { Letter } from "./chat-port.ts";
import type { Effect, Outcome } from "./effect.ts";
import type { Worktree, World } from "./ports.ts";
import type { Caller, Epoch, Instant, MemberName, MessageId, Oid, TaskId, Tier } from "./words.ts";

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
  /** A message that failed, or a post that a chat was given up for. */
  | { readonly type: "send-again"; readonly message: MessageId }
  | { readonly type: "post-given-up"; readonly letter: Letter }
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
  | {
      readonly type: "approve";
      readonly task: TaskId;
      readonly head: Oid | null;
      /** The task's number as the person typed it, where a rule asks for it. */
      readonly typed?: string | null;
    }
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
      /** Of a snooze; null: the usual time. */
      readonly until: Instant | null;
    }
  /** `until`: null: until it is ended. */
  | { readonly type: "quiet"; readonly on: boolean; readonly until: Instant | null }
  /** An agent's hook asks and waits; `id` names it in the answer. */
  | {
      readonly type: "ask-permission";
      readonly id: string;
      readonly member: MemberName;
      readonly epoch: Epoch;
      readonly request: PermissionRequest;
    }
  /** It waits no longer. */
  | { readonly type: "permission-gone"; readonly id: string }
  | { readonly type: "pause"; readonly member: MemberName | null }
  | { readonly type: "resume"; readonly member: MemberName | null }
  | { readonly type: "restart"; readonly member: MemberName }
  | { readonly type: "interrupt"; readonly member: MemberName }
  /** What came of a visit at the counter that no other intent tells. `needs`: the tier that its verb asks for. */
  | {
      readonly type: "note-visit";
      readonly effect: "done" | "refused" | "held";
      readonly code: string | null;
      readonly needs: Tier | null;
    }
  /** What a member's conversation used by the end of its turn. */
  | {
      readonly type: "tell-usage";
      readonly member: MemberName;
      readonly epoch: Epoch;
      readonly usage: Usage;
    }
  /** `doctor --fix` has mended something. */
  | { readonly type: "note-mend"; readonly what: string; readonly on: string }
  | ({ readonly type: "report-forgery" } & Forgery)
  /** The bot's own: it read the team file. */
  | { readonly type: "tell-config"; readonly reading: ConfigReading };

/** Somebody passed for what they are not. Told once a member, kind and subject. */
export interface Forgery {
  /** Null: nobody knows who. */
  readonly member: MemberName | null;
  readonly kind: ForgeryKind;
  readonly subject: string;
  readonly detail: string;
}

export type ForgeryKind =
  /** A member gave a word that is a person's. */
  | "decision"
  /** A process named another member in its environment, or hid from what started it. */
  | "environment"
  | "orphan"
  /** A member opened the people's chat, or in somebody's name. */
  | "chat"
  | "as"
  /** Somebody on the socket whose process could not be found out. */
  | "socket"
  /** Text of a member that looks like a person's word. */
  | "text"
  /** Files that somebody else than their owner wrote. */
  | "mail"
  | "signal"
  | "evidence"
  /** A member's commits change the bot's own files; its branch was moved by somebody else. */
  | "commit"
  | "branch";

/** How somebody put it at the counter: what the audit shows. */
export interface Asked {
  readonly verb: string;
  readonly args: string;
  /** The chat message it was said in or pressed on. */
  readonly message: string | null;
}

/** What reading the team file gave. */
export interface ConfigReading {
  /** Its problems, each as it is printed; null: it is valid. */
  readonly rejected: readonly string[] | null;
  /** Keys that changed and are in force. */
  readonly now: readonly string[];
  /** What changed and waits, with what it waits for. */
  readonly later: readonly string[];
}

export type Input =
  | {
      readonly type: "intent";
      readonly at: Instant;
      readonly by: Caller;
      readonly intent: Intent;
      /** Absent: not from the counter, or said already. */
      readonly asked?: Asked;
    }
  /** Only the parts that were looked at; the loop keeps the rest. */
  | { readonly type: "observed"; readonly at: Instant; readonly world: Partial<World> }
  | {
      readonly type: "settled";
      readonly at: Instant;
      readonly effect: Effect;
      readonly outcome: Outcome;
    }
  | { readonly type: "tick"; readonly at: Instant };
