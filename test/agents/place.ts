// A corner of the machine for real agents: repository, worktree, homes, and a tmux server of its own. What is
// started here sees none of the user's environment, configuration or network.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { allProcesses, signalProcess, startedWith } from "../../src/world/proc.ts";

export interface AgentsPlace {
  readonly folder: string;
  readonly repo: string;
  readonly worktree: string;
  /** All that a program started here sees of an environment. */
  env(home: string): Readonly<Record<string, string>>;
  home(name: string): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
  tmux(...args: readonly string[]): Promise<string>;
  /** Ends everything that was started here, and removes the folder. */
  clear(): Promise<void>;
}

const run = promisify(execFile);
/** ms a command of git or tmux may take. */
const answersWithin = 10_000;
/** A closed port: what wants the network is refused at once. */
const nowhere = "http://127.0.0.1:9";

export async function makeAgentsPlace(): Promise<AgentsPlace> {
  const folder = await mkdtemp(join(tmpdir(), "batty-agents-"));
  const repo = join(folder, "repo");
  const worktree = join(repo, ".batty", "worktrees", "eng-1");
  const env = (home: string): Record<string, string> => ({
    PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    HOME: home,
    TMPDIR: join(folder, "tmp"),
    LANG: "C.UTF-8",
    SHELL: "/bin/bash",
    GIT_CONFIG_NOSYSTEM: "1",
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    NO_PROXY: "127.0.0.1,localhost",
  });
  const own = env(join(folder, "home"));
  const call = async (program: string, args: readonly string[], cwd: string): Promise<string> =>
    (await run(program, [...args], { cwd, env: { ...own, TERM: "dumb" }, timeout: answersWithin }))
      .stdout;
  const place: AgentsPlace = {
    folder,
    repo,
    worktree,
    env,
    async home(name) {
      const home = join(folder, `home-${name}`);
      await mkdir(home, { recursive: true, mode: 0o700 });
      return home;
    },
    git: (...args) => call("git", args, repo),
    tmux: (...args) =>
      call("tmux", ["-u", "-S", join(folder, "tmux.sock"), "-f", "/dev/null", ...args], folder),
    clear: () => clear(folder, place),
  };
  for (const name of ["home", "tmp", "repo"]) await mkdir(join(folder, name), { mode: 0o700 });
  await makeRepo(place);
  return place;
}

async function makeRepo({ git, worktree }: AgentsPlace): Promise<void> {
  await git("init", "-q", "-b", "main");
  await git("config", "user.name", "Team");
  await git("config", "user.email", "team@example.com");
  await git("commit", "-q", "--allow-empty", "-m", "Start");
  await git("worktree", "add", "-q", "-b", "eng-1/work", worktree);
}

async function clear(folder: string, { tmux }: AgentsPlace): Promise<void> {
  await tmux("kill-server").catch(() => ""); // none runs: as wanted
  const left = (): ReturnType<typeof allProcesses> =>
    allProcesses().filter(({ pid }) => pid !== process.pid && startedWith(pid, `HOME=${folder}`));
  for (const each of left()) signalProcess(each, "SIGKILL");
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
