// Who runs on this machine, read from /proc (Linux; elsewhere everything is unknown: null, false, []).
// A pid alone is never an identity: it is one together with its start time. Knows nothing of tmux.
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface ProcessId {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat, clock ticks since boot. */
  readonly startTime: string;
}

export interface ProcessStat extends ProcessId {
  readonly ppid: number;
  readonly group: number;
  readonly session: number;
  /** Device number of its controlling terminal; 0: none. */
  readonly terminal: number;
  /** One letter: R S D T t Z X … */
  readonly state: string;
  /** CPU of it and of its ended children, clock ticks. */
  readonly cpuTicks: number;
}

/** USER_HZ: what /proc counts in, whatever the kernel's own rate is. */
export const ticksPerSecond = 100;

/** Null: no such process (or no /proc). */
export function statOf(pid: number): ProcessStat | null {
  const text = readProc(`${pid}/stat`);
  if (text === null) return null;
  // The name in brackets may hold blanks and brackets itself: only what follows the last one is split.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, ppid, group, session, terminal] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined) return null;
  return {
    pid,
    startTime,
    state,
    ppid: Number(ppid),
    group: Number(group),
    session: Number(session),
    terminal: Number(terminal),
    cpuTicks: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0),
  };
}

/** What the kernel calls it: at most 15 bytes, and its own word. */
export function nameOf(pid: number): string | null {
  return readProc(`${pid}/comm`)?.trimEnd() ?? null;
}

export function startTimeOf(pid: number): string | null {
  return statOf(pid)?.startTime ?? null;
}

/** The same process still runs: same pid, same start time, and no zombie. */
export const isAlive = (pid: number, startTime: string): boolean =>
  runningOf({ pid, startTime }) !== null;

/** Null: it has ended. */
export function runningOf({ pid, startTime }: ProcessId): ProcessStat | null {
  // Mostly asked of somebody who has just ended: no error is made of that first.
  if (!existsSync(`/proc/${pid}`)) return null;
  const stat = statOf(pid);
  return stat !== null && stat.startTime === startTime && isRunning(stat) ? stat : null;
}

export const isRunning = (stat: ProcessStat): boolean => stat.state !== "Z" && stat.state !== "X";

/** By SIGSTOP, Ctrl-Z or a debugger: it does nothing until it is continued. */
export const isStopped = (stat: ProcessStat): boolean => stat.state === "T" || stat.state === "t";

/** Parent first, up to and without pid 0; the process itself is not among them. */
export function ancestors(pid: number): readonly ProcessId[] {
  const found: ProcessId[] = [];
  let next = statOf(pid)?.ppid ?? 0;
  while (next > 0 && found.length < 1000) {
    const stat = statOf(next);
    if (stat === null) break;
    found.push({ pid: stat.pid, startTime: stat.startTime });
    next = stat.ppid;
  }
  return found;
}

/** The process and all its living descendants, parents before children; [] when it is gone. */
export function processTree(
  pid: number,
  all: readonly ProcessStat[] = allProcesses(),
): ProcessStat[] {
  const children = new Map<number, ProcessStat[]>();
  for (const stat of all) {
    const siblings = children.get(stat.ppid);
    if (siblings === undefined) children.set(stat.ppid, [stat]);
    else siblings.push(stat);
  }
  const tree = all.filter((stat) => stat.pid === pid);
  for (let at = 0; at < tree.length; at++) {
    const parent = tree[at];
    if (parent !== undefined) tree.push(...(children.get(parent.pid) ?? []));
  }
  return tree;
}

/** Every running process, zombies left out. `above`: only pids greater than it (cheaper). */
export function allProcesses(above = 0): ProcessStat[] {
  const found: ProcessStat[] = [];
  for (const entry of readPids()) {
    if (entry <= above) continue;
    const stat = statOf(entry);
    if (stat !== null && isRunning(stat)) found.push(stat);
  }
  return found;
}

/** Whether the environment that the process was started with has a line that begins so (`NAME=val`). */
export function startedWith(pid: number, beginning: string): boolean {
  const environment = readProc(`${pid}/environ`);
  return environment !== null && `\0${environment}`.includes(`\0${beginning}`);
}

/** A variable of that environment; null: it has none of that name, or can't be looked at. */
export function startVariable(pid: number, name: string): string | null {
  const lines = readProc(`${pid}/environ`)?.split("\0") ?? [];
  return lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

/** The pid that was given out last; tells whether numbers wrapped around meanwhile. */
export function newestPid(): number {
  return Number(readProc("loadavg")?.trim().split(" ").pop() ?? 0);
}

/** Sends a signal to exactly this process; false: it is gone. */
export function signalProcess(target: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isAlive(target.pid, target.startTime)) return false;
  try {
    process.kill(target.pid, signal);
    return true;
  } catch {
    // Ended between the look and the signal, or not ours to signal.
    return false;
  }
}

/** Whether it has closed its standard output; unknown is no. */
export function isMute(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/fd/1`);
    return false;
  } catch (error) {
    return (
      error instanceof Error && "code" in error && error.code === "ENOENT" && statOf(pid) !== null
    );
  }
}

/** SIGTERM to all (a stopped one is continued to hear it), SIGKILL to those left after `graceMs`; resolves when they are gone, or 1 s after the SIGKILL. */
export async function endProcesses(targets: readonly ProcessId[], graceMs: number): Promise<void> {
  for (const target of targets) {
    signalProcess(target, "SIGTERM");
    signalProcess(target, "SIGCONT");
  }
  const left = await outlast(targets, graceMs);
  for (const target of left) signalProcess(target, "SIGKILL");
  await outlast(left, 1000);
}

/** Waits until all are gone, at most `limitMs`; returns those still there. */
export async function outlast(
  targets: readonly ProcessId[],
  limitMs: number,
): Promise<readonly ProcessId[]> {
  const limit = performance.now() + limitMs;
  let left = targets.filter(({ pid, startTime }) => isAlive(pid, startTime));
  while (left.length > 0 && performance.now() < limit) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    left = left.filter(({ pid, startTime }) => isAlive(pid, startTime));
  }
  return left;
}

function readPids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    // No /proc on this system: nothing can be known.
    return [];
  }
}

function readProc(name: string): string | null {
  try {
    return readFileSync(`/proc/${name}`, "latin1");
  } catch {
    // The process ended, or it is another user's.
    return null;
  }
}

/** When it began, ms since the Unix epoch; null: unknown. */
export function beganAt({ startTime }: ProcessId): number | null {
  const boot = /^btime (\d+)$/m.exec(readProc("stat") ?? "")?.[1];
  return boot === undefined ? null : (Number(boot) + Number(startTime) / ticksPerSecond) * 1_000;
}
