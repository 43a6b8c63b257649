// Who calls while no bot runs: a process that descends from one of the team's panes is that member, and one that
// descends from its tmux server alone is nobody.
import { Refused } from "../core/command.ts";
import type { Team } from "../core/team.ts";
import type { Caller } from "../core/words.ts";
import { type Paths, tmuxSocketName } from "../world/paths.ts";
import { ancestors } from "../world/proc.ts";
import { runTool } from "./tools.ts";

/** @throws Refused `access.unknown-caller` */
export async function callerOnFiles(paths: Paths, team: Team): Promise<Caller> {
  const socket = tmuxSocketName(team.name, paths.root);
  const panes = await runTool(
    ["tmux", "-L", socket, "list-panes", "-a", "-F", "#{pane_pid} #{@batty_role} #{pid}"],
    paths.root,
  );
  const mine = new Set([process.pid, ...ancestors(process.pid).map((a) => a.pid)]);
  let isUnderTmux = false;
  for (const line of panes.out.split("\n")) {
    const [pid, member, server] = line.split(" ");
    if (member && mine.has(Number(pid))) return { name: member, via: "agent", tier: "team" };
    if (server && mine.has(Number(server))) isUnderTmux = true;
  }
  if (isUnderTmux)
    throw new Refused(
      "access.unknown-caller",
      "This process runs in the team's tmux but in no member's pane: it is neither a person nor a member.",
      "Use a terminal of your own.",
    );
  return { name: team.owner, via: "shell", tier: "admin" };
}
