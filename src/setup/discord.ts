// `discord setup`: from a token to a team on Discord. Asks for the token alone; everything else is found out, made, or
// picked by a reaction. Knows neither a terminal nor Discord's own words.
import { addToList, setKeys } from "../config/edit.ts";
import type { Team } from "../core/team.ts";
import { Failure, type Millis } from "../core/words.ts";

/** Each question rejects with Cancelled when the person gave up. */
export interface Asker {
  say(line: string): void;
  /** Not shown while it is typed. */
  secret(question: string): Promise<string>;
  /** One of the choices. */
  choose(question: string, choices: readonly string[]): Promise<string>;
  yes(question: string): Promise<boolean>;
  /** Resolves when the person says that it is enough. */
  enter(question: string): Promise<void>;
}

interface Right {
  readonly name: string;
  readonly why: string;
  readonly needed: boolean;
}

/** What set-up asks of the platform. */
export interface Platform {
  account(): Promise<{ id: string; name: string; readsText: boolean; invite: string }>;
  guilds(): Promise<readonly { id: string; name: string; missing: readonly Right[] }[]>;
  /** The channels of the team, found or made; their ids by name. */
  channels(guild: string): Promise<ReadonlyMap<string, string>>;
  post(channel: string, text: string): Promise<string>;
  invite(channel: string, message: string, emoji: string): Promise<void>;
  reactors(
    channel: string,
    message: string,
    emoji: string,
  ): Promise<readonly { id: string; name: string }[]>;
  testCard(channel: string): Promise<void>;
}

export interface SetupParts {
  readonly team: Pick<Team, "name" | "owner" | "people" | "access">;
  readonly ask: Asker;
  readonly platform: (token: string) => Platform;
  /** One that is there already. */
  readonly token: { readonly value: string; readonly from: string } | null;
  readonly sleep: (ms: Millis) => Promise<void>;
  readonly saveToken: (value: string) => Promise<string>;
  /** @throws Failure `config.invalid`, and the file stays as it was */
  readonly saveTeam: (edit: (text: string) => string) => Promise<void>;
}

export interface SetUpDone {
  readonly guild: { readonly id: string; readonly name: string };
  readonly approvers: readonly string[];
  readonly readsText: boolean;
}

const approving = "✅";
/** Between two looks at what a person does in their browser, ms. */
const lookEach: Millis = 2_000;
const tokenTries = 3;

/** @throws Failure `chat.*` | Cancelled */
export async function setUpDiscord(parts: SetupParts): Promise<SetUpDone> {
  const { ask } = parts;
  const { platform, token, account } = await login(parts);
  ask.say(`This is ${account.name}.`);
  const guild = await entered(parts, platform, account.invite);
  ask.say(`${account.name} is in ${guild.name}.`);
  for (const { name, why, needed } of guild.missing)
    ask.say(`${needed ? "Missing" : "Not given"}: ${name} (to ${why}).`);
  if (guild.missing.some(({ needed }) => needed))
    throw new Failure("chat.forbidden", `${account.name} lacks permissions in ${guild.name}`, {
      hint: `Open ${account.invite} once more, choose ${guild.name}, allow everything, and run this again.`,
    });
  const channels = await platform.channels(guild.id);
  ask.say(`It has its channels there: ${[...channels.keys()].join(", ")}.`);
  const commands = channels.get("commands") ?? [...channels.values()][0] ?? "";
  const approvers = await pickApprovers(parts, platform, commands);
  await platform.testCard(commands);
  ask.say("A test card stands in the commands channel.");
  await parts.saveTeam((text) => edited(text, parts.team, guild.id, approvers));
  if (token !== null) ask.say(`The token is in ${await parts.saveToken(token)}, for you alone.`);
  if (!account.readsText)
    ask.say(
      "It is not given the text of plain messages: commands, buttons, mentions and replies work. For plain text in threads switch on Message Content Intent (discord.com/developers → your application → Bot).",
    );
  return { guild, approvers: approvers.map(({ name }) => name), readsText: account.readsText };
}

/** A person did not want to go on. */
export class Cancelled extends Error {}

/** `token` null: it is kept where it is. */
async function login(parts: SetupParts) {
  const { ask } = parts;
  if (parts.token !== null) {
    const platform = parts.platform(parts.token.value);
    ask.say(`Using the token from ${parts.token.from}.`);
    return { platform, token: null, account: await platform.account() };
  }
  ask.say(
    "Make a bot at https://discord.com/developers/applications: New Application → Bot → Reset Token → Copy.",
  );
  for (let tries = 1; ; tries += 1) {
    const token = (await ask.secret("Its token (not shown): ")).trim();
    if (token === "") throw new Cancelled();
    const platform = parts.platform(token);
    try {
      return { platform, token, account: await platform.account() };
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "chat.login" || tries >= tokenTries)
        throw error;
      ask.say("Discord does not know this token. Copy it once more: Reset Token makes a new one.");
    }
  }
}

async function entered(parts: SetupParts, platform: Platform, invite: string) {
  const { ask } = parts;
  let guilds = await platform.guilds();
  if (guilds.length === 0) {
    ask.say(`Let it in: open ${invite}`);
    ask.say("Waiting until it is there …");
  }
  while (guilds.length === 0) {
    await parts.sleep(lookEach);
    guilds = await platform.guilds();
  }
  if (guilds.length === 1 && guilds[0] !== undefined) return guilds[0];
  const name = await ask.choose(
    "On which server does the team work?",
    guilds.map((guild) => guild.name),
  );
  const chosen = guilds.find((guild) => guild.name === name);
  if (chosen === undefined) throw new Cancelled();
  return chosen;
}

interface Approver {
  /** Their name under `people`. */
  readonly name: string;
  readonly id: string;
  /** What the owner is at this machine, they are on Discord too. */
  readonly isAdmin: boolean;
}

async function pickApprovers(
  parts: SetupParts,
  platform: Platform,
  channel: string,
): Promise<readonly Approver[]> {
  const { ask } = parts;
  const words = `Who may approve merges of ${parts.team.name}? React with ${approving} here.`;
  const message = await platform.post(channel, words);
  await platform.invite(channel, message, approving);
  const seen = new Map<string, string>();
  const enough = new AbortController();
  const looking = (async () => {
    while (!enough.signal.aborted) {
      for (const { id, name } of await platform.reactors(channel, message, approving)) {
        if (!seen.has(id)) ask.say(`  ${name}`);
        seen.set(id, name);
      }
      await parts.sleep(lookEach);
    }
  })();
  looking.catch(() => undefined); // heard of by the race, or nobody waits for it any more
  const question = `Ask who may approve to react with ${approving} in the commands channel, yourself too; then press Enter. `;
  try {
    await Promise.race([ask.enter(question), looking]);
  } finally {
    enough.abort();
  }
  await looking;
  const picked: Approver[] = [];
  for (const [id, shown] of seen) {
    if (!(await ask.yes(`May ${shown} approve merges?`))) continue;
    const name = await nameFor(parts, id, shown, picked);
    const isOwner = name === parts.team.owner;
    const isAdmin = isOwner && (await ask.yes("May you start and stop the team from there, too?"));
    picked.push({ id, name, isAdmin });
  }
  return picked;
}

/** The person's one name: as it stands under `people` already, the owner's own, or made of what Discord shows. */
async function nameFor(
  { ask, team }: SetupParts,
  id: string,
  shown: string,
  picked: readonly Approver[],
): Promise<string> {
  const known = Object.entries(team.people).find(([, person]) => person.discord === id);
  if (known !== undefined) return known[0];
  const taken = new Set([...Object.keys(team.people), ...picked.map((p) => p.name)]);
  const isFree =
    team.people[team.owner]?.discord === undefined && !picked.some((p) => p.name === team.owner);
  if (isFree && (await ask.yes(`Is ${shown} you, ${team.owner}?`))) return team.owner;
  const base =
    shown
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, "-")
      .replace(/^[^a-z0-9]+|-+$/g, "")
      .slice(0, 28) || "person";
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(name) && !["human", "batty"].includes(name)) return name;
  }
}

/** The team file with all of it, and everything that stood there. */
function edited(
  text: string,
  team: SetupParts["team"],
  guild: string,
  approvers: readonly Approver[],
): string {
  const keys = [
    { path: ["chat", "discord", "guild"], value: guild },
    ...approvers.flatMap(({ name, id }) => [
      ...(name === team.owner && team.people[name] === undefined
        ? [{ path: ["people", name, "local"], value: team.owner }]
        : []),
      { path: ["people", name, "discord"], value: id },
    ]),
  ];
  const add = (before: string, tier: "approvers" | "admins", names: readonly string[]): string => {
    const listed = team.access[tier].flatMap((who) => ("person" in who ? [who.person] : []));
    return names
      .filter((name) => !listed.includes(name))
      .reduce((yaml, name) => addToList(yaml, ["access", tier], name), before);
  };
  const admins = approvers.filter(({ isAdmin }) => isAdmin);
  const named = (list: readonly Approver[]): string[] => list.map(({ name }) => name);
  return add(add(setKeys(text, keys), "approvers", named(approvers)), "admins", named(admins));
}
