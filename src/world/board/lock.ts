// The board's lock: a real flock(2) on `<board>/.lock`, the same one kanban-md takes to create a task. Node has
// no flock, so flock(1) holds it for us. Knows nothing of tasks.
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../core/words.ts";
import type { Held, Processes } from "../processes.ts";

/** s that flock waits for others; each holds it for milliseconds. */
const patience = 5;
/** ms after which a lock we forgot is given back by force. */
const longest = 60_000;

/** Runs `work` under the lock. `still` throws when the lock was lost: call it before each write. */
export type Locked = <T>(
  signal: AbortSignal,
  work: (still: () => void) => Promise<T>,
) => Promise<T>;

/** @throws Failure `board.locked` | `spawner.gone` */
export function boardLock(dir: string, processes: Processes): Locked {
  const path = join(dir, ".lock");
  let last: Promise<unknown> = Promise.resolve();

  async function locked<T>(
    signal: AbortSignal,
    work: (still: () => void) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const held = await take(path, processes, signal);
    let lost = false;
    void held.lost.then(() => {
      lost = true;
    });
    const still = (): void => {
      signal.throwIfAborted();
      if (lost) throw failure(path, "the lock was lost while it was needed");
    };
    try {
      return await work(still);
    } finally {
      await held.release();
    }
  }

  // One after another in this process too: a queue of flock children would only wait for each other.
  return (signal, work) => {
    const turn = last.then(() => locked(signal, work));
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function take(path: string, processes: Processes, signal: AbortSignal): Promise<Held> {
  await (await open(path, "a", 0o600)).close();
  try {
    const argv = [
      "flock",
      "-w",
      String(patience),
      path,
      "sh",
      "-c",
      "echo locked; exec cat",
    ] as const;
    const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };
    return await processes.hold({ argv, env, timeoutMs: longest }, signal);
  } catch (error) {
    const passes = signal.aborted || (error instanceof Failure && error.code === "spawner.gone");
    throw passes ? error : failure(path, `flock(1) did not get it within ${patience} s`, error);
  }
}

function failure(path: string, why: string, cause?: unknown): Failure {
  return new Failure("board.locked", `The board could not be locked (${path}): ${why}.`, {
    hint: "Another program holds the board or flock(1) is missing; `fuser .lock` in the board's folder shows who.",
    cause,
  });
}
