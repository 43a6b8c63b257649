// The team that a bot would go by: team.yaml, or while that is broken the last good one; under the name its panes have.
import { userInfo } from "node:os";
import { ConfigInvalid } from "../config/invalid.ts";
import { loadLastGood, loadTeam } from "../config/load.ts";
import type { Team } from "../core/team.ts";
import type { Paths } from "../world/paths.ts";
import { livingName } from "../world/tmux/former-name.ts";

const within = 10_000;

/** @throws ConfigInvalid when there is no good one either */
export async function teamInForce(paths: Paths): Promise<Team> {
  const team = await written(paths);
  return { ...team, name: await livingName(team.name, paths.root, process.env) };
}

async function written(paths: Paths): Promise<Team> {
  const context = { root: paths.root, osUser: userInfo().username };
  const signal = AbortSignal.timeout(within);
  try {
    return await loadTeam(paths.teamYaml, context, signal);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    const team = await loadLastGood(paths.lastGood, context, signal);
    if (team === null) throw error;
    return team;
  }
}
