// What a stock discord.js client sees of the loopback Discord over REST: each test is a behaviour of
// Discord as documented. No product code.
import { once } from "node:events";
import {
  AttachmentBuilder,
  Client,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  MessageFlags,
  Routes,
  type TextChannel,
  ThreadAutoArchiveDuration,
} from "discord.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Discord, startDiscord } from "../fakes/discord/server.ts";

let discord: Discord;
let client: Client<true>;
let general: TextChannel;

beforeEach(async () => {
  discord = await startDiscord();
  const { Guilds, GuildMessages, MessageContent } = GatewayIntentBits;
  const made = new Client({
    intents: [Guilds, GuildMessages, MessageContent],
    rest: { api: discord.api, timeout: 1_000, retries: 1 },
  });
  const ready = once(made, Events.ClientReady);
  await made.login(discord.token);
  await ready;
  client = made as Client<true>;
  general = client.channels.cache.get(discord.room("general").id) as TextChannel;
});

afterEach(async () => {
  await client.destroy();
  await discord.close();
});

test("a client knows its two guilds and hears its own message", async () => {
  expect([...client.guilds.cache.keys()]).toEqual([discord.guild, discord.otherGuild]);
  const heard = once(client, Events.MessageCreate);
  const sent = await general.send("hello");
  expect((await heard)[0]).toMatchObject({ id: sent.id, content: "hello" });
  expect(discord.room("general").text()).toBe("Batty: hello");
});

test("the same nonce within minutes is the same message, later it is a new one", async () => {
  const said = { content: "once", nonce: "n1", enforceNonce: true };
  const [first, second] = [await general.send(said), await general.send(said)];
  expect(second.id).toBe(first.id);
  discord.advance(600_000);
  expect((await general.send(said)).id).not.toBe(first.id);
});

test("a message whose answer got lost is not doubled by the retry with its nonce", async () => {
  discord.faults.rest.next({
    match: "POST /channels/:channel/messages",
    ...{ status: 502, afterStoring: true },
  });
  const sent = await general.send({ content: "once", nonce: "n1", enforceNonce: true });
  expect(
    discord
      .room("general")
      .messages()
      .map((one) => one.id),
  ).toEqual([sent.id]);
});

test("an answer may come late: the message is there for everyone before its sender knows", async () => {
  discord.faults.rest.next({
    match: "POST /channels/:channel/messages",
    ...{ afterStoring: true, delayMs: 150 },
  });
  const order: string[] = [];
  const seen = discord.room("general").until((one) => one.content === "early");
  const sent = general.send("early").then(() => order.push("answered"));
  await seen.then(() => order.push("seen"));
  await sent;
  expect(order).toEqual(["seen", "answered"]);
});

test("a request that is never answered runs into the client's deadline", async () => {
  discord.faults.rest.each({ match: "POST /channels/:channel/messages", hang: true });
  await expect(general.send("x")).rejects.toThrow(/abort/i);
});

test("an embed's picture and files download as they were sent; an edit says what stays", async () => {
  const file = (name: string, text: string) => new AttachmentBuilder(Buffer.from(text), { name });
  const embed = new EmbedBuilder().setTitle("Screen").setImage("attachment://pane.png");
  const sent = await general.send({
    embeds: [embed],
    files: [file("pane.png", "PNG"), file("log.txt", "a\nb")],
  });
  const urls = [sent.embeds[0]?.image?.url ?? "", sent.attachments.at(1)?.url ?? ""];
  const texts = await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
  expect(texts).toEqual(["PNG", "a\nb"]);
  const kept = sent.attachments.filter((one) => one.name === "log.txt");
  const edited = await sent.edit({ content: "now", embeds: [], attachments: [...kept.values()] });
  expect(edited.attachments.map((one) => one.name)).toEqual(["log.txt"]);
  expect(discord.room("general").text()).toBe("Batty (edited): now\n    📎 log.txt");
});

test("messages are listed newest first, before and after a given one", async () => {
  const ids: string[] = [];
  for (const text of ["1", "2", "3", "4"]) ids.push((await general.send(text)).id);
  const listed = async (options: object) =>
    (await general.messages.fetch({ cache: false, ...options })).map((one) => one.content);
  expect(await listed({ limit: 2 })).toEqual(["4", "3"]);
  expect(await listed({ before: ids[2] })).toEqual(["2", "1"]);
  expect(await listed({ after: ids[1] })).toEqual(["4", "3"]);
});

test("a reply shows what it answers and rings its author, unless told not to", async () => {
  const ada = discord.actor("ada");
  const asked = await ada.say("general", "ready?");
  const quiet = { parse: [] };
  await general.send({ content: "yes", reply: { messageReference: asked.id } });
  await general.send({
    content: "yes",
    reply: { messageReference: asked.id },
    allowedMentions: quiet,
  });
  await general.send({ content: `<@${ada.id}>`, flags: MessageFlags.SuppressNotifications });
  expect(discord.pings().map((one) => one.whom)).toEqual([["ada"]]);
});

test("a thread sleeps after its time and wakes with a message, unless it is locked", async () => {
  const thread = await general.threads.create({
    name: "eng-1",
    autoArchiveDuration: ThreadAutoArchiveDuration.OneHour,
  });
  const sent = await thread.send("hello");
  discord.advance(3_600_001);
  await expect(sent.edit("changed")).rejects.toMatchObject({ code: 50_083 });
  await thread.send("awake");
  expect(discord.room("eng-1").archived()).toBe(false);
  expect((await sent.edit("changed")).content).toBe("changed");
});

test("threads are found among the active ones and the archived ones", async () => {
  const start = await general.send("a task");
  const thread = await start.startThread({ name: "#12 retry" });
  await general.threads.create({ name: "old" });
  discord.faults.archive("old");
  const active = await general.guild.channels.fetchActiveThreads();
  const archived = await general.threads.fetchArchived();
  expect(active.threads.map((one) => one.name)).toEqual(["#12 retry"]);
  expect(archived.threads.map((one) => one.name)).toEqual(["old"]);
  expect(thread.id).toBe(start.id);
});

test("a channel that is made, changed and removed by the bot is so for everyone", async () => {
  const made = await general.guild.channels.create({ name: "batty-board", topic: "tasks" });
  await made.setTopic("the board");
  expect(discord.room("board").topic()).toBe("the board");
  await made.delete();
  expect(discord.room("board").exists()).toBe(false);
  await expect(made.send("x")).rejects.toMatchObject({ code: 10_003 });
});

test("a pinned message is in the list of pins until it is unpinned", async () => {
  const sent = await general.send("the board");
  await client.rest.put(Routes.channelMessagesPin(general.id, sent.id));
  const pins = await general.messages.fetchPins();
  expect(pins.items.map((one) => one.message.id)).toEqual([sent.id]);
  expect(discord.room("general").pinned()).toHaveLength(1);
  await client.rest.delete(Routes.channelMessagesPin(general.id, sent.id));
  expect((await general.messages.fetchPins()).items).toEqual([]);
});

test("a webhook speaks under any name, in threads too, and edits what it said", async () => {
  const webhook = await general.createWebhook({ name: "Batty" });
  const thread = await general.threads.create({ name: "eng-1" });
  const said = { content: "done", username: "eng-1", threadId: thread.id };
  const sent = await webhook.send(said);
  await webhook.editMessage(sent.id, { content: "done!", threadId: thread.id });
  expect(discord.room(thread.id).text()).toBe("eng-1 (edited): done!");
  await webhook.delete();
  await expect(webhook.send(said)).rejects.toMatchObject({ code: 10_015 });
});

test("commands keep their ids when they are overwritten", async () => {
  const set = (list: { name: string; description: string }[]) =>
    client.application.commands.set(list, discord.guild);
  const before = await set([
    { name: "batty", description: "old" },
    { name: "x", description: "x" },
  ]);
  const after = await set([{ name: "batty", description: "new" }]);
  expect(after.firstKey()).toBe(before.firstKey());
  expect([...(await client.application.commands.fetch({ guildId: discord.guild })).keys()]).toEqual(
    [...after.keys()],
  );
});

test("the application says whether it may read content", async () => {
  const flags = (await client.application.fetch()).flags.toArray();
  expect(flags).toEqual(["GatewayMessageContentLimited"]);
});

test("what is removed while nobody looks is unknown afterwards", async () => {
  const sent = await general.send("x");
  discord.faults.remove(sent.id);
  await expect(sent.edit("y")).rejects.toMatchObject({ code: 10_008 });
  await expect(sent.react("✅")).rejects.toMatchObject({ code: 10_008 });
});
