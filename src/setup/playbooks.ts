// Checks the script agents' playbooks: readable YAML, known keys, patterns that compile. What steps do is the agent's matter.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { explain } from "../config/explain.ts";
import { readYaml } from "../config/source.ts";
import { keys, list, oneOf, pattern, whole } from "../config/words.ts";
import { nearest } from "../core/suggest.ts";
import type { Team } from "../core/team.ts";
import { bad, type Check, ok, warn } from "./check.ts";

const playbook = list(
  keys({
    on: oneOf("start", "message", "gate-red", "answer"),
    match: pattern.optional(),
    do: list(z.string({ error: "must be a step, such as say TEXT" })),
    times: whole(1).optional(),
  }),
);

export async function checkPlaybooks(
  folder: string,
  team: Team,
  signal: AbortSignal,
): Promise<Check[]> {
  const names = await readdir(folder).catch(() => []); // no playbooks: nothing to check
  const checks: Check[] = [];
  for (const name of names.filter((file) => /\.ya?ml$/.test(file)).sort()) {
    const file = `.batty/team_config/playbooks/${name}`;
    checks.push(...owner(name, file, team));
    const source = readYaml(await readFile(join(folder, name), { encoding: "utf8", signal }));
    for (const { line, say } of source.broken)
      checks.push(bad("playbooks", `${file}:${line}: ${say}`, "Mend the YAML here."));
    if (source.broken.length > 0) continue;
    const read = playbook.safeParse(source.value ?? []);
    for (const one of read.success ? [] : explain(read.error.issues, playbook, source))
      checks.push(bad("playbooks", `${file}:${one.line}: ${one.say}`, one.hint));
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
