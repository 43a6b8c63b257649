// What an agent may do without asking a person, what never, and what a person decides. Pure. A command that is not
// wholly understood is never allowed by a pattern.
import { resolvePath } from "../lib/posix-path.ts";
import type { PermissionRequest } from "./agent.ts";
import { type Command, type Line, lineOf, type Word } from "./command-line.ts";
import {
  isShell,
  isWithin,
  neverOf,
  plainWords,
  readings,
  roughly,
  textOf,
  within,
} from "./never.ts";
import type { Epoch, Instant, MemberName, Millis, TaskId } from "./words.ts";

export interface Permissions {
  /** Patterns of subjects (`*`: any characters); a command in several parts needs one for each. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** `rest`: a person is asked; `none`: what is not allowed is denied; `allow-everything`: agents run unasked. */
  readonly ask: "rest" | "none" | "allow-everything";
  /** How long a person has before the agent asks in its pane. */
  readonly timeout: Millis;
}

export interface Ground {
  readonly worktree: string;
  /** Commands of the team's own: its tests, its set-up. */
  readonly own: readonly string[];
  /** What a person allowed for the task in hand, as `grantOf` has it. */
  readonly granted: readonly string[];
}

export type Ruling =
  | { readonly effect: "allow" | "deny"; readonly why: string }
  | { readonly effect: "ask" };

/** An agent's hook waits for a decision. */
export interface OpenRequest {
  readonly id: string;
  readonly member: MemberName;
  readonly epoch: Epoch;
  readonly task: TaskId | null;
  readonly escalation: number;
  readonly tool: string;
  readonly subject: string;
  readonly cwd: string;
  readonly deadline: Instant;
  readonly askedAt: Instant;
}

type Asked = Pick<PermissionRequest, "tool" | "subject" | "cwd">;

/** Each part of a command is judged for itself: one that is denied denies the whole, all must be allowed. */
export function ruling(asked: Asked, permissions: Permissions, ground: Ground): Ruling {
  const line = askedLine(asked);
  const rulings = (line?.commands ?? []).map((part) =>
    ofPart(part, asked, permissions, ground, isLoose(line)),
  );
  const inside = hidden(line, asked.subject).map((part) =>
    forbidden(part, asked, permissions, ground),
  );
  const no = [...rulings, ...inside].find((one) => one?.effect === "deny");
  if (no?.effect === "deny") return no;
  if (line !== null && ground.granted.includes(grantText(asked, line)))
    return { effect: "allow", why: "allowed for this task" };
  const [first, ...others] = rulings;
  if (first?.effect === "allow" && others.every((one) => one.effect === "allow")) return first;
  return permissions.ask === "none"
    ? { effect: "deny", why: "permissions.ask is none, and permissions.allow does not have it" }
    : { effect: "ask" };
}

/**
 * Why it does not go, whoever is asked; null: something else decides. For what an agent does without asking. What a
 * shell reads as text (a heredoc) is no command.
 */
export function never(asked: Asked, permissions: Permissions, ground: Ground): string | null {
  if (permissions.ask === "allow-everything") return null;
  const shown = isShell(asked)
    ? { ...asked, subject: asked.subject.split("<<", 1)[0] ?? "" }
    : asked;
  const found = ruling(shown, { ...permissions, ask: "rest" }, ground);
  return found.effect === "deny" ? found.why : null;
}

/** The team's own words come first, then what never goes, then what always does. */
function ofPart(
  part: Command,
  asked: Asked,
  permissions: Permissions,
  ground: Ground,
  /** What it does hangs on the others. */
  loose: boolean,
): Ruling {
  const no = forbidden(part, asked, permissions, ground);
  if (no !== null) return no;
  if (!isDisguised(asked) && permissions.allow.some((pattern) => fits(pattern, part.text)))
    return { effect: "allow", why: "permissions.allow" };
  if (loose) return { effect: "ask" };
  const { granted } = ground;
  if (
    granted.includes(grantText(asked, { commands: [part], piped: false })) ||
    isInPattern(part, asked, granted)
  )
    return { effect: "allow", why: "allowed for this task" };
  return isRoutine(part, asked, ground) ? { effect: "allow", why: "routine" } : { effect: "ask" };
}

/** What the team's own list denies no `allow` lifts; what never goes, only one that names it. */
function forbidden(
  part: Command,
  asked: Asked,
  { allow, deny }: Permissions,
  { worktree }: Ground,
): { readonly effect: "deny"; readonly why: string } | null {
  // Quotes that change nothing, and programs that start this one, make no other command.
  const texts = [part.text, ...(isShell(asked) ? readings(part).map(textOf) : [])];
  const pattern = deny.find((one) => texts.some((text) => fits(one, text)));
  if (pattern !== undefined) return { effect: "deny", why: `permissions.deny has "${pattern}"` };
  const why = neverOf(part, asked, worktree);
  // Who allows `git *` or `cat *` did not think of these.
  const named = (one: string): boolean => {
    const text = one.replaceAll("*", "").trim();
    return (
      fits(one, part.text) && neverOf({ text, words: plainWords(text) }, asked, worktree) !== null
    );
  };
  return why === null || allow.some(named) ? null : { effect: "deny", why };
}

/** The argument of these is told whole in the subject; a grant of another tool would cover what nobody saw. */
const toldWhole = /^(?:WebFetch|WebSearch|Read|Glob|Grep|Skill)$/;

/** What a person allows for the task: this line, here, or it as a part of another; null: it can't be told what it would cover. */
export function grantOf(asked: Asked): readonly string[] | null {
  const line = askedLine(asked);
  if (line === null || line.commands.length === 0) return null;
  if (isShell(asked))
    return line.commands.some(({ words }) => words.some(({ expands }) => expands))
      ? null
      : [grantText(asked, line)];
  return isDisguised(asked) || !(editors.test(asked.tool) || toldWhole.test(asked.tool))
    ? null
    : [grantText(asked, line)];
}

/** Programs whose next word says what they do; its own next word too, where that only starts something. */
const tools =
  /^(?:npm|pnpm|yarn|bun|deno|cargo|go|make|just|pip|pip3|poetry|uv|bundle|rake|mvn|gradle|dotnet|mix|composer|tox|nox|docker|podman|helm)$/;
const starts = /^(?:run|exec|compose)$/;
const plainWord = /^[a-z][\w:.-]{0,30}$/i;

/** What a person may allow with whatever follows it, in this folder; null: only the line as it stands. */
export function patternOf(asked: Asked): { readonly words: string; readonly grant: string } | null {
  const line = isShell(asked) ? askedLine(asked) : null;
  const [only, ...others] = line?.commands ?? [];
  if (only === undefined || others.length > 0 || isLoose(line)) return null;
  const texts = only.words.map(({ text }) => text);
  if (!tools.test(texts[0] ?? "")) return null;
  const words = texts.slice(0, starts.test(texts[1] ?? "") ? 3 : 2);
  // One with nothing after it is granted as it stands.
  if (
    words.length < 2 ||
    texts.length === words.length ||
    !words.every((word) => plainWord.test(word))
  )
    return null;
  return { words: words.join(" "), grant: patternText(asked.cwd, words) };
}

const patternText = (cwd: string, words: readonly string[]): string =>
  `Bash* in ${cwd}: ${words.join(" ")}`;

/** Whether a pattern that was allowed has this command. What a shell would put in place of its words is not known. */
const isInPattern = ({ words }: Command, asked: Asked, granted: readonly string[]): boolean =>
  isShell(asked) &&
  words.every(({ expands }) => !expands) &&
  [2, 3].some((n) =>
    granted.includes(
      patternText(
        asked.cwd,
        words.slice(0, n).map(({ text }) => text),
      ),
    ),
  );

/** The same words mean something else in another folder. A line of several is granted as it stands. */
const grantText = ({ tool, subject, cwd }: Asked, { commands, piped }: Line): string => {
  const [only] = commands;
  const text = commands.length === 1 && only !== undefined && !piped ? only.text : subject;
  return `${tool} in ${cwd}: ${text}`;
};

function fits(pattern: string, text: string): boolean {
  const steps = pattern.trim().replace(/\s+/g, " ").split("*");
  const literal = steps.map((step) => step.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "su").test(text);
}

/** Tools that change the one file that their subject names. */
const editors = /^(?:Edit|Write|MultiEdit|NotebookEdit|apply_patch)$/;
/** An edit by what does not edit, or by a path that leads back: a pattern would say yes to something else. */
const isDisguised = (asked: Asked): boolean =>
  !isShell(asked) &&
  /^edit /i.test(asked.subject) &&
  (!editors.test(asked.tool) || /(?:^edit |\/)\.\.(?:\/|$)/.test(asked.subject));

/** Null: it is not wholly understood. What is no command is one part. */
function askedLine(asked: Asked): Line | null {
  if (isShell(asked)) return lineOf(asked.subject);
  const text = asked.subject.trim();
  return { commands: [{ text, words: plainWords(text) }], piped: false };
}

/** These change what the commands beside them mean. */
const moves =
  /^(?:cd|pushd|popd|export|declare|typeset|local|readonly|unset|set|shopt|alias|unalias|source|\.|eval|exec|trap|hash|enable|read|printf -v|umask|builtin|command)(?: |$)|^[\w[\]]+\+?=/;

const isLoose = (line: Line | null): boolean =>
  line !== null &&
  line.commands.length > 1 &&
  (line.piped || line.commands.some(({ text }) => moves.test(text)));

/** Commands that stand within others, as far as they can be told. */
const hidden = (line: Line | null, subject: string): readonly Command[] =>
  line === null ? roughly(subject) : line.commands.flatMap(within);

const ours = /^(?:batty|git (?:add|commit|status|diff|log|show|rev-parse|ls-files|blame))(?: |$)/;
/** Options by which git runs, writes or reads something else. */
const gitReaches =
  /^(?:-[A-Za-ln-z]*[cCFOS].*|-t.+|--(?:exec-path|git-dir|work-tree|output|ext-diff|textconv|no-index|template|gpg-sign|file|contents|pathspec-from-file|exclude-from)(?:=.*)?)$/s;
/** Folders and files that say what runs: whoever writes them needs no permission any more. */
const leads = /(?:^|\/)(?:\.(?:git|batty|claude|codex|agents)(?:\/|$)|\.mcp\.json$|\.envrc$)/i;

function isRoutine(part: Command, asked: Asked, { worktree, own }: Ground): boolean {
  if (!isShell(asked)) {
    const path = /^edit (.+)$/s.exec(part.text)?.[1];
    if (path === undefined || !editors.test(asked.tool)) return false;
    const whole = resolvePath(asked.cwd === "" ? "/" : asked.cwd, path);
    return isWithin(worktree, whole) && !leads.test(whole.slice(worktree.length));
  }
  // Elsewhere the same command is about something else.
  if (resolvePath("/", asked.cwd) !== worktree && !isWithin(worktree, asked.cwd)) return false;
  if (ours.test(part.text))
    return part.words[0]?.text === "batty" || !reaches(part.words, asked.cwd, worktree);
  return own.some((line) => lineOf(line)?.commands.some(({ text }) => text === part.text));
}

function reaches(words: readonly Word[], cwd: string, worktree: string): boolean {
  const [, verb, ...rest] = words;
  return rest.some(({ text, expands }) => {
    if (gitReaches.test(text)) return true;
    // What a wildcard finds may be called like an option.
    if (expands && (verb?.text !== "add" || /[$~]/.test(text))) return true;
    const path = resolvePath(cwd, text.replace(/^--?[\w-]+=/, ""));
    return path !== worktree && !isWithin(worktree, path);
  });
}
