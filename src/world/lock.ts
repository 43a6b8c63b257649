// One bot a project: a kernel lock (flock) held by a child whose stdin is ours, so that it is free the moment
// we are gone, however we went. The file's text names the owner and is never the lock itself.
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { Failure } from "../core/words.ts";
import { isAlive, startTimeOf } from "./proc.ts";

export interface Lock {
  /** Resolves when the holder ended without being asked. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
  /** Takes a lost lock anew. @throws like takeLock */
  retake(): Promise<Lock>;
}

export interface LockOwner {
  readonly pid: number;
  readonly startTime: string;
  readonly text: string;
}

const takenElsewhere = 75;
const answerLimitMs = 3000;
/** The owner writes its name right after it took the lock; this long we wait for it. */
const ownerTries = 10;
const ownerPauseMs = 50;

/** @throws Failure `lock.held`, naming the owner | `io.failed` */
export async function takeLock(file: string, ownerText: string): Promise<Lock> {
  const child = spawn(
    "flock",
    // -o: only flock itself holds the descriptor, so nothing it starts can keep the lock alive.
    ["-n", "-E", String(takenElsewhere), "-o", file, "sh", "-c", "echo locked; exec cat"],
    {
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  child.stdin.on("error", () => {});
  await locked(child, file);
  const owner: LockOwner = {
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? "",
    text: ownerText,
  };
  try {
    await chmod(file, 0o600); // flock made it
    await writeFile(file, `${JSON.stringify(owner)}\n`);
  } catch (error) {
    await release(child);
    throw new Failure("io.failed", `took the lock ${file} but cannot name its owner in it`, {
      cause: error,
    });
  }
  return holdLock(child, () => takeLock(file, ownerText));
}

/** @throws Failure `lock.held` naming the owner when it is still held after `ms` */
export async function lockWithin(file: string, text: string, ms: number): Promise<Lock> {
  const until = Date.now() + ms;
  for (;;) {
    try {
      return await takeLock(file, text);
    } catch (error) {
      const held = error instanceof Failure && error.code === "lock.held";
      if (!held || Date.now() >= until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function holdLock(child: ChildProcess, retake: () => Promise<Lock>): Lock {
  let isReleased = false;
  const lost = new Promise<void>((resolve) => {
    const tell = (): void => {
      if (!isReleased) resolve();
    };
    if (hasEnded(child)) tell();
    else child.once("exit", tell);
  });
  return {
    lost,
    retake,
    release: () => {
      isReleased = true;
      return release(child);
    },
  };
}

async function release(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin?.end();
  const late = setTimeout(() => child.kill("SIGKILL"), answerLimitMs);
  await exited;
  clearTimeout(late);
}

/** Who holds it by the file's text; null: nobody that lives. */
export async function lockOwner(file: string): Promise<LockOwner | null> {
  try {
    const found = JSON.parse(await readFile(file, "utf8")) as Partial<LockOwner>;
    const { pid, startTime, text } = found;
    if (typeof pid !== "number" || typeof startTime !== "string") return null;
    return isAlive(pid, startTime) ? { pid, startTime, text: text ?? "" } : null;
  } catch {
    // Not there, or its owner has not written its name yet.
    return null;
  }
}

/** Resolves at the holder's first line. */
async function locked(child: ChildProcess, file: string): Promise<void> {
  let says = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    says = (says + chunk.toString()).slice(-500);
  });
  const end = await new Promise<"locked" | "slow" | number | null | Error>((resolve) => {
    const slow = setTimeout(() => resolve("slow"), answerLimitMs);
    child.once("error", resolve);
    child.once("exit", resolve);
    child.stdout?.once("data", () => resolve("locked"));
    child.once("exit", () => clearTimeout(slow));
    child.stdout?.once("data", () => clearTimeout(slow));
  });
  if (end === "locked") return;
  if (end === takenElsewhere) throw await held(file);
  child.kill("SIGKILL");
  if (end instanceof Error) {
    const hint = "flock(1) is part of util-linux; install it";
    throw new Failure("io.failed", `cannot start flock for ${file}`, { cause: end, hint });
  }
  const how = end === "slow" ? `no answer within ${answerLimitMs} ms` : `flock ended with ${end}`;
  throw new Failure("io.failed", `cannot lock ${file}: ${how}. ${says.trim()}`);
}

async function held(file: string): Promise<Failure> {
  let owner = await lockOwner(file);
  for (let attempt = 1; owner === null && attempt < ownerTries; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, ownerPauseMs));
    owner = await lockOwner(file);
  }
  const who = owner === null ? "somebody who left no name" : `pid ${owner.pid} (${owner.text})`;
  return new Failure("lock.held", `${file} is locked by ${who}`, {
    hint: "one bot runs a project; talk to that one, or stop it first",
    ...(owner === null ? {} : { cause: owner }),
  });
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;
