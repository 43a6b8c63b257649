// `send-again`: what failed on its way to a member, or to a chat.
import * as z from "zod";
import type { Command } from "../src/core/command.ts";

const args = z.object({
  id: z
    .string()
    .describe("Message or post, as its card or status says")
    .meta({ of: "undelivered" }),
});

export const sendAgain = {
  name: "send-again",
  summary: "Send again what did not arrive",
  tier: "operator",
  needs: "bot",
  args,
  async run({ id }, c) {
    await c.intend({ type: "send-again", message: id });
    return { text: "It is sent again.", json: { ok: true, id } };
  },
} satisfies Command<typeof args>;
