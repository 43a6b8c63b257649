// What must be on the machine before a team can run: git with a commit, tmux, flock. Named with the command that installs it.
import { execFile } from "node:child_process";
import { Failure } from "../core/words.ts";

interface Ran {
  readonly code: number | "missing";
  readonly out: string;
}

export function runTool(argv: readonly [string, ...string[]], cwd: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(argv[0], argv.slice(1), { cwd, timeout: 10_000 }, (error, stdout) => {
      const code = (error as { code?: number | string } | null)?.code ?? 0;
      resolve({
        code: code === "ENOENT" ? "missing" : typeof code === "number" ? code : 1,
        out: stdout,
      });
    });
  });
}

const installs = "On Debian: apt-get install";

/** @throws Failure `git.missing` | `git.no-repository` | `git.no-commits` | `tmux.missing` */
export async function checkTools(root: string): Promise<void> {
  const git = await runTool(["git", "--version"], root);
  if (git.code === "missing")
    throw new Failure("git.missing", "git is not installed.", { hint: `${installs} git` });
  const inside = await runTool(["git", "rev-parse", "--git-dir"], root);
  if (inside.code !== 0)
    throw new Failure("git.no-repository", `${root} is no git repository.`, {
      hint: "Make one: `git init`, and a first commit.",
    });
  const bare = await runTool(["git", "rev-parse", "--is-bare-repository"], root);
  if (bare.out.trim() === "true")
    throw new Failure("git.no-repository", `${root} is a bare repository: nobody can work in it.`, {
      hint: "Clone it, and use batty in the clone.",
    });
  const commit = await runTool(["git", "rev-parse", "--verify", "-q", "HEAD^{commit}"], root);
  const any =
    commit.code === 0 ? commit : await runTool(["git", "rev-list", "-n", "1", "--all"], root);
  if (any.code !== 0 || any.out.trim() === "")
    throw new Failure(
      "git.no-commits",
      "The repository has no commit yet: there is nothing to branch from.",
      { hint: "Make one: `git commit --allow-empty -m start`." },
    );
  const tmux = await runTool(["tmux", "-V"], root);
  if (tmux.code === "missing")
    throw new Failure("tmux.missing", "tmux is not installed.", { hint: `${installs} tmux` });
  const flock = await runTool(["flock", "--version"], root);
  if (flock.code === "missing")
    throw new Failure("io.failed", "flock is not installed (part of util-linux).", {
      hint: `${installs} util-linux`,
    });
}
