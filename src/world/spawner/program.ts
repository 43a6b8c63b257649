// One program: started in a group and session of its own, ended with everything it left behind. Knows no protocol line.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { signalProcess } from "../proc.ts";
import type { ProcessOrder, ProcessResult } from "../processes.ts";
import { endFamily, type Family, findFamily } from "./leftovers.ts";
import { type Kept, keepOutput, type OutputLog, openOutputLog } from "./output.ts";
import { marker, type SpawnFailure } from "./protocol.ts";

export interface Program {
  /** Settles when it, its group and its leftovers are gone. Never rejects. */
  readonly finished: Promise<ProcessResult | SpawnFailure>;
  /** SIGTERM to all, SIGKILL after the order's grace. */
  stop(): void;
  /** Closes its stdin; a program that does not end by that is stopped. */
  release(): void;
}

const defaultMaxOutput = 1024 * 1024;
const defaultMaxLog = 16 * 1024 * 1024;
const defaultGraceMs = 2000;
/** A stdout that a grandchild keeps open is waited for no longer than this after the program's end. */
const pipeGraceMs = 200;
const leftoverGraceMs = 300;
/** Its descendants are noted so often, for the case that they leave tree, group and environment later. */
const lookEachMs = 1000;

interface Life {
  readonly order: ProcessOrder;
  readonly child: ChildProcess;
  readonly family: Family;
  readonly out: Kept;
  readonly err: Kept;
  readonly startedAt: number;
  stopping: NodeJS.Timeout | null;
  timedOut: boolean;
  failure: SpawnFailure | null;
}

/** `held`: stdin stays open until released, the deadline is for the first line of output, which `held` hears of. */
export function startProgram(order: ProcessOrder, tag: string, held?: () => void): Program {
  let log: OutputLog | null = null;
  try {
    if (order.log !== undefined) log = openOutputLog(order.log, order.maxLog ?? defaultMaxLog);
  } catch (error) {
    return stillborn(failureOf(error, `cannot write the log ${order.log} of ${order.argv[0]}`));
  }
  const child = spawnChild(order, tag, held !== undefined);
  if ("errno" in child) {
    log?.close();
    return stillborn(child);
  }
  const max = order.maxOutput ?? defaultMaxOutput;
  const life: Life = {
    order,
    child,
    family: { pid: child.pid ?? 0, tag, seen: new Map() },
    out: keepOutput(max, order.keep ?? "head"),
    err: keepOutput(max, order.keep ?? "head"),
    startedAt: performance.now(),
    stopping: null,
    timedOut: false,
    failure: null,
  };
  return live(life, log, held);
}

function live(life: Life, log: OutputLog | null, held: (() => void) | undefined): Program {
  const { child, order } = life;
  const stop = (): void => stopLife(life);
  const deadline = setTimeout(() => {
    life.timedOut = true;
    stop();
  }, order.timeoutMs);
  readOutput(life, log, () => {
    if (held === undefined) return;
    clearTimeout(deadline);
    held();
  });
  const looking = setInterval(() => void findFamily(life.family), lookEachMs).unref();
  const finished = lived(life).finally(() => {
    clearInterval(looking);
    clearTimeout(deadline);
    if (life.stopping !== null) clearTimeout(life.stopping);
    log?.close();
  });
  return {
    finished,
    stop,
    release: () => {
      child.stdin?.end();
      setTimeout(stop, graceOf(order)).unref();
    },
  };
}

function spawnChild(order: ProcessOrder, tag: string, held: boolean): ChildProcess | SpawnFailure {
  const [command, ...args] = order.argv;
  try {
    const child = spawn(command, args, {
      ...(order.cwd === undefined ? {} : { cwd: order.cwd }),
      env: { ...order.env, [marker]: tag },
      detached: true,
      stdio: [held || order.stdin !== undefined ? "pipe" : "ignore", "pipe", "pipe"],
    });
    // A program may end before it read everything: EPIPE is its right.
    child.stdin?.on("error", () => {});
    if (order.stdin !== undefined) child.stdin?.write(order.stdin);
    if (!held) child.stdin?.end();
    if (order.nice !== undefined && child.pid !== undefined) beNice(child.pid, order.nice);
    return child;
  } catch (error) {
    return failureOf(error, `cannot start ${command}`);
  }
}

function beNice(pid: number, nice: number): void {
  try {
    setPriority(pid, nice);
    // With autogroups niceness counts only within a session; the session's own lies here.
    writeFileSync(`/proc/${pid}/autogroup`, String(nice));
  } catch {
    // No autogroups here, not allowed, or it has ended: then it runs at its usual weight.
  }
}

function readOutput(life: Life, log: OutputLog | null, onLine: () => void): void {
  const read = (kept: Kept) => (chunk: Buffer) => {
    kept.push(chunk);
    try {
      log?.write(chunk);
    } catch (error) {
      life.failure ??= failureOf(error, `cannot write the log ${life.order.log}`);
      stopLife(life);
    }
  };
  life.child.stdout?.on("data", read(life.out));
  life.child.stderr?.on("data", read(life.err));
  life.child.stdout?.on("data", function first(this: NodeJS.ReadableStream, chunk: Buffer) {
    if (!chunk.includes(10)) return;
    this.off("data", first);
    onLine();
  });
}

function stopLife(life: Life): void {
  if (life.stopping !== null || hasEnded(life.child)) return;
  signalFamily(life, "SIGTERM");
  life.stopping = setTimeout(() => signalFamily(life, "SIGKILL"), graceOf(life.order));
}

function signalFamily({ child, family }: Life, signal: NodeJS.Signals): void {
  const targets = findFamily(family);
  try {
    // At once for the group; its number may be another's once the leader was reaped.
    if (!hasEnded(child)) process.kill(-family.pid, signal);
  } catch {
    // It has ended already.
  }
  for (const target of targets) {
    if (target.pid !== family.pid) signalProcess(target, signal);
  }
}

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

const graceOf = (order: ProcessOrder): number => order.graceMs ?? defaultGraceMs;

async function lived(life: Life): Promise<ProcessResult | SpawnFailure> {
  const { child, order } = life;
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const end = await new Promise<{ code: number | null; signal: string | null } | Error>(
    (resolve) => {
      child.once("error", resolve);
      child.once("exit", (code, signal) => resolve({ code, signal }));
    },
  );
  if (end instanceof Error) return failureOf(end, startProblem(order));
  const durationMs = performance.now() - life.startedAt;
  await Promise.all([
    endFamily(life.family, life.stopping === null ? leftoverGraceMs : graceOf(order)),
    Promise.race([closed, new Promise((resolve) => setTimeout(resolve, pipeGraceMs))]),
  ]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (life.failure !== null) return life.failure;
  return {
    ...end,
    stdout: life.out.text(),
    stderr: life.err.text(),
    timedOut: life.timedOut,
    dropped: life.out.dropped() + life.err.dropped(),
    durationMs,
  };
}

function startProblem(order: ProcessOrder): string {
  // The system says ENOENT for a missing working directory too.
  const folder = order.cwd !== undefined && !existsSync(order.cwd);
  return folder
    ? `cannot start ${order.argv[0]}: its working directory ${order.cwd} does not exist`
    : `cannot start ${order.argv[0]}`;
}

function failureOf(error: unknown, tried: string): SpawnFailure {
  const errno = (error as NodeJS.ErrnoException).code ?? null;
  const code = errno === "ENOSPC" || errno === "EDQUOT" ? "io.full" : "io.failed";
  return { code, message: `${tried} (${errno ?? String(error)})`, errno, exit: null };
}

function stillborn(failure: SpawnFailure): Program {
  const nothing = (): void => {};
  return { finished: Promise.resolve(failure), stop: nothing, release: nothing };
}
