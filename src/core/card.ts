// What people see: text, and cards with actions. No platform's word in it; chats render it.
import type { MemberName, Oid, TaskId } from "./words.ts";

export const cardKinds = [
  "merge",
  "question",
  "permission",
  "confirm",
  "standup",
  "status",
  "task",
  "alert",
  "board",
] as const;
export type CardKind = (typeof cardKinds)[number];

export type Tone = "calm" | "good" | "warn" | "bad";
export type CardState = "open" | "decided" | "superseded" | "expired" | "done";

export const actionVerbs = [
  "approve",
  "reject",
  "back",
  "diff",
  "revert",
  "answer",
  "ack",
  "snooze",
  "resolve",
  "send-again",
  "interrupt",
  "allow-once",
  "allow-task",
  "deny",
  "confirm",
  "cancel",
] as const;
export type ActionVerb = (typeof actionVerbs)[number];

/** A button. Pressing it is the same as the intent it stands for; `id` is never reused. */
export interface Action {
  readonly id: string;
  readonly verb: ActionVerb;
  readonly label: string;
  readonly style: "primary" | "danger" | "plain";
  /** `text`: the press must bring a text along (a comment, an answer). */
  readonly asks: "text" | null;
}

export interface Card {
  readonly kind: CardKind;
  readonly subject: { readonly task?: TaskId; readonly head?: Oid; readonly member?: MemberName };
  readonly title: string;
  readonly tone: Tone;
  readonly lines: readonly string[];
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly actions: readonly Action[];
  readonly image: { readonly name: string; readonly path: string } | null;
  readonly state: CardState;
  readonly footer: string;
}

/** `commands`, `events`, `alerts`, `merges`, `standup`, `board`, a member's name, or `task:12`. */
export type RoomName = string;
export const channels = ["commands", "events", "alerts", "merges", "standup", "board"] as const;

/** What a chat is asked to show. `key` is the post's identity: the same key again is the same post (an edit if it differs). */
export interface Post {
  readonly key: string;
  readonly room: RoomName;
  /** `task:12` when the post belongs to a task; else null. */
  readonly thread: string | null;
  /** A step that its task's card shows too: worth telling where its room is open, not worth opening it. */
  readonly step?: true;
  /** `batty`, a member or a person. */
  readonly from: string;
  readonly text: string;
  readonly card: Card | null;
  /** True only when a person must act. */
  readonly loud: boolean;
  readonly mentions: readonly string[];
  /** Chat message id this answers, as the platform's own id; null: none. */
  readonly replyTo: string | null;
  /** The chat that `replyTo` is an id of; absent: the local one. */
  readonly replyVia?: string;
  /** Shown along with it, by absolute path. */
  readonly files?: readonly PostFile[];
  /** Characters of the text that are shown; the whole of it goes along as a file. */
  readonly shownAtMost?: number;
}

export interface PostFile {
  readonly name: string;
  readonly path: string;
}
