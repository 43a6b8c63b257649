// People of the loopback Discord and a stock discord.js client as the bot: commands, buttons, forms,
// reactions, conversations. No product code.
import { once } from "node:events";
import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  type ChatInputCommandInteraction,
  Client,
  Events,
  GatewayIntentBits as I,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  Partials,
  StringSelectMenuBuilder,
  type TextChannel,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Actor } from "../fakes/discord/actors.ts";
import { type Discord, startDiscord } from "../fakes/discord/server.ts";

let discord: Discord;
let client: Client<true>;
let ada: Actor;

const commands = [
  {
    ...{ name: "batty", description: "The team", type: ApplicationCommandType.ChatInput },
    options: [
      {
        ...{
          name: "send",
          description: "To a member",
          type: ApplicationCommandOptionType.Subcommand,
        },
        options: [
          {
            ...{ name: "name", description: "Who", type: ApplicationCommandOptionType.String },
            ...{ required: true, autocomplete: true },
          },
          { name: "text", description: "What", type: ApplicationCommandOptionType.String },
        ],
      },
    ],
  },
  { name: "Send to…", type: ApplicationCommandType.Message },
];

beforeEach(async () => {
  discord = await startDiscord({ contentIntent: false });
  discord.makeRoom("batty-commands");
  ada = discord.actor("ada", { roles: ["lead"] });
  const made = new Client({
    intents: [I.Guilds, I.GuildMessages, I.GuildMessageReactions, I.DirectMessages],
    partials: [Partials.Channel, Partials.Message, Partials.Reaction, Partials.User],
    rest: { api: discord.api },
  });
  const ready = new Promise((on) => made.once(Events.ClientReady, on));
  await made.login(discord.token);
  await ready;
  client = made as Client<true>;
  await client.application.commands.set(commands as never, discord.guild);
});

afterEach(async () => {
  await client.destroy();
  await discord.close();
});

const onInteraction = (act: (interaction: Interaction) => Promise<unknown>) =>
  client.on(Events.InteractionCreate, (interaction) => void act(interaction));

const room = () => client.channels.cache.get(discord.room("commands").id) as TextChannel;

test("a command is deferred, answered by an edit and followed up", async () => {
  onInteraction(async (interaction) => {
    const asked = interaction as ChatInputCommandInteraction;
    await asked.deferReply();
    const name = asked.options.getString("name", true);
    await asked.editReply(`to ${name}: ${asked.options.getString("text")}`);
    await asked.followUp({ content: "only you", flags: MessageFlags.Ephemeral });
  });
  const handle = await ada.slash("batty send", { name: "architect", text: "hello" });
  expect((await handle.answer()).text).toBe("to architect: hello");
  expect(handle.ephemeral).toBe(false);
  await handle.until((one) => one.followups().length === 1);
  expect(discord.room("commands").text({ as: ada })).toBe(
    "Batty (ada used /batty send): to architect: hello\nBatty (only ada sees this): only you",
  );
  expect(discord.room("commands").text()).not.toContain("only you");
});

test("a person with wrong options, roles or no bot is told so", async () => {
  await expect(ada.slash("batty send", { text: "x" })).rejects.toThrow('"name" is required');
  await expect(ada.slash("batty stop")).rejects.toThrow('there is no "stop"');
});

test("suggestions come while an option is typed", async () => {
  onInteraction(async (interaction) => {
    if (!interaction.isAutocomplete()) return;
    const focused = interaction.options.getFocused();
    await interaction.respond([{ name: `${focused}itect`, value: "architect" }]);
  });
  expect(await ada.complete("batty send", { name: "arch" })).toEqual([
    { name: "architect", value: "architect" },
  ]);
});

const button = (id: string, label: string) =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId(id).setLabel(label).setStyle(ButtonStyle.Primary),
  );

test("a button opens a form, and the form is answered to its sender alone", async () => {
  const input = new TextInputBuilder()
    .setCustomId("text")
    .setLabel("Why?")
    .setStyle(TextInputStyle.Paragraph);
  const form = new ModalBuilder()
    .setCustomId("t:1")
    .setTitle("Send back")
    .addComponents(new ActionRowBuilder<TextInputBuilder>().addComponents(input));
  onInteraction(async (interaction) => {
    if (interaction.isButton()) await interaction.showModal(form);
    if (!interaction.isModalSubmit()) return;
    const text = interaction.fields.getTextInputValue("text");
    await interaction.reply({ content: `sent back: ${text}`, flags: MessageFlags.Ephemeral });
  });
  const card = await room().send({ content: "ready", components: [button("t:1", "Send back…")] });
  const pressed = await ada.press(card.id, "Send back…");
  expect(pressed.modal?.title).toBe("Send back");
  const answer = await (await pressed.modal?.submit({ text: "no tests" }))?.answer();
  expect(answer?.text).toBe("sent back: no tests");
  expect(answer?.ephemeral).toBe("ada");
});

test("a form in labels takes a choice by what it is called, and no text beyond its bounds", async () => {
  const to = new StringSelectMenuBuilder()
    .setCustomId("to")
    .addOptions({ label: "eng-1 (idle)", value: "eng-1" }, { label: "eng-2", value: "eng-2" });
  const text = new TextInputBuilder().setCustomId("text").setStyle(TextInputStyle.Short);
  const form = new ModalBuilder().setCustomId("m").setTitle("Send to");
  form.addLabelComponents(
    new LabelBuilder().setLabel("Member").setStringSelectMenuComponent(to),
    new LabelBuilder().setLabel("Text").setTextInputComponent(text.setMaxLength(5)),
  );
  onInteraction(async (interaction) => {
    if (interaction.isMessageContextMenuCommand()) await interaction.showModal(form);
    if (!interaction.isModalSubmit()) return;
    const [member] = interaction.fields.getStringSelectValues("to");
    await interaction.reply(`${member}: ${interaction.fields.getTextInputValue("text")}`);
  });
  const opened = await ada.menu("Send to…", await ada.say("commands", "look"));
  const submit = async (values: Record<string, string>) =>
    await (await opened.modal?.submit(values))?.answer();
  await expect(submit({ to: "eng-3", text: "hi" })).rejects.toThrow("no option");
  await expect(submit({ to: "eng-2", text: "too long" })).rejects.toThrow("5 or fewer");
  expect((await submit({ Member: "eng-1 (idle)", text: "hello" }))?.text).toBe("eng-1: hello");
});

test("a press may change the message it hangs on", async () => {
  onInteraction(async (interaction) => {
    if (interaction.isButton()) await interaction.update({ content: "done", components: [] });
  });
  const card = await room().send({ content: "ready", components: [button("p:1", "Approve")] });
  const answer = await (await ada.press(card.id, "p:1")).answer();
  expect(answer).toMatchObject({ id: card.id, text: "done", buttons: [] });
});

test("a message's menu brings its content, though the bot may not read messages", async () => {
  let seen = "";
  onInteraction(async (interaction) => {
    if (!interaction.isMessageContextMenuCommand()) return;
    seen = interaction.targetMessage.content;
    await interaction.reply("thanks");
  });
  let heard: string | undefined;
  client.on(Events.MessageCreate, (message) => {
    heard ??= message.author.bot ? undefined : message.content;
  });
  const said = await ada.say("commands", "secret plan");
  await (await ada.menu("Send to…", said)).answer();
  expect({ seen, heard }).toEqual({ seen: "secret plan", heard: "" });
});

test("a reaction on a message from before the login counts", async () => {
  const card = await room().send("ready");
  const cache = room().messages.cache;
  cache.clear();
  const heard = new Promise<string>((on) =>
    client.once(Events.MessageReactionAdd, (reaction, user) =>
      on(`${reaction.emoji.name} ${user.id} ${reaction.partial} ${reaction.message.partial}`),
    ),
  );
  await ada.react(card, "✅");
  expect(await heard).toBe(`✅ ${ada.id} true true`);
  const whole = await room().messages.fetch({ message: card.id, force: true });
  expect([...((await whole.reactions.resolve("✅")?.users.fetch())?.keys() ?? [])]).toEqual([
    ada.id,
  ]);
});

test("a person writes to the bot alone, and the answer goes back there", async () => {
  client.on(Events.MessageCreate, (message) => {
    if (!message.author.bot) void message.reply(`you said ${message.content}`);
  });
  await ada.dm("status?");
  const answer = await discord.room(ada.dmRoom).until((one) => one.author === "Batty");
  expect(answer.text).toBe("you said status?");
});

test("people of another guild are heard from there, and cannot act in ours", async () => {
  const eve = discord.actor("eve", { guild: discord.otherGuild });
  const heard = once(client, Events.MessageCreate);
  const said = await eve.say("general", "hello");
  expect((await heard)[0]).toMatchObject({ guildId: discord.otherGuild });
  expect(discord.room(said.channel).text()).toBe("eve: hello");
  await expect(eve.say("commands", "x")).rejects.toThrow('no room "commands"');
});

test("an answer after fifteen minutes finds its token dead", async () => {
  const failed = new Promise<number>((on) =>
    onInteraction(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      discord.advance(900_001);
      await interaction.editReply("late").catch((thrown: { code: number }) => on(thrown.code));
    }),
  );
  const handle = await ada.slash("batty send", { name: "architect" });
  expect(await failed).toBe(50_027);
  expect(handle.reply()?.thinking).toBe(true);
});
