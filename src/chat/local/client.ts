// The other end of chat.sock: proves who calls, then a shell verb or a chat. Loaded by every call of the shell: kept light.

import { closeSync, openSync, statSync } from "node:fs";
import { readlink } from "node:fs/promises";
import { createConnection, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { Failure } from "../../core/words.ts";
import type { ShellReply } from "../desk.ts";

export interface Link {
  send(line: object): void;
  onLine(hear: (line: Record<string, unknown>) => void): void;
  readonly closed: Promise<void>;
  /** It said nothing at all within the time for a hello. */
  readonly silent?: () => boolean;
  /** What was sent so far still arrives. */
  close(): void;
}

const down = (): Failure =>
  new Failure("bot.down", "The bot is not running.", { hint: "Start it with `batty start`." });
const gone = (): Failure =>
  new Failure("bot.gone", "The bot went away before it answered.", { hint: "See `batty status`." });

/** Somebody listens but says nothing: a bot that is stopped or hangs. Its last tick is the time of its checkpoint file. */
function stalled(socketPath: string): Failure {
  const file = join(dirname(socketPath), "state.json");
  const beat = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  const age = beat === undefined ? "unknown" : `${Math.round((Date.now() - beat) / 1000)} s ago`;
  return new Failure(
    "bot.stalled",
    `The bot is there but does not answer for ${helloWithin / 1000} s; its last tick was ${age}.`,
    {
      hint: "Its agents go on. Look into .batty/daemon.log; `kill -9` of the pid in .batty/daemon.pid and `batty start` bring a new one.",
    },
  );
}

/** ms until the bot must have said hello. */
const helloWithin = 10_000;

interface Hello {
  readonly client: "chat" | "shell";
  readonly as: string | null;
  readonly json: boolean;
}

/** @throws Failure `bot.down` when nobody listens */
async function connect(path: string, hello: Hello): Promise<Link> {
  const socket = await opened(path);
  const heard: ((line: Record<string, unknown>) => void)[] = [];
  const early: Record<string, unknown>[] = [];
  /** What is said before we have said who we are; null: we have. */
  let unsaid: object[] | null = [];
  let held: number | null = null;
  let rest = "";
  const write = (line: object): void => void socket.write(`${JSON.stringify(line)}\n`);
  const deliver = (line: Record<string, unknown>): void => {
    if (typeof line["hold"] === "string") {
      held = opening(line["hold"]);
      if (held === null) return void socket.destroy(); // it is stopping: its folder went already
      write({ ...hello, pid: process.pid });
      for (const line of unsaid ?? []) write(line);
      unsaid = null;
      socket.setTimeout(0);
    } else if (heard.length === 0) early.push(line);
    else for (const hear of heard) hear(line);
  };
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part !== "") deliver(JSON.parse(part) as Record<string, unknown>);
  });
  let silent = false;
  socket.setTimeout(helloWithin, () => {
    silent = true;
    socket.destroy();
  });
  const closed = new Promise<void>((resolve) =>
    socket.once("close", () => {
      if (held !== null) closeSync(held);
      resolve();
    }),
  );
  return {
    send: (line) => (unsaid === null ? write(line) : void unsaid.push(line)),
    onLine(hear) {
      heard.push(hear);
      for (const line of early.splice(0)) hear(line);
    },
    closed,
    silent: () => silent,
    close: () => void socket.end(),
  };
}

function opening(file: string): number | null {
  try {
    return openSync(file, "r");
  } catch {
    return null; // told by the connection's end
  }
}

/** Node cuts what is longer than the kernel allows without a word: the link is followed here, not there. */
const longestPath = 100;

async function opened(name: string): Promise<Socket> {
  const isLong = Buffer.byteLength(name) > longestPath;
  const path = isLong ? await readlink(name).catch(() => null) : name;
  if (path === null) throw down();
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once("connect", () => {
      socket.on("error", () => undefined); // told by close
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const nobody = error.code === "ENOENT" || error.code === "ECONNREFUSED";
      reject(
        nobody
          ? down()
          : new Failure("io.failed", `connecting to ${path} failed: ${error.message}`, {
              cause: error,
            }),
      );
    });
  });
}

/** One verb, one reply. @throws Failure `bot.down` | `bot.gone` | `bot.stalled` */
export async function connectShell(
  path: string,
  verb: string,
  argv: readonly string[],
): Promise<ShellReply> {
  const link = await connect(path, { client: "shell", as: null, json: false });
  return new Promise((resolve, reject) => {
    link.onLine((line) => {
      if (line["ready"] === true) return;
      link.close();
      resolve((line["reply"] ?? line) as ShellReply);
    });
    // Right behind our proof: it is read once that holds.
    link.send({ verb, argv });
    void link.closed.then(() => reject(link.silent?.() ? stalled(path) : gone()));
  });
}

/** The chat's lines as they come: `ready` first. @throws Failure `bot.down` */
export const connectChat = (path: string, as: string | null, json: boolean): Promise<Link> =>
  connect(path, { client: "chat", as, json });
