import { afterEach, describe, expect, it } from "vitest";
import type { LoopStall } from "../../../src/core/ports.ts";
import { createWatchdog, loopClock } from "../../../src/daemon/watchdog.ts";

function stage() {
  const told: LoopStall[] = [];
  const it = {
    told,
    now: 0,
    delay: 1,
    cpu: 0,
    step: null as { what: string; ms: number } | null,
    acting: [] as string[],
    second(): void {
      it.now += 1_000;
      ask();
    },
  };
  const ask = createWatchdog(
    {
      longest: () => it.step,
      acting: () => it.acting,
      tell: (stall) => told.push(stall),
      quietFor: 60_000,
      now: () => it.now,
    },
    { delay: () => it.delay, cpu: () => it.cpu },
  );
  return it;
}

describe("the watchdog of the event loop", () => {
  it("says nothing of 250 ms, and says 251", () => {
    const it = stage();
    it.delay = 250;
    it.second();
    expect(it.told).toEqual([]);
    it.delay = 251;
    it.second();
    expect(it.told).toMatchObject([{ ms: 251, times: 1 }]);
  });

  it("names the loop's own step when that took most of it", () => {
    const it = stage();
    it.delay = 400;
    it.step = { what: "observed board", ms: 380 };
    it.second();
    expect(it.told[0]?.what).toBe("observed board (380 ms)");
  });

  it("names what was under way, and tells a busy machine from our own doing", () => {
    const it = stage();
    it.delay = 900;
    it.acting = ["ensure.gate", "ensure.seat"];
    it.cpu = 40;
    it.second();
    expect(it.told[0]?.what).toMatch(/the machine gave us 40 ms .*during ensure.gate, ensure.seat/);
    it.now += 60_000;
    it.cpu += 890;
    it.second();
    expect(it.told[1]?.what).toBe("outside the loop's own steps (during ensure.gate, ensure.seat)");
  });

  it("speaks once a minute at most: of the worst, with their number, and never forgets one", () => {
    const it = stage();
    it.delay = 300;
    it.second();
    for (const delay of [400, 1_200, 500, 2]) {
      it.delay = delay;
      it.second();
    }
    expect(it.told).toHaveLength(1);
    it.delay = 1;
    for (let n = 0; n < 60; n += 1) it.second();
    expect(it.told.slice(1)).toMatchObject([{ ms: 1_200, times: 3 }]);
  });
});

describe("its clock, on a real loop", () => {
  const clocks: { stop(): void }[] = [];
  const clockOf = (each: number) => {
    const clock = loopClock(each);
    clocks.push(clock);
    return clock;
  };
  const block = (ms: number): void => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  afterEach(() => {
    for (const clock of clocks.splice(0)) clock.stop();
  });

  it("sees busy code between two of its looks, once, and not what was slept", async () => {
    const clock = clockOf(10_000);
    await turn();
    await new Promise((resolve) => setTimeout(resolve, 300));
    block(320);
    await turn();
    const seen = clock.delay();
    expect(seen).toBeGreaterThanOrEqual(319);
    expect(seen).toBeLessThan(600);
    await turn();
    expect(clock.delay()).toBeLessThan(250);
  });

  it("counts a stall that the look itself came late for once", async () => {
    const clock = clockOf(10_000);
    await turn();
    block(320);
    expect(clock.delay()).toBeGreaterThanOrEqual(319);
    await turn();
    expect(clock.delay()).toBeLessThan(250);
  });
});
