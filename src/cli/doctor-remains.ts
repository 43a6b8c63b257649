// Where `doctor` looks for what nobody holds any more: the board's files, worktrees, processes, the journal.
import { readFile, stat } from "node:fs/promises";
import { Failure } from "../core/words.ts";
import { stateOnFiles } from "../main/checkpoint.ts";
import type { LeftOver, Remains } from "../setup/doctor-remains.ts";
import { findGitFolder } from "../setup/git-folder.ts";
import { openBoard } from "../world/board/board.ts";
import { directProcesses } from "../world/direct-processes.ts";
import { findOrphans, type Orphan } from "../world/git/orphans.ts";
import { lockOwner } from "../world/lock.ts";
import { type Paths, tmuxSocketName } from "../world/paths.ts";
import { beganAt, startTimeOf } from "../world/proc.ts";
import { endSpawner, leftSpawner } from "../world/spawner/left-over.ts";
import { teamInForce } from "./team-in-force.ts";
import { runTool } from "./tools.ts";

export function remainsOf(paths: Paths, deadline: AbortSignal): Remains {
  return {
    board: async () =>
      (await openBoard({ dir: paths.board, processes: directProcesses() }).read(deadline)).broken,
    orphans: () => orphans(paths, deadline),
    forget: (orphan) => forget(paths, orphan),
    leftOver: () => leftOver(paths),
    stalls: async () => (await stateOnFiles(paths)).stalls,
    now: Date.now,
  };
}

async function orphans(paths: Paths, deadline: AbortSignal): Promise<readonly Orphan[]> {
  const git = await findGitFolder(paths.root, deadline);
  const worktreesDir = (await readFile(paths.worktreesFile, "utf8").catch(() => "")).trim();
  if (git === null || worktreesDir === "") return []; // no bot was here yet
  const members = (await teamInForce(paths)).members.map((m) => m.name);
  const found = await findOrphans({ common: git.common, worktreesDir, members });
  return Promise.all(
    found.map(async (one) =>
      one.is === "detached" && (await isKept(paths.root, one.head ?? ""))
        ? { ...one, is: "gone" }
        : one,
    ),
  );
}

/** Some ref leads to it; not even an answer: then it is not certain. */
async function isKept(root: string, head: string): Promise<boolean> {
  const words = ["git", "for-each-ref", "--count=1", "--contains", head] as const;
  const { code, out } = await runTool(words, root);
  return code === 0 && out.trim() !== "";
}

async function forget({ root }: Paths, { path }: Orphan): Promise<void> {
  if ((await stat(path).catch(() => null)) !== null) return; // it came back meanwhile, and stays
  const { code } = await runTool(["git", "worktree", "remove", path], root);
  if (code !== 0)
    throw new Failure("git.refused", `git could not forget the worktree ${path}.`, {
      hint: `See why: \`git worktree remove ${path}\`.`,
    });
}

async function leftOver(paths: Paths): Promise<readonly LeftOver[]> {
  const runs = async (): Promise<boolean> => (await lockOwner(paths.instanceLock)) !== null;
  if (await runs()) return [];
  const found = [await spawnerOf(paths, runs), await tmuxOf(paths)];
  return found.filter((one) => one !== null);
}

async function spawnerOf(paths: Paths, runs: () => Promise<boolean>): Promise<LeftOver | null> {
  const left = await leftSpawner(paths.spawnerPid);
  if (left === null) return null;
  const end = async (): Promise<void> => {
    if (!(await runs())) await endSpawner(left); // a bot that came meanwhile has one of its own
  };
  return {
    ...{ what: "a spawner", pid: left.pid, startTime: left.startTime, began: beganAt(left) },
    fix: `See what it is: \`ps -fp ${left.pid}\`.`,
    ...(left.isOurs ? { end } : {}),
  };
}

/** Agents that live on are what a bot leaves on purpose: they are a person's to take over or to end. */
async function tmuxOf(paths: Paths): Promise<LeftOver | null> {
  const { name } = await teamInForce(paths);
  const words = ["tmux", "-L", tmuxSocketName(name, paths.root)] as const;
  const { code, out } = await runTool([...words, "display-message", "-p", "#{pid}"], paths.root);
  const pid = Number(out.trim());
  const startTime = code === 0 && pid > 0 ? startTimeOf(pid) : null;
  if (startTime === null) return null;
  return {
    ...{ what: `tmux with the panes of ${name}`, pid, startTime },
    began: beganAt({ pid, startTime }),
    fix: "`batty start` takes its agents over; `batty stop` ends them.",
  };
}
