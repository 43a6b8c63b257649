// `chat`: the local chat, as a terminal client for people or as JSON lines for programs.
import { connectChat } from "../chat/local/client.ts";
import { runJson } from "../chat/local/json-client.ts";
import { pathsOf } from "../world/paths.ts";
import { flag, noTeam, type OwnVerb, refused, unknownWord } from "./call.ts";

export const chat: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const odd = unknownWord(call.argv, ["as"], []);
  if (odd !== null)
    return refused(2, "usage", `chat knows no "${odd}".`, "Usage: batty chat [--json]");
  const link = await connectChat(pathsOf(root).chatSocket, flag(call.argv, "as"), call.json);
  if (call.json) return runJson(link, process.stdin, process.stdout);
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    link.close();
    return refused(2, "usage", "The chat needs a terminal.", "Programs use `batty chat --json`.");
  }
  const { runTerminal } = await import("../chat/local/terminal/terminal.ts");
  return runTerminal(link, {
    input: process.stdin,
    output: process.stdout,
    env: process.env,
  });
};
