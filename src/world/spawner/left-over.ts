// The spawner of a bot that was killed, should it live on: found by the file that the bot left, known by its own
// command line, ended with what it started. The next bot does the same; this is for when none comes.
import { readFile } from "node:fs/promises";
import { isAlive, outlast, type ProcessId, signalProcess } from "../proc.ts";
import { readOffice } from "./client.ts";
import { endLeftoversOf } from "./leftovers.ts";

export interface LeftSpawner extends ProcessId {
  readonly token: string;
  /** Its command line carries the token that only its bot gave it. */
  readonly isOurs: boolean;
}

/** Null: none lives. */
export async function leftSpawner(pidFile: string): Promise<LeftSpawner | null> {
  const office = await readOffice(pidFile);
  if (office === null || !isAlive(office.pid, office.startTime)) return null;
  const line = await readFile(`/proc/${office.pid}/cmdline`, "utf8").catch(() => ""); // it just ended
  return { ...office, isOurs: line.split("\0").includes(office.token) };
}

export async function endSpawner(left: LeftSpawner): Promise<void> {
  if (!left.isOurs || !isAlive(left.pid, left.startTime)) return;
  signalProcess(left, "SIGKILL");
  await outlast([left], 1_000);
  await endLeftoversOf(left.token);
}
