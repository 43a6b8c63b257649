// One turn: reads what was typed, finds out what to do about it (its own script, else the playbook, else
// "taken") and has it acted out. Keeps no memory of messages: what is typed twice is acted out twice.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { actOut, type Stage } from "./act.ts";
import { parseTyped, type Typed, withBody } from "./message.ts";
import { loadPlaybook, type Occasion, pickRule } from "./playbook.ts";
import type { Tell } from "./signals-out.ts";
import { findScript } from "./steps.ts";

/** Lines of a message that are printed; the first two say who and what, the rest is in the inbox. */
const shownLines = 40;

export interface Seat {
  readonly stage: Stage;
  readonly tell: Tell;
  readonly acted: Map<string, number>;
}

/** The turn of a message. Its end is told in any case, unless the program itself ends. */
export async function takeMessage(text: string, seat: Seat, signal: AbortSignal): Promise<void> {
  const { stage, tell } = seat;
  const typed = parseTyped(text);
  const { message, trouble } = await readWhole(typed);
  // Printed first: who hears of the receipt and looks at the pane finds the message there.
  stage.print(shown(typed, message));
  if (typed.id !== null) tell("taken", typed.id, "");
  tell("working", typed.id, "");
  const answer = await respond(message, seat, signal);
  endTurn([...trouble, answer].join("\n"), typed.id, seat, signal);
}

/** What the playbook wants done at the start of the program. */
export async function takeStart(seat: Seat, signal: AbortSignal): Promise<void> {
  const found = await lookUp("start", "", seat);
  if (found.steps) seat.tell("working", null, "");
  const acted = found.steps ? await actOut(found.steps, {}, seat.stage, signal) : "";
  endTurn([...found.trouble, ...(acted ? [acted] : [])].join("\n"), null, seat, signal);
}

function endTurn(answer: string, id: string | null, seat: Seat, signal: AbortSignal): void {
  // An abort with a reason "ending" is the program's own end: `ended` follows, never `idle`.
  if (signal.aborted && signal.reason === "ending") return;
  const detail = signal.aborted ? "interrupted" : answer;
  if (signal.aborted) seat.stage.print("interrupted");
  seat.tell("idle", id, detail);
}

async function respond(message: Typed, seat: Seat, signal: AbortSignal): Promise<string> {
  const values = {
    "task.id": message.task.id,
    "task.title": message.task.title,
    from: message.from,
  };
  const own = findScript(message.body);
  if (own) return actOut(own, values, seat.stage, signal);
  const { steps, trouble } = await lookUp(message.kind, message.body, seat);
  if (steps) return actOut(steps, values, seat.stage, signal);
  const answer = trouble.length > 0 ? trouble : ["taken"];
  for (const line of answer) seat.stage.print(line);
  return answer.join("\n");
}

/** The playbook's steps for an occasion; null: it has none. A rule that acts is counted. */
async function lookUp(
  occasion: Occasion,
  body: string,
  seat: Seat,
): Promise<{ readonly steps: readonly string[] | null; readonly trouble: readonly string[] }> {
  const { BATTY_PROJECT_ROOT: root, BATTY_MEMBER: member } = seat.stage.env;
  if (!root || !member) return { steps: null, trouble: [] };
  const path = join(root, ".batty", "team_config", "playbooks", `${member}.yaml`);
  const playbook = await loadPlaybook(path);
  if (!playbook.ok) return { steps: null, trouble: [`playbook ${path}: ${playbook.why}`] };
  const rule = pickRule(playbook.rules, occasion, body, seat.acted);
  if (rule) seat.acted.set(rule.key, (seat.acted.get(rule.key) ?? 0) + 1);
  return { steps: rule?.do ?? null, trouble: [] };
}

async function readWhole(
  typed: Typed,
): Promise<{ readonly message: Typed; readonly trouble: readonly string[] }> {
  if (typed.bodyFile === null) return { message: typed, trouble: [] };
  try {
    return { message: withBody(typed, await readFile(typed.bodyFile, "utf8")), trouble: [] };
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return { message: typed, trouble: [`[body: ${typed.bodyFile}] cannot be read: ${why}`] };
  }
}

/** The message as the pane shows it: lines as they came, the first one whole. */
function shown(typed: Typed, message: Typed): string {
  const pointer = typed.bodyFile === null ? [] : [`[body: ${typed.bodyFile}]`];
  const lines = [
    ...(typed.header === null ? [] : [typed.header]),
    ...pointer,
    ...message.body.split("\n"),
  ];
  const more = lines.length - shownLines;
  return [...lines.slice(0, shownLines), ...(more > 0 ? [`… ${more} more lines`] : [])]
    .map((line, at) => `${at === 0 ? "» " : "  "}${line}`)
    .join("\n");
}
