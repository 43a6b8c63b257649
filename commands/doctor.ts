// `doctor note`: the shell's `doctor --fix` tells the bot what it mended. Not for people to type.
import * as z from "zod";
import type { Command } from "../src/core/command.ts";

const args = z.object({
  what: z.string().max(100).describe("What was mended"),
  on: z.string().max(1_000).describe("The file or the part that it was"),
});

export const doctorNote = {
  name: "doctor note",
  summary: "Record what `doctor --fix` mended",
  tier: "operator",
  chat: false,
  needs: "bot",
  args,
  async run({ what, on }, c) {
    await c.intend({ type: "note-mend", what, on });
    return { text: "Recorded.", json: { ok: true } };
  },
} satisfies Command<typeof args>;
