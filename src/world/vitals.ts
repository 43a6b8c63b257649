// Whether agents move: what their process trees and their screens did since the look before. Reads /proc and panes,
// changes nothing, judges nothing. Without /proc nothing is known.
import { createHash } from "node:crypto";
import { uptime } from "node:os";
import { join } from "node:path";
import type { Reading, Screen } from "../core/agent.ts";
import type { Pane, Terminal, Vital, Vitals } from "../core/ports.ts";
import { Failure, type MemberName } from "../core/words.ts";
import { withoutColours } from "./agents/screen-text.ts";
import { isThere } from "./git/status.ts";
import { onDisk } from "./maildir-folder.ts";
import {
  allProcesses,
  isMute,
  isStopped,
  nameOf,
  type ProcessStat,
  processTree,
  ticksPerSecond,
} from "./proc.ts";

/** A waiting program wakes now and then: below this share of a core it does nothing. */
const idleShare = 0.02;
const linesShown = 3;

interface Before {
  readonly pid: number;
  readonly cpu: number;
  readonly screen: string;
  /** Running time, ms. */
  readonly at: number;
  readonly movedAt: number;
}

const standing = (stat: ProcessStat): NonNullable<Vital["agent"]> => ({
  ...{ pid: stat.pid, stopped: isStopped(stat), mute: isMute(stat.pid) },
});

export interface VitalParts {
  readonly terminal: Pick<Terminal, "screen">;
  /** What a member's screen shows. */
  readonly read: (member: MemberName, screen: Screen) => Reading | null;
  /** Live panes of members that should be saying or doing something. */
  readonly panes: () => readonly Pane[];
  /** Worktrees of running members. */
  readonly homes: () => ReadonlyMap<MemberName, string>;
  /** Wall time and running time, ms. */
  readonly now: () => number;
  readonly running: () => number;
}

export function createVitals(parts: VitalParts): Vitals {
  const { terminal, panes, homes, now, running } = parts;
  let before = new Map<MemberName, Before>();

  const one = async (
    pane: Pane,
    all: readonly ProcessStat[],
    signal: AbortSignal,
  ): Promise<{ readonly vital: Vital; readonly kept: Before }> => {
    const shown = await terminal.screen(pane, signal);
    const lines = shown.rows.map(withoutColours);
    const reading = parts.read(pane.member, shown);
    const tree = processTree(pane.pid, all);
    const cpu = (tree.reduce((sum, stat) => sum + stat.cpuTicks, 0) * 1000) / ticksPerSecond;
    const screen = createHash("sha1").update(lines.join("\n")).digest("hex");
    const at = running();
    const was = before.get(pane.member);
    const same = was !== undefined && was.pid === pane.pid;
    const still = same && was.screen === screen && cpu - was.cpu <= (at - was.at) * idleShare;
    const kept: Before = { pid: pane.pid, cpu, screen, at, movedAt: still ? was.movedAt : at };
    const booted = now() - uptime() * 1000;
    const agent = tree.findIndex((stat) => stat.pid === pane.agentPid);
    const own = tree[agent];
    const vital: Vital = {
      epoch: pane.epoch,
      quietFor: at - kept.movedAt,
      commands: (agent < 0 ? [] : tree.slice(agent + 1)).map((stat) => ({
        name: nameOf(stat.pid) ?? "a program",
        startedAt: booted + (Number(stat.startTime) * 1000) / ticksPerSecond,
      })),
      screen: lines.filter((line) => line.trim() !== "").slice(-linesShown),
      ...(own === undefined ? {} : { agent: standing(own) }),
      ...(reading === null ? {} : { reading }),
    };
    return { vital, kept };
  };

  return {
    async look(signal) {
      const found = new Map<MemberName, Vital>();
      const next = new Map<MemberName, Before>();
      const looked = panes();
      const all = looked.length === 0 ? [] : allProcesses();
      if (looked.length > 0 && all.length === 0)
        throw new Failure("io.failed", "/proc can't be read: whether agents move is not known");
      for (const pane of looked) {
        const { vital, kept } = await one(pane, all, signal);
        found.set(pane.member, vital);
        next.set(pane.member, kept);
      }
      before = next;
      return found;
    },
    async homeless(signal) {
      const lost: MemberName[] = [];
      for (const [member, path] of homes()) {
        const git = join(path, ".git");
        const there = await onDisk("looking at", git, signal, () => isThere(git));
        if (!there) lost.push(member);
      }
      return lost;
    },
  };
}
