// Team templates: a folder with a team.yaml and its prompts. Ours come with the program; `--from` takes any other.
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Detected } from "../config/detect.ts";

export interface Template {
  readonly name: string;
  readonly teamYaml: string;
  /** File name → text. */
  readonly prompts: ReadonlyMap<string, string>;
  /** File name → text; only a template of a person's own has any. */
  readonly playbooks: ReadonlyMap<string, string>;
}

/** Names of the templates that come with the program. */
export async function templateNames(templates: string): Promise<readonly string[]> {
  const entries = await readdir(templates, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== "prompts")
    .map((entry) => entry.name)
    .sort();
}

export async function builtInTemplate(
  templates: string,
  name: string,
  signal: AbortSignal,
): Promise<Template> {
  const teamYaml = await readFile(join(templates, name, "team.yaml"), { encoding: "utf8", signal });
  const shared = await filesIn(join(templates, "prompts"), ".md", signal);
  const own = await filesIn(join(templates, name), ".md", signal);
  const used = [...shared]
    .filter(([file]) => teamYaml.includes(`prompt: ${file}`))
    .map(([file, text]): [string, string] => [file, withOwn(text, own.get(file))]);
  return { name, teamYaml, prompts: new Map(used), playbooks: new Map() };
}

/** What a template has to add to a role's prompt stands before its nudge: the nudge is typed by itself. */
const withOwn = (prompt: string, own: string | undefined): string =>
  own === undefined ? prompt : prompt.replace("\n## Nudge\n", () => `\n${own}\n## Nudge\n`);

/** Null: the folder has no team.yaml. */
export async function templateAt(folder: string, signal: AbortSignal): Promise<Template | null> {
  const texts = await filesIn(folder, ".yaml", signal);
  const teamYaml = texts.get("team.yaml");
  if (teamYaml === undefined) return null;
  return {
    name: basename(folder),
    teamYaml,
    prompts: await filesIn(folder, ".md", signal),
    playbooks: await filesIn(join(folder, "playbooks"), ".yaml", signal),
  };
}

async function filesIn(
  folder: string,
  ending: string,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  });
  const texts = new Map<string, string>();
  for (const entry of entries)
    if (entry.isFile() && entry.name.endsWith(ending))
      texts.set(entry.name, await readFile(join(folder, entry.name), { encoding: "utf8", signal }));
  return texts;
}

// ---------------------------------------------------------------- the holes of a team.yaml

/** A name as a YAML value: bare where that is surely text. */
export const yamlName = (name: string): string =>
  /^[a-z][a-z0-9-]*$/.test(name) && !["true", "false", "null"].includes(name)
    ? name
    : JSON.stringify(name);

export function verificationLines({ test }: Detected): string {
  return test === null
    ? [
        "  verification:",
        "    # No test command was found in this project. Until one stands here, nothing can land. For example:",
        "    # test_command: make test",
      ].join("\n")
    : [
        "  verification:",
        `    # Detected from ${oneLine(test.from)}. Nothing lands unless it exits 0 on exactly the tree that lands.`,
        `    test_command: ${yamlText(test.command)}`,
      ].join("\n");
}

export function setUpLines({ setUp }: Detected): string {
  return setUp === null
    ? [
        "  # No lock file was found: nothing is installed in a worktree before work begins there. For example:",
        "  # setup: {command: npm ci, key: [package-lock.json]}",
      ].join("\n")
    : [
        `  # Detected from ${setUp.key.join(", ")}: run in each worktree, and again there when that file changes.`,
        `  setup: {command: ${yamlText(setUp.command)}, key: [${setUp.key.join(", ")}]}`,
      ].join("\n");
}

const yamlText = (text: string): string =>
  /^[a-z][\w ./-]*$/i.test(text) ? text : JSON.stringify(text);

const oneLine = (text: string): string => {
  const flat = text.replace(/\s+/g, " ");
  return flat.length <= 80 ? flat : `${flat.slice(0, 79)}…`;
};
