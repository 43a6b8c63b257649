// Checks the script agents' playbooks of a team: each readable, each a member's.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { playbookObjections } from "../config/playbook.ts";
import { nearest } from "../core/suggest.ts";
import type { Team } from "../core/team.ts";
import { bad, type Check, ok, warn } from "./check.ts";

export async function checkPlaybooks(
  folder: string,
  team: Team,
  signal: AbortSignal,
): Promise<Check[]> {
  const entries = await readdir(folder).catch(() => []); // no playbooks: nothing to check
  const names = entries.filter((name) => /\.ya?ml$/.test(name)).sort();
  const checks: Check[] = [];
  for (const name of names) {
    const file = `.batty/team_config/playbooks/${name}`;
    checks.push(...owner(name, file, team));
    const text = await readFile(join(folder, name), { encoding: "utf8", signal });
    for (const { line, say, hint } of playbookObjections(text))
      checks.push(bad("playbooks", `${file}:${line}: ${say}`, hint));
  }
  return checks.length > 0 ? checks : [ok("playbooks", `${names.length} read`)];
}

function owner(name: string, file: string, team: Team): Check[] {
  const member = name.replace(/\.ya?ml$/, "");
  const members = team.members.map((one) => one.name);
  if (members.includes(member)) return [];
  const near = nearest(member, members);
  const fix = near === undefined ? "Rename or remove it." : `Did you mean ${near}.yaml?`;
  return [warn("playbooks", `${file} belongs to no member`, fix)];
}
