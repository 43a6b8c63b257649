// Stands in for the built script agent: stamps each piece of its input, then lets the real one have it. One file
// a member in `stamps/` beside dist/: first its pid, then what came and when. Holds a line to whoever waits for its end.
import { appendFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { linesAt } from "./lives.ts";
import { now } from "./measure.ts";

const stamps = join(import.meta.dirname, "..", "stamps");
const file = join(stamps, process.env["BATTY_MEMBER"] ?? "nobody");
const note = (line: object): void => appendFileSync(file, `${JSON.stringify(line)}\n`);

const emit = process.stdin.emit.bind(process.stdin) as (
  event: string,
  ...args: unknown[]
) => boolean;
process.stdin.emit = (event: string | symbol, ...args: unknown[]): boolean => {
  if (event === "data") note({ at: now(), text: String(args[0]) });
  return emit(event as string, ...args);
};
note({ at: now(), pid: process.pid });
const line = connect(linesAt(stamps)).unref();
line.on("error", () => undefined); // nobody waits
line.write(String(process.pid));
await import(new URL("script-agent-itself.js", import.meta.url).href);
