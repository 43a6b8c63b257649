// The small program that starts all others, so that forks never stall the bot. Lives as long as its stdin:
// when the bot is gone, however it went, everything started here ends. Knows nothing of git, gates or boards.

import type { ProcessOrder, ProcessResult } from "../processes.ts";
import { endLeftoversOf } from "./leftovers.ts";
import { type Program, startProgram } from "./program.ts";
import {
  lineReader,
  type Reply,
  type Request,
  type SpawnFailure,
  shortLimitMs,
  shortSlots,
} from "./protocol.ts";

const [token = "", formerToken = ""] = process.argv.slice(2);
const running = new Map<number, Program>();
/** Short programs that wait for one of the slots. */
const waiting: { readonly id: number; readonly order: ProcessOrder }[] = [];
let shortRunning = 0;
let leaving = false;

const say = (reply: Reply): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);

function take(request: Request): void {
  switch (request.do) {
    case "ping":
      say({ is: "pong" });
      break;
    case "run":
      if (isLong(request.order)) void run(request.id, request.order);
      else waiting.push(request);
      startWaiting();
      break;
    case "hold":
      void hold(request.id, request.order);
      break;
    case "release":
      running.get(request.id)?.release();
      break;
    case "abort":
      abort(request.id);
      break;
  }
}

const isLong = (order: ProcessOrder): boolean => order.long ?? order.timeoutMs > shortLimitMs;

function startWaiting(): void {
  while (shortRunning < shortSlots) {
    const next = waiting.shift();
    if (next === undefined) return;
    shortRunning++;
    void run(next.id, next.order).finally(() => {
      shortRunning--;
      startWaiting();
    });
  }
}

async function run(id: number, order: ProcessOrder): Promise<void> {
  const program = start(id, order);
  const end = await program.finished;
  running.delete(id);
  if (isFailure(end)) say({ is: "failed", id, failure: end });
  else say({ is: "result", id, result: end });
}

async function hold(id: number, order: ProcessOrder): Promise<void> {
  let isHeld = false;
  const program = start(id, order, () => {
    isHeld = true;
    say({ is: "held", id });
  });
  const end = await program.finished;
  running.delete(id);
  if (isHeld) say({ is: "ended", id });
  else if (isFailure(end)) say({ is: "failed", id, failure: end });
  else say({ is: "failed", id, failure: endedEarly(order, end) });
}

function start(id: number, order: ProcessOrder, held?: () => void): Program {
  const program = startProgram(order, `${token}.${id}.`, held);
  running.set(id, program);
  return program;
}

function abort(id: number): void {
  const at = waiting.findIndex((each) => each.id === id);
  running.get(id)?.stop();
  if (at < 0) return;
  const [given] = waiting.splice(at, 1);
  const message = `${given?.order.argv[0]} was given up before it started`;
  say({ is: "failed", id, failure: { code: "io.failed", message, errno: null, exit: null } });
}

function endedEarly(order: ProcessOrder, end: ProcessResult): SpawnFailure {
  const how = end.timedOut
    ? `gave no line within ${order.timeoutMs} ms`
    : `ended with ${end.code ?? end.signal} before its first line`;
  const message = `${order.argv.join(" ")} ${how}: ${end.stderr.trim().slice(0, 300)}`;
  return { code: "io.failed", message, errno: null, exit: end.code };
}

const isFailure = (end: ProcessResult | SpawnFailure): end is SpawnFailure => "errno" in end;

async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  setTimeout(() => process.exit(0), 4000).unref();
  waiting.length = 0;
  const programs = [...running.values()];
  for (const program of programs) program.stop();
  await Promise.all(programs.map((program) => program.finished));
  process.exit(0);
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
  process.on(signal, () => void leave());
// The bot is gone when this breaks; the end of stdin says the same.
process.stdout.on("error", () => {});
process.stdin.on(
  "data",
  lineReader((line) => take(JSON.parse(line) as Request)),
);
process.stdin.on("end", () => void leave());
process.stdin.on("error", () => void leave());
process.stdin.pause();
if (formerToken !== "") await endLeftoversOf(formerToken);
process.stdin.resume();
say({ is: "ready" });
