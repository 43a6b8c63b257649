// Runs the script agent's real program in a real tmux pane on a socket of its own, for the tests beside.
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { AgentDriver, SignalKind } from "../../src/core/agent.ts";
import type { Signal } from "../../src/core/ports.ts";
import type { Probe } from "../../src/core/words.ts";
import { driverOf } from "../../src/world/agents/drivers.ts";
import { openSignals } from "../../src/world/signals.ts";
import { watchFolders } from "../../src/world/watch.ts";
import { seating } from "../fakes/seats.ts";

const execute = promisify(execFile);
const member = "eng-1";

export interface PaneLook {
  readonly playbook?: string;
  readonly columns?: number;
  readonly rows?: number;
}

export const script = (...steps: readonly string[]) =>
  ["```batty-script", ...steps, "```"].join("\n");

export const message = (id: string, body: string, more = "") =>
  `[batty ${id} from ada${more}]\n${body}`;

export interface ScriptPane {
  readonly driver: AgentDriver;
  /** The member's working directory. */
  readonly cwd: string;
  readonly root: string;
  /** Bracketed paste, then Enter, as the bot types. */
  type(text: string): Promise<void>;
  paste(text: string): Promise<void>;
  keys(...keys: readonly string[]): Promise<void>;
  /** The visible screen; with `all` the scrollback too, wrapped rows joined. */
  screen(all?: "all"): Promise<readonly string[]>;
  screenHas(text: string): Promise<unknown>;
  composer(): Promise<Probe<string>>;
  composerShows(draft: string): Promise<unknown>;
  /** A file of the working directory. */
  read(path: string): Promise<string>;
  tmux(...args: readonly string[]): Promise<string>;
  /** The next signal of this kind that no earlier call returned. */
  next(kind: SignalKind): Promise<Signal>;
  /** All signals until now, in order. */
  signals(): Promise<readonly Signal[]>;
  /** Resolves when the screen fits; asked again whenever the pane or a folder changed. */
  until<T>(look: () => Promise<T | null | undefined | false>): Promise<T>;
  /** The program's own pid. */
  pid(): Promise<number>;
  /** The program's exit code, once it ended. tmux itself sometimes loses it. */
  exit(): Promise<number>;
  playbook(text: string): Promise<void>;
  /** Puts a `batty` on the agent's PATH that runs this shell text. */
  batty(shell: string): Promise<void>;
  close(): Promise<void>;
}

/** Bundles the program once; give the folder to `startPane`. */
export async function buildProgram(): Promise<{ program: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "batty-script-"));
  const program = join(dir, "script-agent.js");
  await writeFile(join(dir, "package.json"), '{"type":"module"}');
  await build({
    entryPoints: ["src/world/agents/script/main.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "silent",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return { program, remove: () => rm(dir, { recursive: true }) };
}

/** Starts the program and waits until it is idle for the first time. */
export async function startPane(program: string, look: PaneLook = {}): Promise<ScriptPane> {
  const dir = await mkdtemp(join(tmpdir(), "batty-pane-"));
  const root = join(dir, "project");
  const cwd = join(dir, "worktree");
  const bin = join(dir, "bin");
  const folder = join(root, ".batty", "signals");
  const playbooks = join(root, ".batty", "team_config", "playbooks");
  for (const path of [cwd, bin, playbooks, join(folder, member, "new")])
    await mkdir(path, { recursive: true });
  const socket = `batty-test-${process.pid}-${dir.slice(-6)}`;
  const { PATH = "" } = process.env;
  const env = { PATH: `${bin}:${PATH}`, HOME: dir, LANG: "C.UTF-8" };
  const driver = driverOf("script", { script: program });

  async function tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await execute("tmux", ["-L", socket, "-f", "/dev/null", ...args], { env });
    return stdout;
  }

  const signals = openSignals({
    ...{ dir: folder, members: [member], keyOf: () => "", hear: () => [] },
  });
  const list = () => signals.list(AbortSignal.timeout(5_000));
  const returned = new Set<string>();

  async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const changed = Promise.race([change(), after(200)]);
      const found = await look();
      if (found) return found;
      if (Date.now() > deadline)
        throw new Error(`never came; the screen was:\n${(await screen()).join("\n")}`);
      await changed;
    }
  }

  let onChange: (() => void)[] = [];
  const watcher = watchFolders([join(folder, member, "new"), cwd], () => {
    for (const tell of onChange.splice(0)) tell();
  });
  const change = () => new Promise<void>((resolve) => onChange.push(resolve));

  async function screen(all?: "all"): Promise<readonly string[]> {
    const history = all ? ["-J", "-S", "-"] : [];
    const text = await tmux("capture-pane", "-p", "-t", "seat", ...history);
    return text.split("\n").map((row) => row.trimEnd());
  }

  const playbook = (text: string) => writeFile(join(playbooks, `${member}.yaml`), text);
  if (look.playbook !== undefined) await playbook(look.playbook);
  const launch = driver.launch(seating({ member, epoch: 3, folder: dir }));
  const seatEnv = {
    ...launch.env,
    ...env,
    BATTY_PROJECT_ROOT: root,
    BATTY_MEMBER: member,
    BATTY_EPOCH: "3",
    BATTY_SIGNALS: join(folder, member),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  const size = ["-x", `${look.columns ?? 100}`, "-y", `${look.rows ?? 30}`];
  const seatArgs = Object.entries(seatEnv).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  await tmux(
    ...["new-session", "-d", "-s", "seat", ...size, "-c", cwd, ...seatArgs],
    ...["sh", "-c", '"$@"; echo $? > exit.tmp; mv exit.tmp exit', "seat", ...launch.argv],
    ...[";", "set-option", "-g", "remain-on-exit", "on"],
  );

  async function paste(text: string): Promise<void> {
    const file = join(dir, "paste");
    await writeFile(file, text);
    await tmux(
      "load-buffer",
      "-b",
      "b",
      file,
      ";",
      "paste-buffer",
      "-p",
      "-r",
      "-d",
      "-b",
      "b",
      "-t",
      "seat",
    );
  }

  const composer = async () => driver.composer({ rows: await screen(), title: "" });

  const next: ScriptPane["next"] = (kind) =>
    until(async () => {
      const found = (await list()).find((one) => one.kind === kind && !returned.has(one.id));
      if (found) returned.add(found.id);
      return found;
    });

  async function close(): Promise<void> {
    watcher.close();
    onChange = [];
    // It may be gone already: some tests end it themselves.
    await tmux("kill-server").catch(() => {});
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    await next("started");
    await next("idle");
  } catch (error) {
    await close();
    throw error;
  }
  return {
    driver,
    cwd,
    root,
    paste,
    screen,
    tmux,
    until,
    playbook,
    async type(text) {
      await paste(text);
      await tmux("send-keys", "-t", "seat", "Enter");
    },
    async keys(...keys) {
      await tmux("send-keys", "-t", "seat", ...keys);
    },
    next,
    composer,
    composerShows: (draft) =>
      until(async () => {
        const probe = await composer();
        return probe.known && probe.value === draft;
      }),
    screenHas: (text) => until(async () => (await screen("all")).some((row) => row.includes(text))),
    read: (path) => readFile(join(cwd, path), "utf8"),
    signals: list,
    async pid() {
      const wrapper = (await tmux("list-panes", "-t", "seat", "-F", "#{pane_pid}")).trim();
      return Number(await readFile(`/proc/${wrapper}/task/${wrapper}/children`, "utf8"));
    },
    async exit() {
      const text = () => readFile(join(cwd, "exit"), "utf8").catch(() => null);
      return Number(await until(text));
    },
    async batty(shell) {
      await writeFile(join(bin, "batty"), `#!/bin/sh\n${shell}\n`);
      await chmod(join(bin, "batty"), 0o755);
    },
    close,
  };
}

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

/** Whether a process lives (a zombie does not). */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) Z /.test(stat);
}

/** Pids whose command line holds a text. */
export async function pidsOf(text: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(
      async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")] as const,
    ),
  );
  return lines.filter(([, line]) => line.includes(text)).map(([pid]) => Number(pid));
}
