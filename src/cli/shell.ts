// All verbs of the shell, each loading what it needs: set-up, help, and the bot's own over its socket or on files.
import { join } from "node:path";
import type { ShellReply } from "../chat/desk.ts";
import { Failure } from "../core/words.ts";
import type { Call } from "./call.ts";
import { fail, print, tell } from "./print.ts";
import { findRoot } from "./read-call.ts";

/** Resolves with the exit code; never rejects. */
export async function shell(call: Call): Promise<number> {
  try {
    return await dispatch(call);
  } catch (error) {
    return tell(call, error);
  }
}

async function dispatch(call: Call): Promise<number> {
  if (call.verb === "version") {
    const { version } = await import("../world/version.ts");
    return print(call, { ok: true, json: { version }, text: version });
  }
  if (call.help || call.verb === "help") {
    const { help } = await import("./help.ts");
    return print(call, help(call));
  }
  if (process.stdin.isTTY && !call.json) {
    const { confirmed } = await import("./confirm.ts");
    const asking = { input: process.stdin, output: process.stderr, env: process.env };
    if (!(await confirmed(call, asking)))
      return fail(call, { code: "confirm.no", say: "Nothing was done." }, 1);
  }
  const root = findRoot(call, process.cwd(), process.env);
  const { ownVerb } = await import("./verbs.ts");
  const own = await ownVerb(call.verb);
  if (own !== null) {
    const reply = await own(call, root);
    return typeof reply === "number" ? reply : print(call, reply);
  }
  if (root === null) {
    const { isVerb } = await import("./help.ts");
    const unknown = isVerb(call);
    if (unknown !== null) return print(call, unknown);
    return fail(
      call,
      {
        code: "config.none",
        say: `There is no team in ${process.cwd()} or above it.`,
        hint: "Make one with `batty init`.",
      },
      2,
    );
  }
  return print(call, await atTheBot(call, root));
}

/** Through the socket while the bot runs; on files otherwise, where the verb can. */
async function atTheBot(call: Call, root: string): Promise<ShellReply> {
  const { connectShell } = await import("../chat/local/client.ts");
  const run = (verb: string, argv: readonly string[]): Promise<ShellReply> =>
    connectShell(join(root, ".batty", "chat.sock"), verb, argv);
  try {
    const { sayAndWait, waitsOn } = await import("./wait-on.ts");
    if (!waitsOn(call)) return await run(call.verb, call.argv);
    const sleep = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));
    return await sayAndWait(call, { run, sleep, now: Date.now });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "bot.down") throw error;
    const { onFiles } = await import("./on-files.ts");
    return onFiles(root, call.verb, call.argv);
  }
}
