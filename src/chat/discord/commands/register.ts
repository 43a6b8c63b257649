// Puts the commands into a guild, all at once, and only when they are others than before or gone: Discord counts.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  type REST,
  type RESTGetAPIApplicationGuildCommandsResult,
  type RESTPostAPIApplicationCommandsJSONBody,
  Routes,
} from "discord.js";

export interface Registration {
  readonly rest: Pick<REST, "get" | "put">;
  readonly application: string;
  readonly guild: string;
  readonly commands: readonly RESTPostAPIApplicationCommandsJSONBody[];
  /** Remembers what was put where. */
  readonly file: string;
  readonly signal: AbortSignal;
}

/** Whether they had to be put. */
export async function registerCommands(parts: Registration): Promise<boolean> {
  const { rest, application, guild, commands, file, signal } = parts;
  const hash = createHash("sha256")
    .update(JSON.stringify([application, guild, commands]))
    .digest("hex");
  const route = Routes.applicationGuildCommands(application, guild);
  // A bot that was removed and invited again has lost them there.
  const isThere = async (): Promise<boolean> => {
    const listed = (await rest.get(route, { signal })) as RESTGetAPIApplicationGuildCommandsResult;
    return commands.every(({ name }) => listed.some((c) => c.name === name));
  };
  if ((await remembered(file)) === hash && (await isThere())) return false;
  await rest.put(route, { body: commands, signal });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${hash}\n`, { mode: 0o600 });
  return true;
}

async function remembered(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch {
    return ""; // Missing or unreadable: to put them once more does no harm.
  }
}
