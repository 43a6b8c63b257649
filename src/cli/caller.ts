// Who calls while no bot runs, by the same finding as the bot's: descent from a pane, never the environment's word.
import { userInfo } from "node:os";
import { loadTeam } from "../config/load.ts";
import { Refused } from "../core/command.ts";
import { personOf } from "../core/people.ts";
import { paneOf } from "../core/rules/panes.ts";
import type { State } from "../core/state.ts";
import type { Team } from "../core/team.ts";
import type { Caller } from "../core/words.ts";
import { stateOnFiles } from "../main/checkpoint.ts";
import { identify } from "../world/identify.ts";
import { type Paths, pathsOf } from "../world/paths.ts";
import { holdsOrphans } from "../world/tmux/launch.ts";

/** @throws Refused `access.unknown-caller` */
export function callerOnFiles({ root }: Paths, team: Team, state: State): Caller {
  const found = identify(
    { pid: process.pid, as: null, client: "shell" },
    {
      panes: () => team.members.flatMap((m) => paneOf(state, m.name) ?? []),
      ...{ root, holdsOrphans: holdsOrphans(process.env["PATH"]) },
      agents: () => [],
      person: () => personOf(team, { via: "shell", id: userInfo().username }),
    },
  );
  if ("tier" in found) return found;
  const { code, say, hint } = found.refusal;
  throw new Refused(code, say, hint);
}

/** The same where there may be no team, or none that can be read: then nobody is a member of it. @throws Refused */
export async function mustBePersonAt(root: string, verb: string): Promise<void> {
  const paths = pathsOf(root);
  const where = { root, osUser: userInfo().username };
  const team = await loadTeam(paths.teamYaml, where, AbortSignal.timeout(10_000)).catch(() => null); // see above
  if (team !== null) await mustBePerson(paths, team, verb);
}

/** Bot and team are people's to start and stop. @throws Refused */
export async function mustBePerson(paths: Paths, team: Team, verb: string): Promise<void> {
  const by = callerOnFiles(paths, team, await stateOnFiles(paths));
  if (by.tier === "team")
    throw new Refused(
      "access.denied",
      `\`${verb}\` is for people; ${by.name} is a member of the team.`,
    );
}
