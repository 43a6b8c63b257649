// Finds what a program leaves behind: members of its group or session, descendants, and whoever
// daemonised but still carries the marker in its environment. Must not know why they are to end.
import {
  allProcesses,
  endProcesses,
  newestPid,
  type ProcessId,
  type ProcessStat,
  processTree,
  startedWith,
} from "../proc.ts";
import { marker } from "./protocol.ts";

export interface Family {
  /** Leader of its own group and session. */
  readonly pid: number;
  /** The marker's value, unique to this run. */
  readonly tag: string;
  /** Descendants seen while it ran: the memory of those that later left tree, group and environment. */
  readonly seen: Map<number, ProcessId>;
}

/** Looks once; everything found is also remembered. */
export function findFamily(family: Family): readonly ProcessId[] {
  // Descendants have greater pids than their ancestor until the numbers wrap: that spares most reads.
  const wrapped = newestPid() < family.pid;
  const all = allProcesses(wrapped ? 0 : family.pid - 1);
  const tree = new Set(processTree(family.pid, all).map(({ pid }) => pid));
  const found = all.filter((stat) => tree.has(stat.pid) || belongs(stat, family));
  for (const { pid, startTime } of found) family.seen.set(pid, { pid, startTime });
  return found;
}

function belongs(stat: ProcessStat, { pid, tag, seen }: Family): boolean {
  if (stat.group === pid || stat.session === pid) return true;
  if (seen.get(stat.pid)?.startTime === stat.startTime) return true;
  return startedWith(stat.pid, `${marker}=${tag}`);
}

/** Ends the family, and whoever is born meanwhile. */
export const endFamily = (family: Family, graceMs: number): Promise<void> =>
  endAll(() => findFamily(family), graceMs);

async function endAll(find: () => readonly ProcessId[], graceMs: number): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const found = find();
    if (found.length === 0) return;
    await endProcesses(found, round === 0 ? graceMs : 0);
  }
}

/** Ends everything that a former spawner (token) had started. */
export const endLeftoversOf = (token: string): Promise<void> =>
  endAll(() => allProcesses().filter(({ pid }) => startedWith(pid, `${marker}=${token}.`)), 200);
