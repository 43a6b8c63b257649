// The values that no chat may show: what members get handed on, and the bot's own tokens. Read once at the start.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Team } from "../core/team.ts";
import { secretValues } from "../lib/redact.ts";

const platforms = ["discord", "telegram"] as const;

export async function knownSecrets(
  team: Team,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const tokens = platforms.map((name) => `BATTY_${name.toUpperCase()}_BOT_TOKEN`);
  const home = env["HOME"] ?? homedir();
  const files = [
    ...tokens.flatMap((name) => env[`${name}_FILE`] ?? []),
    ...platforms.map((name) => join(home, ".config", "batty", team.name, `${name}.token`)),
  ];
  const read = files.map((path) => readFile(path, "utf8").catch(() => "")); // few have all of them
  const values = secretValues(env, [...team.policy.envPass, ...tokens]);
  return [...values, ...(await Promise.all(read)).filter((text) => text.trim() !== "")];
}
