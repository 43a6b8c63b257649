// What the bot and its spawner say to each other: one JSON object a line, each way.
import type { ProcessOrder, ProcessResult } from "../processes.ts";

export type Request =
  | { readonly do: "run" | "hold"; readonly id: number; readonly order: ProcessOrder }
  /** Ends a run or a hold that is given up. */
  | { readonly do: "abort"; readonly id: number }
  | { readonly do: "release"; readonly id: number }
  | { readonly do: "ping" };

export type Reply =
  /** First line: former leftovers are gone, requests may come. */
  | { readonly is: "ready" }
  | { readonly is: "pong" }
  | { readonly is: "result"; readonly id: number; readonly result: ProcessResult }
  | { readonly is: "held"; readonly id: number }
  /** A hold ended: by itself or as released. */
  | { readonly is: "ended"; readonly id: number }
  | { readonly is: "failed"; readonly id: number; readonly failure: SpawnFailure };

export interface SpawnFailure {
  readonly code: "io.failed" | "io.full";
  readonly message: string;
  /** The system's code (`ENOENT`), when there is one. */
  readonly errno: string | null;
  /** Exit code of a hold that ended before its first line. */
  readonly exit: number | null;
}

/** In the environment of everything started, so that whoever daemonises is found again. */
export const marker = "BATTY_RUN";

/** Longer deadlines than this do not queue behind short programs, nor short ones behind them. */
export const shortLimitMs = 10_000;
export const shortSlots = 4;

/** Calls `take` for each whole line, however the chunks were cut. */
export function lineReader(take: (line: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, at));
      const line = (parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)).toString();
      parts = [];
      from = at + 1;
      take(line);
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  };
}
