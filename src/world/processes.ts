// How the adapters start other programs. Implemented by the spawner's client (never by the bot's own
// process: a fork stalls the event loop in proportion to our memory, perf.md §0.2).

export interface ProcessOrder {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** ms; then SIGTERM to the process group, after `graceMs` SIGKILL. */
  readonly timeoutMs: number;
  readonly graceMs?: number;
  /** Bytes kept of stdout and of stderr; the rest is read and counted. */
  readonly maxOutput?: number;
  /** Keep the newest bytes instead of the first. */
  readonly keep?: "head" | "tail";
  /** Both streams, as they come, into this file (created 0600), at most `maxLog` bytes, then a line that says so. */
  readonly log?: string;
  readonly maxLog?: number;
  readonly nice?: number;
  /** Beside the four slots of short programs. [timeoutMs > 10 s] */
  readonly long?: boolean;
}

export interface ProcessResult {
  /** Null when ended by a signal. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Bytes that were not kept. */
  readonly dropped: number;
  readonly durationMs: number;
}

/** A program kept running while something is held (a lock). */
export interface Held {
  /** Closes its stdin and waits for its end. */
  release(): Promise<void>;
  /** Resolves if it ends by itself. */
  readonly lost: Promise<void>;
}

export interface Processes {
  /**
   * Runs a program to its end in a process group of its own; the whole group (and daemonised
   * descendants that kept the group or session) is gone when this resolves.
   * @throws Failure `io.failed` (cannot be started; message names argv[0]) | `spawner.gone`; aborting kills the group
   */
  run(order: ProcessOrder, signal: AbortSignal): Promise<ProcessResult>;
  /** Starts a program, resolves at its first line of output, keeps it until released. @throws Failure when it ends first */
  hold(order: ProcessOrder, signal: AbortSignal): Promise<Held>;
}
