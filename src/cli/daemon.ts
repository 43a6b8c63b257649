// `daemon`: the bot in the foreground, for service managers and containers.
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { pathToFileURL } from "node:url";
import { loadTeam } from "../config/load.ts";
import { lockOwner } from "../world/lock.ts";
import { pathsOf } from "../world/paths.ts";
import { noTeam, type OwnVerb, refused, unknownWord } from "./call.ts";
import { mustBePerson } from "./caller.ts";
import { botProgram } from "./package-root.ts";
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
  const deadline = AbortSignal.timeout(10_000);
  const team = await loadTeam(paths.teamYaml, { root, osUser: userInfo().username }, deadline);
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
