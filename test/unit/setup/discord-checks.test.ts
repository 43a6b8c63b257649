import { expect, it } from "vitest";
import type { DiscordSettings } from "../../../src/core/team.ts";
import { Failure } from "../../../src/core/words.ts";
import {
  type DiscordChecks,
  type DiscordOffice,
  examineDiscord,
} from "../../../src/setup/discord-checks.ts";

const names = ["commands", "events", "alerts", "merges", "standup", "board"] as const;
const settings: DiscordSettings = {
  guild: "900",
  channels: Object.fromEntries(names.map((name) => [name, `batty-${name}`])) as never,
  threads: { members: true, tasks: true },
};
const office: DiscordOffice = {
  account: async () => ({ name: "Crew Bot", readsText: true, invite: "https://invite" }),
  guilds: async () => [{ id: "900", name: "Shop", missing: [] }],
  channels: async () => names.map((name, i) => ({ id: `${i}`, name: `batty-${name}` })),
  clock: async () => 1_000,
};
const look = (more: Partial<DiscordOffice> = {}, parts: Partial<DiscordChecks> = {}) =>
  examineDiscord({
    ...{ settings, now: () => 1_000, office: () => ({ ...office, ...more }) },
    token: async () => ({ value: "t0ken", from: "the file" }),
    ...parts,
  });
const open = async (...given: Parameters<typeof look>) =>
  (await look(...given))
    .filter(({ result }) => result !== "ok")
    .map(({ name, say, fix }) => `${name}: ${say}. ${fix}`);

it("finds nothing where all is well, and never says the token", async () => {
  const found = await look();
  expect(found.map(({ result }) => result)).toEqual(["ok", "ok", "ok", "ok", "ok", "ok"]);
  expect(JSON.stringify(found)).not.toContain("t0ken");
});

it.each<[string, Partial<DiscordOffice>, Partial<DiscordChecks>, string]>([
  [
    "no set-up",
    {},
    { settings: null },
    "discord: this team is not on Discord. Run `batty discord setup`.",
  ],
  [
    "no token",
    {},
    { token: async () => null },
    "discord token: there is none. Run `batty discord setup`.",
  ],
  [
    "a token that is none",
    {
      account: () =>
        Promise.reject(
          new Failure("chat.login", "Discord does not know the token", { hint: "Make a new one." }),
        ),
    },
    {},
    "discord token: Discord does not know the token. Make a new one.",
  ],
  [
    "a wrong clock",
    { clock: async () => 31_000 },
    {},
    "discord clock: this machine's clock is 30 s behind Discord's. Set it: `timedatectl set-ntp true`.",
  ],
  [
    "no server",
    { guilds: async () => [] },
    {},
    "discord server: the bot is not on the server 900 that team.yaml names. Let it in: https://invite",
  ],
  [
    "two servers and no word which",
    {
      guilds: async () => [
        { id: "1", name: "A", missing: [] },
        { id: "2", name: "B", missing: [] },
      ],
    },
    { settings: { ...settings, guild: null } },
    "discord server: the bot is on 2 servers and team.yaml names none. Set chat.discord.guild to one of 1 (A), 2 (B).",
  ],
  [
    "a missing permission",
    {
      guilds: async () => [
        {
          id: "900",
          name: "Shop",
          missing: [{ name: "Pin Messages", why: "pin the board", needed: false }],
        },
      ],
    },
    {},
    "discord permissions: it lacks Pin Messages, to pin the board. Allow it: https://invite",
  ],
  [
    "a missing channel",
    { channels: async () => names.slice(1).map((name) => ({ id: name, name: `batty-${name}` })) },
    {},
    "discord channels: Shop has no channel batty-commands for commands. The bot makes it at its start, where it may.",
  ],
  [
    "no text",
    { account: async () => ({ name: "Crew Bot", readsText: false, invite: "" }) },
    {},
    "discord text: the bot is not given the text of plain messages; commands, buttons, mentions and replies work. Switch on Message Content Intent: discord.com/developers, your application, Bot.",
  ],
])("has one line and one fix for %s", async (_what, more, parts, line) => {
  expect(await open(more, parts)).toEqual([line]);
});
