// The loopback Discord's gateway and a stock discord.js client: lines that break, sessions that are
// resumed or not, logins that are refused. No product code.
import { once } from "node:events";
import { Client, Events, GatewayIntentBits as I, type Message, type TextChannel } from "discord.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Actor } from "../fakes/discord/actors.ts";
import { type Discord, startDiscord } from "../fakes/discord/server.ts";

let discord: Discord;
let ada: Actor;
const clients: Client[] = [];
const heard: string[] = [];

beforeEach(async () => {
  discord = await startDiscord({ heartbeatMs: 300 });
  discord.makeRoom("batty-commands");
  ada = discord.actor("ada");
  heard.length = 0;
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.destroy();
  await discord.close();
});

async function login(intents = [I.Guilds, I.GuildMessages, I.MessageContent]) {
  const client = new Client({ intents, rest: { api: discord.api } });
  clients.push(client);
  client.on(Events.MessageCreate, (message: Message) => heard.push(message.content));
  const ready = once(client, Events.ClientReady);
  await client.login(discord.token);
  await ready;
  return client;
}

/** Waits for the client, which hears over a socket. */
const hears = (client: Client, text: string) =>
  heard.includes(text)
    ? Promise.resolve()
    : new Promise<void>((on) => {
        client.on(Events.MessageCreate, (message) => message.content === text && on());
      });

const ops = (op: number) =>
  discord.log.filter((one) => one.kind === "gateway" && one.from === "bot" && one.op === op).length;

test("what happened while the line was down comes after the resume, once and in order", async () => {
  const client = await login();
  discord.faults.dropGateway();
  for (const text of ["one", "two", "three"]) await ada.say("commands", text);
  const resumed = once(client, Events.ShardResume);
  await resumed;
  await ada.say("commands", "four");
  await hears(client, "four");
  expect(heard).toEqual(["one", "two", "three", "four"]);
  expect({ identified: ops(2), resumed: ops(6) }).toEqual({ identified: 1, resumed: 1 });
});

test("a session that cannot be resumed makes a new one, and what was missed stays missed", async () => {
  const client = await login();
  discord.faults.invalidSession(false);
  await ada.say("commands", "unheard");
  await discord.until(
    "a second session",
    () => (ops(2) === 2 && discord.connected() === 1) || undefined,
  );
  await ada.say("commands", "heard");
  await hears(client, "heard");
  expect(heard).toEqual(["heard"]);
}, 20_000);

test("asked to reconnect, the client resumes", async () => {
  const client = await login();
  const resumed = once(client, Events.ShardResume);
  discord.faults.reconnect();
  await resumed;
  expect(ops(2)).toBe(1);
});

test("a line without heartbeat acknowledgements is given up and resumed", async () => {
  const client = await login();
  const resumed = once(client, Events.ShardResume);
  discord.faults.zombie();
  await ada.say("commands", "into the dead line");
  await resumed;
  await hears(client, "into the dead line");
  expect(heard).toEqual(["into the dead line"]);
});

test("a wrong token is refused by REST and by the gateway", async () => {
  const client = new Client({ intents: [I.Guilds], rest: { api: discord.api } });
  clients.push(client);
  await expect(client.login(`${discord.token}x`)).rejects.toThrow("invalid token");
});

test("a privileged intent that is not switched on closes with 4014", async () => {
  const client = new Client({ intents: [I.Guilds, I.GuildMembers], rest: { api: discord.api } });
  clients.push(client);
  await expect(client.login(discord.token)).rejects.toThrow("disallowed intents");
});

test("without the intent content is empty, but for mentions", async () => {
  await discord.close();
  discord = await startDiscord({ contentIntent: false });
  discord.makeRoom("batty-commands");
  ada = discord.actor("ada");
  const client = await login([I.Guilds, I.GuildMessages]);
  await ada.say("commands", "to nobody");
  await ada.say("commands", `<@${discord.application}> status`);
  await hears(client, `<@${discord.application}> status`);
  expect(heard).toEqual(["", `<@${discord.application}> status`]);
  const channel = client.channels.cache.get(discord.room("commands").id) as TextChannel;
  const fetched = await channel.messages.fetch();
  expect(fetched.map((one) => one.content)).toEqual([`<@${discord.application}> status`, ""]);
});

test("two bots on one token both hear a command, and the second to answer is refused", async () => {
  const [first, second] = [await login(), await login()];
  await first.application?.commands.set([{ name: "ping", description: "x" }], discord.guild);
  const outcomes: unknown[] = [];
  const both = [first, second].map(
    (client) =>
      new Promise<void>((on) =>
        client.once(Events.InteractionCreate, (interaction) => {
          if (!interaction.isChatInputCommand()) return;
          interaction
            .reply("pong")
            .then(
              () => outcomes.push("answered"),
              (thrown: { code: number }) => outcomes.push(thrown.code),
            )
            .finally(on);
        }),
      ),
  );
  const handle = await ada.slash("ping");
  await Promise.all(both);
  expect((await handle.answer()).text).toBe("pong");
  expect(outcomes.sort()).toEqual([40060, "answered"]);
});

test("an event that is delivered twice has one id", async () => {
  const client = await login();
  const ids: string[] = [];
  client.on(Events.InteractionCreate, (interaction) => ids.push(interaction.id));
  await client.application?.commands.set([{ name: "ping", description: "x" }], discord.guild);
  const handle = await ada.slash("ping", {}, { nowait: true });
  discord.faults.redeliver("INTERACTION_CREATE");
  await ada.say("commands", "after");
  await hears(client, "after");
  expect(ids).toEqual([handle.id, handle.id]);
});

test("a slow gateway brings everything late, and the person sees no answer in time", async () => {
  const client = await login();
  await client.application?.commands.set([{ name: "ping", description: "x" }], discord.guild);
  discord.faults.gatewayDelay(200);
  const refused = new Promise<number>((on) =>
    client.on(Events.InteractionCreate, (interaction) => {
      if (interaction.isChatInputCommand())
        interaction.reply("late").catch((thrown: { code: number }) => on(thrown.code));
    }),
  );
  const asking = ada.slash("ping");
  discord.advance(3_001);
  expect((await asking).failed).toBe("The application did not respond");
  expect(await refused).toBe(10_062);
});

test("nobody listens for a while, and the client is back when someone does", async () => {
  const client = await login();
  await discord.faults.refuse();
  await expect(client.rest.get("/users/@me")).rejects.toThrow();
  await ada.say("commands", "meanwhile");
  await discord.faults.restore();
  await hears(client, "meanwhile");
  expect(heard).toEqual(["meanwhile"]);
}, 20_000);

test("a bot that is invited hears of its guild, and of its end", async () => {
  await discord.close();
  discord = await startDiscord({ invited: false });
  const client = await login();
  expect(client.guilds.cache.has(discord.guild)).toBe(false);
  const joined = once(client, Events.GuildCreate);
  discord.faults.invite();
  expect((await joined)[0]).toMatchObject({ id: discord.guild });
  const left = once(client, Events.GuildDelete);
  discord.faults.kick();
  await left;
  await expect(client.guilds.fetch(discord.guild)).rejects.toMatchObject({ code: 50_001 });
  await discord.actor("ada").say("general", "among ourselves");
  const told = discord.log.filter(
    (one) => one.kind === "gateway" && one.event === "MESSAGE_CREATE",
  );
  expect(told).toEqual([]);
});

test("a session that was declared invalid is not resumed by whoever tries", async () => {
  await login();
  discord.faults.invalidSession(false);
  const { session } = await discord.until("the session's end", () => {
    const [first] = discord.sessions();
    return first ? { session: first } : undefined;
  });
  const socket = new WebSocket(`${discord.world.base.replace("http", "ws")}/gateway`);
  await once(socket, "open");
  const d = { token: discord.token, session_id: session, seq: 1 };
  socket.send(JSON.stringify({ op: 6, d }));
  const answers: number[] = [];
  socket.on("message", (raw) => answers.push((JSON.parse(String(raw)) as { op: number }).op));
  while (!answers.includes(9)) await once(socket, "message");
  expect(answers).not.toContain(0);
  socket.terminate();
});
