// Just enough of Processes for the board: starts programs directly and holds flock(1). For tests only; the bot
// starts nothing by itself.
import { spawn } from "node:child_process";
import { Failure } from "../../src/core/words.ts";
import type { Held, Processes, ProcessOrder } from "../../src/world/processes.ts";

export function boardProcesses(): Processes & { readonly holds: () => number } {
  let holds = 0;
  return {
    holds: () => holds,
    run: () => Promise.reject(new Error("the board runs nothing, it only holds")),
    hold: (order, signal) => {
      holds += 1;
      return hold(order, signal);
    },
  };
}

function hold(order: ProcessOrder, signal: AbortSignal): Promise<Held> {
  const [program, ...args] = order.argv;
  const child = spawn(program, args, { env: { ...order.env }, stdio: ["pipe", "pipe", "ignore"] });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const abort = (): void => void child.kill();
  signal.addEventListener("abort", abort, { once: true });
  return new Promise<Held>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new Failure("io.failed", `${program} could not be started.`, { cause })),
    );
    void closed.then(() =>
      reject(new Failure("io.failed", `${program} ended before it was held.`)),
    );
    child.stdout.once("data", () => {
      signal.removeEventListener("abort", abort);
      resolve({
        lost: closed,
        release: async () => {
          child.stdin.end();
          await closed;
        },
      });
    });
  });
}
