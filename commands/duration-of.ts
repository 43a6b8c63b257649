// A duration as an argument: milliseconds, or a refusal that shows how to write one.
import { Refused } from "../src/core/command.ts";
import type { Millis } from "../src/core/words.ts";
import { parseDuration } from "../src/lib/duration.ts";

/** @throws Refused */
export function durationOf(text: string): Millis {
  const ms = parseDuration(text);
  if (ms === null || ms === 0)
    throw new Refused("usage", `"${text}" is no duration.`, "Write 90s, 30m, 2h or 3d.");
  return ms;
}
