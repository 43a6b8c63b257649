// `attach`: the team's panes in this terminal.
import { spawn } from "node:child_process";
import { pathsOf, tmuxSocketName } from "../world/paths.ts";
import { noTeam, type OwnVerb, refused } from "./call.ts";
import { teamInForce } from "./team-in-force.ts";
import { runTool } from "./tools.ts";

export const attach: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const team = await teamInForce(pathsOf(root));
  const socket = tmuxSocketName(team.name, root);
  const session = `batty-${team.name}`;
  const there = await runTool(["tmux", "-L", socket, "has-session", "-t", `=${session}`], root);
  if (there.code !== 0)
    return refused(
      1,
      "team.stopped",
      "The team is not running: there are no panes to look at.",
      "Start it with `batty start`.",
    );
  const member = call.argv.find((w) => !w.startsWith("--"));
  if (member !== undefined) {
    const panes = await runTool(
      ["tmux", "-L", socket, "list-panes", "-a", "-F", "#{@batty_role} #{pane_id}"],
      root,
    );
    const pane = panes.out
      .split("\n")
      .map((l) => l.split(" "))
      .find(([name]) => name === member)?.[1];
    if (pane === undefined)
      return refused(
        1,
        "member.unknown",
        `No pane belongs to "${member}".`,
        `Members: ${team.members.map((m) => m.name).join(", ")}.`,
      );
    await runTool(["tmux", "-L", socket, "select-pane", "-t", pane], root);
  }
  if (process.stdout.isTTY !== true)
    return refused(
      2,
      "usage",
      "attach needs a terminal.",
      `In one: tmux -L ${socket} attach -t ${session}`,
    );
  return new Promise((resolve) => {
    const child = spawn("tmux", ["-L", socket, "attach", "-t", `=${session}`], {
      stdio: "inherit",
      env: { ...process.env, TMUX: "" },
    });
    child.once("exit", (code) => resolve(code ?? 0));
  });
};
