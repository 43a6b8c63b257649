// Starts a seat: a free pane is made and laid out first, so that the agent begins in its final size, tagged
// before its first byte. Every launch is the respawn of a free pane.
import { stat } from "node:fs/promises";
import type { Launch, Pane } from "../../core/ports.ts";
import { Failure } from "../../core/words.ts";
import { endProcesses, outlast, processTree, startTimeOf } from "../proc.ts";
import { arrange, type FreePane, makePane } from "./arrange.ts";
import type { Control } from "./control.ts";
import { type Desk, isStrangers, paneOf } from "./desk.ts";
import { endStrays } from "./killing.ts";
import { seatCommand } from "./launch.ts";
import { type ListedPane, listCommand, parsePanes } from "./panes.ts";
import { every, quote } from "./quote.ts";

export async function launchSeat(desk: Desk, launch: Launch): Promise<Pane> {
  const { member, epoch } = launch;
  await checkFolder(launch);
  // Checked before anything is made: a bad variable name throws here.
  const command = seatCommand(launch, { base: desk.seats.base(member, epoch), perl: desk.perl });
  const control = await desk.server.open();
  const panes = await list(desk, control);
  const former = panes.find((each) => each.member === member);
  if (former !== undefined) await bury(desk, former);
  if (epoch > 1) await endStrays(desk, (whose, launched) => whose === member && launched < epoch);
  await desk.seats.prepare(member, epoch);
  const free = await freePane(desk, control, panes, launch);
  await desk.ask(control, tags(free.pane, launch));
  await layOut(desk, control);
  return respawn(desk, control, { free, launch, command });
}

async function checkFolder({ member, cwd }: Launch): Promise<void> {
  // tmux would start the agent in its home folder instead.
  const found = await stat(cwd).catch(() => null);
  if (found?.isDirectory()) return;
  throw new Failure("io.failed", `cannot launch ${member}: its folder ${cwd} does not exist`);
}

/** What a person runs in a pane that was ours is theirs from here on. */
async function list(desk: Desk, control: Control): Promise<ListedPane[]> {
  const panes = parsePanes(await desk.ask(control, listCommand));
  const found = await Promise.all(
    panes.map(async (each) => ((await isStrangers(desk, each)) ? [each.pane] : [])),
  );
  const strangers = found.flat();
  if (strangers.length === 0) return panes;
  await desk.ask(control, strangers.map(untag).join(" ; "));
  return parsePanes(await desk.ask(control, listCommand));
}

/** Makes sure that nothing of the former launch lives. */
async function bury(desk: Desk, former: ListedPane): Promise<void> {
  const pane = await paneOf(desk, former);
  if (!pane.dead) {
    throw new Failure(
      "tmux.refused",
      `${pane.member} already runs in pane ${pane.pane} (epoch ${pane.epoch})`,
      {
        hint: "end it first",
      },
    );
  }
  if (former.dead) return;
  // Its agent ended, the wrapper is about to: a moment is enough, else it is stuck.
  const tree = processTree(former.pid);
  await outlast(tree, 300);
  await endProcesses(tree, 200);
}

async function freePane(
  desk: Desk,
  control: Control,
  panes: readonly ListedPane[],
  { member, column }: Launch,
): Promise<FreePane> {
  const { session } = desk.options;
  const former = panes.find((each) => each.member === member);
  const spare = panes.find(
    (each) => each.member === null && each.isPlaceholder && each.session === session,
  );
  const found =
    former ?? spare ?? (await makePane(control, panes, { session, member, column }, desk.limitMs));
  if (found !== null) return found;
  throw new Failure("tmux.refused", `tmux has no room for ${member}'s pane in session ${session}`);
}

const tagNames = ["@batty_role", "@batty_epoch", "@batty_column"] as const;

function tags(pane: string, { member, epoch, column }: Launch): string {
  const values = [member, String(epoch), String(column)];
  return tagNames
    .map((name, at) => `set-option -p -t ${pane} ${name} ${quote(values[at] ?? "")}`)
    .join(" ; ");
}

const untag = (pane: string): string =>
  tagNames.map((name) => `set-option -p -u -t ${pane} ${name}`).join(" ; ");

async function layOut(desk: Desk, control: Control): Promise<void> {
  try {
    await arrange(control, await list(desk, control), desk.limitMs);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The order of panes is a comfort; the launch itself will show whether tmux is there.
    desk.options.log?.(`panes could not be laid out: ${error.message}`);
  }
}

/**
 * What a pane's former program printed last and our client had not read by its end, tmux (3.3a) takes from what the
 * next one prints first: its screen would begin in the middle, or stay blank. A client that paused and goes on has
 * nothing left to read.
 */
const forgetFormer = (pane: string): string =>
  ["pause", "continue"].map((what) => `refresh-client -A ${quote(`${pane}:${what}`)}`).join(" ; ");

async function respawn(
  desk: Desk,
  control: Control,
  {
    free,
    launch,
    command,
  }: { readonly free: FreePane; readonly launch: Launch; readonly command: readonly string[] },
): Promise<Pane> {
  const { member, epoch, cwd } = launch;
  const { pane } = free;
  const words = command.map(quote).join(" ");
  const start = `respawn-pane -k -t ${pane} -c ${quote(cwd)} ${words}`;
  const guard = { ...desk.guard({ pane, member, epoch, pid: 0, startTime: "" }, false) };
  // Void when tmux comes to it after we gave up, or somebody started something there meanwhile.
  const isFree = `#{||:#{?pane_dead,1,0},#{==:#{pane_pid},${free.pid}}}`;
  const condition = every([isFree, `#{<=:#{T:@batty_now},${guard.until}}`]);
  const lines = await desk.ask(
    control,
    `${forgetFormer(pane)} ; if-shell -F -t ${pane} ${quote(condition)} { ${start} ; display-message -p -t ${pane} "#{pane_pid}" } { display-message -p ${guard.refusal} }`,
  );
  // Before it stands what the pause was told by.
  const said = lines.at(-1);
  const pid = Number(said);
  if (said === guard.refusal || !Number.isInteger(pid)) {
    throw new Failure("tmux.refused", `${member}'s pane ${pane} was not free to be launched in`);
  }
  const startTime = startTimeOf(pid) ?? "";
  desk.known.set(pane, { member, epoch, pid, startTime });
  return {
    pane,
    member,
    epoch,
    pid,
    startTime,
    agentPid: null,
    dead: false,
    exit: null,
    inMode: false,
    stopped: false,
  };
}
