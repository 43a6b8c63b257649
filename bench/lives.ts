// When agents ended. Each holds a line to here, and the kernel closes it when it has taken the process apart: with
// 45 MB of memory that is more than a millisecond after the kill, and nobody can hear of the end before.
import { createServer } from "node:net";
import { join } from "node:path";
import { now } from "./measure.ts";

/** Beside the agents' stamps. */
export const linesAt = (stamps: string): string => join(stamps, "lives.sock");

export interface Lives {
  /** Resolves with the moment the process was gone, ms. It must have a line. */
  gone(pid: number): Promise<number>;
  close(): void;
}

export async function watchLives(stamps: string): Promise<Lives> {
  const held = new Map<number, Promise<number>>();
  const server = createServer((line) => {
    const ended = new Promise<number>((resolve) => {
      line.once("end", () => resolve(now()));
      // Killed with something unread.
      line.once("error", () => resolve(now()));
    });
    line.once("data", (pid) => held.set(Number(pid), ended));
  });
  await new Promise<void>((resolve) => server.listen(linesAt(stamps), resolve));
  return {
    gone(pid) {
      const ended = held.get(pid);
      if (ended === undefined) throw new Error(`the agent with pid ${pid} holds no line`);
      return ended;
    },
    close: () => void server.close(),
  };
}
