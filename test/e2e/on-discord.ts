// A real team whose people are on Discord: one on this machine, in the test's own process, so that a test acts as its
// people, reads what they read, and has it fail when it likes.
import { onTestFinished } from "vitest";
import { setKeys } from "../../src/config/edit.ts";
import type { Actor } from "../fakes/discord/actors.ts";
import { type Discord, type Settings, startDiscord } from "../fakes/discord/server.ts";
import type { Seen } from "../fakes/discord/transcript.ts";
import { type Team, type TeamOrder, team } from "./team.ts";

export interface DiscordOrder extends TeamOrder {
  /** Of the loopback Discord. */
  readonly discord?: Settings;
  /** The bot's own, where it is not the one that Discord knows. */
  readonly token?: string;
}

export interface OnDiscord {
  /** Its `chat` is the built-in one, beside Discord. */
  readonly t: Team;
  readonly discord: Discord;
  /** May approve. */
  readonly ada: Actor;
  /** May approve, too. */
  readonly ben: Actor;
  /** On the server, and unknown to the team. */
  readonly eve: Actor;
}

/** ms: a process that starts and logs in, on a busy machine. */
export const onlineWithin = 30_000;

export async function onDiscord(order: DiscordOrder = {}): Promise<OnDiscord> {
  const discord = await startDiscord(order.discord);
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") tellRooms(discord);
    await discord.close();
  });
  const [ada, ben, eve] = [discord.actor("ada"), discord.actor("ben"), discord.actor("eve")];
  const edit = (yaml: string): string => {
    const written = order.edit?.(yaml) ?? yaml;
    return setKeys(written, [
      { path: ["chat", "discord", "guild"], value: discord.guild },
      { path: ["people", "ada", "discord"], value: ada.id },
      { path: ["people", "ben", "discord"], value: ben.id },
      { path: ["access", "approvers"], value: ["ada", "ben"] },
    ]);
  };
  const env = {
    BATTY_DISCORD_API: discord.api,
    BATTY_DISCORD_BOT_TOKEN: order.token ?? discord.token,
    ...order.env,
  };
  return { t: await team({ ...order, env, edit }), discord, ada, ben, eve };
}

/** The bot is there, its commands are, and so are its rooms. */
export async function isUp({ discord }: OnDiscord): Promise<void> {
  const rooms = ["commands", "events", "alerts", "merges", "standup", "board"];
  await discord.until(
    "the bot on Discord",
    () =>
      (discord.connected() > 0 &&
        discord.world.commands.size > 0 &&
        rooms.every((name) => discord.room(name).exists())) ||
      undefined,
    onlineWithin,
  );
}

/** A merge card of this task, as it stands in #batty-merges. */
export const mergeCard =
  (task: number, footer: string) =>
  ({ text }: Seen): boolean =>
    text.startsWith(`🔀 #${task} `) && (text.split("\n").at(-1) ?? "").startsWith(footer);

function tellRooms({ world, guild, room }: Discord): void {
  for (const channel of world.channels.values())
    if ("guild_id" in channel && channel.guild_id === guild && "name" in channel)
      process.stderr.write(`--- ${channel.name} ---\n${room(channel.id).text()}\n`);
}
