// The loopback Discord as a program of its own: what it is told and what it tells, line by line.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client, Events, GatewayIntentBits as I, type TextChannel } from "discord.js";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

type Told = Record<string, unknown>;

let dir: string;
let child: ChildProcess;
const told: Told[] = [];
const waiting = new Set<() => void>();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopback-discord-"));
  const outfile = join(dir, "main.mjs");
  const require = "import { createRequire } from 'node:module';";
  await build({
    ...{ entryPoints: ["test/fakes/discord/main.ts"], outfile, bundle: true, logLevel: "error" },
    ...{ platform: "node", format: "esm" },
    banner: { js: `${require} const require = createRequire(import.meta.url);` },
  });
  child = spawn(process.execPath, [outfile, "ada:lead"], { stdio: ["pipe", "pipe", "inherit"] });
  if (!child.stdout) throw new Error("no output");
  createInterface({ input: child.stdout }).on("line", (line) => {
    told.push(JSON.parse(line) as Told);
    for (const look of waiting) look();
  });
});

afterAll(async () => {
  child.kill();
  await rm(dir, { recursive: true, force: true });
});

const tells = (check: (line: Told) => boolean) =>
  new Promise<Told>((on) => {
    const look = () => {
      const found = told.find(check);
      if (!found) return;
      waiting.delete(look);
      on(found);
    };
    waiting.add(look);
    look();
  });

const order = async (line: Told) => {
  child.stdin?.write(`${JSON.stringify(line)}\n`);
  const { ref: _, ...outcome } = await tells((one) => one["ref"] === line["ref"]);
  return outcome;
};

test("people act by lines, what they see is told by lines, and the end of input ends it", async () => {
  const { ready } = (await tells((one) => "ready" in one)) as {
    ready: { api: string; token: string };
  };
  const intents = [I.Guilds, I.GuildMessages, I.MessageContent];
  const client = new Client({ intents, rest: { api: ready.api } });
  const logged = new Promise((on) => client.once(Events.ClientReady, on));
  await client.login(ready.token);
  await logged;
  client.on(Events.MessageCreate, (message) => {
    if (!message.author.bot) void message.reply("on it").then((answer) => answer.react("✅"));
  });
  expect(await order({ ref: 1, by: "ada", say: "status?", room: "general" })).toEqual({ ok: true });
  const answer = await tells((one) => one["text"] === "on it");
  expect(answer).toMatchObject({
    event: "message",
    room: "general",
    author: "Batty",
    ephemeral: null,
  });
  expect(await tells((one) => one["event"] === "reaction")).toMatchObject({
    ...{ message: answer["id"], emoji: "✅", by: "Batty", added: true },
  });
  expect(await order({ ref: 2, by: "ada", press: "Approve", message: answer["id"] })).toEqual({
    error: 'no button "Approve"; there are ',
  });
  const channel = client.channels.cache.find((one) => one.isTextBased()) as TextChannel;
  await channel.messages.delete(answer["id"] as string);
  expect(await tells((one) => one["event"] === "delete")).toMatchObject({ id: answer["id"] });
  await client.destroy();
  const ended = new Promise((on) => child.once("exit", on));
  child.stdin?.end();
  expect(await ended).toBe(0);
});
