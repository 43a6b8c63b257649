// Looks at the world, part by part, each with a deadline. A look that failed is unknown, with the reason.
import type {
  Board,
  Disk,
  Mailbox,
  Repo,
  Signals,
  Terminal,
  Vitals,
  World,
} from "../core/ports.ts";
import { type Instant, known, type Probe, unknown } from "../core/words.ts";

/** What is looked at by itself; the rest of the world is told. */
export type Part = Exclude<keyof World, "stall" | "repair" | "standup">;
export const parts: readonly Part[] = [
  "panes",
  "mail",
  "signals",
  "board",
  "trunk",
  "vitals",
  "disk",
  "homeless",
];

export interface Looked {
  readonly terminal: Terminal;
  readonly mailbox: Mailbox;
  readonly signals: Signals;
  readonly board: Board;
  readonly repo: Repo;
  readonly vitals: Vitals;
  readonly disk: Disk;
}

/** ms a look may take. */
const deadline = 5_000;

export interface Observe {
  /** Looks at these parts and hands the result on; a part being looked at is looked at once more afterwards. */
  look(which: readonly Part[]): Promise<void>;
}

export function createObserve(
  ports: Looked,
  now: () => Instant,
  hand: (world: Partial<World>) => void,
): Observe {
  const looks: { readonly [P in Part]: (signal: AbortSignal) => Promise<NonNullable<World[P]>> } = {
    panes: (signal) => probe(now, () => ports.terminal.list(signal)),
    mail: (signal) => probe(now, () => ports.mailbox.list(signal)),
    signals: (signal) => probe(now, () => ports.signals.list(signal)),
    board: (signal) => probe(now, () => ports.board.read(signal)),
    trunk: (signal) => probe(now, () => ports.repo.trunk(signal)),
    vitals: (signal) => probe(now, () => ports.vitals.look(signal)),
    homeless: (signal) => probe(now, () => ports.vitals.homeless(signal)),
    disk: (signal) => probe(now, () => ports.disk.look(signal)),
  };
  const running = new Map<Part, Promise<void>>();
  const again = new Set<Part>();

  const one = async (part: Part): Promise<void> => {
    do {
      again.delete(part);
      const result = await looks[part](AbortSignal.timeout(deadline));
      hand({ [part]: result });
    } while (again.has(part));
    running.delete(part);
  };

  return {
    async look(which) {
      await Promise.all(
        which.map((part) => {
          const current = running.get(part);
          if (current !== undefined) {
            again.add(part);
            return current;
          }
          const promise = one(part);
          running.set(part, promise);
          return promise;
        }),
      );
    },
  };
}

async function probe<T>(
  now: () => Instant,
  run: () => Promise<T>,
): Promise<{ at: Instant; probe: Probe<T> }> {
  const at = now();
  try {
    return { at, probe: known(await run()) };
  } catch (error) {
    return { at, probe: unknown(error instanceof Error ? error.message : String(error)) };
  }
}
