// Loaded into the measured bot alone: its event loop's delays, written down when SIGUSR2 asks for them, and ballast
// that makes it as heavy as a bot with its chat libraries (a process start stalls the loop in proportion).
import { renameSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** The sampling timer's own period, ms: what it measures includes it. */
const resolution = 1;

const out = process.env["BATTY_BENCH_LOOP"];
if (out !== undefined && process.argv[1]?.endsWith("/dist/main.js")) {
  const kept = Buffer.alloc(Number(process.env["BATTY_BENCH_BALLAST"]) * 2 ** 20, 1);
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  process.on("SIGUSR2", () => {
    const ms = (ns: number): number => Math.max(0, ns / 1e6 - resolution);
    const told = { p99: ms(delays.percentile(99)), max: ms(delays.max), kept: kept.length };
    delays.reset();
    writeFileSync(`${out}.tmp`, JSON.stringify(told));
    renameSync(`${out}.tmp`, out);
  });
}
