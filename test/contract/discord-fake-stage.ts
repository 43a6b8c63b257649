// A loopback Discord with a room and a person, and a stock client that is logged in to it.
import {
  Client,
  DiscordAPIError,
  Events,
  GatewayIntentBits as I,
  type RESTOptions,
  type TextChannel,
} from "discord.js";
import type { Actor } from "../fakes/discord/actors.ts";
import { type Discord, type Settings, startDiscord } from "../fakes/discord/server.ts";

export interface Stage {
  readonly discord: Discord;
  readonly client: Client<true>;
  readonly ada: Actor;
  readonly room: TextChannel;
  close(): Promise<void>;
}

export async function openStage(
  settings: Settings = {},
  rest: Partial<RESTOptions> = {},
): Promise<Stage> {
  const discord = await startDiscord(settings);
  discord.makeRoom("batty-commands");
  const ada = discord.actor("ada");
  const made = new Client({
    intents: [I.Guilds, I.GuildMessages, I.MessageContent],
    rest: { api: discord.api, offset: 0, ...rest },
  });
  const ready = new Promise((on) => made.once(Events.ClientReady, on));
  await made.login(discord.token);
  await ready;
  const client = made as Client<true>;
  const room = client.channels.cache.find(
    (one) => "name" in one && one.name === "batty-commands",
  ) as TextChannel;
  return {
    ...{ discord, client, ada, room },
    async close() {
      await client.destroy();
      await discord.close();
    },
  };
}

/** The code that the library throws with; null when it does not. */
export async function codeOf(doing: Promise<unknown>): Promise<number | string | null> {
  try {
    await doing;
    return null;
  } catch (thrown) {
    if (thrown instanceof DiscordAPIError) return thrown.code;
    throw thrown;
  }
}
