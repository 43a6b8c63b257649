// The files by which wrappers tell of their agents: `<member>.<epoch>.pid` and `.exit`. Knows no tmux.
import { type FSWatcher, watch } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Epoch, MemberName } from "../../core/words.ts";
import type { ProcessId } from "../proc.ts";
import { readSmall } from "../small-file.ts";

export interface Seat {
  /** Null: not written yet. */
  readonly agent: ProcessId | null;
  readonly exit: number | null;
}

export interface Seats {
  base(member: MemberName, epoch: Epoch): string;
  /** Whose base it is; null: none of ours. */
  launchOf(base: string): { readonly member: MemberName; readonly epoch: Epoch } | null;
  /** Removes the files of the member's former launches; the new ones are there, empty and private. */
  prepare(member: MemberName, epoch: Epoch): Promise<void>;
  read(member: MemberName, epoch: Epoch): Promise<Seat>;
  /** Whether the agent is known to have ended, without a look at the disk; tmux sees it a moment later. */
  hasEnded(member: MemberName, epoch: Epoch): boolean;
  close(): void;
}

/** `onExit` is called as soon as an exit file tells a status. */
export async function openSeats(
  folder: string,
  onExit: (member: MemberName, epoch: Epoch, seat: Seat) => void,
): Promise<Seats> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const base = (member: MemberName, epoch: Epoch): string => join(folder, `${member}.${epoch}`);
  const ended = new Set<string>();
  const agents = new Map<string, ProcessId>();
  const agentOf = (seat: string): ProcessId | null => {
    const agent = agents.get(seat) ?? parseAgent(readOrNull(`${seat}.pid`));
    if (agent !== null) agents.set(seat, agent);
    return agent;
  };
  const seatOf = (member: MemberName, epoch: Epoch): Seat => {
    const exit = parseExit(readOrNull(`${base(member, epoch)}.exit`));
    return { agent: agentOf(base(member, epoch)), exit };
  };
  const forget = (member: MemberName): void => {
    const isTheirs = (seat: string): boolean => seat.startsWith(`${join(folder, member)}.`);
    for (const seat of ended) if (isTheirs(seat)) ended.delete(seat);
    for (const seat of agents.keys()) if (isTheirs(seat)) agents.delete(seat);
  };
  const watcher: FSWatcher = watch(folder, (_, file) => {
    const [, member, epoch] = /^(.+)\.(\d+)\.exit$/.exec(file ?? "") ?? [];
    if (member === undefined) return;
    // Its removal is an event too, and so is its making: the status comes with the next one.
    const seat = seatOf(member, Number(epoch));
    if (seat.exit === null) return;
    ended.add(base(member, Number(epoch)));
    onExit(member, Number(epoch), seat);
  });
  // The folder went away: the other nets (subscription, list) still see deaths.
  watcher.on("error", () => watcher.close());
  return {
    base,
    launchOf(text) {
      const [, member = "", epoch = ""] = /^(.+)\.(\d+)$/.exec(basename(text)) ?? [];
      return text !== "" && text === base(member, Number(epoch))
        ? { member, epoch: Number(epoch) }
        : null;
    },
    prepare: async (member, epoch) => {
      const former = (await readdir(folder)).filter((file) => isSeatFile(file, member));
      await Promise.all(former.map((file) => rm(join(folder, file), { force: true })));
      forget(member);
      const files = ["pid", "exit"].map((ending) => `${base(member, epoch)}.${ending}`);
      await Promise.all(files.map((file) => writeFile(file, "", { mode: 0o600 })));
    },
    read: async (member, epoch) => {
      const seat = seatOf(member, epoch);
      if (seat.exit !== null) ended.add(base(member, epoch));
      return seat;
    },
    hasEnded: (member, epoch) => ended.has(base(member, epoch)),
    close: () => watcher.close(),
  };
}

const isSeatFile = (file: string, member: MemberName): boolean =>
  file.startsWith(`${member}.`) &&
  /^\d+\.(pid|exit|exit\.tmp)$/.test(file.slice(member.length + 1));

function parseAgent(text: string | null): ProcessId | null {
  const [, pid, startTime] = /^(\d+) (\d+)\n$/.exec(text ?? "") ?? [];
  return pid === undefined || startTime === undefined ? null : { pid: Number(pid), startTime };
}

/** Null: there is none yet, or it is being written. The wrapper's word comes last, whoever wrote there before. */
function parseExit(text: string | null): number | null {
  const [, status] = /(?:^|\n)(\d+)\n$/.exec(text ?? "") ?? [];
  return status === undefined ? null : Number(status);
}

/** At once: each launch and each death waits for these few bytes. */
function readOrNull(file: string): string | null {
  try {
    return readSmall(file).text;
  } catch {
    // Not written (yet); unreadable means as little as that.
    return null;
  }
}
