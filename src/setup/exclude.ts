// Keeps `.batty/`'s runtime state out of git by the repository's own `info/exclude`: no file of the person's changes.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitFolder } from "./git-folder.ts";
import { writeWhole } from "./write.ts";

const begin = "# batty: runtime state";
const end = "# batty: end";

/** Adds our lines, or renews them; all others stay as they are. Resolves to whether the file changed. */
export async function excludeRuntime(git: GitFolder, signal: AbortSignal): Promise<boolean> {
  const file = join(git.common, "info", "exclude");
  const before = await readExclude(file, signal);
  const after = withLines(before, linesFor(git.prefix));
  if (after === before) return false;
  await mkdir(join(git.common, "info"), { recursive: true });
  await writeWhole(file, after, { mode: 0o644, signal });
  return true;
}

/** Whether our lines stand there already. */
export async function isExcluded(git: GitFolder, signal: AbortSignal): Promise<boolean> {
  const text = await readExclude(join(git.common, "info", "exclude"), signal);
  return withLines(text, linesFor(git.prefix)) === text;
}

async function readExclude(file: string, signal: AbortSignal): Promise<string> {
  try {
    return await readFile(file, { encoding: "utf8", signal });
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return "";
    throw error;
  }
}

/** The file is the repository's, so a project further down needs its own lines: its place is in the marks. */
function linesFor(prefix: string): readonly string[] {
  const at = prefix === "" ? "" : ` of ${prefix}`;
  const batty = prefix === "" ? "/.batty" : `/${prefix}/.batty`;
  return [
    `${begin}${at}`,
    `${batty}/*`,
    `!${batty}/team_config/`,
    `${batty}/team_config/*`,
    `!${batty}/team_config/team.yaml`,
    `!${batty}/team_config/*.md`,
    `!${batty}/team_config/playbooks/`,
    `${end}${at}`,
  ];
}

function withLines(text: string, ours: readonly string[]): string {
  const lines = text.split("\n");
  const first = lines.indexOf(ours[0] ?? "");
  const last = lines.indexOf(ours.at(-1) ?? "", first);
  if (first >= 0 && last > first)
    return [...lines.slice(0, first), ...ours, ...lines.slice(last + 1)].join("\n");
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${gap}${ours.join("\n")}\n`;
}
