// Which agents' programs a team needs, and which versions of them are on the PATH.
import type { Team } from "../core/team.ts";
import { versionIn } from "../lib/versions.ts";
import { agentCheck, type SeatedAgent } from "../setup/doctor-agents.ts";
import { driverOf } from "../world/agents/drivers.ts";
import { sayFindings } from "./findings.ts";
import { runTool } from "./tools.ts";

/** Those that come with this package have no version of their own. */
export async function seatedAgents(team: Team, root: string): Promise<readonly SeatedAgent[]> {
  const names = [...new Set(team.members.map((member) => member.agent))];
  const seated = names.map(async (agent): Promise<readonly SeatedAgent[]> => {
    const { tried, version: argv } = driverOf(agent, { script: "" });
    const [program = "", ...args] = argv ?? [];
    if (tried === null || program === "") return [];
    const { code, out } = await runTool([program, ...args], root);
    const members = team.members.filter((member) => member.agent === agent).map((m) => m.name);
    return [{ agent, members, tried, version: code === "missing" ? undefined : versionIn(out) }];
  });
  return (await Promise.all(seated)).flat();
}

/** Agents whose version nobody has tried, a line each; what is missing or not driven is told by its seat. */
export async function untriedAgents(team: Team, root: string): Promise<string> {
  const seated = await seatedAgents(team, root).catch(() => []); // see above
  return sayFindings(seated.map(agentCheck).filter(({ result }) => result === "warn"));
}
