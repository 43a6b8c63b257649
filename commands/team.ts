// `start` and `stop` of the team, `status`, `standup`, `help`.
import * as z from "zod";
import { argumentsOf, usageOf } from "../src/core/arguments.ts";
import { type Command, type Counter, Refused } from "../src/core/command.ts";
import { standupNow } from "../src/core/views/standup.ts";
import { statusCard, statusJson, statusLines } from "../src/core/views/status.ts";

const none = z.object({});

/** Until every seat is filled or has given up, ms: five tries within two minutes, and a little. */
const startWait = 150_000;

const startArgs = z.object({
  resume: z.boolean().default(false).meta({ flag: true }).describe("Go on with the sessions"),
  fresh: z.boolean().default(false).meta({ flag: true }).describe("Begin new sessions"),
});
export const start = {
  name: "start",
  summary: "Start the team",
  tier: "admin",
  needs: "bot",
  args: startArgs,
  async run({ resume, fresh }, c) {
    await c.intend({ type: "start-team", resume: resume || !fresh });
    await c.until(
      (s) => (c.policy.members.every((m) => settled(c, m.name)) ? s : undefined),
      startWait,
    );
    const state = c.state();
    const up = c.policy.members
      .filter((m) => state.seats.get(m.name)?.live != null)
      .map((m) => m.name);
    const down = c.policy.members.filter((m) => !up.includes(m.name));
    const why = down.map(
      (m) =>
        `${m.name}: ${state.seats.get(m.name)?.parked ?? state.seats.get(m.name)?.lastFall ?? "not started"}`,
    );
    if (up.length === 0)
      throw new Refused(
        "agent.missing",
        `No member could be started. ${why.join("; ")}`,
        "Mend it, then `batty start` again.",
        3,
      );
    return {
      text: [`The team is up: ${up.join(", ")}.`, ...why.map((w) => `Not up: ${w}`)].join("\n"),
      json: { ok: true, up, down: down.map((m) => m.name) },
    };
  },
} satisfies Command<typeof startArgs>;

function settled(c: Counter, member: string): boolean {
  const seat = c.state().seats.get(member);
  return seat !== undefined && (seat.live !== null || seat.parked !== null);
}

const stopsOnTheShell = (): Refused =>
  new Refused("usage", "The bot itself is stopped from the shell: `batty stop --bot`.");

const stopArgs = z.object({
  bot: z
    .boolean()
    .default(false)
    .meta({ flag: true, shellOnly: true })
    .describe("The bot too (shell only)"),
});
export const stop = {
  name: "stop",
  summary: "Stop the team, its work saved; the bot stays",
  tier: "admin",
  needs: "bot",
  args: stopArgs,
  confirm({ bot }) {
    if (bot) throw stopsOnTheShell();
    return "Stop the team? Its work is saved, the bot stays.";
  },
  async run({ bot }, c) {
    if (bot && c.surface === "chat") throw stopsOnTheShell();
    await c.intend({ type: "stop-team" });
    const gone = await c.until(
      (s) => ([...s.seats.values()].every((seat) => seat.live === null) ? true : undefined),
      30_000,
    );
    if (gone !== true)
      throw new Refused(
        "timeout",
        "Not every agent ended within 30 s; it is tried again.",
        "See `batty status`.",
        3,
      );
    if (bot) c.life?.shutdown();
    return {
      text: bot
        ? "Team and bot are stopped; the work is saved."
        : "The team is stopped; its work is saved. `batty start` starts it again.",
      json: { ok: true, ...(bot ? { pid: c.bot?.pid } : {}) },
    };
  },
} satisfies Command<typeof stopArgs>;

export const status = {
  name: "status",
  summary: "Show what everybody is doing",
  tier: "viewer",
  team: true,
  needs: "files",
  args: none,
  run: (_args, c) => ({
    text: statusLines(c).join("\n"),
    json: statusJson(c),
    card: statusCard(c),
  }),
} satisfies Command<typeof none>;

export const standup = {
  name: "standup",
  summary: "Yesterday, today, blocked, per member",
  tier: "viewer",
  needs: "files",
  args: none,
  run(_args, c) {
    const card = standupNow(c);
    return {
      text: [card.title, ...card.lines].join("\n"),
      json: { title: card.title, lines: card.lines, fields: card.fields },
      card,
    };
  },
} satisfies Command<typeof none>;

/** The table is handed in: help must not import the index that imports it. */
export function helpFor(table: () => readonly Command[]) {
  const args = z.object({
    verb: z
      .string()
      .nullable()
      .default(null)
      .meta({ rest: true, of: "verb" })
      .describe("One of them"),
  });
  return {
    name: "help",
    summary: "Show the commands, or one of them",
    tier: "viewer",
    team: true,
    needs: "files",
    args,
    run({ verb }, c) {
      // Members' own verbs are not for people's chats.
      const isForHere = (x: Command): boolean => x.team !== "only" && x.chat !== false;
      const list = c.surface === "chat" ? table().filter(isForHere) : table();
      const found = verb === null ? undefined : list.find((x) => x.name === verb.trim());
      if (verb !== null && found === undefined)
        throw new Refused(
          "verb.unknown",
          `There is no command "${verb}".`,
          "`batty help` lists them.",
        );
      if (found === undefined) {
        const width = c.surface === "chat" ? 0 : Math.max(...list.map((x) => x.name.length));
        const line = ({ name, summary }: Command): string =>
          width === 0 ? `${name}: ${summary}` : `${name.padEnd(width)}  ${summary}`;
        return {
          text: list.map(line).join("\n"),
          json: list.map((x) => ({ name: x.name, summary: x.summary, tier: x.tier })),
        };
      }
      return {
        text: [found.summary, usageOf(found), ...argumentsOf(found)].join("\n"),
        json: { name: found.name, summary: found.summary, usage: usageOf(found), tier: found.tier },
      };
    },
  } satisfies Command<typeof args>;
}
