// `quiet`: no sound until it is ended or its time is over; what is critical rings all the same.
import * as z from "zod";
import type { Command } from "../src/core/command.ts";
import { formatDuration } from "../src/lib/duration.ts";
import { clockOf, rfc3339 } from "../src/lib/time.ts";
import { durationOf } from "./duration-of.ts";

const args = z.object({
  time: z
    .string()
    .nullable()
    .default(null)
    .describe("on, off, or how long: 30m, 2h; nothing: show"),
});

export const quiet = {
  name: "quiet",
  summary: "Hold what is not critical, then tell it in one digest",
  tier: "operator",
  needs: "bot",
  args,
  async run({ time }, c) {
    if (time !== null) {
      const on = time !== "off";
      const until = on && time !== "on" ? c.now() + durationOf(time) : null;
      await c.intend({ type: "quiet", on, until });
    }
    const now = c.state().quiet;
    const end = now.until === null ? "" : ` until ${clockOf(now.until)}`;
    const since = `for ${formatDuration(Math.max(1_000, c.now() - now.since))}`;
    return {
      text: now.on ? `It is quiet${end} (${now.by}, ${since}).` : "It is not quiet.",
      json: {
        ...{ ok: true, on: now.on, by: now.by },
        until: now.until === null ? null : rfc3339(now.until),
      },
    };
  },
} satisfies Command<typeof args>;
