// Recordings as labelled frames: what stood on the screen at a moment, what had been heard until then, and what the
// agent was truly doing. The label comes from the model's timeline, the agent's own events and the recorder's acts,
// never from the screen; moments that those leave open have none and are no frames.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Head, Line, ScreenLine } from "./record/line.ts";

export const labels = ["starting", "idle", "working", "waiting", "error", "gone"] as const;
/** `error`: the turn ended by an API's error, nothing answered; retrying is working. */
export type Label = (typeof labels)[number];

export type HookLine = Extract<Line, { k: "hook" }>;
export type RecordLine = Extract<Line, { k: "record" }>;

export interface Session {
  /** `claude/turns-1`. */
  readonly name: string;
  readonly head: Head;
  readonly lines: readonly Line[];
  /** By a fixed rule of the name; thresholds are set on the one half, and the other is looked at once. */
  readonly half: "tuning" | "held-out";
}

export interface Frame {
  readonly cli: Head["cli"];
  readonly session: string;
  readonly half: Session["half"];
  /** ms since the recording began. */
  readonly at: number;
  /** Rows without their colours, trailing blanks cut. */
  readonly screen: readonly string[];
  /** The same rows as `capture-pane -e` gives them. */
  readonly styled: readonly string[];
  readonly title: string;
  readonly command: string;
  readonly cursor: readonly [number, number];
  readonly hooksSoFar: readonly HookLine[];
  readonly recordsSoFar: readonly RecordLine[];
  readonly label: Label;
  /** ms to the nearest change of what it was doing, before or after. */
  readonly fromChange: number;
}

export const recordingsFolder = join(import.meta.dirname, "..", "fixtures", "agents");

/** Every recording under a folder (`<cli>-<version>/<scenario>-<run>.jsonl.gz`). */
export function readSessions(folder: string = recordingsFolder): readonly Session[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".jsonl.gz"))
    .sort()
    .map((path) => readSession(join(folder, path)));
}

export function readSession(path: string): Session {
  const [head, ...lines] = gunzipSync(readFileSync(path))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  const { cli, scenario, run } = head as Head;
  const name = `${cli}/${scenario}-${run}`;
  const even = (createHash("sha256").update(name).digest()[0] ?? 0) % 2 === 0;
  return { name, head: head as Head, lines: lines as Line[], half: even ? "tuning" : "held-out" };
}

interface Span {
  readonly from: number;
  readonly label: Label | null;
}

type Phase = Label | "started" | "sent" | "answered" | "stopping" | "ending" | "ended";

/** ms that no agent starts in; from then on only an agent that says so is known to be starting still. */
const startsIn = 350;
/** ms before a prompt during which the recorder had seen it at rest. */
const restsBefore = 1_000;

/** What it was doing from when on; null where nothing but the screen could tell. */
export function spansOf({ head, lines }: Session): readonly Span[] {
  const spans: Span[] = [];
  let phase: Phase | null = null;
  for (const line of lines) {
    const next = phaseAfter(head.cli, phase, line);
    if (next === phase || next === null) continue;
    // It took the prompt at once: so it was ready, and had been while the recorder waited.
    if ((phase === "starting" || phase === "started") && next === "sent")
      spans.push({ from: line.t - restsBefore, label: "idle" });
    if (next === "starting" && head.cli === "codex")
      spans.push({ from: line.t + startsIn, label: null });
    spans.push({ from: line.t, label: labelOf(next) });
    phase = next;
  }
  return spans.toSorted((a, b) => a.from - b.from);
}

function labelOf(phase: Phase): Label | null {
  return (labels as readonly string[]).includes(phase) ? (phase as Label) : null;
}

function phaseAfter(cli: Head["cli"], phase: Phase | null, line: Line): Phase | null {
  switch (line.k) {
    case "screen":
      return phase;
    case "dead":
      return "gone";
    case "act":
      return afterAct(phase, line.act, line.detail);
    case "hook":
      return line.via === "notify" ? phase : afterHook(phase, String(line.body["hook_event_name"]));
    case "record":
      return afterRecord(cli, phase, line.body);
    case "model":
      return line.side === null ? afterModel(phase, line.moment, line.detail) : phase;
  }
}

function afterAct(phase: Phase | null, act: string, detail: string): Phase | null {
  const busy = phase === "working" || phase === "waiting";
  if (act === "start" || act === "resume") return "starting";
  if (act === "kill" || detail === "/exit" || detail === "C-c") return "ending";
  if (act === "submit") return busy ? phase : "sent";
  if (act === "answer") return detail === "dialog" ? phase : "working";
  if (act !== "keys" || !busy) return phase;
  if (detail === "Escape") return "stopping";
  return phase === "waiting" ? "answered" : phase;
}

function afterHook(phase: Phase | null, event: string): Phase | null {
  switch (event) {
    case "UserPromptSubmit":
    case "PreCompact":
      return "working";
    case "PreToolUse":
    case "PostToolUse":
    case "PostToolUseFailure":
    case "PostToolBatch":
      return phase === "stopping" ? phase : "working";
    case "PermissionRequest":
      return "waiting";
    case "SessionStart":
      return phase === "starting" ? "started" : phase;
    case "Stop":
    case "Interrupt":
      return "idle";
    case "StopFailure":
      return "error";
    case "SessionEnd":
      return "ending";
    default:
      return phase;
  }
}

/** What only the agents' own records tell: an interruption, and Codex's turns that failed. */
function afterRecord(cli: Head["cli"], phase: Phase | null, body: unknown): Phase | null {
  const text = JSON.stringify(body);
  if (cli === "claude")
    return phase === "stopping" && text.includes("[Request interrupted by user") ? "idle" : phase;
  if (text.includes('"type":"turn_aborted"')) return phase === "stopping" ? "idle" : phase;
  if (!text.includes('"type":"task_complete"')) return phase;
  return /"error":\{/.test(text) ? "error" : phase;
}

function afterModel(phase: Phase | null, moment: string, detail: string): Phase | null {
  // Its last word is out; the turn is over once the agent says so.
  if (moment === "done" && detail === "end" && phase === "working") return "ended";
  if (moment === "left" && phase === "stopping") return "idle";
  return moment === "asked" && phase === "answered" ? "working" : phase;
}

/** Frames of a session, in order; at each look at the screen one, where it has a label. */
export function framesOf(session: Session): readonly Frame[] {
  const spans = spansOf(session);
  const hooks = session.lines.filter((line): line is HookLine => line.k === "hook");
  const records = session.lines.filter((line): line is RecordLine => line.k === "record");
  const frames: Frame[] = [];
  let rows: string[] = [];
  for (const line of session.lines) {
    if (line.k !== "screen") continue;
    rows = rowsAfter(rows, line);
    const styled = rows;
    const screen = styled.map(plain);
    const { title, command, cursor } = line;
    for (const at of [line.t, ...line.same]) {
      const label = spans.findLast(({ from }) => from <= at)?.label ?? null;
      if (label === null) continue;
      frames.push({
        ...{ cli: session.head.cli, session: session.name, half: session.half, at, label },
        ...{ screen, styled, title, command, cursor },
        hooksSoFar: hooks.filter(({ t }) => t <= at),
        recordsSoFar: records.filter(({ t }) => t <= at),
        fromChange: Math.min(...spans.map(({ from }) => Math.abs(from - at))),
      });
    }
  }
  return frames;
}

function rowsAfter(rows: readonly string[], { rows: count, changed }: ScreenLine): string[] {
  return Array.from({ length: count }, (_, n) => changed[n] ?? rows[n] ?? "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is taken out
const colours = /\x1b\[[0-9;:]*m/g;

function plain(row: string): string {
  return row.replace(colours, "").trimEnd();
}
