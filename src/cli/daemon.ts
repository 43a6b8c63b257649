// `daemon`: the bot in the foreground, for service managers and containers.
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { pathToFileURL } from "node:url";
import { loadTeam } from "../config/load.ts";
import type { Team } from "../core/team.ts";
import { stateOnFiles } from "../main/checkpoint.ts";
import { lockOwner } from "../world/lock.ts";
import { type Paths, pathsOf } from "../world/paths.ts";
import { noTeam, type OwnVerb, refused, unknownWord } from "./call.ts";
import { mustBePerson } from "./caller.ts";
import { botProgram } from "./package-root.ts";
import { teamInForce } from "./team-in-force.ts";
import { checkTools } from "./tools.ts";

export const daemon: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const odd = unknownWord(call.argv, [], ["resume"]);
  if (odd !== null)
    return refused(
      2,
      "usage",
      `daemon knows no "${odd}".`,
      "Usage: batty daemon --project-root DIR [--resume]",
    );
  const paths = pathsOf(root);
  // What the bot would find out too, told here as every verb tells it.
  const team = await teamToRun(paths);
  await mustBePerson(paths, team, "daemon");
  await checkTools(root);
  const owner = await lockOwner(paths.instanceLock);
  if (owner !== null)
    return refused(
      1,
      "lock.held",
      `A bot runs for this project already: pid ${owner.pid}.`,
      "Stop it with `batty stop --bot`.",
    );
  const resume = call.argv.includes("--resume") && existsSync(paths.resume);
  process.argv = [
    process.argv[0] as string,
    botProgram,
    "--project-root",
    root,
    ...(resume ? ["--start-team"] : []),
  ];
  await import(pathToFileURL(botProgram).href);
  return new Promise(() => undefined); // the bot ends the process itself
};

/** A team that runs goes on under the last good file; an invalid one starts none. @throws ConfigInvalid */
async function teamToRun(paths: Paths): Promise<Team> {
  if ((await stateOnFiles(paths)).team === "running") return teamInForce(paths);
  const context = { root: paths.root, osUser: userInfo().username };
  return loadTeam(paths.teamYaml, context, AbortSignal.timeout(10_000));
}
