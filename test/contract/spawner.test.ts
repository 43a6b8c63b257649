// The spawner with real programs: those that hang, hide and flood; and the spawner itself stopped or killed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Failure } from "../../src/core/words.ts";
import { allProcesses, isAlive, outlast, startedWith, startTimeOf } from "../../src/world/proc.ts";
import type { ProcessOrder } from "../../src/world/processes.ts";
import { type Spawner, startSpawner } from "../../src/world/spawner/client.ts";
import { endSpawner, leftSpawner } from "../../src/world/spawner/left-over.ts";
import { type Bundle, bundle } from "./spawner-build.ts";

const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };
const forever = new AbortController().signal;
/** In the environment of every program of this file, by which leaks are found. */
const leakMark = `BATTY_TEST_LEAK=${process.pid}-${Date.now()}`;

let built: Bundle;
let folder: string;
let spawner: Spawner;

beforeAll(async () => {
  built = await bundle("src/world/spawner/spawner.ts");
});
afterAll(() => built.remove());

const options = () => ({ script: built.script, pidFile: join(folder, "spawner.pid"), env });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "batty-spawner-"));
  spawner = await startSpawner(options());
});

afterEach(async () => {
  const { pid } = spawner;
  await spawner.close();
  expect(startTimeOf(pid)).toBeNull();
  expect(marked()).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

/** A zombie that nobody reaped yet does not run. */
const running = (pid: number) => allProcesses().some((each) => each.pid === pid);

const marked = () => allProcesses().filter(({ pid }) => startedWith(pid, leakMark));

const sh = (script: string, more: Partial<ProcessOrder> = {}): ProcessOrder => {
  const [name = "", value = ""] = leakMark.split("=");
  return {
    argv: ["sh", "-c", script],
    env: { ...env, [name]: value, ...more.env },
    timeoutMs: 5000,
    cwd: folder,
    ...more,
  };
};

const failureOf = async (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail("it should have been refused"),
    (error: Failure) => error,
  );

test("a program's output, exit code and working directory come back", async () => {
  const result = await spawner.run(
    sh("pwd; echo problem >&2; cat; exit 3", { stdin: "grüße" }),
    forever,
  );
  expect(result).toMatchObject({ code: 3, signal: null, timedOut: false, dropped: 0 });
  expect(result.stdout).toBe(`${folder}\ngrüße`);
  expect(result.stderr).toBe("problem\n");
});

test("a program gets the order's environment and nothing of ours but the marker", async () => {
  const result = await spawner.run(
    { argv: ["/usr/bin/env"], env: { ONLY: "this" }, timeoutMs: 5000 },
    forever,
  );
  const names = result.stdout
    .trim()
    .split("\n")
    .map((line) => line.split("=")[0]);
  expect(names.sort()).toEqual(["BATTY_RUN", "ONLY"]);
});

test("a program that is not installed is an io.failed that names it and carries the system's code", async () => {
  const failure = await failureOf(
    spawner.run({ argv: ["no-such-program"], env, timeoutMs: 1000 }, forever),
  );
  expect(failure.code).toBe("io.failed");
  expect(failure.message).toContain("no-such-program");
  expect(failure.cause).toMatchObject({ code: "ENOENT" });
});

test("a missing working directory is told from a missing program", async () => {
  const failure = await failureOf(spawner.run(sh("true", { cwd: join(folder, "gone") }), forever));
  expect(failure.message).toContain(join(folder, "gone"));
});

test("output beyond the limit is counted and the wanted end of it kept, on whole characters", async () => {
  const script = "i=0; while [ $i -lt 5000 ]; do echo éééééééé$i; i=$((i+1)); done";
  const head = await spawner.run(sh(script, { maxOutput: 1000 }), forever);
  expect(head.stdout.startsWith("éééééééé0\n")).toBe(true);
  expect(head.stdout).not.toContain("\ufffd");
  expect(Buffer.byteLength(head.stdout)).toBeLessThanOrEqual(1000);
  const tail = await spawner.run(sh(script, { maxOutput: 1000, keep: "tail" }), forever);
  expect(tail.stdout.endsWith("éééééééé4999\n")).toBe(true);
  expect(tail.stdout).not.toContain("\ufffd");
  expect(tail.dropped).toBe(head.dropped);
  expect(tail.dropped).toBeGreaterThan(90_000);
});

test("the log holds both streams, is private, and says where it was cut", async () => {
  const log = join(folder, "run.log");
  await spawner.run(
    // The pause lets both first lines be read: two pipes have no order between them.
    sh("echo out; echo err >&2; sleep 0.5; yes | head -c 5000", { log, maxLog: 100 }),
    forever,
  );
  const text = await readFile(log, "utf8");
  expect(text).toContain("out\n");
  expect(text).toContain("err\n");
  expect(text.length).toBeLessThan(200);
  expect(text).toContain("more than 100 bytes");
  expect((await stat(log)).mode & 0o777).toBe(0o600);
});

test("a full disk under the log is an io.full, and the program does not run on", async () => {
  const failure = await failureOf(spawner.run(sh("yes", { log: "/dev/full" }), forever));
  expect(failure.code).toBe("io.full");
});

test("a program over its deadline that ignores SIGTERM is gone within the grace", async () => {
  const started = performance.now();
  const result = await spawner.run(
    sh("trap '' TERM; while :; do sleep 0.05; done", { timeoutMs: 300, graceMs: 300 }),
    forever,
  );
  expect(result).toMatchObject({ timedOut: true, signal: "SIGKILL" });
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(marked()).toEqual([]);
});

test("a hanging test whose daemonised grandchild keeps stdout open and ignores SIGTERM leaves nothing behind", async () => {
  const started = performance.now();
  const grandchild = "trap '' TERM HUP; echo up >ready; while :; do sleep 0.1; done";
  const script = `setsid sh -c "${grandchild}" & sleep 100`;
  const result = await spawner.run(sh(script, { timeoutMs: 1000 }), forever);
  expect(result.timedOut).toBe(true);
  expect(await readFile(join(folder, "ready"), "utf8")).toBe("up\n");
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(marked()).toEqual([]);
});

test("a daemon that a successful program leaves is ended, even without group, session, stdout and parent", async () => {
  const daemon = join(folder, "daemon.sh");
  await writeFile(daemon, "trap '' TERM\necho $$ >daemon\nwhile :; do sleep 0.1; done\n");
  const leave = `(setsid sh ${daemon} >/dev/null 2>&1 </dev/null &)`;
  const result = await spawner.run(
    sh(`${leave}; while [ ! -s daemon ]; do sleep 0.01; done`),
    forever,
  );
  expect(result.code).toBe(0);
  const pid = Number(await readFile(join(folder, "daemon"), "utf8"));
  expect(pid).toBeGreaterThan(0);
  expect(running(pid)).toBe(false);
});

test("a daemon that even cleaned its environment is ended if it was seen as a descendant before", async () => {
  const daemon = join(folder, "daemon.sh");
  await writeFile(daemon, "trap '' TERM\necho $$ >daemon\nwhile :; do sleep 0.1; done\n");
  // Its parent ends after a look was taken; then nothing but memory leads to the daemon.
  const hide = `env -i PATH=$PATH setsid sh ${daemon} >/dev/null 2>&1 </dev/null & sleep 1.5`;
  const result = await spawner.run(sh(hide, { timeoutMs: 20_000 }), forever);
  expect(result.code).toBe(0);
  const pid = Number(await readFile(join(folder, "daemon"), "utf8"));
  expect(pid).toBeGreaterThan(0);
  expect(running(pid)).toBe(false);
});

test("a grandchild's open stdout is not waited for", async () => {
  const started = performance.now();
  const result = await spawner.run(sh("sleep 60 & echo done"), forever);
  expect(result.stdout).toBe("done\n");
  expect(performance.now() - started).toBeLessThan(10_000);
});

test("giving up ends the whole group and is the caller's own failure", async () => {
  const giveUp = new AbortController();
  const run = failureOf(spawner.run(sh("sleep 60 & echo up >ready; sleep 60"), giveUp.signal));
  await until(() => stat(join(folder, "ready")));
  giveUp.abort();
  expect((await run).code).toBe("timeout");
  expect(marked()).toEqual([]);
});

test("four short programs run at once, a fifth waits, and a long one does not", async () => {
  const short = [1, 2, 3, 4].map((at) =>
    spawner.run(sh(`echo >s${at}; while [ ! -e go ]; do sleep 0.01; done`), forever),
  );
  await Promise.all([1, 2, 3, 4].map((at) => until(() => stat(join(folder, `s${at}`)))));
  let isFifthDone = false;
  const fifth = spawner.run(sh("echo fifth"), forever).then(() => {
    isFifthDone = true;
  });
  const long = await spawner.run(sh("echo long", { timeoutMs: 60_000 }), forever);
  expect(long.stdout).toBe("long\n");
  expect(isFifthDone).toBe(false);
  await writeFile(join(folder, "go"), "");
  await Promise.all([...short, fifth]);
});

test("a hold lasts until it is released", async () => {
  const held = await spawner.hold(sh("echo held; cat >/dev/null; echo >released"), forever);
  expect(marked().length).toBeGreaterThan(0);
  await held.release();
  await stat(join(folder, "released"));
});

test("a hold whose program ends by itself is told as lost", async () => {
  const held = await spawner.hold(sh("echo held; while [ ! -e go ]; do sleep 0.01; done"), forever);
  await writeFile(join(folder, "go"), "");
  await held.lost;
});

test("a hold that ends before its first line is a failure with its exit code", async () => {
  const failure = await failureOf(spawner.hold(sh("echo no >&2; exit 75"), forever));
  expect(failure.message).toContain("no");
  expect(failure.cause).toMatchObject({ exit: 75 });
});

test("a stopped spawner is replaced within a second and its programs are ended", async () => {
  await expectReplacement("SIGSTOP");
});

test("a killed spawner is replaced within a second and its programs are ended", async () => {
  await expectReplacement("SIGKILL");
});

test("a spawner that was stopped while nobody needed it is replaced by the next who does", async () => {
  await spawner.run(sh("echo once"), forever);
  process.kill(spawner.pid, "SIGSTOP");
  expect((await failureOf(spawner.run(sh("echo lost"), forever))).code).toBe("spawner.gone");
  expect((await spawner.run(sh("echo again"), forever)).stdout).toBe("again\n");
});

async function expectReplacement(signal: NodeJS.Signals): Promise<void> {
  const { pid } = spawner;
  const running = failureOf(
    spawner.run(sh("echo >ready; sleep 60", { timeoutMs: 60_000 }), forever),
  );
  await until(() => stat(join(folder, "ready")));
  const lost = new Promise<void>((resolve) => spawner.onLost(() => resolve()));
  const from = performance.now();
  process.kill(pid, signal);
  await lost;
  expect(performance.now() - from).toBeLessThan(5000);
  expect((await running).code).toBe("spawner.gone");
  expect((await spawner.run(sh("echo again"), forever)).stdout).toBe("again\n");
  expect(spawner.pid).not.toBe(pid);
  expect(marked()).toEqual([]);
}

test("kill -9 of the bot ends the spawner and all its programs", async () => {
  const bot = await startBot();
  bot.child.kill("SIGKILL");
  expect(await outlast([bot.spawner], 3000)).toEqual([]);
  await until(async () => expect(marked()).toEqual([]));
});

test("what a killed bot and its stopped spawner left is ended at the next start", async () => {
  const bot = await startBot();
  process.kill(bot.spawner.pid, "SIGSTOP");
  bot.child.kill("SIGKILL");
  await once(bot.child, "exit");
  expect(marked().length).toBeGreaterThan(0);
  const next = await startSpawner({ ...options(), pidFile: join(folder, "bot.pid") });
  expect(isAlive(bot.spawner.pid, bot.spawner.startTime)).toBe(false);
  expect(marked()).toEqual([]);
  await next.close();
});

test("what a killed bot left is found by its pid file and ended with its programs; another process in its place is not", async () => {
  const bot = await startBot();
  const pidFile = join(folder, "bot.pid");
  process.kill(bot.spawner.pid, "SIGSTOP");
  bot.child.kill("SIGKILL");
  await once(bot.child, "exit");
  const office = JSON.parse(await readFile(pidFile, "utf8")) as object;
  const self = { pid: process.pid, startTime: startTimeOf(process.pid) };
  await writeFile(pidFile, JSON.stringify({ ...office, ...self }));
  const other = await leftSpawner(pidFile);
  expect(other).toMatchObject({ ...self, isOurs: false });
  if (other !== null) await endSpawner(other); // this test goes on

  await writeFile(pidFile, JSON.stringify(office));
  const left = await leftSpawner(pidFile);
  expect(left).toMatchObject({ ...bot.spawner, isOurs: true });
  if (left !== null) await endSpawner(left);
  expect(isAlive(bot.spawner.pid, bot.spawner.startTime)).toBe(false);
  expect(marked()).toEqual([]);
  expect(await leftSpawner(pidFile)).toBeNull();
});

/** A bot of its own process, which runs a program that hangs. */
async function startBot(): Promise<{
  child: ChildProcess;
  spawner: { pid: number; startTime: string };
}> {
  const entry = join(folder, "bot.ts");
  const client = join(process.cwd(), "src/world/spawner/client.ts");
  const order = JSON.stringify(
    sh("trap '' TERM; echo >bot-runs; while :; do sleep 0.1; done", { timeoutMs: 60_000 }),
  );
  const settings = JSON.stringify({ ...options(), pidFile: join(folder, "bot.pid") });
  await writeFile(
    entry,
    `import { startSpawner } from ${JSON.stringify(client)};
     const spawner = await startSpawner(${settings});
     console.log(spawner.pid);
     await spawner.run(${order}, new AbortController().signal);`,
  );
  const program = await bundle(entry);
  const child = spawn(process.execPath, [program.script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  await until(() => stat(join(folder, "bot-runs")));
  await program.remove();
  const pid = Number(line);
  return { child, spawner: { pid, startTime: startTimeOf(pid) ?? "" } };
}

/** Tries again until it holds; the test's own time limit ends it. */
async function until<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
