// Where a bot works and for whom: paths, team, log.
import type { Policy } from "../core/policy.ts";
import type { Team } from "../core/team.ts";
import type { MemberName } from "../core/words.ts";
import { openLog } from "../world/log-file.ts";
import { type Paths, pathsOf, tmuxSocketName } from "../world/paths.ts";
import { openTeamFile, type TeamFile } from "./team-file.ts";

export interface Place {
  readonly paths: Paths;
  /** This, `policy` and `members` always show what is in force. */
  readonly team: Team;
  readonly policy: Policy;
  readonly members: readonly MemberName[];
  readonly file: TeamFile;
  readonly tmux: { readonly socket: string; readonly session: string };
  readonly log: (line: string) => void;
}

/** @throws ConfigInvalid */
export async function findPlace(root: string): Promise<Place> {
  const paths = pathsOf(root);
  const file = await openTeamFile(paths);
  const { team, policy, members } = file;
  return {
    ...{ paths, team, policy, members, file },
    tmux: { socket: tmuxSocketName(team.name, paths.root), session: `batty-${team.name}` },
    log: openLog(paths.log, Date.now),
  };
}
