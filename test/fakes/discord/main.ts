// The loopback Discord as a program of its own: says where it is, then takes what people do as JSON
// lines and tells as JSON lines what they see. Ends with its standard input. Knows nothing of the product.
//   node main.mjs ada:lead,approver ben       people, each with the names of their roles
import { createInterface } from "node:readline";
import { GatewayDispatchEvents } from "discord-api-types/v10";
import type { Actor } from "./actors.ts";
import type { Options } from "./asking.ts";
import { guildOf } from "./build.ts";
import type { Handle } from "./handle.ts";
import { type Discord, startDiscord } from "./server.ts";
import { nameOf, see } from "./transcript.ts";
import type { Sent, Sight, Stored } from "./world.ts";

interface Line {
  readonly ref: number | string;
  readonly by: string;
  readonly message?: string;
  readonly room?: string;
  readonly slash?: string;
  readonly options?: Options;
  readonly press?: string;
  /** For the form that a press opens: its first field. */
  readonly text?: string | null;
  readonly react?: string;
  readonly unreact?: string;
  readonly say?: string;
}

const tell = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** What a person in the guild sees of a message; null: it is in another guild. */
function sight(discord: Discord, what: Sight, stored: Stored): unknown {
  const { world } = discord;
  const channel = world.channels.get(stored.message.channel_id);
  const guild = channel ? guildOf(channel) : stored.guild;
  if (guild !== null && guild !== discord.guild) return null;
  const { id, author, text, buttons, ephemeral, thinking } = see(world, stored);
  const place = { event: what, id, room: channel?.name ?? "direct message" };
  if (what === "delete") return place;
  return { ...place, author, text, buttons: buttons.map((one) => one.label), ephemeral, thinking };
}

function reaction(discord: Discord, sent: Sent): unknown {
  const { event } = sent;
  const added = event.t === GatewayDispatchEvents.MessageReactionAdd;
  if (!added && event.t !== GatewayDispatchEvents.MessageReactionRemove) return null;
  if (sent.guild !== null && sent.guild !== discord.guild) return null;
  const { message_id: message, channel_id, emoji, user_id } = event.d;
  const room = discord.world.channels.get(channel_id)?.name ?? "direct message";
  return {
    event: "reaction",
    message,
    room,
    emoji: emoji.name,
    by: nameOf(discord.world, user_id),
    added,
  };
}

function answered(handle: Handle): Handle {
  if (handle.failed !== null) throw new Error(handle.failed);
  return handle;
}

async function press(actor: Actor, line: Line): Promise<void> {
  const { modal } = answered(await actor.press(line.message ?? "", line.press ?? ""));
  if (modal === null) return;
  const [first] = modal.fields;
  if (first === undefined || line.text == null)
    throw new Error(`a form "${modal.title}" opened; give its text`);
  answered(await modal.submit({ [first.id]: line.text }));
}

async function act(discord: Discord, line: Line): Promise<void> {
  const actor = discord.actor(line.by);
  const at = line.room === undefined ? {} : { room: line.room };
  if (line.slash !== undefined) answered(await actor.slash(line.slash, line.options ?? {}, at));
  else if (line.press !== undefined) await press(actor, line);
  else if (line.react !== undefined) await actor.react(line.message ?? "", line.react);
  else if (line.unreact !== undefined) await actor.unreact(line.message ?? "", line.unreact);
  else if (line.say !== undefined) await actor.say(line.room ?? "commands", line.say);
  else throw new Error("nothing to do: slash, press, react, unreact or say");
}

async function main(wishes: readonly string[]): Promise<void> {
  const discord = await startDiscord();
  const people: Record<string, string> = {};
  for (const wish of wishes.length > 0 ? wishes : ["ada"]) {
    const [name = "ada", roles = ""] = wish.split(":");
    people[name] = discord.actor(name, { roles: roles.split(",").filter(Boolean) }).id;
  }
  const maybe = (line: unknown) => line !== null && tell(line);
  discord.world.onSight((what, stored) => maybe(sight(discord, what, stored)));
  discord.world.onEvent((sent) => maybe(reaction(discord, sent)));
  const { api, token, guild } = discord;
  tell({ ready: { api, token, guild, people } });
  for await (const text of createInterface({ input: process.stdin })) {
    const line = JSON.parse(text) as Line;
    act(discord, line).then(
      () => tell({ ref: line.ref, ok: true }),
      (thrown: unknown) => tell({ ref: line.ref, error: (thrown as Error).message }),
    );
  }
  await discord.close();
}

await main(process.argv.slice(2));
