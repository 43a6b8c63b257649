// A test's own corner of the machine: home, state, sockets, temp folder and PATH, all in one folder that is gone
// afterwards. Every process started from here carries the folder in its environment: so leaks are found.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { allProcesses, type ProcessId, signalProcess, startedWith } from "../../src/world/proc.ts";

export const clone = join(import.meta.dirname, "..", "..");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

export interface Place {
  readonly folder: string;
  /** First on PATH: stand-ins for programs lie here. */
  readonly bin: string;
  readonly root: string;
  /** All that programs started here see of an environment, as `env -i` would give it. */
  readonly env: Readonly<Record<string, string>>;
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Programs that carry this place in their environment. */
  processes(): readonly ProcessId[];
  /** Ends what is left and removes the folder; says what should not have been there. */
  clear(): Promise<readonly string[]>;
}

/** ms a program of a test may take. */
const longestRun = 60_000;
/** ms until everything that was told to end must be gone. */
const endsWithin = 5_000;

export async function makePlace(more: Readonly<Record<string, string>> = {}): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "batty-e2e-"));
  const at = (name: string): string => join(folder, name);
  for (const name of ["bin", "home", "state", "tmux", "tmp", "run", "repo"])
    await mkdir(at(name), { mode: 0o700 });
  const env = {
    PATH: [at("bin"), dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    HOME: at("home"),
    TMPDIR: at("tmp"),
    LANG: "C.UTF-8",
    TERM: "dumb",
    BATTY_STATE_DIR: at("state"),
    BATTY_NO_INSTALL: "1",
    TMUX_TMPDIR: at("tmux"),
    XDG_RUNTIME_DIR: at("run"),
    GIT_CONFIG_NOSYSTEM: "1",
    ...more,
  };
  const place: Place = {
    folder,
    bin: at("bin"),
    root: at("repo"),
    env,
    run: (program, args, options = {}) => run(program, args, { cwd: at("repo"), env, ...options }),
    processes: () =>
      allProcesses().filter(
        ({ pid }) =>
          pid !== process.pid &&
          (startedWith(pid, `PATH=${at("bin")}:`) || startedWith(pid, `HOME=${folder}`)),
      ),
    async clear() {
      const left = await leftovers(place);
      for (const each of place.processes()) signalProcess(each, "SIGKILL");
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      return left;
    },
  };
  return place;
}

async function leftovers(place: Place): Promise<string[]> {
  const until = Date.now() + endsWithin;
  while (place.processes().length > 0 && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const files = [
    ...filesIn(join(place.folder, "tmp")).filter((path) => !agentsOwn.test(basename(path))),
    ...socketsIn(place.folder),
  ];
  return [
    ...place.processes().map(({ pid }) => `process ${pid}: ${commandOf(pid)}`),
    ...files.map((path) => `left: ${path}`),
  ];
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "gone"; // ended while we looked
  }
}

/** What real agents make in every temporary folder, and leave. */
const agentsOwn = /^(cc-socks|claude-.*|codex-bwrap-.*)$/;

const filesIn = (dir: string): string[] =>
  existsSync(dir) ? readdirSync(dir).map((name) => join(dir, name)) : [];

function socketsIn(folder: string): string[] {
  return ["run", "repo/.batty"]
    .flatMap((name) => filesIn(join(folder, name)))
    .flatMap((path) => [path, ...(isFolder(path) && path.includes("/run/") ? filesIn(path) : [])])
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isSocket() === true);
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function run(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env as NodeJS.ProcessEnv,
      stdio: "pipe",
    });
    let stdout = "";
    let stderr = "";
    const late = setTimeout(() => child.kill("SIGKILL"), longestRun);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.stdin.on("error", () => {}); // it did not want to read
    child.stdin.end(options.input ?? "");
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(late);
      resolve({ code, stdout, stderr });
    });
  });
}
