// What a stock discord.js client sees of the loopback Discord over REST: each test is a behaviour of
// Discord as documented. No product code.
import { ChannelType, Client, Events, GatewayIntentBits, type TextChannel } from "discord.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Discord, startDiscord } from "../fakes/discord/server.ts";

let discord: Discord;
let client: Client<true>;

beforeEach(async () => {
  discord = await startDiscord();
  const { Guilds, GuildMessages, MessageContent } = GatewayIntentBits;
  const made = new Client({
    intents: [Guilds, GuildMessages, MessageContent],
    rest: { api: discord.api },
  });
  const ready = new Promise((on) => made.once(Events.ClientReady, on));
  await made.login(discord.token);
  await ready;
  client = made as Client<true>;
});

afterEach(async () => {
  await client.destroy();
  await discord.close();
});

const general = () =>
  client.channels.cache.find(
    (one) => one.type === ChannelType.GuildText && one.guildId === discord.guild,
  ) as TextChannel;

test("a client logs in, knows its guilds and sends a message", async () => {
  expect(client.guilds.cache.size).toBe(2);
  const heard = new Promise<string>((on) =>
    client.once(Events.MessageCreate, (m) => on(m.content)),
  );
  const sent = await general().send({ content: "hello", nonce: "1", enforceNonce: true });
  expect(await heard).toBe("hello");
  expect((await general().messages.fetch(sent.id)).content).toBe("hello");
});
