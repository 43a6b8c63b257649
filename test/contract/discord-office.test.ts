// What set-up and `discord status` ask of Discord, on the loopback Discord.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openOffice } from "../../src/chat/discord/office.ts";
import { openChannels } from "../../src/chat/discord/rooms.ts";
import { parseTeam } from "../../src/config/load.ts";
import { usualDiscord } from "../../src/config/people.ts";
import { examineDiscord } from "../../src/setup/discord-checks.ts";
import { startDiscord } from "../fakes/discord/server.ts";

type Settings = Parameters<typeof startDiscord>[0];

async function office(settings: Settings = {}) {
  const discord = await startDiscord(settings);
  onTestFinished(() => discord.close());
  const { api, token } = discord;
  return { discord, at: openOffice(token, api, Date.now) };
}

async function status(settings: Settings, more: { token?: string } = {}) {
  const { discord } = await office(settings);
  const { chat } = parseTeam(
    `roles: [{name: engineer, role_type: engineer, agent: script}]\nchat: {discord: {guild: "${discord.guild}"}}`,
    { root: "/shop", osUser: "root" },
  );
  const look = () =>
    examineDiscord({
      ...{ settings: chat.discord, now: Date.now },
      token: async () => ({ value: more.token ?? discord.token, from: "here" }),
      office: (token) => openOffice(token, discord.api, Date.now),
    });
  return { discord, look };
}

it("an account is known with its name, whether it reads text, and the link that lets it in with what it wants", async () => {
  const { at, discord } = await office();
  const account = await at.account();
  expect(account).toMatchObject({ name: "Batty", readsText: true });
  const link = new URL(account.invite);
  expect(link.searchParams.get("client_id")).toBe(discord.application);
  expect(link.searchParams.get("scope")).toBe("bot applications.commands");
  const { at: deaf } = await office({ contentIntent: false });
  expect((await deaf.account()).readsText).toBe(false);
});

it("a token that is none is said to be none, and does not stand in the words", async () => {
  const { discord } = await office();
  const refused = openOffice("no-such-token", discord.api, Date.now).account();
  await expect(refused).rejects.toMatchObject({ code: "chat.login" });
  await expect(refused).rejects.not.toThrow(/no-such-token/);
});

it("it sees where it was let in as soon as it was, and what it may not do there", async () => {
  const { at, discord } = await office({ invited: false });
  const ours = async () => (await at.guilds()).find(({ id }) => id === discord.guild);
  expect(await ours()).toBeUndefined();
  discord.faults.invite();
  expect(await ours()).toMatchObject({ missing: [] });
  discord.faults.denyPermission("PIN_MESSAGES");
  expect((await ours())?.missing.map(({ name }) => name)).toEqual(["Pin Messages"]);
});

it("it makes the channels once, asks there, and hears of people who react and of nobody else", async () => {
  const { at, discord } = await office();
  const dir = await mkdtemp(join(tmpdir(), "batty-office-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, "rooms.json");
  const channels = await openChannels(at.rest, discord.guild, usualDiscord(), file);
  expect(await openChannels(at.rest, discord.guild, usualDiscord(), file)).toEqual(channels);
  expect((await at.channels(discord.guild)).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["batty-commands", "batty-merges", "batty-board"]),
  );
  const commands = channels.get("commands") ?? "";
  const message = await at.post(commands, "Who?");
  await at.invite(commands, message, "✅");
  const ada = discord.actor("ada");
  await ada.react(message, "✅");
  expect(await at.reactors(commands, message, "✅")).toEqual([{ id: ada.id, name: "ada" }]);
});

it("its clock is Discord's to the second", async () => {
  const { at } = await office();
  expect(Math.abs(((await at.clock()) ?? 0) - Date.now())).toBeLessThan(5_000);
});

it("all is well where all is well but for channels that are not there yet", async () => {
  const { look } = await status({});
  const open = (await look()).filter(({ result }) => result !== "ok");
  expect(new Set(open.map(({ name }) => name))).toEqual(new Set(["discord channels"]));
});

it("one line says what is wrong with a token, a server, a permission, the text", async () => {
  const wrong = await status({}, { token: "no-such-token" });
  expect((await wrong.look()).map(({ name, result }) => [name, result])).toEqual([
    ["discord token", "bad"],
  ]);
  const out = await status({ invited: false, contentIntent: false });
  const lines = (await out.look()).filter(({ result }) => result !== "ok");
  expect(lines.map(({ name }) => name)).toEqual(["discord server"]);
  expect(lines[0]?.fix).toContain("https://discord.com/oauth2/authorize?");
  out.discord.faults.invite();
  out.discord.faults.denyPermission("SEND_MESSAGES");
  const found = (await out.look())
    .filter(({ result }) => result !== "ok")
    .map(({ name, result }) => `${name} ${result}`);
  expect(found).toEqual(expect.arrayContaining(["discord permissions bad", "discord text warn"]));
});
