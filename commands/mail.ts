// `inbox`, `read`, `ack`: a member's messages.
import * as z from "zod";
import { type Command, type Counter, Refused } from "../src/core/command.ts";
import { rfc3339 } from "../src/lib/time.ts";

const inboxArgs = z.object({
  name: z
    .string()
    .nullable()
    .default(null)
    .describe("A member; agents: yourself")
    .meta({ of: "member" }),
});

function memberOf(c: Counter, name: string | null): string {
  if (name === null && c.by.tier === "team") return c.by.name;
  if (name === null) throw new Refused("usage", "Name a member.", "Usage: batty inbox NAME");
  if (!c.policy.members.some((m) => m.name === name))
    throw new Refused(
      "member.unknown",
      `No member is called "${name}".`,
      `Members: ${c.policy.members.map((m) => m.name).join(", ")}.`,
    );
  return name;
}

export const inbox = {
  name: "inbox",
  summary: "List a member's messages",
  tier: "operator",
  team: true,
  needs: "files",
  args: inboxArgs,
  async run({ name }, c) {
    const member = memberOf(c, name);
    const mail = await c.looks.mail(member);
    const json = mail.map((m) => ({
      id: m.id,
      from: m.from,
      body: m.body,
      state: m.state,
      ts: rfc3339(m.timestamp * 1000),
      ...(m.unverified === true ? { unverified: true } : {}),
    }));
    const lines = mail.map((m) => {
      const from = m.unverified === true ? `${m.from} (unverified)` : m.from;
      return `${m.id} ${m.state} from ${from}: ${m.body.split("\n")[0] ?? ""}`;
    });
    return { text: lines.join("\n") || `${member} has no messages.`, json };
  },
} satisfies Command<typeof inboxArgs>;

const oneMail = z.object({
  name: z.string().describe("A member").meta({ of: "member" }),
  id: z.string().describe("Message id"),
});

export const read = {
  name: "read",
  summary: "Show one message whole",
  tier: "operator",
  team: true,
  chat: false,
  needs: "files",
  args: oneMail,
  async run({ name, id }, c) {
    const found = await c.looks.read(memberOf(c, name), id);
    if (found === null)
      throw new Refused(
        "message.unknown",
        `${name} has no message ${id}.`,
        `See \`batty inbox ${name}\`.`,
      );
    return { text: `From ${found.from}:\n${found.body}`, json: found };
  },
} satisfies Command<typeof oneMail>;

/** A disposition, not a receipt: what was taken is known by the agent's own signal. */
export const ack = {
  ...read,
  name: "ack",
  summary: "Say that a message was dealt with",
  team: true,
  async run({ name, id }, c) {
    const found = await c.looks.read(memberOf(c, name), id);
    if (found === null)
      throw new Refused(
        "message.unknown",
        `${name} has no message ${id}.`,
        `See \`batty inbox ${name}\`.`,
      );
    return { text: `${id} is acknowledged.`, json: { ok: true, id } };
  },
} satisfies Command<typeof oneMail>;

const cancelArgs = z.object({
  id: z
    .string()
    .nullable()
    .default(null)
    .describe("Message id [your newest that waits]")
    .meta({ of: "message" }),
});
export const cancelMessage = {
  name: "cancel message",
  summary: "Take back a message that was not typed yet",
  tier: "operator",
  needs: "bot",
  args: cancelArgs,
  async run(given, c) {
    const own = [...c.state().messages.values()].filter(
      (d) => d.mail.from === c.by.name && d.state === "queued",
    );
    const id = given.id ?? own.at(-1)?.mail.id;
    if (id === undefined)
      throw new Refused(
        "message.unknown",
        "None of your messages waits any more: what was typed can't be taken back.",
        "`interrupt` stops the member's turn.",
      );
    await c.intend({ type: "withdraw-message", message: id });
    return { text: `Message ${id} is taken back.`, json: { ok: true, id } };
  },
} satisfies Command<typeof cancelArgs>;
