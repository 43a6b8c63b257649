// The benchmark's corner of the machine: home, state, sockets and a copy of the built package in one folder that
// is gone afterwards, with every process that was started from it.
import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { allProcesses, signalProcess, startedWith } from "../src/world/proc.ts";
import { type Lives, watchLives } from "./lives.ts";

export interface Place {
  readonly folder: string;
  /** The clone that is measured. */
  readonly clone: string;
  /** Its package as installed, with an agent that stamps its input. */
  readonly installed: string;
  /** Where the agents' stamps lie, a file a member. */
  readonly stamps: string;
  readonly lives: Lives;
  readonly env: Readonly<Record<string, string>>;
  /** Resolves with stdout. @throws Error unless it ends with 0 */
  run(
    program: string,
    args: readonly string[],
    cwd: string,
    more?: Readonly<Record<string, string>>,
  ): Promise<string>;
  /** Starts a program that says `ready` and ends when its input does. */
  keep(argv: readonly [string, ...string[]]): Promise<ChildProcessWithoutNullStreams>;
  /** The program of the benchmark that has this name. */
  program(name: string): string;
  clear(): Promise<void>;
}

const longestRun = 60_000;

export async function makePlace(clone: string, programs: string): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "batty-bench-"));
  const at = (name: string): string => join(folder, name);
  for (const name of ["home", "state", "tmux", "run", "stamps"])
    await mkdir(at(name), { mode: 0o700 });
  const env = {
    PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    HOME: at("home"),
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    BATTY_STATE_DIR: at("state"),
    TMUX_TMPDIR: at("tmux"),
    XDG_RUNTIME_DIR: at("run"),
    GIT_CONFIG_NOSYSTEM: "1",
  };
  const program = (name: string): string => join(programs, `${name}.mjs`);
  await installCopy(clone, folder, program("agent"));
  const lives = await watchLives(at("stamps"));
  return {
    ...{ folder, clone, env, program, lives },
    installed: join(folder, "bin", "batty"),
    stamps: at("stamps"),
    run: (name, args, cwd, more) => run(name, args, { cwd, env: { ...env, ...more } }),
    keep: (argv) => keep(argv, folder, env),
    async clear() {
      for (const each of allProcesses())
        if (startedWith(each.pid, `HOME=${env.HOME}`)) signalProcess(each, "SIGKILL");
      lives.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function installCopy(clone: string, folder: string, agent: string): Promise<void> {
  for (const name of ["bin", "dist", "templates", "package.json"])
    await cp(join(clone, name), join(folder, name), { recursive: true });
  const dist = join(folder, "dist");
  await rename(join(dist, "script-agent.js"), join(dist, "script-agent-itself.js"));
  await cp(agent, join(dist, "script-agent.js"));
}

function run(
  program: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, timeout: longestRun }, (error, stdout, stderr) => {
      const failed = `${program} ${args.join(" ")} failed: ${stderr || stdout || error?.message}`;
      if (error === null) resolve(stdout);
      else reject(new Error(failed));
    });
  });
}

async function keep(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn(program, args, { cwd, env, stdio: "pipe" });
  child.stderr.pipe(process.stderr);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${args.join(" ")} ended with ${code}`)));
  });
  child.stdout.resume();
  return child;
}
