// A terminal in memory: panes with scripted agents, and the mishaps that real ones have. No process, no clock.
import type { Launch, Pane, PaneIdentity, Terminal } from "../../src/core/ports.ts";
import { Failure } from "../../src/core/words.ts";

/** What a test lets an agent do; absent: it shows its composer and takes messages silently. */
export interface ScriptedAgent {
  onStart?(seat: FakeSeat): void;
  /** Enter was pressed over this text. */
  onSubmit?(text: string, seat: FakeSeat): void;
  /** Any other key. */
  onKey?(key: string, seat: FakeSeat): void;
  /** The visible screen [what was printed, then `> <composer>`]. */
  screen?(seat: FakeSeat): readonly string[];
}

export interface FakeSeat {
  readonly launch: Launch;
  readonly pane: Pane;
  composer: string;
  /** So many presses of Enter will do nothing. */
  ignoredEnters: number;
  readonly printed: string[];
  print(...lines: readonly string[]): void;
  exit(code: number): void;
}

export interface FakeTerminal extends Terminal {
  /** The member's seat, dead or alive. */
  seat(member: string): FakeSeat;
  /** Everything that was ever typed: pastes, and keys as `<Enter>`. */
  readonly typed: readonly { readonly member: string; readonly text: string }[];
  /** Launches in order. */
  readonly launches: readonly Launch[];
  /** A person enters or leaves copy mode. */
  scroll(member: string, on: boolean): void;
  /** Its agent is stopped, or goes on. */
  stop(member: string, on: boolean): void;
  /** Somebody's own program now sits in the member's pane; its agent ended. */
  replaceByStranger(member: string): void;
  /** A pane without tag. */
  openStrangersPane(): void;
  /** The server stops answering, and answers again. */
  freeze(): void;
  thaw(): void;
  /** The server is gone with all panes. */
  crash(): void;
  /** The next launches of this member fail. */
  failLaunches(member: string, times: number): void;
}

export interface FakeTerminalOptions {
  readonly agents?: (launch: Launch) => ScriptedAgent;
  readonly onDirty?: (pane: string) => void;
  readonly onDeath?: (member: string, pane: Pane | null) => void;
  /** How `settled` waits [not at all]. */
  readonly sleep?: (ms: number) => Promise<void>;
}

interface Cell {
  pane: Pane;
  readonly seat: FakeSeat;
  readonly agent: ScriptedAgent;
}

export function fakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const cells = new Map<string, Cell>();
  const typed: { member: string; text: string }[] = [];
  const launches: Launch[] = [];
  const failing = new Map<string, number>();
  let isFrozen = false;
  let lastPane = -1;
  let lastPid = 1000;

  const check = (signal: AbortSignal): void => {
    if (signal.aborted) throw new Failure("tmux.timeout", "given up", { cause: signal.reason });
    if (isFrozen) throw new Failure("tmux.timeout", "tmux did not answer");
  };

  const cellOf = (member: string): Cell => {
    const found = [...cells.values()].find((each) => each.pane.member === member);
    if (found === undefined) throw new Error(`no pane was ever launched for ${member}`);
    return found;
  };

  /** Refuses like the real one. */
  const touch = (pane: PaneIdentity, input: boolean): Cell => {
    const cell = cells.get(pane.pane);
    if (cell === undefined) throw new Failure("pane.dead", `${pane.pane} is gone`);
    const { member, epoch, pid, startTime } = cell.pane;
    const isSame = member === pane.member && epoch === pane.epoch;
    if (!isSame || pid !== pane.pid || startTime !== pane.startTime) {
      throw new Failure("pane.foreign", `${pane.pane} is not ${pane.member}'s`);
    }
    if (input && cell.pane.dead) throw new Failure("pane.dead", `${pane.pane} is dead`);
    if (input && cell.pane.inMode) throw new Failure("tmux.refused", `${pane.pane} is scrolled in`);
    return cell;
  };

  const dirty = ({ pane }: Cell): void => options.onDirty?.(pane.pane);

  const seatIn = (cell: () => Cell, launch: Launch): FakeSeat => ({
    launch,
    composer: "",
    ignoredEnters: 0,
    printed: [],
    get pane() {
      return cell().pane;
    },
    print(...lines) {
      this.printed.push(...lines);
      dirty(cell());
    },
    exit(code) {
      const it = cell();
      if (it.pane.dead) return;
      it.pane = { ...it.pane, dead: true, exit: code };
      dirty(it);
      options.onDeath?.(it.pane.member, it.pane);
    },
  });

  const press = (cell: Cell, key: string): void => {
    const { seat, agent } = cell;
    typed.push({ member: cell.pane.member, text: `<${key}>` });
    if (key !== "Enter") agent.onKey?.(key, seat);
    else if (seat.ignoredEnters > 0) seat.ignoredEnters--;
    else {
      const text = seat.composer;
      seat.composer = "";
      agent.onSubmit?.(text, seat);
    }
    dirty(cell);
  };

  function launchNow(launch: Launch): Pane {
    const { member, epoch } = launch;
    const left = failing.get(member) ?? 0;
    failing.set(member, Math.max(0, left - 1));
    if (left > 0) throw new Failure("tmux.refused", `${member} cannot be launched`);
    const former = [...cells.values()].find((each) => each.pane.member === member && member !== "");
    if (former !== undefined && !former.pane.dead) {
      throw new Failure("tmux.refused", `${member} already runs in pane ${former.pane.pane}`);
    }
    const pid = ++lastPid;
    const pane: Pane = {
      pane: former?.pane.pane ?? `%${++lastPane}`,
      member,
      epoch,
      pid,
      startTime: String(pid * 7),
      agentPid: ++lastPid,
      dead: false,
      exit: null,
      inMode: false,
      stopped: false,
    };
    const cell: Cell = {
      pane,
      seat: seatIn(() => cell, launch),
      agent: options.agents?.(launch) ?? {},
    };
    cells.set(pane.pane, cell);
    launches.push(launch);
    cell.agent.onStart?.(cell.seat);
    dirty(cell);
    return cell.pane;
  }

  return {
    typed,
    launches,
    seat: (member) => cellOf(member).seat,
    list: async (signal) => {
      check(signal);
      return [...cells.values()].map(({ pane }) => pane).filter(({ member }) => member !== "");
    },
    launch: async (launch, signal) => {
      check(signal);
      return launchNow(launch);
    },
    capture: async (pane, lines, signal) => {
      check(signal);
      const { seat, agent } = touch(pane, false);
      const screen = agent.screen?.(seat) ?? [...seat.printed, `> ${seat.composer}`.trimEnd()];
      return lines === null ? screen.slice(-50) : screen.slice(-50 - lines);
    },
    screen: async (pane, signal) => {
      check(signal);
      const { seat, agent } = touch(pane, false);
      const rows = agent.screen?.(seat) ?? [...seat.printed, `> ${seat.composer}`.trimEnd()];
      return { rows: rows.slice(-50), title: "" };
    },
    paste: async (pane, text, signal) => {
      check(signal);
      const cell = touch(pane, true);
      if (text === "") return;
      typed.push({ member: cell.pane.member, text });
      cell.seat.composer += text;
      dirty(cell);
    },
    settled: async (_pane, atLeast, _atMost, signal) => {
      if (signal.aborted) throw new Failure("timeout", "given up", { cause: signal.reason });
      await options.sleep?.(atLeast);
    },
    keys: async (pane, keys, signal) => {
      check(signal);
      const cell = touch(pane, true);
      for (const key of keys) press(cell, key);
    },
    kill: async (pane, signal) => {
      check(signal);
      const cell = cells.get(pane.pane);
      if (cell?.pane.pid !== pane.pid || cell.pane.startTime !== pane.startTime) return;
      cells.delete(pane.pane);
      if (!cell.pane.dead) options.onDeath?.(pane.member, null);
    },
    end: async (signal) => {
      check(signal);
      cells.clear();
    },
    close: async () => {},
    scroll: (member, on) => {
      const cell = cellOf(member);
      cell.pane = { ...cell.pane, inMode: on };
    },
    stop: (member, on) => {
      const cell = cellOf(member);
      cell.pane = { ...cell.pane, stopped: on };
    },
    replaceByStranger: (member) => {
      const cell = cellOf(member);
      const pid = ++lastPid;
      const nobody = { member: "", epoch: 0, agentPid: null };
      cell.pane = { ...cell.pane, ...nobody, pid, startTime: String(pid * 7) };
      options.onDeath?.(member, null);
    },
    openStrangersPane: () => {
      launchNow({ member: "", epoch: 0, column: 0, cwd: "/", argv: [], env: {} });
      launches.pop();
    },
    freeze: () => {
      isFrozen = true;
    },
    thaw: () => {
      isFrozen = false;
    },
    crash: () => {
      const members = [...cells.values()]
        .filter(({ pane }) => !pane.dead && pane.member !== "")
        .map(({ pane }) => pane.member);
      cells.clear();
      for (const member of members) options.onDeath?.(member, null);
    },
    failLaunches: (member, times) => void failing.set(member, times),
  };
}
