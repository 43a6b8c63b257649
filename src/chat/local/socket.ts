// chat.sock: one unix socket for chats and shell verbs. A caller proves its pid by holding a file open that we just named.
import { closeSync, existsSync, fstatSync, openSync, type Stats } from "node:fs";
import { lstat, mkdir, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Caller, Refusal } from "../../core/words.ts";

export interface Claim {
  readonly pid: number;
  readonly as: string | null;
  readonly client: "chat" | "shell";
}

/** A proven connection, lines in and out. */
export interface Connection {
  readonly by: Caller;
  readonly client: "chat" | "shell";
  send(line: object): void;
  onLine(hear: (line: Record<string, unknown> | null) => void): void;
  readonly closed: AbortSignal;
  end(): void;
}

export interface SocketParts {
  readonly path: string;
  /** Holds the socket itself when `path` is too long for the kernel; a link stands at `path` then. */
  readonly fallbackDir: string;
  readonly callersDir: string;
  readonly identify: (claim: Claim) => Promise<Caller | Refusal>;
  /** Somebody named a process that lives and is not theirs. */
  readonly onUnproven: (claim: Claim) => void;
  readonly onConnection: (connection: Connection) => void;
  readonly log: (line: string) => void;
}

/** The kernel's limit is 107 bytes; Node cuts longer paths without a word. */
const longestPath = 100;
const longestLine = 1_000_000;
const longestQueue = 8_000_000;
/** From the connection to its proof, ms. */
const provenWithin = 10_000;

export async function openSocket(parts: SocketParts): Promise<{ close(): Promise<void> }> {
  let number = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => undefined); // a client that goes away is no event
    number += 1;
    welcome(socket, join(parts.callersDir, `${process.pid}.${number}`), parts).catch(
      (error: unknown) => {
        parts.log(`chat.sock: ${String(error)}`);
        socket.destroy();
      },
    );
  });
  await rm(parts.callersDir, { recursive: true, force: true });
  await mkdir(parts.callersDir, { recursive: true, mode: 0o700 });
  const real = await listen(server, parts);
  return {
    async close() {
      for (const socket of open) socket.end();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        setTimeout(() => {
          for (const socket of open) socket.destroy();
        }, 200).unref();
      });
      await rm(parts.path, { force: true });
      await rm(real, { force: true });
    },
  };
}

async function listen(server: Server, { path, fallbackDir }: SocketParts): Promise<string> {
  const short = Buffer.byteLength(path) <= longestPath;
  const real = short ? path : join(await privateDir(fallbackDir), `${process.pid}.sock`);
  // The instance lock is ours: whatever stands here was left by a bot that is gone.
  await rm(path, { force: true });
  await rm(real, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const umask = process.umask(0o177);
    server.listen(real, () => resolve());
    process.umask(umask);
  });
  if (!short) await symlink(real, path);
  return real;
}

/** Somebody else's folder in a shared place is not used. */
async function privateDir(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const seen = await lstat(dir);
  if (!seen.isDirectory() || seen.uid !== process.getuid?.())
    throw new Error(`${dir} is not ours: the socket can't be made there`);
  return dir;
}

async function welcome(socket: Socket, file: string, parts: SocketParts): Promise<void> {
  const named = make(file);
  const closed = new AbortController();
  const gone = (): void => {
    closed.abort();
    void rm(file, { force: true });
  };
  if (socket.closed) return gone();
  socket.once("close", gone);
  const lines = readLines(socket);
  const send = (line: object): void => {
    if (socket.destroyed) return;
    socket.write(`${JSON.stringify(line)}\n`);
    // A reader that does not read must not fill our memory.
    if (socket.writableLength > longestQueue) socket.destroy();
  };
  const timer = setTimeout(() => socket.destroy(), provenWithin);
  send({ hello: "batty", hold: file });
  const claim = await lines.first;
  clearTimeout(timer);
  const refuse = (refusal: Refusal): void => {
    const { code, say, hint } = refusal;
    const error = { code, say, ...(hint === undefined ? {} : { hint }) };
    send(
      claim?.["client"] === "chat"
        ? { event: "error", ...error }
        : { reply: { ok: false, exit: 1, refusal: error } },
    );
    socket.end();
  };
  const whole = claim === null ? null : claimOf(claim);
  const pid = whole === null ? null : await provenPid(whole.pid, named);
  if (whole === null || pid === null) {
    if (whole !== null && !socket.destroyed && existsSync(`/proc/${whole.pid}`))
      parts.onUnproven(whole);
    return refuse({
      code: "access.unknown-caller",
      say: "Who calls could not be found out.",
      hint: "Use this version's `batty`.",
    });
  }
  const { client } = whole;
  const by = await parts.identify({ ...whole, pid });
  if (!("tier" in by)) return refuse(by);
  parts.onConnection({
    by,
    client,
    send,
    onLine: lines.rest,
    closed: closed.signal,
    end: () => void socket.end(),
  });
}

/** Null: no claim. */
function claimOf(line: Record<string, unknown>): Claim | null {
  const { pid, client, as } = line;
  if (typeof pid !== "number" || !Number.isInteger(pid)) return null;
  if (client !== "chat" && client !== "shell") return null;
  return { pid, client, as: typeof as === "string" ? as : null };
}

/** Empty, ours alone, and new. */
function make(file: string): Stats {
  const fd = openSync(file, "wx", 0o600);
  try {
    return fstatSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** As we number it: within a sandbox it knows itself by another number. Null: nobody of that number holds the file. */
async function provenPid(claimed: number, wanted: Stats): Promise<number | null> {
  if (await holds(claimed, wanted)) return claimed;
  for (const entry of await readdir("/proc").catch(() => [])) {
    const pid = Number(entry);
    if (Number.isInteger(pid) && (await isKnownAs(pid, claimed)) && (await holds(pid, wanted)))
      return pid;
  }
  return null;
}

/** In a namespace of its own, which is told behind its number here. */
async function isKnownAs(pid: number, claimed: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""); // gone meanwhile
  return /^NSpid:\t\d+\t(?:\d+\t)*(\d+)$/m.exec(status)?.[1] === String(claimed);
}

/** Whether the process really has the file open: a pid alone anybody could name. */
async function holds(pid: number, wanted: Stats): Promise<boolean> {
  try {
    // The newest first: it was opened for us.
    for (const fd of (await readdir(`/proc/${pid}/fd`)).reverse()) {
      const seen = await stat(`/proc/${pid}/fd/${fd}`).catch(() => null); // closed meanwhile
      if (seen !== null && seen.ino === wanted.ino && seen.dev === wanted.dev) return true;
    }
  } catch {
    // gone, or not ours to look at: not proven
  }
  return false;
}

interface Lines {
  readonly first: Promise<Record<string, unknown> | null>;
  /** Null: a line that is no JSON object. */
  rest(hear: (line: Record<string, unknown> | null) => void): void;
}

function readLines(socket: Socket): Lines {
  const waiting: (Record<string, unknown> | null)[] = [];
  let hear: ((line: Record<string, unknown> | null) => void) | null = null;
  let first: ((line: Record<string, unknown> | null) => void) | null = null;
  let rest = "";
  /** Within a line that was too long already: told once, the rest of it is passed over. */
  let skipping = false;
  const deliver = (line: Record<string, unknown> | null): void => {
    if (first !== null) {
      first(line);
      first = null;
    } else if (hear !== null) hear(line);
    else waiting.push(line);
  };
  const promise = new Promise<Record<string, unknown> | null>((resolve) => {
    first = resolve;
  });
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      if (!skipping && part.trim() !== "") deliver(part.length > longestLine ? null : parse(part));
      skipping = false;
    }
    if (skipping) rest = "";
    else if (rest.length > longestLine) {
      rest = "";
      skipping = true;
      deliver(null);
    }
  });
  socket.once("close", () => first?.(null));
  return {
    first: promise,
    rest(h) {
      hear = h;
      for (const line of waiting.splice(0)) h(line);
    },
  };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null; // answered as a bad request
  }
}
