// Processes for a short-lived shell: started directly, since there is no loop to stall and no spawner to ask.
import { spawn } from "node:child_process";
import { Failure } from "../core/words.ts";
import type { Held, Processes, ProcessOrder } from "./processes.ts";

export function directProcesses(): Processes {
  return {
    run: (order) =>
      Promise.reject(
        new Failure("bot.down", `running ${order.argv[0]} needs the bot, and it is not running`),
      ),
    hold,
  };
}

/** @throws Failure `io.failed` when it ends or says nothing in time */
function hold(order: ProcessOrder, signal: AbortSignal): Promise<Held> {
  const [program, ...args] = order.argv;
  const child = spawn(program, args, {
    env: { ...order.env },
    cwd: order.cwd,
    stdio: ["pipe", "pipe", "ignore"],
    signal,
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new Failure("io.failed", `${program} could not be held: ${why}`));
    const timer = setTimeout(() => {
      child.kill();
      fail("it said nothing in time");
    }, order.timeoutMs);
    child.once("error", (error) => fail(error.message));
    void ended.then(() => fail("it ended at once"));
    child.stdin.on("error", () => undefined); // it ended first: `ended` tells
    child.stdout.once("data", () => {
      clearTimeout(timer);
      resolve({
        lost: ended,
        async release() {
          child.stdin.end();
          await ended;
        },
      });
    });
  });
}
