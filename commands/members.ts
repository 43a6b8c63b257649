// A person's hand on members: peek, logs, pause, resume, restart, interrupt.
import * as z from "zod";
import { type Command, type Counter, Refused } from "../src/core/command.ts";

const someone = z.object({ member: z.string().describe("A member").meta({ of: "member" }) });
const anyone = z.object({
  member: z
    .string()
    .nullable()
    .default(null)
    .describe("A member; none: everything")
    .meta({ of: "member" }),
});

function known(c: Counter, member: string): void {
  if (!c.policy.members.some((m) => m.name === member))
    throw new Refused(
      "member.unknown",
      `No member is called "${member}".`,
      `Members: ${c.policy.members.map((m) => m.name).join(", ")}.`,
    );
}

function running(c: Counter): void {
  if (c.state().team === "stopped")
    throw new Refused(
      "team.stopped",
      "The team is stopped: there is no screen to look at.",
      "Start it with `batty start`.",
    );
}

export const peek = {
  name: "peek",
  summary: "Show a member's screen as text",
  tier: "viewer",
  needs: "bot",
  args: someone,
  async run({ member }, c) {
    known(c, member);
    running(c);
    const screen = await c.looks.capture(member, 0);
    return { text: ["```", ...screen, "```"].join("\n"), json: { member, lines: screen } };
  },
} satisfies Command<typeof someone>;

const logArgs = z.object({
  member: z.string().describe("A member").meta({ of: "member" }),
  lines: z.coerce
    .number()
    .int()
    .min(1)
    .max(2000)
    .default(100)
    .meta({ flag: true })
    .describe("How many of the newest"),
});
export const logs = {
  name: "logs",
  summary: "Show a member's recent output",
  tier: "viewer",
  needs: "bot",
  args: logArgs,
  async run({ member, lines }, c) {
    known(c, member);
    running(c);
    const output = await c.looks.logs(member, lines);
    return { text: ["```", ...output, "```"].join("\n"), json: { member, lines: output } };
  },
} satisfies Command<typeof logArgs>;

export const pause = {
  name: "pause",
  summary: "Dispatch, gate and land nothing new",
  tier: "operator",
  needs: "bot",
  args: anyone,
  async run({ member }, c) {
    await c.intend({ type: "pause", member });
    return {
      text: `${member ?? "Everything"} is paused; people's messages still go.`,
      json: { ok: true, member },
    };
  },
} satisfies Command<typeof anyone>;

export const resume = {
  name: "resume",
  summary: "Go on after a pause",
  tier: "operator",
  needs: "bot",
  args: anyone,
  async run({ member }, c) {
    await c.intend({ type: "resume", member });
    return { text: `${member ?? "Everything"} goes on.`, json: { ok: true, member } };
  },
} satisfies Command<typeof anyone>;

export const interrupt = {
  name: "interrupt",
  summary: "Stop a member's turn now",
  tier: "operator",
  needs: "bot",
  args: someone,
  async run({ member }, c) {
    await c.intend({ type: "interrupt", member });
    return { text: `${member} is interrupted.`, json: { ok: true, member } };
  },
} satisfies Command<typeof someone>;

/** Without a member the bot itself starts anew, and the agents go on meanwhile. */
export const restart = {
  name: "restart",
  summary: "Start a member's agent anew; without one, the bot",
  tier: "operator",
  needs: "bot",
  args: anyone,
  confirm({ member }, c) {
    if (member !== null) return null;
    mayRestart(c);
    return "Start the bot anew? The agents go on meanwhile.";
  },
  async run({ member }, c) {
    if (member === null) return restartBot(c);
    const before = c.state().seats.get(member)?.epoch ?? 0;
    await c.intend({ type: "restart", member });
    const up = await c.until((s) => {
      const seat = s.seats.get(member);
      return seat !== undefined && seat.epoch > before && seat.live !== null ? true : undefined;
    }, 45_000);
    if (up !== true)
      throw new Refused(
        "timeout",
        `${member} did not come back within 45 s; it is tried again.`,
        "See `batty status`.",
        3,
      );
    return { text: `${member} is started anew.`, json: { ok: true, member } };
  },
} satisfies Command<typeof anyone>;

function mayRestart(c: Counter): void {
  if (c.by.tier !== "admin")
    throw new Refused("access.denied", "Starting the bot anew needs an admin.");
}

function restartBot(c: Counter): { text: string; json: unknown } {
  mayRestart(c);
  c.life?.restart();
  return {
    text: "The bot starts anew; the agents go on meanwhile.",
    json: { ok: true, pid: c.bot?.pid ?? null },
  };
}
