// A gate in memory: its verdict comes from the tree's files, its time from the test's clock. One slot, like the
// real one. No process.

import type { Gate, GateOrder, GateResult, GateRun } from "../../src/core/ports.ts";
import { deferred } from "../../src/lib/deferred.ts";
import { inTurn } from "../../src/lib/in-turn.ts";

type Files = ReadonlyMap<string, string>;

export interface FakeGateOptions {
  /** The files of a commit. */
  readonly files: (commit: string) => Files;
  /** [green, unless a file contains `RED`] */
  readonly judge?: (files: Files) => GateResult;
  /** ms a run takes [0]. */
  readonly duration?: (files: Files) => number;
  /** The virtual clock's sleep [none: at once]. */
  readonly sleep?: (ms: number) => Promise<void>;
  readonly counts?: GateRun["counts"] | ((files: Files) => GateRun["counts"]);
}

export interface FakeGate extends Gate {
  /** Orders in the order they began. */
  readonly runs: readonly GateOrder[];
  /** The next run ends so, whatever its tree. */
  next(result: "infra" | "timeout" | "red" | "green", why?: string): void;
  /** The next run waits until the returned function is called. */
  hold(): () => void;
}

export function fakeGate(options: FakeGateOptions): FakeGate {
  const runs: GateOrder[] = [];
  const past = new Map<string, GateRun>();
  const forced: { result: GateResult; why: string | null }[] = [];
  const holds: Promise<void>[] = [];
  const turn = inTurn();
  const keyOf = (order: Pick<GateOrder, "tree" | "command" | "setUp">): string =>
    JSON.stringify([order.tree, order.command, order.setUp]);
  const judge =
    options.judge ??
    ((files) => ([...files.values()].some((text) => text.includes("RED")) ? "red" : "green"));

  async function runOnce(order: GateOrder, signal: AbortSignal): Promise<GateRun> {
    runs.push(order);
    const files = options.files(order.commit);
    const durationMs = options.duration?.(files) ?? 0;
    await holds.shift();
    if (durationMs > 0) await options.sleep?.(durationMs);
    signal.throwIfAborted();
    const { result, why } = forced.shift() ?? { result: judge(files), why: null };
    const run: GateRun = {
      result,
      exit: result === "green" ? 0 : result === "red" ? 1 : null,
      counts:
        options.counts === undefined
          ? { passed: 1, failed: result === "red" ? 1 : 0, skipped: 0 }
          : typeof options.counts === "function"
            ? options.counts(files)
            : options.counts,
      lines: linesOf(files, result),
      durationMs,
      log: `/gate/${order.tree}.${runs.length}.log`,
      why,
    };
    // Infra says nothing of the tree; a time-out undoes what was known.
    if (result !== "infra") past.set(keyOf(order), run);
    return run;
  }

  return {
    run: (order, signal) => turn("slot", () => runOnce(order, signal)),
    evidence: async (order) => {
      const run = past.get(keyOf(order));
      return run === undefined || run.result === "timeout" ? null : run;
    },
    runs,
    next: (result, why) => {
      const word =
        result === "infra" || result === "timeout" ? (why ?? `${result} on order`) : null;
      forced.push({ result, why: word });
    },
    hold: () => {
      const gate = deferred<void>();
      holds.push(gate.promise);
      return () => gate.resolve();
    },
  };
}

function linesOf(files: Files, result: GateResult): readonly string[] {
  if (result !== "red") return [`the tests ended ${result}`];
  const culprits = [...files].filter(([, text]) => text.includes("RED")).map(([path]) => path);
  return culprits.map((path) => `not ok: ${path}`);
}
