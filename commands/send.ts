// `send`: a person's or a member's words to a member, a role or a person.
import * as z from "zod";
import type { Command } from "../src/core/command.ts";

const args = z.object({
  name: z.string().describe("Member, role or human").meta({ of: "member" }),
  text: z.string().meta({ rest: true }).describe("What to say; everything after the name"),
  now: z.boolean().default(false).meta({ flag: true }).describe("Interrupt the running turn"),
});

export const send = {
  name: "send",
  summary: "Send a message to a member",
  tier: "operator",
  team: true,
  needs: "files",
  args,
  async run({ name, text, now }, c) {
    const recorded = await c.intend({ type: "send", to: name, body: text, echo: c.echo, now });
    const sent = recorded.find(
      (r) => r.event.event === "message_sent" || r.event.event === "message_to_human",
    )?.event;
    if (sent?.event === "message_to_human")
      return {
        text: `Told ${sent.to}.`,
        json: { ok: true, id: sent.id, state: c.bot === null ? "queued" : "answered" },
      };
    const id = sent?.event === "message_sent" ? sent.id : "";
    const to = sent?.event === "message_sent" ? sent.to : name;
    const stopped = c.state().team === "stopped" || c.bot === null;
    const note = "It is delivered when the team runs again (`batty start`).";
    return {
      text: `Message to ${to} queued.`,
      json: { ok: true, id, to, state: "queued", ...(stopped ? { note } : {}) },
      receipt: id,
    };
  },
} satisfies Command<typeof args>;
