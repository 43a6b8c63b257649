// Where the loopback Discord says no, and what a stock discord.js client makes of it: limits,
// permissions, threads, deadlines. Each is a behaviour of Discord as documented. No product code.

import {
  ChannelType,
  type ChatInputCommandInteraction,
  type Client,
  DiscordAPIError,
  Events,
  Routes,
  type TextChannel,
  type ThreadChannel,
} from "discord.js";
import { RESTJSONErrorCodes as Code } from "discord-api-types/v10";
import { afterEach, expect, test } from "vitest";
import type { Actor } from "../fakes/discord/actors.ts";
import type { Discord } from "../fakes/discord/server.ts";
import { codeOf, openStage, type Stage } from "./discord-fake-stage.ts";

let stage: Stage;
let discord: Discord;
let client: Client<true>;
let ada: Actor;
let room: TextChannel;

async function open(): Promise<void> {
  stage = await openStage();
  ({ discord, client, ada, room } = stage);
}

afterEach(() => stage.close());

const send = (body: unknown) => client.rest.post(Routes.channelMessages(room.id), { body });
const x = (length: number) => "x".repeat(length);
test("what is over a limit is refused with its place, and nothing is stored", async () => {
  await open();
  const button = { type: 2, style: 1, label: "Approve", custom_id: "p:1" };
  for (const [body, place] of [
    [{ content: x(2_001) }, "content[BASE_TYPE_MAX_LENGTH]"],
    [{ embeds: [{ description: x(4_097) }] }, "embeds[0].description[BASE_TYPE_MAX_LENGTH]"],
    [
      { embeds: [{ description: x(4_000) }, { description: x(2_001) }] },
      "embeds[MAX_EMBED_SIZE_EXCEEDED]",
    ],
    [
      { content: "card", components: [{ type: 1, components: [button, button] }] },
      "components[0].components[1].custom_id[COMPONENT_CUSTOM_ID_DUPLICATED]",
    ],
    [{ content: "hi", nonce: x(26) }, "nonce[NONCE_TYPE_TOO_LONG]"],
  ] as const) {
    const thrown = await send(body).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(DiscordAPIError);
    expect(thrown).toMatchObject({ code: Code.InvalidFormBodyOrContentType, status: 400 });
    expect((thrown as DiscordAPIError).message).toContain(place);
  }
  expect(discord.room("batty-commands").messages()).toEqual([]);
  expect(await codeOf(send({ content: "🦇".repeat(2_000) }))).toBeNull();
});

test("an empty message is refused, and so is an edit that leaves nothing", async () => {
  await open();
  expect(await codeOf(send({ content: " \n " }))).toBe(Code.CannotSendAnEmptyMessage);
  const sent = await room.send("hello");
  expect(await codeOf(sent.edit({ content: "" }))).toBe(Code.CannotSendAnEmptyMessage);
  expect((await sent.edit({ content: "", embeds: [{ title: "t" }] })).content).toBe("");
});

test("blanks around a text are not kept, which a comparison must know", async () => {
  await open();
  const sent = await room.send({ content: "  hello\n", embeds: [{ title: " t ", fields: [] }] });
  expect([sent.content, sent.embeds[0]?.title]).toEqual(["hello", "t"]);
  const edited = await sent.edit({ content: "\nbye ", embeds: [{ title: " u" }] });
  expect([edited.content, edited.embeds[0]?.title]).toEqual(["bye", "u"]);
});

test("the 21st kind of reaction finds the message full", async () => {
  await open();
  const sent = await room.send("hello");
  const kinds = [..."🍇🍈🍉🍊🍋🍌🍍🥭🍎🍏🍐🍑🍒🍓🥝🍅🥥🥑🍆🥔🥕"];
  for (const kind of kinds.slice(0, 20)) await ada.react(sent.id, kind);
  expect(await codeOf(sent.react(kinds[20] ?? ""))).toBe(Code.MaximumNumberOfReactionsReached);
  expect(await codeOf(sent.react(kinds[0] ?? ""))).toBeNull();
});

test("a file of more than 10 MiB is refused", async () => {
  await open();
  const attachment = Buffer.alloc(10 * 1024 * 1024 + 1);
  const doing = room.send({ files: [{ attachment, name: "log.txt" }] });
  expect(await codeOf(doing)).toBe(Code.RequestEntityTooLarge);
});

test("commands over a limit are refused in bulk, and the old ones stay", async () => {
  await open();
  const put = (body: unknown) =>
    client.rest.put(Routes.applicationGuildCommands(client.application.id, discord.guild), {
      body,
    });
  const batty = { name: "batty", description: "the team" };
  await put([batty]);
  const options = Array.from({ length: 26 }, (_, n) => ({ ...batty, type: 3, name: `o${n}` }));
  expect(await codeOf(put([{ ...batty, options }]))).toBe(Code.InvalidFormBodyOrContentType);
  expect((await client.application.commands.fetch({ guildId: discord.guild })).size).toBe(1);
});

test("names are kept as Discord writes them, and a webhook is never called after Discord", async () => {
  await open();
  const guild = client.guilds.cache.get(discord.guild);
  expect((await guild?.channels.create({ name: "Batty Merges" }))?.name).toBe("batty-merges");
  const doing = client.rest.post(Routes.channelWebhooks(room.id), { body: { name: "Discordia" } });
  expect(await codeOf(doing)).toBe(Code.InvalidFormBodyOrContentType);
});

test("names and topics over a limit are refused, where they are made and where they are changed", async () => {
  await open();
  const guild = Routes.guildChannels(discord.guild);
  for (const doing of [
    client.rest.post(guild, { body: { name: x(101) } }),
    client.rest.patch(Routes.channel(room.id), { body: { topic: x(1_025) } }),
    client.rest.post(Routes.threads(room.id), { body: { name: x(101), type: 11 } }),
  ]) {
    expect(await codeOf(doing)).toBe(Code.InvalidFormBodyOrContentType);
  }
});

test("an emoji that is none is unknown", async () => {
  await open();
  const sent = await room.send("hello");
  expect(await codeOf(sent.react("ok"))).toBe(Code.UnknownEmoji);
  expect(await codeOf(sent.react("✅"))).toBeNull();
});

test.each<[string, (place: TextChannel) => Promise<unknown>]>([
  ["SendMessages", (place) => place.send("hello")],
  ["SendMessages", (place) => place.sendTyping()],
  ["EmbedLinks", (place) => place.send({ embeds: [{ title: "t" }] })],
  ["AttachFiles", (place) => place.send({ files: [{ attachment: Buffer.from("a"), name: "a" }] })],
  ["AddReactions", async (place) => (await place.messages.fetch()).first()?.react("✅")],
  ["PinMessages", async (place) => (await place.messages.fetch()).first()?.pin()],
  ["ManageMessages", async (place) => (await place.messages.fetch()).first()?.delete()],
  ["CreatePublicThreads", (place) => place.threads.create({ name: "t" })],
  ["ManageChannels", (place) => place.setTopic("t")],
  ["ManageWebhooks", (place) => place.createWebhook({ name: "w" })],
])("without %s that alone is refused", async (name, act) => {
  await open();
  await ada.say("batty-commands", "look");
  discord.faults.denyPermission(name as never);
  expect(await codeOf(act(room))).toBe(Code.MissingPermissions);
  discord.faults.allowPermission(name as never);
  expect(await codeOf(act(room))).toBeNull();
});

test("a channel that cannot be seen is no place for anything", async () => {
  await open();
  discord.faults.denyPermission("ViewChannel", "batty-commands");
  expect(await codeOf(send({ content: "hello" }))).toBe(Code.MissingAccess);
  expect(await codeOf(client.rest.get(Routes.channel(room.id)))).toBe(Code.MissingAccess);
});

test("without the history there is nothing to list, and no reply to send", async () => {
  await open();
  const said = await ada.say("batty-commands", "look");
  discord.faults.denyPermission("ReadMessageHistory");
  expect(await client.rest.get(Routes.channelMessages(room.id))).toEqual([]);
  const reply = { content: "hi", message_reference: { message_id: said.id } };
  expect(await codeOf(send(reply))).toBe(Code.CannotReplyWithoutPermissionToReadMessageHistory);
});

test("another's reaction is taken away with ManageMessages only", async () => {
  await open();
  const sent = await room.send("hello");
  await ada.react(sent.id, "✅");
  const path = Routes.channelMessageUserReaction(
    room.id,
    sent.id,
    encodeURIComponent("✅"),
    ada.id,
  );
  discord.faults.denyPermission("ManageMessages");
  expect(await codeOf(client.rest.delete(path))).toBe(Code.MissingPermissions);
  discord.faults.allowPermission("ManageMessages");
  expect(await codeOf(client.rest.delete(path))).toBeNull();
});

test("another's message is not edited", async () => {
  await open();
  const { id } = await ada.say("batty-commands", "mine");
  const doing = client.rest.patch(Routes.channelMessage(room.id, id), { body: { content: "no" } });
  expect(await codeOf(doing)).toBe(Code.CannotEditMessageAuthoredByAnotherUser);
});

async function thread(): Promise<ThreadChannel> {
  await open();
  return await room.threads.create({ name: "architect", type: ChannelType.PublicThread });
}

test("in an archived thread nothing is edited, reacted to or renamed, until a message wakes it", async () => {
  const place = await thread();
  const sent = await place.send("hello");
  const mark = await sent.react("✅");
  discord.faults.archive("architect");
  const asleep = Code.InvalidActionOnArchivedThread;
  expect(await codeOf(sent.edit("changed"))).toBe(asleep);
  expect(await codeOf(sent.react("✅"))).toBe(asleep);
  expect(await codeOf(place.setName("other"))).toBe(asleep);
  expect(await codeOf(place.join())).toBe(asleep);
  expect(await codeOf(sent.pin())).toBe(asleep);
  expect(await codeOf(mark.users.remove())).toBe(asleep);
  expect(await codeOf(sent.reactions.removeAll())).toBe(asleep);
  expect(await codeOf(place.send("awake"))).toBeNull();
  expect(await codeOf(sent.edit("changed"))).toBeNull();
});

test("a webhook has another name each time, but no forbidden one, and is held by threads too", async () => {
  const place = await thread();
  const webhook = await room.createWebhook({ name: "voices" });
  const say = (username: string) =>
    webhook.send({ content: "hello", username, threadId: place.id });
  expect(await codeOf(say("discord"))).toBe(Code.InvalidFormBodyOrContentType);
  const { id } = await say("architect");
  discord.faults.denyPermission("ManageThreads");
  discord.faults.lock("architect");
  expect(await codeOf(say("architect"))).toBe(Code.ThreadLocked);
  const edit = webhook.editMessage(id, { content: "changed", threadId: place.id });
  expect(await codeOf(edit)).toBe(Code.InvalidActionOnArchivedThread);
});

test("the 1,001st participant finds the thread full", async () => {
  const place = await thread();
  const inside = discord.world.threadMembers.get(place.id);
  for (let n = inside?.size ?? 0; n < 1_000; n += 1) inside?.add(String(n));
  expect(await codeOf(place.members.add(ada.id))).toBe(Code.MaximumThreadParticipantsReached);
  inside?.delete("999");
  expect(await codeOf(place.members.add(ada.id))).toBeNull();
});

test("a thread falls asleep after its time, on the clock of the server", async () => {
  const place = await thread();
  const sent = await place.send("hello");
  discord.advance(24 * 3_600_000 - 1_000);
  expect(await codeOf(sent.edit("in time"))).toBeNull();
  discord.advance(2_000);
  expect(await codeOf(sent.edit("late"))).toBe(Code.InvalidActionOnArchivedThread);
});

test("a locked thread takes messages of moderators only", async () => {
  const place = await thread();
  discord.faults.lock("architect");
  const sent = await place.send("as moderator");
  discord.faults.denyPermission("ManageThreads");
  discord.faults.lock("architect");
  expect(await codeOf(place.send("as anyone"))).toBe(Code.ThreadLocked);
  expect(await codeOf(sent.delete())).toBe(Code.InvalidActionOnArchivedThread);
  await expect(ada.say("architect", "hello")).rejects.toThrow(String(Code.ThreadLocked));
});

test("the 251st pin finds the channel full", async () => {
  await open();
  const sent = await room.send("the board");
  const old = await Promise.all(
    Array.from({ length: 250 }, (_, n) => ada.say("batty-commands", String(n))),
  );
  for (const { id } of old) {
    const stored = discord.world.messages.get(id);
    if (stored) stored.pinnedAt = 1;
  }
  expect(await codeOf(sent.pin())).toBe(Code.MaximumNumberOfPinsReachedForTheChannel);
  const first = discord.world.messages.get(old[0]?.id ?? "");
  if (first) first.pinnedAt = null;
  expect(await codeOf(sent.pin())).toBeNull();
});

test("text of an agent rings nobody where no mention is allowed, whatever it says", async () => {
  await open();
  const content = `@everyone @here <@${ada.id}>`;
  await room.send({ content, allowedMentions: { parse: [] } });
  expect(discord.pings()).toEqual([]);
  await room.send({ content, allowedMentions: { users: [ada.id] }, flags: 4096 });
  expect(discord.pings()).toEqual([]);
  await room.send({ content, allowedMentions: { users: [ada.id] } });
  expect(discord.pings().map(({ whom }) => whom)).toEqual([["ada"]]);
});

/** Ada's command, as it arrives. */
async function command(at = "commands"): Promise<ChatInputCommandInteraction> {
  await client.application.commands.set(
    [{ name: "batty", description: "the team" }],
    discord.guild,
  );
  const heard = new Promise<ChatInputCommandInteraction>((on) =>
    client.once(Events.InteractionCreate, (one) => on(one as ChatInputCommandInteraction)),
  );
  void ada.slash("batty", {}, { room: at, nowait: true });
  return await heard;
}

test("after three seconds a command is unknown", async () => {
  await open();
  const asked = await command();
  discord.advance(3_001);
  expect(await codeOf(asked.deferReply())).toBe(Code.UnknownInteraction);
});

test("a command is answered once", async () => {
  await open();
  const asked = await command();
  await asked.deferReply();
  const again = client.rest.post(Routes.interactionCallback(asked.id, asked.token), {
    body: { type: 5 },
  });
  expect(await codeOf(again)).toBe(Code.InteractionHasAlreadyBeenAcknowledged);
});

test("nothing follows before the first answer, nor 15 minutes after the command", async () => {
  await open();
  const asked = await command();
  const follow = () =>
    client.rest.post(Routes.webhook(asked.applicationId, asked.token), {
      ...{ body: { content: "more" }, auth: false },
    });
  expect(await codeOf(follow())).toBe(Code.UnknownWebhook);
  await asked.reply("first");
  discord.advance(14 * 60_000);
  expect(await codeOf(asked.editReply("in time"))).toBeNull();
  discord.advance(60_000);
  expect(await codeOf(asked.editReply("late"))).toBe(Code.InvalidWebhookToken);
  expect(await codeOf(room.send("by the bot itself"))).toBeNull();
});

test("an answer over a limit is refused under `data`, and the command may still be answered", async () => {
  await open();
  const asked = await command();
  const thrown = await asked.reply(x(2_001)).catch((error: unknown) => error);
  expect((thrown as Error).message).toContain("data.content[BASE_TYPE_MAX_LENGTH]");
  const retry = client.rest.post(Routes.interactionCallback(asked.id, asked.token), {
    body: { type: 4, data: { content: "short" } },
  });
  expect(await codeOf(retry)).toBeNull();
});

test("a thread that is closed after the command takes the answer for one person only", async () => {
  await thread();
  const asked = await command("architect");
  discord.faults.lock("architect");
  expect(await codeOf(asked.reply("to all"))).toBe(Code.InvalidActionOnArchivedThread);
  const alone = { content: "to you", flags: 64 };
  const retry = client.rest.post(Routes.interactionCallback(asked.id, asked.token), {
    body: { type: 4, data: alone },
  });
  expect(await codeOf(retry)).toBeNull();
});

test("a thread that is closed after the deferral keeps its edit out", async () => {
  await thread();
  const asked = await command("architect");
  await asked.deferReply();
  discord.faults.lock("architect");
  expect(await codeOf(asked.editReply("done"))).toBe(Code.InvalidActionOnArchivedThread);
});
