// A seat's role prompt: a markdown template with its `{{name}}` holes filled. Pure; files are read elsewhere.
import { fillHoles } from "../lib/holes.ts";
import { nearest } from "./suggest.ts";
import { reachable, type Team } from "./team.ts";
import type { Member } from "./words.ts";

export type Composed =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly line: number; readonly say: string; readonly hint: string };

/** Fills a role prompt for one member; an unknown hole is told with its line, never left or emptied. */
export function composePrompt(template: string, member: Member, team: Team): Composed {
  const values = holesOf(member, team);
  const filled = fillHoles(template, values);
  if (filled.ok) return filled;
  const near = nearest(filled.hole, Object.keys(values));
  return {
    ok: false,
    line: filled.line,
    say: `unknown hole {{${filled.hole}}}`,
    hint:
      near === undefined
        ? `Holes are: ${Object.keys(values).join(", ")}.`
        : `Did you mean {{${near}}}?`,
  };
}

function holesOf(member: Member, team: Team): Record<string, string> {
  const led = team.members.filter((other) => other.reportsTo === member.name);
  return {
    name: member.name,
    role: member.role,
    team: team.name,
    talks_to: names(reachable(team, member), "human"),
    reports_to: member.reportsTo ?? "human",
    reports: names(
      led.map((other) => other.name),
      "nobody",
    ),
    first_report: led[0]?.name ?? firstEngineer(team) ?? member.name,
    first_engineer: firstEngineer(team) ?? member.name,
    members: names(
      team.members.map((other) => other.name),
      member.name,
    ),
    test_command: team.policy.testCommand ?? "the project's tests",
  };
}

const firstEngineer = (team: Team): string | undefined =>
  team.members.find((other) => other.roleType === "engineer")?.name;

const names = (list: readonly string[], none: string): string =>
  list.length === 0 ? none : list.map((name) => `\`${name}\``).join(", ");
