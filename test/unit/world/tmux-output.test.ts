// Dirty marks, settling and the brake, on a clock of the test's own; and the reader of tmux's control protocol.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { controlReader } from "../../../src/world/tmux/control.ts";
import { type OutputWatch, watchOutput } from "../../../src/world/tmux/output.ts";

const forever = new AbortController().signal;
let watch: OutputWatch;
let marks: string[];
let brakes: string[];

beforeEach(() => {
  vi.useFakeTimers();
  marks = [];
  brakes = [];
  watch = watchOutput({
    onDirty: (pane) => marks.push(pane),
    brake: (pane, on) => brakes.push(`${pane} ${on ? "on" : "off"}`),
    now: () => Date.now(),
  });
});
afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

/** When a wait that begins now ends, in ms; `prints` are moments at which the pane prints. */
async function settledAt(
  prints: readonly number[],
  atLeast: number,
  atMost: number,
): Promise<number> {
  const from = Date.now();
  for (const at of prints) setTimeout(() => watch.printed("%1", 10), at);
  let end = Number.NaN;
  void watch.settled("%1", atLeast, atMost, forever).then(() => {
    end = Date.now() - from;
  });
  await vi.advanceTimersByTimeAsync(2000);
  return end;
}

test("a silent pane is settled at the least wait", async () => {
  expect(await settledAt([], 100, 400)).toBe(100);
});

test("a pane is settled 40 ms after it printed last", async () => {
  expect(await settledAt([20, 90, 120], 100, 400)).toBe(160);
});

test("a pane that never rests is settled at the longest wait", async () => {
  const prints = Array.from({ length: 100 }, (_, at) => at * 20);
  expect(await settledAt(prints, 100, 400)).toBe(400);
});

const printFor = async (seconds: number, bytesPerSecond: number): Promise<void> => {
  for (let at = 0; at < seconds * 10; at++) {
    await vi.advanceTimersByTimeAsync(100);
    watch.printed("%1", bytesPerSecond / 10);
  }
};

test("a pane that floods for five seconds is braked, marked once a second, and heard again later", async () => {
  await printFor(5.5, 200_000);
  expect(brakes).toEqual(["%1 on"]);
  marks.length = 0;
  await vi.advanceTimersByTimeAsync(4000);
  expect(marks).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(1000);
  expect(brakes).toEqual(["%1 on", "%1 off"]);
});

test("a pane that still floods after the brake is braked again within two seconds", async () => {
  await printFor(5.5, 200_000);
  await vi.advanceTimersByTimeAsync(5000);
  await printFor(2, 200_000);
  expect(brakes).toEqual(["%1 on", "%1 off", "%1 on"]);
});

test("a burst of four seconds and a steady spinner are never braked", async () => {
  await printFor(4, 500_000);
  await printFor(30, 5000);
  expect(brakes).toEqual([]);
});

test("a pane that tmux paused because we lagged is heard again at once", () => {
  watch.paused("%1");
  expect(brakes).toEqual(["%1 off"]);
  expect(marks).toEqual(["%1"]);
});

test("control lines are read the same however the bytes were cut", () => {
  const stream = Buffer.from(
    [
      "%begin 1 260 0",
      "can't find session: é",
      "%error 1 260 0",
      "%output %12 caf\\303\\251",
      "%extended-output %3 0 : x",
      "%begin 2 261 1",
      "%output %9 shown on a screen",
      "%end 2 999 1",
      "%end 2 261 1",
      "%subscription-changed dead $0 @0 0 %3 : 1",
      "%pause %3",
      "%session-changed $0 team",
      "",
    ].join("\n"),
  );
  const readBy = (size: number): unknown[] => {
    const heard: unknown[] = [];
    const hooks = {
      onBlock: (block: object) => heard.push(block),
      onSession: () => heard.push("attached"),
      onOutput: (pane: string) => heard.push(["output", pane]),
      onPause: (pane: string) => heard.push(["pause", pane]),
      onSubscription: (...args: readonly string[]) => heard.push(args),
      onGarbled: (what: string) => heard.push(["garbled", what]),
    };
    const read = controlReader(hooks, "end.");
    for (let at = 0; at < stream.length; at += size) read(stream.subarray(at, at + size));
    return heard;
  };
  expect(readBy(stream.length)).toEqual([
    { lines: ["can't find session: é"], isError: true, ours: false },
    ["output", "%12"],
    ["output", "%3"],
    { lines: ["%output %9 shown on a screen", "%end 2 999 1"], isError: false, ours: true },
    ["dead", "%3", "1"],
    ["pause", "%3"],
    "attached",
  ]);
  for (const size of [1, 2, 7, 64]) expect(readBy(size)).toEqual(readBy(stream.length));
});
