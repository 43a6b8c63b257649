// Acts a script out, step by step, and collects what the turn has to say. Knows no terminal and no messages:
// the stage it is given does.
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { never } from "../../../core/words.ts";
import type { Children, Ended } from "./children.ts";
import { fillHoles } from "./playbook.ts";
import { parseStep, type Step, withJson } from "./steps.ts";

export interface Stage {
  /** The member's worktree: where commands run and what paths are relative to. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly children: Children;
  print(text: string): boolean;
  /** Resolves when the terminal has room again. */
  drained(signal: AbortSignal): Promise<void>;
  draft(text: string): void;
  ignoreEnter(count: number): void;
  exit(code: number): Promise<never>;
  crash(): Promise<never>;
}

/** What a step leaves behind: lines of the answer, and whether the script ends here. */
interface Outcome {
  readonly says: readonly string[];
  readonly stops?: boolean;
}

const quiet: Outcome = { says: [] };
/** Characters of one program's output that are printed; the rest is read and dropped. */
const maxPrinted = 64_000;

/**
 * @param values for the holes `{{…}}`; `last` and `answer` are added on the way
 * @returns the turn's answer
 */
export async function actOut(
  steps: readonly string[],
  values: Readonly<Record<string, string>>,
  stage: Stage,
  signal: AbortSignal,
): Promise<string> {
  const scene: Scene = { holes: { last: "", answer: "", ...values }, stage, signal };
  const says: string[] = [];
  for (const line of steps) {
    if (signal.aborted) break;
    const outcome = await actStep(line, scene);
    says.push(...outcome.says);
    if (outcome.stops) break;
  }
  return says.join("\n");
}

interface Scene {
  holes: Readonly<Record<string, string>>;
  readonly stage: Stage;
  readonly signal: AbortSignal;
}

async function actStep(line: string, scene: Scene): Promise<Outcome> {
  const title = [...fillHoles(line.trim(), scene.holes)].slice(0, 80).join("");
  try {
    return await act(parseStep(line), title, scene);
  } catch (error) {
    if (scene.signal.aborted) return quiet;
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return said(scene.stage, `${title} → failed: ${code}`);
  }
}

function said(stage: Stage, ...lines: readonly string[]): Outcome {
  for (const line of lines) stage.print(line);
  return { says: lines };
}

async function act(step: Step, title: string, scene: Scene): Promise<Outcome> {
  const { stage, signal } = scene;
  const fill = (text: string): string => fillHoles(text, scene.holes);
  switch (step.verb) {
    case "say":
      return said(stage, fill(step.text));
    case "write":
    case "append":
      await writeText(step.verb, resolve(stage.cwd, fill(step.path)), fill(step.text));
      return quiet;
    case "run": {
      const { code } = await startTitled(scene, title, "sh", ["-c", fill(step.command)]);
      return { ...said(stage, `${title} → ${code}`), stops: step.must && code !== 0 };
    }
    case "commit":
      return commit(fill(step.message), title, scene);
    case "batty": {
      const { code, why } = await callBatty(withJson(step.words.map(fill)), title, scene);
      return said(stage, `${title} → ${code}${why}`);
    }
    case "ask":
      return ask(step, title, scene);
    case "sleep":
      await pause(step.ms, undefined, { signal });
      return quiet;
    case "hang":
      await until(signal);
      return quiet;
    case "flood":
      await flood(step, scene);
      return quiet;
    case "draft":
      stage.draft(fill(step.text));
      return quiet;
    case "ignore-enter":
      stage.ignoreEnter(step.count);
      return quiet;
    case "exit":
      return stage.exit(step.code);
    case "crash":
      return stage.crash();
    case "invalid":
      return said(stage, `${title} → failed: ${step.why}`);
    default:
      return never(step);
  }
}

async function writeText(verb: "write" | "append", path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await (verb === "write" ? writeFile(path, text) : appendFile(path, text));
}

function startTitled(
  scene: Scene,
  title: string,
  file: string,
  args: readonly string[],
): Promise<Ended> {
  scene.stage.print(`$ ${title}`);
  return start(scene, file, args);
}

async function start(scene: Scene, file: string, args: readonly string[]): Promise<Ended> {
  const { stage, signal } = scene;
  let printed = 0;
  const onOutput = (text: string): void => {
    if (printed < maxPrinted) stage.print(text.slice(0, maxPrinted - printed));
    printed += text.length;
    if (printed >= maxPrinted && printed - text.length < maxPrinted)
      stage.print("… more output is not shown");
  };
  return stage.children.run({ file, args, cwd: stage.cwd, env: stage.env, onOutput }, signal);
}

async function commit(message: string, title: string, scene: Scene): Promise<Outcome> {
  const added = await startTitled(scene, title, "git", ["add", "-A"]);
  const made = added.code === 0 ? await start(scene, "git", ["commit", "-m", message]) : added;
  return said(scene.stage, `${title} → ${made.code}`);
}

/** Runs a `batty` verb and reads its JSON; the id it made becomes `{{last}}`. */
async function callBatty(
  words: readonly string[],
  title: string,
  scene: Scene,
): Promise<{ readonly code: number; readonly why: string; readonly answer: string | null }> {
  const { code, stdout } = await startTitled(scene, title, "batty", words);
  const { id, error, answer } = readJson(stdout);
  if (typeof id === "string" || typeof id === "number")
    scene.holes = { ...scene.holes, last: `${id}` };
  const why =
    typeof error === "object" && error !== null && "code" in error ? ` ${String(error.code)}` : "";
  return { code, why, answer: typeof answer === "string" ? answer : null };
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // No JSON (help, a crash): its exit code says enough.
    return {};
  }
}

async function ask(
  step: Extract<Step, { verb: "ask" }>,
  title: string,
  scene: Scene,
): Promise<Outcome> {
  const fill = (text: string): string => fillHoles(text, scene.holes);
  const options = step.options.flatMap((option) => ["--option", fill(option)]);
  const words = ["ask", fill(step.question), ...options, "--wait", "--json"];
  const { code, why, answer } = await callBatty(words, title, scene);
  if (answer !== null) scene.holes = { ...scene.holes, answer };
  return code === 0 ? quiet : said(scene.stage, `${title} → ${code}${why}`);
}

/** ms between two bursts of a flood: short enough to look steady, long enough to cost little by itself. */
const burstMs = 50;

async function flood(step: Extract<Step, { verb: "flood" }>, scene: Scene): Promise<void> {
  const { stage, signal } = scene;
  const begun = performance.now();
  let sent = 0;
  for (let line = 0; ; ) {
    const passed = Math.min(performance.now() - begun, step.ms);
    let burst = "";
    while (sent + burst.length < (step.bytesPerSecond * passed) / 1000) {
      line += 1;
      burst += `${`flood ${line} `.padEnd(79, "~")}\n`;
    }
    sent += burst.length;
    if (burst && !stage.print(burst)) await stage.drained(signal);
    if (passed >= step.ms) return;
    await pause(burstMs, undefined, { signal });
  }
}

function until(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
