// The instance lock: a kernel lock that lives exactly as long as its owner.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Failure } from "../../src/core/words.ts";
import { takeLock } from "../../src/world/lock.ts";
import { allProcesses, processTree, signalProcess } from "../../src/world/proc.ts";
import { bundle } from "./spawner-build.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "batty-lock-"));
  file = join(folder, "daemon.lock");
});
afterEach(async () => {
  expect(holders()).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

const holders = () =>
  processTree(process.pid).filter(({ pid, ppid }) => ppid === process.pid && holds(pid));
const holds = (pid: number) => commandOf(pid).includes(file);

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    // It ended meanwhile.
    return "";
  }
}

const failureOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail("the lock should have been held"),
    (error: Failure) => error,
  );

test("a lock's file is its owner's alone", async () => {
  const lock = await takeLock(file, "batty for shop");
  expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
  await lock.release();
});

test("a second taker is told who holds it, and gets it after the release", async () => {
  const first = await takeLock(file, "batty for shop");
  const failure = await failureOf(takeLock(file, "another"));
  expect(failure.code).toBe("lock.held");
  expect(failure.message).toContain(`pid ${process.pid} (batty for shop)`);
  await first.release();
  const second = await takeLock(file, "another");
  await second.release();
});

test("kill -9 of the owner frees the lock by itself", async () => {
  const entry = join(folder, "owner.ts");
  const lock = join(process.cwd(), "src/world/lock.ts");
  await writeFile(
    entry,
    `import { takeLock } from ${JSON.stringify(lock)};
     await takeLock(${JSON.stringify(file)}, "the owner");
     console.log("locked");
     setInterval(() => {}, 1000);`,
  );
  const program = await bundle(entry);
  const owner = spawn(process.execPath, [program.script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(createInterface(owner.stdout), "line");
  expect((await failureOf(takeLock(file, "we"))).message).toContain(`pid ${owner.pid} (the owner)`);
  owner.kill("SIGKILL");
  for (;;) {
    const attempt = await takeLock(file, "we").catch((error: Failure) => error);
    if ("release" in attempt) {
      await attempt.release();
      break;
    }
  }
  await program.remove();
});

test("a lock whose holder is killed is told as lost and can be taken anew", async () => {
  const lock = await takeLock(file, "we");
  const [holder] = allProcesses().filter(({ pid }) => holds(pid));
  if (holder === undefined) return expect.fail("no holder runs");
  signalProcess(holder, "SIGKILL");
  await lock.lost;
  const again = await lock.retake();
  expect((await failureOf(takeLock(file, "other"))).code).toBe("lock.held");
  await again.release();
});

test("a released lock is not told as lost", async () => {
  const lock = await takeLock(file, "we");
  let isLost = false;
  void lock.lost.then(() => {
    isLost = true;
  });
  await lock.release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isLost).toBe(false);
});

test("a lock in a folder that does not exist is an io.failed that names the file", async () => {
  const failure = await failureOf(takeLock(join(folder, "gone", "lock"), "we"));
  expect(failure.code).toBe("io.failed");
  expect(failure.message).toContain(join(folder, "gone", "lock"));
});
