// What keeps a team from working on Discord, one line and one fix each: token, clock, server, permissions, channels, text.
import type { DiscordSettings } from "../core/team.ts";
import { Failure, type Instant } from "../core/words.ts";
import { bad, type Check, ok, warn } from "./check.ts";

interface Missing {
  readonly name: string;
  readonly why: string;
  readonly needed: boolean;
}

export interface DiscordOffice {
  account(): Promise<{
    readonly name: string;
    readonly readsText: boolean;
    readonly invite: string;
  }>;
  guilds(): Promise<
    readonly { readonly id: string; readonly name: string; readonly missing: readonly Missing[] }[]
  >;
  /** Names and ids of a server's channels. */
  channels(guild: string): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** Discord's own clock; null: it does not say. */
  clock(): Promise<Instant | null>;
}

export interface DiscordChecks {
  readonly settings: DiscordSettings | null;
  /** @throws Failure `chat.login` */
  readonly token: () => Promise<{ readonly value: string; readonly from: string } | null>;
  readonly office: (token: string) => DiscordOffice;
  readonly now: () => Instant;
}

/** Tokens of interactions are valid for 3 s, ms. */
const skewTold = 2_000;
const setupFirst = "Run `batty discord setup`.";

/** Nothing: the team is not on Discord. */
export async function examineDiscord(parts: DiscordChecks): Promise<readonly Check[]> {
  if (parts.settings === null) return [warn("discord", "this team is not on Discord", setupFirst)];
  const token = await parts.token().catch((error: unknown) => told("discord token", error));
  if (token === null) return [bad("discord token", "there is none", setupFirst)];
  if ("result" in token) return [token];
  const office = parts.office(token.value);
  const account = await office.account().catch((error: unknown) => told("discord token", error));
  if ("result" in account) return [account];
  const found: Check[] = [ok("discord token", `${account.name}, from ${token.from}`)];
  found.push(await clock(office, parts.now));
  try {
    const guild = chosen(await office.guilds(), parts.settings, account.invite);
    if ("result" in guild) return [...found, guild];
    found.push(ok("discord server", guild.name), ...permissions(guild.missing, account.invite));
    found.push(...missingChannels(await office.channels(guild.id), parts.settings, guild.name));
  } catch (error) {
    return [...found, told("discord server", error)];
  }
  found.push(
    account.readsText
      ? ok("discord text", "the bot is given the text of plain messages")
      : warn(
          "discord text",
          "the bot is not given the text of plain messages; commands, buttons, mentions and replies work",
          "Switch on Message Content Intent: discord.com/developers, your application, Bot.",
        ),
  );
  return found;
}

function told(name: string, error: unknown): Check {
  const hint = error instanceof Failure ? error.hint : undefined;
  const say = error instanceof Error ? error.message : String(error);
  return bad(name, say, hint ?? "Try once more; Discord may be away.");
}

async function clock(office: DiscordOffice, now: () => Instant): Promise<Check> {
  const before = now();
  const theirs = await office.clock().catch(() => null); // the next line says that Discord is away
  if (theirs === null) return ok("discord clock", "Discord did not say what time it is");
  const ours = (before + now()) / 2;
  const off = Math.round(Math.abs(theirs - ours) / 1_000);
  return Math.abs(theirs - ours) <= skewTold
    ? ok("discord clock", "this machine's clock is right")
    : bad(
        "discord clock",
        `this machine's clock is ${off} s ${theirs > ours ? "behind" : "ahead of"} Discord's`,
        "Set it: `timedatectl set-ntp true`.",
      );
}

type Found = Awaited<ReturnType<DiscordOffice["guilds"]>>;

function chosen(guilds: Found, { guild }: DiscordSettings, invite: string): Found[number] | Check {
  const found = guild === null ? guilds[0] : guilds.find(({ id }) => id === guild);
  if (guild === null && guilds.length > 1)
    return bad(
      "discord server",
      `the bot is on ${guilds.length} servers and team.yaml names none`,
      `Set chat.discord.guild to one of ${guilds.map(({ id, name }) => `${id} (${name})`).join(", ")}.`,
    );
  if (found !== undefined) return found;
  const which = guild === null ? "any server" : `the server ${guild} that team.yaml names`;
  return bad("discord server", `the bot is not on ${which}`, `Let it in: ${invite}`);
}

function permissions(missing: readonly Missing[], invite: string): Check[] {
  if (missing.length === 0) return [ok("discord permissions", "it may do all it wants to")];
  return missing.map(({ name, why, needed }) =>
    (needed ? bad : warn)(
      "discord permissions",
      `it lacks ${name}, to ${why}`,
      `Allow it: ${invite}`,
    ),
  );
}

function missingChannels(
  there: Awaited<ReturnType<DiscordOffice["channels"]>>,
  { channels }: DiscordSettings,
  guild: string,
): Check[] {
  const gone = Object.entries(channels).filter(
    ([, wanted]) => !there.some(({ id, name }) => id === wanted || name === wanted),
  );
  if (gone.length === 0) return [ok("discord channels", "all six are there")];
  return gone.map(([name, wanted]) =>
    warn(
      "discord channels",
      `${guild} has no channel ${wanted} for ${name}`,
      "The bot makes it at its start, where it may.",
    ),
  );
}
