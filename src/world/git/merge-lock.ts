// One landing at a time, over all processes: a kernel lock held by flock(1), free the moment its owner dies. The
// file's text names the owner and is never the lock itself.
import { chmod, readFile, writeFile } from "node:fs/promises";
import { Failure } from "../../core/words.ts";
import { formatDuration } from "../../lib/duration.ts";
import { parseTime, rfc3339 } from "../../lib/time.ts";
import { startTimeOf } from "../proc.ts";
import type { Held, Processes } from "../processes.ts";

/** s others are waited for; after it their owner is told. */
const patienceSecs = 60;
const takenElsewhere = 75;

/** @throws Failure `lock.held`, naming owner and age */
export async function takeMergeLock(
  processes: Processes,
  file: string,
  doing: string,
  it: {
    readonly env: Readonly<Record<string, string>>;
    readonly now: () => number;
    /** s [60] */
    readonly patience?: number;
  },
  signal: AbortSignal,
): Promise<Held> {
  const wait = it.patience ?? patienceSecs;
  const flock = ["flock", "-w", String(wait), "-E", String(takenElsewhere), "-o", file] as const;
  const argv = [...flock, "sh", "-c", "echo locked; exec cat"] as const;
  const order = { argv, env: it.env, timeoutMs: (wait + 10) * 1000, long: true };
  const held = await processes.hold(order, signal).catch(async (error: unknown) => {
    throw exitOf(error) === takenElsewhere ? await heldBy(file, it.now(), wait, error) : error;
  });
  const owner = {
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? "",
    text: doing,
    since: rfc3339(it.now()),
  };
  try {
    await chmod(file, 0o600); // flock made it
    await writeFile(file, `${JSON.stringify(owner)}\n`);
  } catch (cause) {
    await held.release();
    const tried = `took the merge lock ${file} but cannot name its owner in it`;
    throw new Failure("io.failed", tried, { hint: "Check that the disk has space.", cause });
  }
  return held;
}

function exitOf(error: unknown): unknown {
  if (!(error instanceof Failure)) return null;
  return (error.cause as { readonly exit?: unknown } | undefined)?.exit ?? null;
}

async function heldBy(file: string, now: number, wait: number, cause: unknown): Promise<Failure> {
  const owner = await ownerIn(file);
  const age =
    owner?.since === null || owner === null ? "an unknown time" : formatDuration(now - owner.since);
  const who = owner === null ? "somebody who left no name" : `pid ${owner.pid} (${owner.text})`;
  const text = `nothing could land for ${wait} s: the merge lock ${file} is held by ${who} for ${age}`;
  const hint = "It is free the moment its owner ends. It is tried again.";
  return new Failure("lock.held", text, { hint, cause });
}

async function ownerIn(
  file: string,
): Promise<{ readonly pid: number; readonly text: string; readonly since: number | null } | null> {
  try {
    const found = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    const { pid, text, since } = found;
    if (typeof pid !== "number") return null;
    return { pid, text: String(text ?? ""), since: parseTime(String(since ?? "")) };
  } catch {
    return null; // gone, or its owner has not written its name yet
  }
}
