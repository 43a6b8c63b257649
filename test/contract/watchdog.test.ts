// The watchdog in a process of its own: one that is busy, one that is stopped, one that idles.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { LoopStall } from "../../src/core/ports.ts";
import { type Bundle, bundle } from "./spawner-build.ts";

type Said = { readonly stall: LoopStall } | { readonly turns: number };

let program: Bundle;
let child: ChildProcessWithoutNullStreams;

beforeAll(async () => {
  program = await bundle("test/contract/watched-loop.ts");
});
afterAll(() => program.remove());
afterEach(() => {
  child.kill("SIGKILL");
});

function start(): AsyncIterator<Said> {
  child = spawn(process.execPath, [program.script], { stdio: "pipe" });
  const lines = createInterface({ input: child.stdout });
  return (async function* () {
    for await (const line of lines) yield JSON.parse(line) as Said;
  })();
}

async function next(said: AsyncIterator<Said>): Promise<Said> {
  const { done, value } = await said.next();
  if (done === true) throw new Error("the loop ended");
  return value;
}

async function turns(said: AsyncIterator<Said>): Promise<number> {
  for (;;) {
    const it = await next(said);
    if ("turns" in it) return it.turns;
  }
}

/** A busy machine may stall it, too: those are passed over. */
async function stall(
  said: AsyncIterator<Said>,
  fits: (stall: LoopStall) => boolean,
): Promise<LoopStall> {
  for (;;) {
    const it = await next(said);
    if ("stall" in it && fits(it.stall)) return it.stall;
  }
}

test("busy code of nobody's is told within a second", async () => {
  const said = start();
  await turns(said);
  child.stdin.write("300");
  const told = await stall(said, ({ ms }) => ms >= 300);
  // Whose fault it was depends on how much of the processor a busy machine left to it.
  expect(told.what).toContain("during ensure.gate");
});

test("a process that was stopped is told as the machine's doing", async () => {
  const said = start();
  await turns(said);
  child.kill("SIGSTOP");
  setTimeout(() => child.kill("SIGCONT"), 1_600);
  const told = await stall(said, ({ ms }) => ms > 500);
  expect(told.what).toMatch(/^the machine gave us \d+ ms of processor/);
});

test("a loop that idles is woken by its tick and by nothing else", async () => {
  const said = start();
  const first = await turns(said);
  const ticks = 4;
  let last = first;
  for (let n = 0; n < ticks; n += 1) last = await turns(said);
  // A timer that is due within a millisecond costs a turn of its own.
  expect(last - first).toBeLessThanOrEqual(2 * ticks);
});
