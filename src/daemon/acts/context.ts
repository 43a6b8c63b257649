// What acts are given: the ports, and the few things beside them.
import type { Effect } from "../../core/effect.ts";
import type {
  Board,
  Disk,
  Gate,
  Mailbox,
  Repo,
  Seats,
  SetUp,
  Signals,
  Terminal,
} from "../../core/ports.ts";

export interface Ports {
  readonly terminal: Terminal;
  readonly mailbox: Mailbox;
  readonly signals: Signals;
  readonly board: Board;
  readonly repo: Repo;
  readonly gate: Gate;
  readonly seats: Seats;
  readonly disk: Disk;
}

/** What acts need beside the ports. */
export interface ActContext extends Ports {
  readonly setUp: () => SetUp | null;
  readonly now: () => number;
}

export type Of<T extends Effect["type"]> = Extract<Effect, { type: T }>;
