// The programs a script member starts: each in a process group of its own, so that whatever it starts in
// turn can be ended with it. Knows no steps.
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

/** ms from SIGTERM to SIGKILL: the member itself must be gone 1 s after its own SIGTERM. */
const graceMs = 400;
/** ms for the kernel to clear away what was killed. */
const killMs = 300;
/** ms that output may still come after a program ended; longer ones are its background children's. */
const drainMs = 100;
/** Characters of stdout kept for reading an answer out of it. */
const maxKept = 1_000_000;

export interface Ended {
  /** As a shell counts: 128 + n for signal n, 127 when it could not be started. */
  readonly code: number;
  readonly stdout: string;
}

export interface Order {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onOutput: (text: string) => void;
}

export interface Children {
  /** Runs a program to its end; aborting ends its group. */
  run(order: Order, signal: AbortSignal): Promise<Ended>;
  /** Ends everything ever started here that still lives, background programs too. */
  endAll(): Promise<void>;
}

export function createChildren(): Children {
  const groups = new Set<number>();

  async function run(order: Order, signal: AbortSignal): Promise<Ended> {
    if (signal.aborted) return { code: 143, stdout: "" };
    const child = spawn(order.file, order.args, {
      cwd: order.cwd,
      env: order.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const group = child.pid;
    if (group !== undefined) groups.add(group);
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (stdout.length < maxKept) stdout += text;
      order.onOutput(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => order.onOutput(text));
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const ended = new Promise<number>((resolve) => {
      child.once("error", (error) => {
        order.onOutput(`${order.file} could not be started: ${error.message}`);
        resolve(127);
      });
      child.once("exit", (code, name) => resolve(code ?? 128 + numberOf(name)));
    });
    const stop = (): void => {
      if (group !== undefined) void endGroup(group);
    };
    signal.addEventListener("abort", stop, { once: true });
    const code = await ended;
    await Promise.race([closed, pause(drainMs)]);
    signal.removeEventListener("abort", stop);
    if (group !== undefined) {
      if (signal.aborted) await endGroup(group);
      if (!isAlive(group)) groups.delete(group);
    }
    return { code, stdout };
  }

  async function endGroup(group: number): Promise<void> {
    signalGroup(group, "SIGTERM");
    await gone(group, graceMs);
    signalGroup(group, "SIGKILL");
    // The kernel needs a moment even for that one.
    await gone(group, killMs);
    groups.delete(group);
  }

  return {
    run,
    async endAll() {
      await Promise.all([...groups].map((group) => endGroup(group)));
    },
  };
}

/** Resolves when nobody of the group is left, at the latest after `atMost` ms. */
async function gone(group: number, atMost: number): Promise<void> {
  for (const until = Date.now() + atMost; isAlive(group) && Date.now() < until; ) await pause(10);
}

function isAlive(group: number): boolean {
  return signalGroup(group, 0);
}

/** False: nobody of the group is left. */
function signalGroup(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, name);
    return true;
  } catch {
    // ESRCH: gone, which is what is asked for or about.
    return false;
  }
}

function numberOf(name: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGABRT: 6,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGPIPE: 13,
    SIGTERM: 15,
  };
  return (name && numbers[name]) ?? 0;
}
