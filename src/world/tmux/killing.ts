// Ends a pane with all its processes. The process tree is ours by its start time even when the pane is not any more.
import type { PaneIdentity } from "../../core/ports.ts";
import { type Epoch, Failure, type MemberName } from "../../core/words.ts";
import {
  allProcesses,
  endProcesses,
  isAlive,
  type ProcessId,
  processTree,
  startVariable,
} from "../proc.ts";
import type { Control } from "./control.ts";
import type { Desk } from "./desk.ts";
import { seatVariable } from "./launch.ts";
import { guarded, listCommand, parsePanes } from "./panes.ts";

const graceMs = 500;

export async function endPane(desk: Desk, pane: PaneIdentity): Promise<void> {
  const control = await desk.server.attach();
  if (control !== null && (await hasOtherOwner(desk, control, pane))) return;
  const { agent } = await desk.seats.read(pane.member, pane.epoch);
  // The wrapper last: it writes down how its agent ended, and ends by itself.
  const family = familyOf(pane, agent).filter(({ pid }) => pid !== pane.pid);
  await endProcesses(family, graceMs);
  await endProcesses(familyOf(pane, agent), 50);
  if (control === null) return;
  // Somebody else's by now, or gone: then there is nothing of ours left to close.
  const answer = await control
    .ask(guarded(desk.guard(pane, false), `kill-pane -t ${pane.pane}`), desk.limitMs)
    .catch(goneIsFine);
  if (answer?.error) desk.options.log?.(`kill-pane ${pane.pane}: ${answer.error}`);
  desk.known.delete(pane.pane);
}

/**
 * Ends what launches left outside of their pane's tree, by the environment it was started with: servers and sandboxes
 * whose agent fell. They would hold its ports and locks against the next one.
 */
export async function endStrays(
  { seats }: Desk,
  isOver: (member: MemberName, epoch: Epoch) => boolean,
): Promise<void> {
  // A bot that was started by an agent has its agent's environment, and so have its own children.
  const own = new Set(processTree(process.pid).map(({ pid }) => pid));
  const strays = allProcesses().filter(({ pid }) => {
    const launch = own.has(pid) ? null : seats.launchOf(startVariable(pid, seatVariable) ?? "");
    return launch !== null && isOver(launch.member, launch.epoch);
  });
  await endProcesses(strays, graceMs);
}

/** The last pane takes the server with it, and our client: that is an end too. */
function goneIsFine(error: unknown): null {
  if (error instanceof Failure && error.code === "tmux.gone") return null;
  throw error;
}

/** The same seat runs under another pid: the identity is outdated, and the seat's files are not its own. */
async function hasOtherOwner(desk: Desk, control: Control, pane: PaneIdentity): Promise<boolean> {
  const { member, epoch, pid } = pane;
  const panes = parsePanes(await desk.ask(control, listCommand));
  return panes.some((each) => each.member === member && each.epoch === epoch && each.pid !== pid);
}

/** Wrapper, agent, their descendants, and whoever kept the pane's session. */
function familyOf(pane: PaneIdentity, agent: ProcessId | null): readonly ProcessId[] {
  const all = allProcesses();
  const roots = [{ pid: pane.pid, startTime: pane.startTime }, ...(agent === null ? [] : [agent])];
  const living = roots.filter(({ pid, startTime }) => isAlive(pid, startTime));
  const trees = living.flatMap(({ pid }) => processTree(pid, all));
  // A session's number stays taken while it has members, so a stranger cannot have it.
  const isSame =
    living.some(({ pid }) => pid === pane.pid) || !all.some(({ pid }) => pid === pane.pid);
  const session = isSame ? all.filter((each) => each.session === pane.pid) : [];
  return [...new Map([...trees, ...session].map((each) => [each.pid, each])).values()];
}
