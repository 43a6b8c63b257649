// The script language: finds the steps in a message's body and reads one step. Acts nothing out.

export type Step =
  | { readonly verb: "say" | "draft"; readonly text: string }
  | { readonly verb: "write" | "append"; readonly path: string; readonly text: string }
  | { readonly verb: "run"; readonly command: string; readonly must: boolean }
  | { readonly verb: "commit"; readonly message: string }
  | { readonly verb: "batty"; readonly words: readonly string[] }
  | { readonly verb: "ask"; readonly question: string; readonly options: readonly string[] }
  | { readonly verb: "sleep"; readonly ms: number }
  | { readonly verb: "hang" | "crash" }
  | { readonly verb: "exit"; readonly code: number }
  | { readonly verb: "flood"; readonly bytesPerSecond: number; readonly ms: number }
  | { readonly verb: "ignore-enter"; readonly count: number }
  | { readonly verb: "invalid"; readonly why: string };

const opening = /(`{3,}|~{3,})[ \t]*batty-script\b(.*)$/;
const oneLine = /(?:^|\s)batty-script:(.*)$/;

/** The steps of every script in a body, a line each; null: the body holds none. */
export function findScript(body: string): readonly string[] | null {
  const steps: string[] = [];
  let found = false;
  let fence: string | null = null;
  for (const line of body.split(/\r?\n/)) {
    if (fence !== null) {
      if (closes(line, fence)) fence = null;
      else steps.push(line.trim());
      continue;
    }
    const open = opening.exec(line);
    const inline = open ? null : oneLine.exec(line);
    if (open?.[1] !== undefined) fence = open[1];
    else if (inline?.[1] !== undefined) steps.push(...splitOneLine(inline[1]));
    found ||= open !== null || inline !== null;
  }
  return found ? steps.filter((step) => step !== "" && !step.startsWith("#")) : null;
}

function closes(line: string, fence: string): boolean {
  const text = line.trim();
  return text.length >= fence.length && text === (fence[0] ?? "").repeat(text.length);
}

function splitOneLine(text: string): readonly string[] {
  return text.split(";;").map((step) => step.trim());
}

const invalid = (why: string): Step => ({ verb: "invalid", why });

/** Reads one step. A step that cannot be read is `invalid`, never an exception: the script goes on. */
export function parseStep(line: string): Step {
  const { head: verb, rest } = cutWord(line.trim());
  const read = Object.hasOwn(readers, verb) ? readers[verb] : undefined;
  return read ? read(rest) : invalid(`there is no step "${verb}"`);
}

const readers: Readonly<Record<string, (rest: string) => Step>> = {
  say: (text) => ({ verb: "say", text }),
  draft: (text) => ({ verb: "draft", text }),
  write: (rest) => readWrite("write", rest),
  append: (rest) => readWrite("append", rest),
  run: (command) => (command ? { verb: "run", command, must: false } : invalid("run what?")),
  "run!": (command) => (command ? { verb: "run", command, must: true } : invalid("run what?")),
  commit: (message) => (message ? { verb: "commit", message } : invalid("commit needs a message")),
  batty: (rest) => {
    const words = splitWords(rest);
    return words?.length
      ? { verb: "batty", words }
      : invalid("batty needs arguments, quotes closed");
  },
  ask: (rest) => {
    const [question = "", ...options] = rest.split("|").map((part) => part.trim());
    if (!question) return invalid("ask needs a question");
    return { verb: "ask", question, options: options.filter((option) => option !== "") };
  },
  sleep: (rest) => {
    const ms = parseDuration(rest);
    return ms === null ? invalid("sleep needs a time like 2s") : { verb: "sleep", ms };
  },
  hang: () => ({ verb: "hang" }),
  crash: () => ({ verb: "crash" }),
  exit: (rest) => {
    const code = rest === "" ? 0 : Number(rest);
    const isCode = Number.isInteger(code) && code >= 0 && code <= 255;
    return isCode ? { verb: "exit", code } : invalid("exit needs a number from 0 to 255");
  },
  flood: (rest) => {
    const { head: rate, rest: time } = cutWord(rest);
    const bytesPerSecond = parseRate(rate);
    const ms = parseDuration(time);
    if (bytesPerSecond === null || ms === null) return invalid("flood needs a form like 20kB/s 5s");
    return { verb: "flood", bytesPerSecond, ms };
  },
  "ignore-enter": (rest) => {
    const count = rest === "" ? 1 : Number(rest);
    const isCount = Number.isInteger(count) && count >= 0;
    return isCount ? { verb: "ignore-enter", count } : invalid("ignore-enter needs a number");
  },
};

function readWrite(verb: "write" | "append", rest: string): Step {
  const { head: path, rest: text } = cutWord(rest);
  if (!path) return invalid(`${verb} needs a path`);
  return { verb, path, text: text.replaceAll("\\n", "\n") };
}

function cutWord(text: string): { readonly head: string; readonly rest: string } {
  const [, head = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  return { head, rest };
}

/** `500ms`, `2s`, `1m`, `1h`; a bare number is seconds. */
export function parseDuration(text: string): number | null {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const ms = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit];
  return amount === undefined || ms === undefined ? null : Number(amount) * ms;
}

/** `500B/s`, `20kB/s`, `1MB/s`, in bytes a second. */
function parseRate(text: string): number | null {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(k|M)?B\/s$/i.exec(text) ?? [];
  const factor = { "": 1, k: 1_000, m: 1_000_000 }[unit.toLowerCase()];
  return amount === undefined || factor === undefined ? null : Number(amount) * factor;
}

/** Splits as a shell splits words: blanks, both quotes, backslash. Null: a quote is left open. */
export function splitWords(text: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote === "'" ? char === "'" : quote === '"' && char === '"') quote = null;
    else if (
      char === "\\" &&
      quote !== "'" &&
      (quote === null ? next !== "" : '"\\$`'.includes(next || " "))
    ) {
      word = (word ?? "") + next;
      at += 1;
    } else if (quote === null && (char === '"' || char === "'")) {
      quote = char;
      word ??= "";
    } else if (quote === null && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + char;
  }
  if (word !== null) words.push(word);
  return quote === null ? words : null;
}

/** Verbs after whose first argument everything is text, taken as it is: options stand before it. */
const verbatimVerbs = new Set(["send"]);

/** The arguments with `--json` where the verb takes it for an option. */
export function withJson(words: readonly string[]): readonly string[] {
  const verbAt = words.findIndex(
    (word, at) => !word.startsWith("-") && words[at - 1] !== "--project-root",
  );
  const verb = words[verbAt];
  if (verb !== undefined && verbatimVerbs.has(verb)) {
    const after = words.slice(verbAt + 1);
    const textAt = after.findIndex((word) => !word.startsWith("--"));
    const options = textAt < 0 ? after : after.slice(0, textAt);
    if (options.includes("--json") || words.slice(0, verbAt).includes("--json")) return words;
    return [...words.slice(0, verbAt + 1), "--json", ...after];
  }
  const end = words.indexOf("--");
  const options = end < 0 ? words : words.slice(0, end);
  if (options.includes("--json")) return words;
  return end < 0 ? [...words, "--json"] : [...options, "--json", ...words.slice(end)];
}
