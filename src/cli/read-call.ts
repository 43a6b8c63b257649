// From the shell's words to a call, and the project that it is about.
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Call } from "./call.ts";

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
