// The values that no chat may show: what members get handed on, and the bot's own tokens. Read once at the start.
import { readFile } from "node:fs/promises";
import type { Team } from "../core/team.ts";
import { secretValues } from "../lib/redact.ts";
import { platforms, tokenFile, tokenVariable } from "../world/token.ts";

export async function knownSecrets(
  team: Team,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const tokens = platforms.map(tokenVariable);
  const files = [
    ...tokens.flatMap((name) => env[`${name}_FILE`] ?? []),
    ...platforms.map((name) => tokenFile(name, team.name, env)),
  ];
  const read = files.map((path) => readFile(path, "utf8").catch(() => "")); // few have all of them
  const values = secretValues(env, [...team.policy.envPass, ...tokens]);
  return [...values, ...(await Promise.all(read)).filter((text) => text.trim() !== "")];
}
