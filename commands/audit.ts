// `audit`: who decided what, and what was refused to whom.
import * as z from "zod";
import type { Command } from "../src/core/command.ts";

const args = z.object({
  last: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .meta({ flag: true })
    .describe("How many of the newest"),
});

export const audit = {
  name: "audit",
  summary: "Show who decided what, and what was refused",
  tier: "viewer",
  needs: "files",
  args,
  async run({ last }, c) {
    const json = await c.looks.audit(last);
    const lines = json.map((l) => {
      const why = l.code === null ? "" : ` (${l.code})`;
      return `${l.ts} ${l.person} (${l.via}) ${l.effect}${why}: ${`${l.verb} ${l.args}`.trim()}`;
    });
    return { text: lines.join("\n") || "Nothing was decided yet.", json };
  },
} satisfies Command<typeof args>;
