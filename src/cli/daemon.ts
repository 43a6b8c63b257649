// `daemon`: the bot in the foreground, for service managers and containers.
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { pathsOf } from "../world/paths.ts";
import { noTeam, type OwnVerb } from "./call.ts";
import { botProgram } from "./package-root.ts";
import { checkTools } from "./tools.ts";

export const daemon: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  await checkTools(root);
  const resume = call.argv.includes("--resume") && existsSync(pathsOf(root).resume);
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
