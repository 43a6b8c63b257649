// A loop that only ticks, with the watchdog over it: says each stall and, at each tick, how often it turned so far.
import { performance } from "node:perf_hooks";
import { createWatchdog, loopClock } from "../../src/daemon/watchdog.ts";

const each = 1_000;
const say = (it: object): void => void process.stdout.write(`${JSON.stringify(it)}\n`);

const look = createWatchdog(
  {
    longest: () => null,
    acting: () => ["ensure.gate"],
    tell: (stall) => say({ stall }),
    quietFor: 0,
    now: Date.now,
  },
  loopClock(each),
);
setInterval(() => {
  look();
  say({ turns: performance.nodeTiming.uvMetricsInfo.loopCount });
}, each);

/** A line is how long to be busy, ms. */
process.stdin.setEncoding("utf8").on("data", (line: string) => {
  const end = performance.now() + Number(line);
  while (performance.now() < end);
});
