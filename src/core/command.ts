// The Command contract: declared once, projected to the local chat and the shell (later Discord, Telegram).
import type * as z from "zod";
import type { AuditLine } from "./audit.ts";
import type { Card } from "./card.ts";
import type { Report } from "./chat-port.ts";
import type { Recorded } from "./event.ts";
import type { ConfigReading, Intent } from "./input.ts";
import type { Policy } from "./policy.ts";
import type { ChangedFile, Mail, Worktree, World } from "./ports.ts";
import type { State } from "./state.ts";
import type {
  Caller,
  Instant,
  MemberName,
  MessageId,
  Oid,
  Refusal,
  TaskId,
  Tier,
} from "./words.ts";

/** A refusal on its way out of a command; the router turns it into an answer. */
export class Refused extends Error {
  readonly refusal: Refusal;
  /** Shell exit code. */
  readonly exit: number;
  constructor(code: string, say: string, hint?: string, exit?: number) {
    super(say);
    this.name = "Refused";
    this.refusal = { code, say, ...(hint === undefined ? {} : { hint }) };
    this.exit = exit ?? exitOf(code);
  }
}

/** Exit codes of the shell by a refusal's code (interface §1). */
export function exitOf(code: string): number {
  switch (code) {
    case "usage":
    case "config.invalid":
    case "verb.unknown":
      return 2;
    case "bot.down":
    case "bot.gone":
      return 69;
    case "bug":
      return 70;
    case "gate.no-command":
    case "tmux.missing":
    case "git.missing":
    case "git.no-commits":
    case "git.no-repository":
    case "io.full":
    case "io.failed":
    case "timeout":
    case "bot.stalled":
    case "board.unreadable":
      return 3;
    default:
      return 1;
  }
}

/** What a command answers. `text` is for people, `json` for programs; a card, where chats show more than text. */
export interface Reply {
  readonly text: string;
  readonly json: unknown;
  readonly card?: Card;
  readonly exit?: number;
  /** A directive was accepted as this message: its receipts follow on the person's own message. */
  readonly receipt?: MessageId;
  /** The decision shows as an edit of this post. */
  readonly edited?: string;
  /** In chats it goes along as a file of this name. */
  readonly attached?: Attached;
}

/** A text too long to be shown. */
export interface Attached {
  readonly name: string;
  readonly text: string;
}

/** What a task changes, all of it at one head. */
export interface TaskDiff {
  readonly head: Oid;
  readonly files: readonly ChangedFile[];
  readonly patch: string;
  /** There is more of the patch. */
  readonly cut: boolean;
}

/** Reads of the world that a command may ask for. */
export interface Looks {
  capture(member: MemberName, lines: number): Promise<readonly string[]>;
  inspect(member: MemberName): Promise<Worktree>;
  /** At the task's newest head: the whole, or the one file that `pick` chooses of it. */
  diff(task: TaskId, pick: (files: readonly ChangedFile[]) => string | null): Promise<TaskDiff>;
  logs(member: MemberName, lines: number): Promise<readonly string[]>;
  mail(member: MemberName): Promise<readonly (Mail & { readonly state: string })[]>;
  read(member: MemberName, id: MessageId): Promise<Mail | null>;
  /** The newest decisions at the counter, in order. */
  audit(last: number): Promise<readonly AuditLine[]>;
}

/** What a command sees and may ask for: no platform's word in it. */
export interface Counter {
  readonly by: Caller;
  readonly surface: "chat" | "shell";
  /** Where receipts go. */
  readonly echo: string | null;
  readonly policy: Policy;
  readonly bot: {
    readonly pid: number;
    readonly since: Instant;
    readonly version: string;
    /** The loop's last tick; 0: none yet. */
    readonly tickedAt: Instant;
  } | null;
  readonly tmux: { readonly socket: string; readonly session: string };
  readonly signal: AbortSignal;
  readonly looks: Looks;
  /** The bot's own life; null without a bot. Both happen after the answer is out. */
  readonly life: {
    shutdown(): void;
    restart(): void;
    /** Reads the team file again. */
    reload(): Promise<ConfigReading>;
  } | null;
  state(): State;
  world(): World;
  /** How the chats keep up; nobody knows without a bot. */
  chats(): readonly Report[];
  now(): Instant;
  /** A name for what is made by this call, so that making it twice makes one. */
  key(): string;
  /** @throws Refused */
  intend(intent: Intent): Promise<readonly Recorded[]>;
  until<T>(look: (state: State) => T | undefined, ms: number): Promise<T | undefined>;
}

export interface Command<A extends z.ZodObject = z.ZodObject> {
  /** `^[a-z-]{1,32}$` */
  readonly name: string;
  /** ≤ 60 characters. */
  readonly summary: string;
  readonly tier: Tier;
  /** Members may use it too, for themselves; `only`: nobody else. */
  readonly team?: true | "only";
  /** False: not for people's chats, though people have it on the shell. */
  readonly chat?: false;
  /** `bot`: 69 without one; `files`: works on files alone. */
  readonly needs: "bot" | "files";
  /** Destructive: chats ask for a confirmation first, with these words. @throws Refused rather than asking in vain */
  readonly confirm?: (args: z.output<A>, counter: Counter) => string | null;
  /** Key order = position order. `.meta({flag: true})`: a `--name`; `.meta({rest: true})`: text to the end, verbatim. */
  readonly args: A;
  run(args: z.output<A>, counter: Counter): Promise<Reply> | Reply;
}
