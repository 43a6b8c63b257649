// Who calls while no bot runs, by the same finding as the bot's: descent from a pane, never the environment's word.
import { userInfo } from "node:os";
import { Refused } from "../core/command.ts";
import { personOf } from "../core/people.ts";
import { paneOf } from "../core/rules/panes.ts";
import type { State } from "../core/state.ts";
import type { Team } from "../core/team.ts";
import type { Caller } from "../core/words.ts";
import { stateOnFiles } from "../main/checkpoint.ts";
import { identify } from "../world/identify.ts";
import type { Paths } from "../world/paths.ts";
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

/** Bot and team are people's to start and stop. @throws Refused */
export async function mustBePerson(paths: Paths, team: Team, verb: string): Promise<void> {
  const by = callerOnFiles(paths, team, await stateOnFiles(paths));
  if (by.tier === "team")
    throw new Refused(
      "access.denied",
      `\`${verb}\` is for people; ${by.name} is a member of the team.`,
    );
}
