// What processes cost, read from /proc: time on a core, memory, how often they woke.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { processTree } from "../src/world/proc.ts";
import { now, pause } from "./measure.ts";

/** A clock tick of /proc/<pid>/stat: sysconf(_SC_CLK_TCK), 100 a second on Linux. ms */
const tick = 10;

/** Time on a core so far, ms; with that of children it has waited for. 0: gone. */
function cpuOf(pid: number, children: boolean): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [user = 0, system = 0, reapedUser = 0, reapedSystem = 0] = fields.slice(11, 15);
    return (user + system + (children ? reapedUser + reapedSystem : 0)) * tick;
  } catch {
    return 0; // it ended meanwhile
  }
}

/** Resident memory, MB. */
export const rssOf = (pid: number): number => statusOf(pid, "VmRSS") / 1024;

const wakesOf = (pid: number): number => statusOf(pid, "voluntary_ctxt_switches");

function statusOf(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(text)?.[1]);
}

export interface Cost {
  /** Percent of one core. */
  readonly cpu: number;
  /** Of the first process' main thread, a second. */
  readonly wakes: number;
}

/** What these processes, with children they wait for, cost while `ms` pass. */
export async function costOf(pids: readonly number[], ms: number): Promise<Cost> {
  const [first = 0] = pids;
  const cpu = (): number => pids.reduce((sum, pid) => sum + cpuOf(pid, true), 0);
  const before = { cpu: cpu(), wakes: wakesOf(first), at: now() };
  await pause(ms);
  const took = now() - before.at;
  return {
    cpu: ((cpu() - before.cpu) / took) * 100,
    wakes: ((wakesOf(first) - before.wakes) / took) * 1000,
  };
}

/** The team's bot with its spawner and tmux clients, and the tmux server: everything but the agents. */
export function botOf(root: string): { readonly bot: number; readonly all: readonly number[] } {
  const bot = Number(readFileSync(join(root, ".batty", "daemon.pid"), "utf8"));
  return { bot, all: processTree(bot).map((each) => each.pid) };
}
