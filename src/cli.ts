// The shell's face: hands a verb to the running bot. Agents call it all day, so it is built as one CommonJS file
// (the loader of ES modules costs more than all of it) and knows no verb; what is not the bot's to answer now goes
// to cli/shell.ts.
import { join } from "node:path";
import type { ShellReply } from "./chat/desk.ts";
import { connectShell } from "./chat/local/client.ts";
import type { Call } from "./cli/call.ts";
import { isOwn } from "./cli/own-verbs.ts";
import { print, tell } from "./cli/print.ts";
import { findRoot, readCall } from "./cli/read-call.ts";
import { Failure } from "./core/words.ts";

async function main(call: Call): Promise<number> {
  try {
    const own = call.help || isOwn(call.verb) || mayAsk(call) || outlivesTheBot(call);
    const reply = own ? null : await fromTheBot(call);
    if (reply !== null) return print(call, reply);
  } catch (error) {
    return tell(call, error);
  }
  const { shell } = await import("./cli/shell.ts");
  return shell(call);
}

/** At a terminal some of it is asked first: cli/confirm.ts says what. */
const mayAsk = ({ verb, json }: Call): boolean =>
  process.stdin.isTTY === true && !json && verb === "task";

/** Waits longer than a bot may live: taken up again after a restart, which is not one call. */
const outlivesTheBot = ({ verb, argv }: Call): boolean =>
  (verb === "ask" || verb === "done") && argv.includes("--wait");

/** Null: there is no team here, or its bot is down. */
async function fromTheBot(call: Call): Promise<ShellReply | null> {
  const root = findRoot(call, process.cwd(), process.env);
  if (root === null) return null;
  try {
    return await connectShell(join(root, ".batty", "chat.sock"), call.verb, call.argv);
  } catch (error) {
    if (error instanceof Failure && error.code === "bot.down") return null;
    throw error;
  }
}

// `| head` ends early: no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
void main(readCall(process.argv.slice(2))).then((code) => {
  // Not process.exit: what was printed into a pipe must get out first.
  process.exitCode = code;
});
