// What `doctor` says of the agents in the team: whether they are here, and whether their version is one that was tried.
import { compareVersions } from "../lib/versions.ts";
import { bad, type Check, ok, warn } from "./check.ts";

export interface SeatedAgent {
  readonly agent: string;
  readonly members: readonly string[];
  readonly tried: { readonly oldest: string; readonly newest: string };
  /** As its program says it; null: it says none, undefined: there is no such program. */
  readonly version: string | null | undefined;
}

export function agentCheck({ agent, members, tried, version }: SeatedAgent): Check {
  const seats = members.join(", ");
  if (version === undefined)
    return bad(
      agent,
      `there is no program ${agent} on PATH (${seats})`,
      `Install it, or set another agent in team.yaml.`,
    );
  if (version === null)
    return warn(
      agent,
      `${agent} does not say its version (${seats})`,
      `Try \`${agent} --version\` by hand.`,
    );
  const range = tried.oldest === tried.newest ? tried.newest : `${tried.oldest} to ${tried.newest}`;
  if (compareVersions(version, tried.oldest) < 0)
    return warn(
      agent,
      `${version} is older than what was tried: ${range} (${seats})`,
      "Update it.",
    );
  if (compareVersions(version, tried.newest) > 0)
    return warn(
      agent,
      `${version} is newer than what was tried: ${range} (${seats})`,
      "Watch its first task; docs/agents.md says what is asked of it.",
    );
  return ok(
    agent,
    `${version}, as it was tried: events by hooks, permission on cards, conversations gone on with (${seats})`,
  );
}
