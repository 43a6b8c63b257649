// Who calls while no bot runs: a process that descends from one of the team's panes is that member.
import type { Team } from "../core/team.ts";
import type { Caller } from "../core/words.ts";
import { type Paths, tmuxSocketName } from "../world/paths.ts";
import { ancestors } from "../world/proc.ts";
import { runTool } from "./tools.ts";

export async function callerOnFiles(paths: Paths, team: Team): Promise<Caller> {
  const socket = tmuxSocketName(team.name, paths.root);
  const panes = await runTool(
    ["tmux", "-L", socket, "list-panes", "-a", "-F", "#{pane_pid} #{@batty_role}"],
    paths.root,
  );
  const mine = new Set([process.pid, ...ancestors(process.pid).map((a) => a.pid)]);
  for (const line of panes.out.split("\n")) {
    const [pid, member] = line.split(" ");
    if (member && mine.has(Number(pid))) return { name: member, via: "agent", tier: "team" };
  }
  return { name: team.owner, via: "shell", tier: "admin" };
}
