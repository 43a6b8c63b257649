// Where a bot works and for whom: paths, team, log. Read once at the start.
import { userInfo } from "node:os";
import { loadTeam } from "../config/load.ts";
import type { Policy } from "../core/policy.ts";
import { policyOf } from "../core/policy-of.ts";
import type { Team } from "../core/team.ts";
import type { MemberName } from "../core/words.ts";
import { openLog } from "../world/log-file.ts";
import { type Paths, pathsOf, tmuxSocketName } from "../world/paths.ts";

export interface Place {
  readonly paths: Paths;
  readonly team: Team;
  readonly policy: Policy;
  readonly members: readonly MemberName[];
  readonly tmux: { readonly socket: string; readonly session: string };
  readonly log: (line: string) => void;
}

/** @throws ConfigInvalid */
export async function findPlace(root: string): Promise<Place> {
  const paths = pathsOf(root);
  const context = { root: paths.root, osUser: userInfo().username };
  const team = await loadTeam(paths.teamYaml, context, AbortSignal.timeout(10_000));
  return {
    paths,
    team,
    policy: policyOf(team),
    members: team.members.map((m) => m.name),
    tmux: { socket: tmuxSocketName(team.name, paths.root), session: `batty-${team.name}` },
    log: openLog(paths.log, Date.now),
  };
}
