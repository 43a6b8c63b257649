// The bot's side of the spawner: one child, started early, watched, and replaced when it stops or dies.
// Implements world/processes.ts. Must not start any program but the spawner itself.
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { Failure } from "../../core/words.ts";
import { isAlive, outlast, signalProcess, startTimeOf } from "../proc.ts";
import type { Held, Processes, ProcessOrder, ProcessResult } from "../processes.ts";
import { type Link, openLink } from "./link.ts";

export interface SpawnerOptions {
  /** The bundled spawner (`dist/spawner.js`). */
  readonly script: string;
  /** Who runs now, for the next start to end what a killed bot left. */
  readonly pidFile: string;
  /** The spawner's own environment; programs get their order's. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Spawner extends Processes {
  /** Of the spawner now in office. */
  readonly pid: number;
  /** Ends all programs, then the spawner. */
  close(): Promise<void>;
  /** Called with the reason each time a spawner was lost; its replacement is under way. */
  onLost(hear: (why: string) => void): void;
}

interface Office {
  readonly pid: number;
  readonly startTime: string;
  readonly token: string;
}

/** @throws Failure `spawner.gone` when none can be started */
export async function startSpawner(options: SpawnerOptions): Promise<Spawner> {
  const listeners: ((why: string) => void)[] = [];
  let closing = false;
  let link = await appoint(await dismissFormer(options.pidFile));
  let current: Promise<Link> = Promise.resolve(link);

  async function appoint(formerToken: string): Promise<Link> {
    const token = randomBytes(8).toString("hex");
    const next = openLink({ ...options, args: [token, formerToken] });
    try {
      await writeOffice(options.pidFile, next.pid, token);
      await next.ready;
    } catch (error) {
      await next.close();
      throw error;
    }
    void next.lost.then((why) => replace(token, why));
    return next;
  }

  function replace(token: string, why: string): void {
    if (closing) return;
    for (const hear of listeners) hear(why);
    current = appointWithRetries(token);
    // Whoever asks next gets the rejection; without a request there is nobody to tell.
    current.catch(() => {});
  }

  async function appointWithRetries(token: string): Promise<Link> {
    for (let attempt = 1; ; attempt++) {
      try {
        link = await appoint(token);
        return link;
      } catch (error) {
        if (attempt === 3 || closing) throw error;
      }
    }
  }

  /** A failed replacement is tried anew by the next request. */
  async function linkNow(): Promise<Link> {
    if (closing) throw new Failure("spawner.gone", "no program can be started: the bot is closing");
    return current.catch(() => {
      current = appointWithRetries("");
      return current;
    });
  }

  return {
    get pid() {
      return link.pid;
    },
    run: async (order: ProcessOrder, signal: AbortSignal): Promise<ProcessResult> =>
      (await linkNow()).run(order, signal),
    hold: async (order: ProcessOrder, signal: AbortSignal): Promise<Held> =>
      (await linkNow()).hold(order, signal),
    onLost: (hear) => void listeners.push(hear),
    close: async () => {
      closing = true;
      // A replacement under way must not outlive us.
      await current.catch(() => {});
      await link.close();
      await rm(options.pidFile, { force: true });
    },
  };
}

/** Ends the spawner that a killed bot may have left; returns the token of its programs. */
async function dismissFormer(pidFile: string): Promise<string> {
  const former = await readOffice(pidFile);
  if (former === null) return "";
  if (isAlive(former.pid, former.startTime)) {
    signalProcess(former, "SIGKILL");
    await outlast([former], 1000);
  }
  return former.token;
}

export async function readOffice(pidFile: string): Promise<Office | null> {
  try {
    const found = JSON.parse(await readFile(pidFile, "utf8")) as Partial<Office>;
    const { pid, startTime, token } = found;
    if (typeof pid !== "number" || typeof startTime !== "string" || !token) return null;
    return { pid, startTime, token };
  } catch {
    // None, or torn: then nothing can be known of a former one.
    return null;
  }
}

async function writeOffice(pidFile: string, pid: number, token: string): Promise<void> {
  const office: Office = { pid, startTime: startTimeOf(pid) ?? "", token };
  const draft = `${pidFile}.${pid}`;
  try {
    await writeFile(draft, JSON.stringify(office), { mode: 0o600 });
    await rename(draft, pidFile);
  } catch (error) {
    throw new Failure("io.failed", `cannot write the spawner's pid file ${pidFile}`, {
      cause: error,
    });
  }
}
