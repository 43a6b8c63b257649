// What the model shall do, as text: one step a line, so that a prompt or a playbook can carry it. Knows no API.

/** What one answer holds before it ends or asks for a tool. */
export type Part =
  | { readonly kind: "think"; readonly ms: number }
  | { readonly kind: "say"; readonly text: string; readonly ms: number };

export type Tool =
  | { readonly kind: "run"; readonly command: string; readonly unsandboxed: boolean }
  | { readonly kind: "write"; readonly path: string; readonly text: string }
  | { readonly kind: "question"; readonly text: string; readonly options: readonly string[] }
  | { readonly kind: "plan"; readonly text: string };

/** How an answer goes wrong, so many times; then the answer is given. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly times: number;
      readonly retryAfter: number | null;
    }
  | { readonly kind: "limit"; readonly secs: number; readonly times: number }
  | { readonly kind: "full"; readonly times: number }
  | { readonly kind: "drop"; readonly times: number }
  | { readonly kind: "hang"; readonly times: number };

/** One answer of the model: at most one tool, which ends it. */
export interface Reply {
  readonly faults: readonly Fault[];
  readonly parts: readonly Part[];
  readonly tool: Tool | null;
  /** Tokens of input that the answer claims to have read; null: by the request's length. */
  readonly tokens: number | null;
}

const fenced = /```model\n([\s\S]*?)```/g;
const oneLine = /^[ \t]*model: (.+)$/gm;

/** The last script that stands in a text: a block fenced as `model`, or a line `model: STEP ;; STEP`. */
export function findScript(text: string): string | null {
  let last: { readonly at: number; readonly script: string } | null = null;
  for (const match of text.matchAll(fenced)) last = { at: match.index, script: match[1] ?? "" };
  for (const match of text.matchAll(oneLine))
    if (last === null || match.index > last.at)
      last = { at: match.index, script: (match[1] ?? "").replaceAll(" ;; ", "\n") };
  return last?.script ?? null;
}

interface Draft {
  readonly faults: Fault[];
  readonly parts: Part[];
  tool: Tool | null;
  tokens: number | null;
}

const blank = (): Draft => ({ faults: [], parts: [], tool: null, tokens: null });

/**
 * The answers of a script, in order. After the last of them the turn is over.
 * @throws Error naming the line that is no step
 */
export function repliesOf(script: string): readonly Reply[] {
  const replies: Draft[] = [];
  let draft = blank();
  for (const line of script.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    add(draft, line);
    if (draft.tool === null) continue;
    replies.push(draft);
    draft = blank();
  }
  replies.push(draft);
  return replies;
}

function add(draft: Draft, line: string): void {
  const [, verb = "", rest = ""] = /^(\S+) ?(.*)$/.exec(line) ?? [];
  const fault = faultOf(verb, rest);
  const tool = toolOf(verb, rest);
  if (fault !== null) draft.faults.push(fault);
  else if (tool !== null) draft.tool = tool;
  else if (verb === "tokens") draft.tokens = number(rest, line);
  else if (verb === "think") draft.parts.push({ kind: "think", ms: number(rest, line) });
  else if (verb === "say") draft.parts.push({ kind: "say", text: lines(rest), ms: 0 });
  else if (verb === "stream") draft.parts.push(streamed(rest, line));
  else throw new Error(`No step of a model's script: ${line}`);
}

function streamed(rest: string, line: string): Part {
  const [ms = "", ...words] = rest.split(" ");
  return { kind: "say", ms: number(ms, line), text: lines(words.join(" ")) };
}

/** `fail STATUS [TIMES] [retry-after=S]`, `limit SECS [TIMES]`, `full`, `drop`, `hang` `[TIMES]`. */
function faultOf(verb: string, rest: string): Fault | null {
  const words = rest.split(" ").filter((word) => word !== "" && !word.includes("="));
  const times = (at: number): number => (words[at] === undefined ? Infinity : Number(words[at]));
  const after = /retry-after=(\d+)/.exec(rest)?.[1];
  if (verb === "fail")
    return {
      kind: "status",
      status: number(words[0] ?? "", `fail ${rest}`),
      times: times(1),
      retryAfter: after === undefined ? null : Number(after),
    };
  if (verb === "limit") return { kind: "limit", secs: Number(words[0] ?? 3600), times: times(1) };
  if (verb === "full" || verb === "drop" || verb === "hang") return { kind: verb, times: times(0) };
  return null;
}

function toolOf(verb: string, rest: string): Tool | null {
  if (verb === "run" || verb === "ask")
    return { kind: "run", command: lines(rest), unsandboxed: verb === "ask" };
  if (verb === "write") {
    const [path = "", ...words] = rest.split(" ");
    return { kind: "write", path, text: lines(words.join(" ")) };
  }
  if (verb === "question") {
    const [text = "", ...options] = rest.split(" | ");
    return { kind: "question", text, options };
  }
  return verb === "plan" ? { kind: "plan", text: lines(rest) } : null;
}

/** `\n` is a new line, as a step is one line. */
function lines(text: string): string {
  return text.replaceAll("\\n", "\n");
}

function number(text: string, line: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) throw new Error(`No number in the step: ${line}`);
  return value;
}
