// What no agent does, asked or not, unless the team's own list names it: pushing, deleting outside its worktree, reading
// secrets. Pure. Judged by the words that a program would get, so that quotes and programs that start others hide nothing.
import { resolvePath } from "../lib/posix-path.ts";
import type { PermissionRequest } from "./agent.ts";
import { type Command, lineOf, type Word } from "./command-line.ts";

type Asked = Pick<PermissionRequest, "tool" | "subject" | "cwd">;

export const isShell = ({ tool }: Pick<Asked, "tool">): boolean => tool === "Bash";

export const isWithin = (folder: string, path: string): boolean =>
  resolvePath("/", path).startsWith(`${folder}/`);

/** Programs that run what they are given. */
const wraps =
  /^(?:\S*\/)?(?:sh|bash|zsh|dash|eval|exec|env|command|builtin|sudo|doas|xargs|nohup|timeout|nice|ionice|stdbuf|setsid|watch|parallel|busybox|time|find)$/;
const before = /^(?:!|if|then|elif|else|do|while|until|[A-Za-z_]\w*\+?=.*)$/s;

/** The command without what stands before its program; of one that starts another, whatever that may be. */
export function readings({ words }: Command): readonly (readonly Word[])[] {
  const from = words.findIndex(({ text }) => !before.test(text));
  const bare = from < 0 ? [] : words.slice(from);
  if (!wraps.test(bare[0]?.text ?? "")) return [bare];
  return bare.map((_, n) => bare.slice(n));
}

export const textOf = (words: readonly Word[]): string => words.map(({ text }) => text).join(" ");

/** Commands that stand within this one, as far as they can be told. */
export const within = (command: Command): readonly Command[] =>
  readings(command).length > 1
    ? [
        ...command.words
          .filter(({ text }) => /\s/.test(text))
          .flatMap(({ text }) => lineOf(text)?.commands ?? []),
        ...roughly(command.text),
      ]
    : [];

/** Of a line that is not understood: cut wherever a command may begin, so that nothing forbidden hides behind. */
export const roughly = (text: string): readonly Command[] =>
  text
    .split(/[;&|\n`(){}<>"']|\$\(/)
    .map((one) => one.trim().replace(/\s+/g, " "))
    .filter((one) => one !== "")
    .map((one) => ({ text: one, words: plainWords(one) }));

export const plainWords = (text: string): readonly Word[] =>
  text.split(" ").map((one) => ({ text: one, expands: /[$*?[~]/.test(one) }));

/** The reason; null: nothing of that kind. */
export function neverOf(command: Command, asked: Asked, worktree: string): string | null {
  if (!isShell(asked)) return secretsIn(command.words);
  const all = readings(command);
  if (all.some(isPush)) return "agents never push: the bot lands what is tested and approved";
  const secret = all.map((words) => secretsIn(readsFiles(words))).find((one) => one !== null);
  if (secret != null) return secret;
  const stray = all.map((words) => strayOf(words, asked.cwd, worktree)).find((one) => one !== null);
  return stray === undefined || stray === null
    ? null
    : `${stray} is outside its worktree: nothing is deleted there`;
}

const programOf = (words: readonly Word[]): string =>
  (words[0]?.text ?? "").replace(/^.*\//s, "").replace(/^\\/, "");

/** Options of git before its verb whose value is the next word. */
const valued = /^(?:-[cC]|--(?:git-dir|work-tree|namespace|super-prefix|config-env))$/;

function isPush(words: readonly Word[]): boolean {
  if (programOf(words) !== "git") return false;
  let at = 1;
  for (; words[at]?.text.startsWith("-") === true; at += 1) {
    if (!valued.test(words[at]?.text ?? "")) continue;
    at += 1;
    if (/^alias\..*=.*push/s.test(words[at]?.text ?? "")) return true;
  }
  const [verb, next] = [words[at]?.text ?? "", words[at + 1]?.text];
  return /^(?:push|send-pack)$/.test(verb) || (/^(?:subtree|lfs)$/.test(verb) && next === "push");
}

const removes = /^(?:rm|rmdir|unlink|shred|truncate)$/;

/** What it deletes outside; null: nothing. */
function strayOf(words: readonly Word[], cwd: string, worktree: string): string | null {
  const finds = programOf(words) === "find" && words.some(({ text }) => text === "-delete");
  const removal = words.some((_, n) => removes.test(programOf(words.slice(n))));
  if (!finds && !removal) return null;
  const stays = (path: string): boolean =>
    isWithin(worktree, path) || (finds && !removal && path === worktree);
  const [, ...rest] = words;
  const options = rest.findIndex(({ text }) => text.startsWith("-"));
  const roots = finds && !removal && options >= 0 ? rest.slice(0, options) : rest;
  return roots.find(({ text }) => !text.startsWith("-") && !stays(pathOf(text, cwd)))?.text ?? null;
}

/** Where a variable or a home stands in it, it may be anywhere. */
const pathOf = (text: string, cwd: string): string => {
  const word = text.replace(/^--?[\w-]+=/, "");
  return /^~|\$/.test(word) ? "/" : resolvePath(cwd === "" ? "/" : cwd, word);
};

const secretFile =
  /(?:^|[/:=@])(?:\.ssh|\.aws|\.gnupg|\.kube|\.docker)(?:\/|$)|(?:^|[/:=@])(?:\.netrc|\.pgpass|\.git-credentials|\.npmrc|\.pypirc|id_(?:rsa|dsa|ecdsa|ed25519))$|\.config\/(?:batty|gh|gcloud)(?:\/|$)|\.claude\/\.credentials\.json$|\.codex\/auth\.json$|^\/proc\/[^/]+\/(?:task\/[^/]+\/)?environ$|(?:^|[/:=@])\.env(?:\.(?!example$|sample$|template$|test$)[\w-]+)?$|\.(?:pem|p12|pfx|keystore)$/i;

const hereSecret = [".env", ".env.local", ".npmrc"];
const homeSecret = [".ssh", ".aws", ".gnupg", ".kube", ".docker", ".netrc", ".git-credentials"];

function secretsIn(words: readonly Word[]): string | null {
  const secret = words.find((word) => secretFile.test(word.text) || mayFind(word));
  return secret === undefined ? null : `${secret.text} may hold secrets`;
}

/** What a wildcard finds; one that names no letter is a look at all there is. */
function mayFind({ text, expands }: Word): boolean {
  if (!expands) return false;
  const names = /^[~/$]/.test(text) ? [...hereSecret, ...homeSecret] : hereSecret;
  return text.split("/").some((part) => {
    if (!/^[.[?].*[*?[]|^\[/.test(part) || !/\w/.test(part)) return false;
    const steps = part.split(/(\*|\?|\[[^\]]+\])/);
    const glob = steps.map((step) =>
      step === "*" ? ".*" : step === "?" ? "." : step.startsWith("[") ? step : escaped(step),
    );
    return names.some((name) => matches(glob.join(""), name));
  });
}

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}*]/g, "\\$&");

function matches(glob: string, name: string): boolean {
  try {
    return new RegExp(`^${glob}$`).test(name);
  } catch {
    return false; // a range the wrong way round finds nothing in a shell, either
  }
}

/** Those of the words that may name files: what is printed, searched for or told is text. */
function readsFiles(words: readonly Word[]): readonly Word[] {
  const program = programOf(words);
  if (/^(?:batty|echo|printf)$/.test(program)) return [];
  if (/^(?:[ef]?grep|rg)$/.test(program)) {
    const pattern = words.findIndex(({ text }, n) => n > 0 && !text.startsWith("-"));
    return words.filter((_, n) => n !== pattern);
  }
  return program === "git"
    ? words.filter((_, n) => !/^(?:-[a-z]*m|--message)$/.test(words[n - 1]?.text ?? ""))
    : words;
}
