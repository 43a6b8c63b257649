// The shell's face: finds the project, hands a verb to the running bot, or does the set-up verbs itself.
// Agents call it all day: only what a verb needs is loaded.
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ShellReply } from "./chat/desk.ts";
import type { Call } from "./cli/call.ts";
import { Failure, type Refusal } from "./core/words.ts";

/** After its NAME, everything `send` gets is text. */
const verbatim = new Set(["send"]);

/** Takes the flags that every verb has out of the words. */
export function readCall(words: readonly string[]): Call {
  let json = false;
  let help = false;
  let root: string | null = null;
  let verb = "";
  const argv: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as string;
    const text =
      (verbatim.has(verb) && argv.some((a) => !a.startsWith("--"))) || argv.includes("--");
    if (!text && word === "--json") json = true;
    else if (!text && (word === "--help" || word === "-h")) help = true;
    else if (!text && word === "--project-root") root = words[++i] ?? "";
    else if (!text && word.startsWith("--project-root="))
      root = word.slice("--project-root=".length);
    else if (verb === "" && word === "--version") verb = "version";
    else if (verb === "" && !word.startsWith("-")) verb = word;
    else argv.push(word);
  }
  return { verb: verb === "" ? "help" : verb, argv, json, help, root };
}

/** The nearest parent with a team; a linked worktree belongs to its main repository. Null: none. */
export function findRoot(
  call: Call,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const given = call.root ?? env["BATTY_PROJECT_ROOT"];
  if (given) return resolve(cwd, given);
  for (let dir = cwd; ; dir = dirname(dir)) {
    if (isFolder(join(dir, ".batty", "team_config"))) return dir;
    const main = mainRepository(join(dir, ".git"));
    if (main !== null && isFolder(join(main, ".batty", "team_config"))) return main;
    if (dirname(dir) === dir) return null;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // not there, or not ours to see: looked for further up
  }
}

/** `.git` of a linked worktree is a file: `gitdir: <main>/.git/worktrees/<name>`. */
function mainRepository(dotGit: string): string | null {
  try {
    const gitdir = /^gitdir: (.*)$/m.exec(readFileSync(dotGit, "utf8"))?.[1];
    const at = gitdir?.indexOf("/.git/worktrees/") ?? -1;
    return gitdir === undefined || at < 0 ? null : gitdir.slice(0, at);
  } catch {
    return null; // a folder, or none: no linked worktree
  }
}

function print(call: Call, reply: ShellReply): number {
  if (reply.ok) {
    if (call.json) out(`${JSON.stringify(reply.json)}\n`);
    else if (reply.text !== "") out(`${reply.text}\n`);
    const note = (reply.json as { note?: unknown } | null)?.note;
    if (typeof note === "string") process.stderr.write(`${note}\n`);
    return reply.exit ?? 0;
  }
  return fail(call, reply.refusal, reply.exit);
}

function fail(call: Call, { code, say, hint }: Refusal, exit: number): number {
  if (call.json)
    out(`${JSON.stringify({ error: { code, say, ...(hint === undefined ? {} : { hint }) } })}\n`);
  else process.stderr.write(`${say}${hint === undefined ? "" : `\n${hint}`}\n`);
  return exit;
}

const out = (text: string): void => void process.stdout.write(text);

async function main(): Promise<number> {
  // `| head` ends early: no error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const call = readCall(process.argv.slice(2));
  try {
    return await dispatch(call);
  } catch (error) {
    if (error instanceof Failure) {
      const { exitOfFailure } = await import("./cli/exit.ts");
      return fail(
        call,
        {
          code: error.code,
          say: error.message,
          ...(error.hint === undefined ? {} : { hint: error.hint }),
        },
        exitOfFailure(error),
      );
    }
    const refusal = (error as { refusal?: Refusal; exit?: number }).refusal;
    if (refusal !== undefined) return fail(call, refusal, (error as { exit?: number }).exit ?? 1);
    const trace =
      process.env["BATTY_LOG_LEVEL"] === "debug" ? `\n${String((error as Error).stack)}` : "";
    return fail(
      call,
      {
        code: "bug",
        say: `This is our bug: ${String((error as Error).message ?? error)}${trace}`,
        hint: "BATTY_LOG_LEVEL=debug shows where.",
      },
      70,
    );
  }
}

async function dispatch(call: Call): Promise<number> {
  if (call.verb === "version") {
    const { version } = await import("./world/version.ts");
    return print(call, { ok: true, json: { version }, text: version });
  }
  if (call.help || call.verb === "help") {
    const { help } = await import("./cli/help.ts");
    return print(call, help(call));
  }
  const root = findRoot(call, process.cwd(), process.env);
  const { setUpVerbs } = await import("./cli/verbs.ts");
  const own = setUpVerbs[call.verb];
  if (own !== undefined) {
    const reply = await (await own())(call, root);
    return typeof reply === "number" ? reply : print(call, reply);
  }
  if (root === null) {
    const { isVerb } = await import("./cli/help.ts");
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
  const { connectShell } = await import("./chat/local/client.ts");
  try {
    return await connectShell(join(root, ".batty", "chat.sock"), call.verb, call.argv);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "bot.down") throw error;
    const { onFiles } = await import("./cli/on-files.ts");
    return onFiles(root, call.verb, call.argv);
  }
}

// Not process.exit: what was printed into a pipe must get out first.
process.exitCode = await main();
