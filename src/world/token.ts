// A chat platform's token: from the environment, from a file named there, or from the team's own file outside the
// repository. Says where it is from, never what it is.
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Failure } from "../core/words.ts";

type Env = Readonly<Record<string, string | undefined>>;

export const platforms = ["discord", "telegram"] as const;
export type Platform = (typeof platforms)[number];

export interface Token {
  readonly value: string;
  /** The variable or the file. */
  readonly from: string;
}

export const tokenVariable = (platform: Platform): string =>
  `BATTY_${platform.toUpperCase()}_BOT_TOKEN`;

const configDir = (env: Env): string => join(env["HOME"] ?? homedir(), ".config", "batty");

export const tokenFile = (platform: Platform, team: string, env: Env): string =>
  join(configDir(env), team, `${platform}.token`);

/**
 * Null: there is none.
 * @throws Failure `chat.login` when its file is empty, unreadable, or open to other users
 */
export async function findToken(platform: Platform, team: string, env: Env): Promise<Token | null> {
  const variable = tokenVariable(platform);
  const given = env[variable]?.trim();
  if (given) return { value: given, from: variable };
  const named = env[`${variable}_FILE`];
  if (named) return readToken(named, `Write the token there, or take ${variable}_FILE away.`);
  const own = tokenFile(platform, team, env);
  return readToken(own, `Run \`batty ${platform} setup\`.`).catch((error: unknown) => {
    if ((error as Failure).cause !== absent) throw error;
    return null;
  });
}

const absent = Symbol("there is no such file");

async function readToken(path: string, hint: string): Promise<Token> {
  const failed = (say: string, cause: unknown, how = hint): Failure =>
    new Failure("chat.login", say, { hint: how, cause });
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const isAbsent = error.code === "ENOENT";
    throw failed(
      `reading the token in ${path} failed: ${error.message}`,
      isAbsent ? absent : error,
    );
  });
  if ((found.mode & 0o077) !== 0)
    throw failed(
      `other users can read the token in ${path}, so it is not used`,
      null,
      `Make a new token if others may have read it; else \`chmod 600 ${path}\`.`,
    );
  const value = (await readFile(path, "utf8")).trim();
  if (value === "") throw failed(`the token file ${path} is empty`, null);
  return { value, from: path };
}

/** Whole or not at all, for its owner alone. */
export async function writeToken(path: string, value: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}.tmp`;
  await writeFile(fresh, `${value}\n`, { mode: 0o600 });
  await chmod(fresh, 0o600); // whatever stood there before
  await rename(fresh, path);
}

/** Two bots with one token would take each other's messages: who has this lock has the token. */
export async function tokenLock(token: Token, env: Env): Promise<string> {
  const dir = join(configDir(env), "tokens");
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(token.value).digest("hex").slice(0, 16);
  return join(dir, `${name}.lock`);
}
