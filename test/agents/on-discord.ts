// A team of real agents and somebody who has nothing but Discord: the loopback server of the tests, and ada in it.
import { onTestFinished } from "vitest";
import { setKeys } from "../../src/config/edit.ts";
import type { Actor } from "../fakes/discord/actors.ts";
import { type Discord, startDiscord } from "../fakes/discord/server.ts";
import type { Seen } from "../fakes/discord/transcript.ts";
import { type Lab, lab, patience } from "./lab.ts";
import type { Page } from "./model/ask.ts";

export interface OnDiscord extends Lab {
  readonly discord: Discord;
  /** She may approve. */
  readonly ada: Actor;
}

/** The team runs, and its commands are there. */
export async function labOnDiscord(agents: string, playbook: readonly Page[]): Promise<OnDiscord> {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  const ada = discord.actor("ada");
  const made = await lab(agents, playbook, {
    botEnv: { BATTY_DISCORD_API: discord.api, BATTY_DISCORD_BOT_TOKEN: discord.token },
    edit: (yaml) =>
      setKeys(yaml, [
        { path: ["chat", "discord", "guild"], value: discord.guild },
        { path: ["people", ada.name, "discord"], value: ada.id },
        { path: ["access", "approvers"], value: [ada.name] },
      ]),
  });
  onTestFinished(({ task }) => {
    if (task.result?.state === "fail") process.stderr.write(`${all(discord, ada)}\n`);
  });
  await discord.until("commands", () => discord.world.commands.size || undefined, patience);
  return { ...made, discord, ada };
}

/** Every room as she reads it. */
const all = (discord: Discord, as: Actor): string =>
  [...discord.world.channels.values()]
    .map(({ id, name }) => `--- ${name}\n${discord.room(id).text({ as })}`)
    .join("\n");

/** One that can be pressed; a sign may stand before its label. */
export const hasButton = ({ buttons }: Seen, words: string): boolean =>
  buttons.some(({ label, disabled }) => !disabled && label.endsWith(words));
