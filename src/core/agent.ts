// What the bot must know of one coding agent: how to start it, how to read its screen, and what its own events say.
// A driver is pure: it names files and commands, others write and run them. No agent's word outside its driver.
import type { Epoch, Instant, MemberName, MessageId, Probe } from "./words.ts";

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

/** A pane as a person sees it. */
export interface Screen {
  /** Top to bottom with its colours (SGR sequences, as `tmux capture-pane -e` gives them); no trailing blank rows. */
  readonly rows: readonly string[];
  /** The terminal's title as the program set it; some agents say there what they do. */
  readonly title: string;
}

/** What a screen shows. It is the last witness: it never makes an agent busy. */
export interface Reading {
  /** `idle`: its prompt is free for input; `waiting`: a dialog wants an answer. */
  readonly shows: "idle" | "working" | "waiting" | "unknown";
  /** The dialog's name or question, for people; "": nothing to say. */
  readonly what: string;
  /** This agent takes input from the moment its prompt is drawn; absent: it may still be loading. */
  readonly ready?: true;
}

/** Why a turn ended badly. */
export interface Trouble {
  /**
   * `limit`: its plan or key is used up for a time; `login`: it needs a person; `context`: the conversation is too
   * long; `overloaded`: its provider fails for now.
   */
  readonly kind: "limit" | "login" | "context" | "overloaded" | "other";
  /** When it may go on, as the provider said; null: not said. */
  readonly until: Instant | null;
}

/** One thing that an agent's own event says, in our words. An event may say several, or nothing. */
export interface Heard {
  readonly kind: SignalKind;
  readonly message: MessageId | null;
  /** The turn's last text (`idle`), the question (`waiting`), the reason (`error`, `ended`). */
  readonly detail: string;
  /** The agent's own id of the conversation: what a later launch continues. */
  readonly session?: string;
  /** Where it keeps that conversation: a JSONL file. Its claim, to be read with care. */
  readonly record?: string;
  readonly trouble?: Trouble;
}

/** An agent asks whether it may run or write something. */
export interface PermissionRequest {
  /** The tool as the agent calls it. */
  readonly tool: string;
  /** The exact command, or the path with the change as a diff: what a person decides on. */
  readonly what: string;
  /** What `permissions` patterns are matched with: the command, or `edit <path>`, or `<tool> <argument>`. */
  readonly subject: string;
  readonly cwd: string;
}

/** `pane`: nobody decided; the agent asks in its pane as if we were not there. */
export type Verdict =
  | { readonly effect: "allow" }
  | { readonly effect: "deny"; readonly reason: string }
  | { readonly effect: "pane" };

/** How the hooks of one launch reach the bot. */
export interface Hooks {
  /**
   * What may be lost with the bot is posted here as JSON: cheap enough for each tool's use. A token of this seat and
   * launch is part of it.
   */
  readonly eventUrl: string;
  /** A shell command that files the JSON on its standard input as a signal: it works while no bot runs. */
  readonly fileCommand: string;
  /**
   * A shell command that asks people with the JSON on its standard input and prints the answer, or nothing when nobody
   * decided. A command and no address: it believes only the bot's answer, whoever has the port.
   */
  readonly permissionCommand: string;
  /** How long a person has to decide, s. */
  readonly permissionSeconds: number;
}

/** What a launch is made of. */
export interface Seating {
  readonly member: MemberName;
  readonly epoch: Epoch;
  readonly worktree: string;
  /** The main repository: agents record trust for it. */
  readonly repository: string;
  readonly promptFile: string;
  /** Where bodies lie that are too long to be typed: to be read without asking a person. */
  readonly bodies: string;
  /** A folder of this seat's own (0700, outside every worktree) for what the driver wants written. */
  readonly folder: string;
  /** The agent's conversation to go on with; null: a new one. */
  readonly resume: string | null;
  /** A fresh UUID that a new conversation may take as its id. */
  readonly fresh: string;
  /** As team.yaml names it; null: the agent's own default. */
  readonly model: string | null;
  /** `trusted`: the team file says in so many words that nobody is asked. */
  readonly permissions: "ask" | "trusted";
  readonly hooks: Hooks;
}

export interface LaunchPlan {
  readonly argv: readonly string[];
  /** The agent's own program, where `argv` begins with another one: it has to be there. */
  readonly program?: string;
  /** Beside the children's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Names in `Seating.folder` with their text, to be written (0600) before the program starts. */
  readonly files: Readonly<Record<string, string>>;
}

/** What an agent's own record says of its use. */
export interface Usage {
  /** Tokens of the conversation so far: all of its turns in this record. */
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  /** US dollars, where the agent says so. */
  readonly cost: number | null;
  /** Tokens that the newest request sent along, and how many fit; null: not known. */
  readonly context: number | null;
  readonly window: number | null;
}

export interface AgentDriver {
  readonly agent: string;
  /** The versions this driver was tried with, oldest and newest; null: it comes with this package. */
  readonly tried: { readonly oldest: string; readonly newest: string } | null;
  /** What prints the version; null: it needs none. */
  readonly version: readonly string[] | null;
  /** Variables that hold its login: nobody but agents of this kind is given them. */
  readonly logins: readonly string[];
  /** @throws Failure `agent.missing` */
  launch(seating: Seating): LaunchPlan;
  /** What stands in the composer: "" = empty; unknown when the screen shows no composer (a dialog, another screen). */
  composer(screen: Screen): Probe<string>;
  /** Null: this agent tells all by itself, its screen is not read. */
  read(screen: Screen): Reading | null;
  /** One event of its hooks, or one line of its record, as it came: data of any shape. What it does not know says nothing. */
  hear(event: unknown): readonly Heard[];
  /** Null: the event asks for no permission. */
  asks(event: unknown): PermissionRequest | null;
  /** What an event says that it is about to do, whether or not it will ask; null: nothing of that kind. */
  plans(event: unknown): PermissionRequest | null;
  /** The text that answers a permission hook; "": as if there were no hook. */
  answer(verdict: Verdict): string;
  /** Whether errors stand only in its record, so that this has to be followed line by line. */
  readonly followsRecord: boolean;
  /** Folds the lines of its record; null: they say nothing of use. */
  usage(lines: readonly string[]): Usage | null;
  /** Keys that stop the turn. */
  readonly interrupt: readonly string[];
  /** Keys that empty the composer. */
  readonly clear: readonly string[];
}
