// The counter every chat surface hands requests over to; the router implements it. No platform's word in it.
import type { Card, PostFile, RoomName } from "../core/card.ts";
import type { Attached } from "../core/command.ts";
import type { Caller, MessageId, Receipt, Refusal } from "../core/words.ts";

/** Exactly one of these answers a request. */
export type DeskAnswer =
  /** A command's answer, posted where it was asked. `edit` follows when the work was long: the final answer. */
  | {
      readonly kind: "message";
      readonly text: string;
      readonly card: Card | null;
      /** As the command gave it. */
      readonly attached?: Attached;
      /** As chats see it: stored, without secrets. To a press in place; absent: what was there stays. */
      readonly files?: readonly PostFile[];
      /** To a press: it takes the place of the message whose button was pressed. */
      readonly inPlace?: true;
      readonly edit?: Promise<{
        readonly text: string;
        readonly card: Card | null;
        readonly attached?: Attached;
        readonly files?: readonly PostFile[];
      }>;
    }
  /** A directive was accepted as this message; its receipts follow as marks. */
  | { readonly kind: "receipt"; readonly message: MessageId; readonly state: Receipt }
  /** The post with this key changed (a decision on its card); the edit arrives through the posts. */
  | { readonly kind: "edited"; readonly key: string }
  /** Nothing to show beyond the act itself (a reaction). */
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface Said {
  readonly text: string;
  readonly room: RoomName;
  /** The post it replies to, if any. */
  readonly replyTo: { readonly key: string } | null;
  /** Platform id of the person's own message: receipts become reactions on it. */
  readonly echo: string;
  /** What was sent along, where it is kept for the member. */
  readonly files?: readonly string[];
}

/** What a shell verb gets: `json` is the verb's JSON value, `text` what a person reads. */
export type ShellReply =
  | { readonly ok: true; readonly json: unknown; readonly text: string; readonly exit?: number }
  | {
      readonly ok: false;
      readonly exit: number;
      readonly refusal: Refusal;
      readonly json?: unknown;
    };

/** A whole word, and what it stands for: a task's title, a question; "": the word says it. */
export interface Completion {
  readonly word: string;
  readonly about: string;
}

export interface Room {
  readonly name: RoomName;
  readonly kind: "channel" | "member" | "task";
  readonly title: string;
}

export interface Desk {
  say(by: Caller, said: Said): Promise<DeskAnswer>;
  press(
    by: Caller,
    press: {
      readonly action: string;
      readonly text: string | null;
      /** The message that the button is on, as its platform knows it. */
      readonly message?: string;
    },
  ): Promise<DeskAnswer>;
  /** A reaction on the post with this key; unknown emoji and posts are `done`. */
  react(
    by: Caller,
    reaction: {
      readonly key: string;
      readonly emoji: string;
      readonly added: boolean;
      readonly message?: string;
    },
  ): Promise<DeskAnswer>;
  /** A shell verb with raw arguments, as typed after the verb. */
  run(by: Caller, verb: string, argv: readonly string[], signal: AbortSignal): Promise<ShellReply>;
  /** What the text of a command may go on with; nothing for a stranger. */
  complete(by: Caller, text: string): Promise<readonly Completion[]>;
  rooms(): readonly Room[];
}
