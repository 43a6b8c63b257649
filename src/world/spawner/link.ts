// The connection to one spawner process: requests out, replies in, and the watch over its life.
// Once lost it stays lost; the client replaces it.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Failure } from "../../core/words.ts";
import { isRunning, statOf } from "../proc.ts";
import type { Held, Processes, ProcessOrder, ProcessResult } from "../processes.ts";
import { lineReader, type Reply, type Request, type SpawnFailure } from "./protocol.ts";

export interface Link extends Processes {
  readonly pid: number;
  /** @throws Failure `spawner.gone` when it does not come up */
  readonly ready: Promise<void>;
  /** Resolves with the reason. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

interface Waiting {
  readonly argv0: string;
  result(result: ProcessResult): void;
  held(): void;
  ended(): void;
  failed(failure: Failure): void;
}

const readyLimitMs = 10_000;
const watchEveryMs = 800;
/** A busy machine may keep it from answering; a stopped or dead one shows in /proc at once. */
const pongLimitMs = 6000;
const closeLimitMs = 5000;

export function openLink(start: {
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}): Link {
  const child = spawn(process.execPath, [start.script, ...start.args], {
    env: start.env,
    // A group of its own: Ctrl-C at the bot's terminal is the bot's to handle.
    detached: true,
    stdio: "pipe",
  });
  return linkTo(child);
}

function linkTo(child: ChildProcessWithoutNullStreams): Link {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let lastWords = "";
  let gone: string | null = null;
  let tellLost: (why: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    tellLost = resolve;
  });
  let becomeReady: () => void = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    becomeReady = resolve;
    void lost.then((why) => reject(goneFailure("start", why)));
  });

  const lose = (why: string): void => {
    if (gone !== null) return;
    gone = lastWords === "" ? why : `${why}: ${lastWords.trim()}`;
    stopWatch();
    child.kill("SIGKILL");
    for (const each of [...waiting.values()]) each.failed(goneFailure(each.argv0, gone));
    waiting.clear();
    tellLost(gone);
  };
  const hear = (reply: Reply): void => {
    watch.heard();
    if (reply.is === "ready") {
      becomeReady();
      watch.rest();
    }
    if (reply.is === "ready" || reply.is === "pong") return;
    const each = waiting.get(reply.id);
    if (reply.is !== "held" && waiting.delete(reply.id) && waiting.size === 0) watch.rest();
    if (reply.is === "held") each?.held();
    else if (reply.is === "result") each?.result(reply.result);
    else if (reply.is === "ended") each?.ended();
    else each?.failed(failureOf(reply.failure));
  };
  const send = (request: Request): void => void child.stdin.write(`${JSON.stringify(request)}\n`);
  const watch = watchOver(child, () => send({ do: "ping" }), lose);
  const slow = setTimeout(() => lose(`not ready within ${readyLimitMs} ms`), readyLimitMs);
  watch.begin();
  const stopWatch = (): void => {
    watch.rest();
    clearTimeout(slow);
  };
  ready.then(
    () => clearTimeout(slow),
    () => {},
  );
  child.once("error", (error) => lose(`it cannot be started (${error.message})`));
  child.once("exit", (code, signal) => lose(`it ended (${code ?? signal})`));
  child.stdin.on("error", () => lose("it closed its input"));
  child.stdout.on(
    "data",
    lineReader((line) => hear(JSON.parse(line) as Reply)),
  );
  child.stderr.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-1000);
  });

  /** Registers before it sends; an abort asks the spawner to end the program and waits until it has. */
  const ask = (
    kind: "run" | "hold",
    order: ProcessOrder,
    signal: AbortSignal,
    each: Waiting,
  ): number => {
    const id = ++lastId;
    if (waiting.size === 0) watch.begin();
    const abort = (): void => send({ do: "abort", id });
    const forget = (): void => signal.removeEventListener("abort", abort);
    waiting.set(id, {
      ...each,
      result: (result) => {
        forget();
        each.result(result);
      },
      held: () => {
        forget();
        each.held();
      },
      failed: (failure) => {
        forget();
        each.failed(failure);
      },
    });
    signal.addEventListener("abort", abort, { once: true });
    send({ do: kind, id, order });
    return id;
  };

  const run = (order: ProcessOrder, signal: AbortSignal): Promise<ProcessResult> =>
    new Promise((resolve, reject) => {
      const argv0 = order.argv[0];
      if (gone !== null) return reject(goneFailure(argv0, gone));
      if (signal.aborted) return reject(givenUp(argv0, signal));
      const finish = (act: () => void): void =>
        signal.aborted ? reject(givenUp(argv0, signal)) : act();
      ask("run", order, signal, {
        argv0,
        result: (result) => finish(() => resolve(result)),
        failed: (failure) =>
          failure.code === "spawner.gone" ? reject(failure) : finish(() => reject(failure)),
        held: () => {},
        ended: () => {},
      });
    });

  const hold = (order: ProcessOrder, signal: AbortSignal): Promise<Held> =>
    new Promise((resolve, reject) => {
      const argv0 = order.argv[0];
      if (gone !== null) return reject(goneFailure(argv0, gone));
      if (signal.aborted) return reject(givenUp(argv0, signal));
      let tellEnd: () => void = () => {};
      const ended = new Promise<void>((tell) => {
        tellEnd = tell;
      });
      let isReleased = false;
      let isHeld = false;
      const id = ask("hold", order, signal, {
        argv0,
        result: () => {},
        held: () => {
          isHeld = true;
          resolve({
            lost: ended.then(() => (isReleased ? new Promise<void>(() => {}) : undefined)),
            release: () => {
              if (!isReleased && gone === null) send({ do: "release", id });
              isReleased = true;
              return ended;
            },
          });
        },
        ended: tellEnd,
        failed: (failure) => {
          if (isHeld) return tellEnd();
          reject(
            signal.aborted && failure.code !== "spawner.gone" ? givenUp(argv0, signal) : failure,
          );
        },
      });
    });

  return { pid: child.pid ?? 0, ready, lost, run, hold, close: () => closeChild(child, stopWatch) };
}

/**
 * A look at /proc finds a stopped or dead child without waking it; the rarer ping finds a hung one. Only while
 * it starts or somebody waits for it: nobody needs one that idles, and its end is told anyway.
 */
function watchOver(
  child: ChildProcessWithoutNullStreams,
  ping: () => void,
  lose: (why: string) => void,
): { begin(): void; rest(): void; heard(): void } {
  let pingedAt: number | null = null;
  let beats = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const stat = child.pid === undefined ? null : statOf(child.pid);
    if (stat !== null && (stat.state === "T" || stat.state === "t")) return lose("it was stopped");
    if (stat !== null && !isRunning(stat)) return lose("it died");
    if (pingedAt !== null && performance.now() - pingedAt > pongLimitMs) {
      return lose(`it gave no sign for ${pongLimitMs} ms`);
    }
    if (pingedAt === null && beats++ % 4 === 0) {
      pingedAt = performance.now();
      ping();
    }
  };
  return {
    begin() {
      timer ??= setInterval(look, watchEveryMs).unref();
    },
    rest() {
      clearInterval(timer);
      timer = undefined;
      pingedAt = null;
    },
    heard: () => {
      pingedAt = null;
    },
  };
}

async function closeChild(
  child: ChildProcessWithoutNullStreams,
  stopWatch: () => void,
): Promise<void> {
  stopWatch();
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin.end();
  const late = setTimeout(() => child.kill("SIGKILL"), closeLimitMs);
  await exited;
  clearTimeout(late);
}

function goneFailure(argv0: string, why: string): Failure {
  return new Failure(
    "spawner.gone",
    `the spawner was lost while ${argv0} was asked of it: ${why}`,
    {
      hint: "it is replaced by itself; what ran under it has been ended",
    },
  );
}

function givenUp(argv0: string, signal: AbortSignal): Failure {
  const reason: unknown = signal.reason;
  if (reason instanceof Failure) return reason;
  return new Failure("timeout", `${argv0} was given up and ended`, { cause: reason });
}

function failureOf(failure: SpawnFailure): Failure {
  const { code, message, errno, exit } = failure;
  const cause = Object.assign(new Error(message), {
    ...(errno === null ? {} : { code: errno }),
    ...(exit === null ? {} : { exit }),
  });
  return new Failure(code, message, { cause });
}
