// What the parts of the tmux adapter share: the server's connection, seats' files, what is known of panes.
// Turns tmux's notifications into hints for the bot.
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Pane, PaneIdentity } from "../../core/ports.ts";
import { type Epoch, Failure, type MemberName } from "../../core/words.ts";
import { isAlive, isStopped, runningOf, startTimeOf, startVariable } from "../proc.ts";
import type { Answer, Control } from "./control.ts";
import { findPerl, seatVariable } from "./launch.ts";
import { type OutputWatch, watchOutput } from "./output.ts";
import type { Guard, ListedPane } from "./panes.ts";
import { quote } from "./quote.ts";
import { openSeats, type Seat, type Seats } from "./seats.ts";
import { type Server, tmuxServer } from "./server.ts";

export interface TerminalOptions {
  /** `tmux -L` name; the server on it is ours alone. */
  readonly socket: string;
  readonly session: string;
  /** [tmux, from PATH] */
  readonly tmuxPath?: string;
  /** Folder of the wrappers' pid and exit files. */
  readonly seatsDir: string;
  /** Where PATH, HOME and TMUX_TMPDIR come from [process.env]. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A pane printed something. Called often. */
  readonly onDirty?: (pane: string) => void;
  /** A member's program ended. With its pane: for certain; null: a hint, `list` tells the truth. */
  readonly onDeath?: (member: string, pane: Pane | null) => void;
  readonly log?: (line: string) => void;
  /** ms for one answer of tmux [5000]. */
  readonly limitMs?: number;
}

/** What the parts of the adapter share. */
export interface Desk {
  readonly options: TerminalOptions;
  readonly limitMs: number;
  readonly server: Server;
  readonly seats: Seats;
  readonly output: OutputWatch;
  readonly perl: string | null;
  /** Pane → who we know in it, for deaths that tmux tells by pane. */
  readonly known: Map<string, Omit<PaneIdentity, "pane">>;
  /** @throws Failure `tmux.refused` when tmux turned the command down */
  ask(control: Control, commands: string): Promise<readonly string[]>;
  guard(pane: PaneIdentity, input: boolean): Guard;
}

export async function openDesk(options: TerminalOptions): Promise<Desk> {
  const env = options.env ?? process.env;
  const limitMs = options.limitMs ?? 5000;
  const refusal = randomBytes(8).toString("hex");
  const known: Desk["known"] = new Map();
  const tellDeath = (member: string | undefined): void => {
    if (member !== undefined) options.onDeath?.(member, null);
  };
  let isClosed = false;
  let lastControl: Control | null = null;

  const output = watchOutput({
    onDirty: (pane) => options.onDirty?.(pane),
    // `off` would, by tmux's own page, stop the program once no client listens; `pause` never does.
    brake: (pane, on) => {
      const order = `refresh-client -A ${quote(`${pane}:${on ? "pause" : "continue"}`)}`;
      // Lost with the client: a new one hears all panes again.
      if (lastControl?.open) void lastControl.ask(order, limitMs).catch(() => {});
    },
    now: () => performance.now(),
  });
  const rawServer = tmuxServer(
    {
      socket: options.socket,
      session: options.session,
      tmux: options.tmuxPath ?? "tmux",
      env,
      limitMs,
    },
    {
      onOutput: output.printed,
      onPause: output.paused,
      onSubscription: (name, pane, value) => {
        if (name === "dead" && value === "1") tellDeath(known.get(pane)?.member);
      },
      onClose: () => void afterLoss(),
    },
  );
  const remember = <C extends Control | null>(control: C): C => {
    lastControl = control;
    return control;
  };
  const server: Server = {
    ...rawServer,
    attach: async () => remember(await rawServer.attach()),
    open: async () => remember(await rawServer.open()),
    close: () => {
      isClosed = true;
      return rawServer.close();
    },
  };
  /** The client is gone: with its server (then all panes are), or alone (then we come back to hear panes). */
  async function afterLoss(): Promise<void> {
    if (isClosed || lastControl === null) return;
    lastControl = null;
    options.log?.("the tmux control client ended");
    const back = await server.attach().catch(() => "unknown" as const);
    if (back !== null) return;
    for (const { member } of known.values()) tellDeath(member);
    known.clear();
  }

  const seats = await openSeats(options.seatsDir, (member, epoch, seat) => {
    const isStale = [...known.values()].some(
      (each) => each.member === member && each.epoch > epoch,
    );
    if (!isStale) options.onDeath?.(member, endedPane(known, member, epoch, seat));
  });
  return {
    options,
    limitMs,
    server,
    seats,
    output,
    known,
    perl: findPerl(env["PATH"]),
    ask: async (control, commands) => {
      const answer = await control.ask(commands, limitMs);
      if (answer.error !== null) throw refused(commands, answer);
      return answer.lines;
    },
    guard: (pane, isInput) => ({
      pane,
      refusal,
      // Ends before its caller's patience does, whole seconds being all that tmux can compare.
      until: Math.floor((Date.now() + limitMs) / 1000) - 1,
      input: isInput,
    }),
  };
}

function refused(commands: string, answer: Answer): Failure {
  const what = commands.split(" ", 1)[0];
  return new Failure("tmux.refused", `tmux refused ${what}: ${answer.error}`);
}

/** Its exit file alone may be anybody's: certain is the end of a recorded process that /proc does not show any more. */
function endedPane(
  known: Desk["known"],
  member: MemberName,
  epoch: Epoch,
  { agent, exit }: Seat,
): Pane | null {
  if (agent === null || exit === null || isAlive(agent.pid, agent.startTime)) return null;
  for (const [pane, it] of known)
    if (it.member === member && it.epoch === epoch)
      return { ...it, pane, agentPid: agent.pid, dead: true, exit, inMode: false, stopped: false };
  return null;
}

/**
 * A person started something of their own where a member's agent had been: tmux keeps the pane's tags. Certain only once
 * our wrapper has recorded its agent, and where the environment can be read.
 */
export async function isStrangers(desk: Desk, listed: ListedPane): Promise<boolean> {
  const { pane, member, epoch, pid } = listed;
  if (member === null || listed.dead || desk.known.get(pane)?.pid === pid) return false;
  const { agent } = await desk.seats.read(member, epoch);
  if (agent === null || startVariable(pid, "PATH") === null) return false;
  return startVariable(pid, seatVariable) !== desk.seats.base(member, epoch);
}

/** From an agent's end to its wrapper's word on it, ms. */
const wordWithin = 300;

/** The agent has ended and its wrapper is about to write how. Null: it does not, somebody holds or killed it. */
async function exitSoon(desk: Desk, member: MemberName, epoch: Epoch): Promise<number | null> {
  for (const until = Date.now() + wordWithin; Date.now() < until; await pause(10)) {
    const { exit } = await desk.seats.read(member, epoch);
    if (exit !== null) return exit;
  }
  return null;
}

/** Adds what only /proc and the wrapper's files know. */
export async function paneOf(desk: Desk, listed: ListedPane): Promise<Pane> {
  const { pane, epoch, pid, inMode } = listed;
  const member = listed.member ?? "";
  const { agent, ...seat } = await desk.seats.read(member, epoch);
  const before = desk.known.get(pane);
  const remembered = before?.pid === pid ? before.startTime : "";
  const now = agent === null ? null : runningOf(agent);
  const hasAgentEnded = agent !== null && now === null;
  const isBetween = hasAgentEnded && seat.exit === null && !listed.dead;
  const exit = isBetween ? await exitSoon(desk, member, epoch) : seat.exit;
  return {
    pane,
    member,
    epoch,
    pid,
    // A dead pane's pid may be another's by now: its start time is only remembered.
    startTime: listed.dead ? remembered : (startTimeOf(pid) ?? remembered),
    agentPid: agent?.pid ?? null,
    dead: listed.dead || exit !== null || hasAgentEnded,
    exit,
    inMode,
    stopped: now !== null && isStopped(now),
  };
}
