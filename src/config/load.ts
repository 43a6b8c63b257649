// Reads team.yaml: text → places → schema → team. Says everything that is wrong at once, each with its line.
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Team } from "../core/team.ts";
import { type Detected, detect, nothingDetected } from "./detect.ts";
import { dotted, explain } from "./explain.ts";
import type { Complain } from "./hierarchy.ts";
import { warningsOf } from "./ignored.ts";
import { ConfigInvalid, type Problem } from "./invalid.ts";
import { resolveTeam } from "./resolve.ts";
import { teamSchema } from "./schema.ts";
import { type Path, readYaml, type Source } from "./source.ts";

export interface TeamContext {
  /** The project's root folder. */
  readonly root: string;
  /** Login of the OS user that runs the bot. */
  readonly osUser: string;
}

/**
 * The team of a file, with test and set-up commands detected where it names none, and named prompts checked to exist.
 * @throws ConfigInvalid with every problem found
 */
export async function loadTeam(
  path: string,
  context: TeamContext,
  signal: AbortSignal,
): Promise<Team> {
  return (await loadWithText(path, context, signal)).team;
}

/** The same, with the text that it was made of: what is kept as the last good one. */
export async function loadWithText(
  path: string,
  context: TeamContext,
  signal: AbortSignal,
): Promise<{ readonly team: Team; readonly text: string }> {
  const file = relative(context.root, path) || basename(path);
  let text: string;
  try {
    text = await readFile(path, { encoding: "utf8", signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ConfigInvalid([unreadable(file, cause)], { cause });
  }
  const read = readTeam(text, { ...context, file, detected: await detect(context.root, signal) });
  const problems = await missingPrompts(read, dirname(path), file);
  if (problems.length > 0) throw new ConfigInvalid(problems);
  return { team: read.team, text };
}

/** The team of the copy that a bot keeps of the last good file; null: there is none that can be read. */
export async function loadLastGood(
  copy: string,
  context: TeamContext,
  signal: AbortSignal,
): Promise<Team | null> {
  try {
    const text = await readFile(copy, { encoding: "utf8", signal });
    return parseTeam(text, { ...context, detected: await detect(context.root, signal) });
  } catch (error) {
    if (signal.aborted) throw error;
    return null; // absent, or of a version that took other keys: as good as absent
  }
}

function unreadable(file: string, cause: unknown): Problem {
  const code = (cause as { code?: string }).code ?? "unknown error";
  return code === "ENOENT"
    ? {
        file,
        line: null,
        key: "",
        say: "there is no team in this folder",
        hint: "Make one with `batty init`.",
      }
    : {
        file,
        line: null,
        key: "",
        say: `reading it failed (${code})`,
        hint: "Check the file and its permissions.",
      };
}

/** The same from text alone: touches no file. */
export const parseTeam = (
  text: string,
  context: TeamContext & { readonly file?: string; readonly detected?: Detected },
): Team => readTeam(text, context).team;

function readTeam(
  text: string,
  context: TeamContext & { readonly file?: string; readonly detected?: Detected },
): { readonly team: Team; readonly source: Source } {
  const file = context.file ?? "team.yaml";
  const source = readYaml(text);
  if (source.broken.length > 0)
    throw new ConfigInvalid(
      source.broken.map(({ line, say }) => ({
        file,
        line,
        key: "",
        say,
        hint: "Mend the YAML here.",
      })),
    );
  const checked = teamSchema.safeParse(source.value ?? {});
  if (!checked.success)
    throw new ConfigInvalid(
      explain(checked.error.issues, teamSchema, source).map((one) => ({ file, ...one })),
    );
  const problems: Problem[] = [];
  const complain: Complain = (path, say, hint) =>
    problems.push({ file, line: source.lineOf(path), key: dotted(path), say, hint });
  const around = {
    folder: basename(context.root),
    osUser: context.osUser,
    detected: context.detected ?? nothingDetected,
  };
  const team = resolveTeam(checked.data, around, complain);
  if (problems.length > 0)
    throw new ConfigInvalid(problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  return { team: { ...team, warnings: warningsOf(checked.data, source) }, source };
}

async function missingPrompts(
  { team, source }: { readonly team: Team; readonly source: Source },
  folder: string,
  file: string,
): Promise<Problem[]> {
  const problems = new Map<string, Problem>();
  for (const member of team.members) {
    const prompt = team.seats[member.name]?.prompt;
    if (prompt === undefined || !prompt.named || problems.has(prompt.file)) continue;
    const found = await stat(join(folder, prompt.file)).catch(() => null); // absent and unreadable are mended alike
    if (found?.isFile()) continue;
    const index = team.roles.findIndex((role) => role.name === member.role);
    const path: Path = ["roles", index, "prompt"];
    problems.set(prompt.file, {
      file,
      line: source.lineOf(path),
      key: dotted(path),
      say: `the prompt file ${prompt.file} is not beside team.yaml`,
      hint: "Write it, or remove the key to use the built-in prompt.",
    });
  }
  return [...problems.values()];
}
