// What an agent may do without asking a person, what never, and what a person decides. Pure. A command that is not
// wholly understood is never allowed by a pattern.
import { resolvePath } from "../lib/posix-path.ts";
import type { PermissionRequest } from "./agent.ts";
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
  /** What a person allowed for the task in hand. */
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
  const whole = partsOf(asked);
  const rulings = (whole ?? []).map((part) => ofPart(part, asked, permissions, ground));
  const within = hidden(whole, asked.subject).map((part) =>
    forbidden(part, asked, permissions, ground),
  );
  const no = [...rulings, ...within].find((one) => one?.effect === "deny");
  if (no?.effect === "deny") return no;
  const [first, ...others] = rulings;
  if (first?.effect === "allow" && others.every((one) => one.effect === "allow")) return first;
  return permissions.ask === "none"
    ? { effect: "deny", why: "permissions.ask is none, and permissions.allow does not have it" }
    : { effect: "ask" };
}

/** The team's own words come first, then what never goes, then what always does. */
function ofPart(part: string, asked: Asked, permissions: Permissions, ground: Ground): Ruling {
  const allowed = permissions.allow.some((pattern) => fits(pattern, part));
  const no = forbidden(part, asked, permissions, ground);
  if (no !== null && !(allowed && no.own === undefined)) return no;
  if (allowed) return { effect: "allow", why: "permissions.allow" };
  if (ground.granted.some((pattern) => fits(pattern, part)))
    return { effect: "allow", why: "allowed for this task" };
  return isRoutine(part, asked, ground) ? { effect: "allow", why: "routine" } : { effect: "ask" };
}

/** `own`: by the team file's own list, which no `allow` lifts. */
function forbidden(
  part: string,
  asked: Asked,
  { deny }: Permissions,
  ground: Ground,
): { readonly effect: "deny"; readonly why: string; readonly own?: true } | null {
  const pattern = deny.find((one) => fits(one, part));
  if (pattern !== undefined)
    return { effect: "deny", why: `permissions.deny has "${pattern}"`, own: true };
  const why = neverOf(part, asked, ground);
  return why === null ? null : { effect: "deny", why };
}

/** What a grant for the task covers: each simple command of it, as it stands; null: it can't be said in patterns. */
export function grantOf(asked: Asked): readonly string[] | null {
  const parts = partsOf(asked);
  return parts === null || parts.some((part) => part.includes("*")) ? null : parts;
}

function fits(pattern: string, text: string): boolean {
  const steps = pattern.trim().replace(/\s+/g, " ").split("*");
  const literal = steps.map((step) => step.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "su").test(text);
}

const isShell = ({ tool }: Asked): boolean => tool === "Bash";

/** The simple commands of a line, blanks made one; null: it is not wholly understood. */
function partsOf(asked: Asked): readonly string[] | null {
  if (!isShell(asked)) return [asked.subject.trim()];
  const parts: string[] = [];
  let part = "";
  let quote = "";
  for (let at = 0; at < asked.subject.length; at += 1) {
    const character = asked.subject[at] ?? "";
    const next = asked.subject[at + 1] ?? "";
    if (quote === "'") {
      if (character === "'") quote = "";
    } else if (character === "`" || character === "\\" || (character === "$" && next === "(")) {
      return null;
    } else if (quote === '"') {
      if (character === '"') quote = "";
    } else if (character === "'" || character === '"') {
      quote = character;
    } else if ("<>(){}".includes(character)) {
      return null;
    } else if (";&|\n".includes(character)) {
      parts.push(part);
      part = "";
      continue;
    }
    part += character;
  }
  if (quote !== "") return null;
  const plain = [...parts, part].map((one) => one.trim().replace(/\s+/g, " "));
  return plain.filter((one) => one !== "");
}

/** Programs that run what they are given: a quote of theirs is a command. */
const wraps =
  /^(?:\S*\/)?(?:sh|bash|zsh|dash|eval|exec|env|sudo|xargs|nohup|timeout|nice|time|find)(?: |$)/;

/** Commands that stand within others, as far as they can be told. */
const hidden = (whole: readonly string[] | null, subject: string): readonly string[] =>
  whole === null
    ? roughParts(subject)
    : whole.filter((part) => wraps.test(part)).flatMap(roughParts);

/** Of a line that is not understood: cut wherever a command may begin, so that nothing forbidden hides behind. */
const roughParts = (text: string): readonly string[] =>
  text
    .split(/[;&|\n`(){}<>"']|\$\(/)
    .map((one) => one.trim().replace(/\s+/g, " "))
    .filter((one) => one !== "");

const push =
  /^(?:\w+=\S* )*(?:(?:sudo|env|exec|time|nohup|xargs) (?:\w+=\S* )*)?(?:\S*\/)?git(?:\s+-{1,2}\S+(?:\s+[^\s-]\S*)?)*\s+(?:push|send-pack)\b/;
const removes = /(?:^|[\s/])(?:rm|rmdir|unlink|shred|truncate)\s/;
const secretFile =
  /(?:^|\/)(?:\.ssh|\.aws|\.gnupg|\.kube|\.docker)(?:\/|$)|(?:^|\/)(?:\.netrc|\.pgpass|\.git-credentials|\.npmrc|\.pypirc|id_(?:rsa|dsa|ecdsa|ed25519))$|\.config\/(?:batty|gh|gcloud)(?:\/|$)|(?:^|\/)\.env(?:\.(?!example$|sample$|template$|test$)[\w-]+)?$|\.(?:pem|p12|pfx|keystore)$/;

function neverOf(part: string, asked: Asked, { worktree }: Ground): string | null {
  if (isShell(asked) && push.test(part))
    return "agents never push: the bot lands what is tested and approved";
  const words = wordsOf(part);
  const secret = words.find((word) => secretFile.test(word));
  if (secret !== undefined) return `${secret} may hold secrets`;
  const outside = (word: string): boolean => !isWithin(worktree, pathOf(word, asked.cwd));
  if (isShell(asked) && removes.test(` ${part}`)) {
    const stray = words.slice(1).find((word) => !word.startsWith("-") && outside(word));
    if (stray !== undefined) return `${stray} is outside its worktree: nothing is deleted there`;
  }
  return null;
}

/** Quotes do not make another word; neither does `--file=`. */
const wordsOf = (part: string): readonly string[] =>
  part
    .split(" ")
    .map((word) => word.replace(/["']/g, "").replace(/^--?[\w-]+=/, ""))
    .filter((word) => word !== "");

/** Where a variable or a home stands in it, it may be anywhere. */
const pathOf = (word: string, cwd: string): string =>
  /^~|\$/.test(word) ? "/" : resolvePath(cwd === "" ? "/" : cwd, word);

const isWithin = (folder: string, path: string): boolean =>
  path !== folder && path.startsWith(`${folder}/`);

const ours =
  /^(?:batty(?: |$)|git (?:add|commit|status|diff|log|show|rev-parse|ls-files|blame)(?: |$))/;
/** Options by which git runs or writes something else. */
const gitReaches =
  / (?:-c|-C|--exec-path|--git-dir|--work-tree|--output|--ext-diff|--textconv)(?:[= ]|$)/;

function isRoutine(part: string, asked: Asked, { worktree, own }: Ground): boolean {
  if (!isShell(asked)) {
    const path = /^edit (.+)$/s.exec(part)?.[1];
    if (path === undefined) return false;
    const whole = resolvePath(asked.cwd === "" ? "/" : asked.cwd, path);
    return (
      isWithin(worktree, whole) &&
      !/(?:^|\/)\.(?:git|batty)(?:\/|$)/.test(whole.slice(worktree.length))
    );
  }
  if (ours.test(part)) return !gitReaches.test(part);
  return own.some((command) => part === command);
}
