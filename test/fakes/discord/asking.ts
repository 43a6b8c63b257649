// A person's interaction as Discord tells the bot of it, built from the commands that are registered
// and the messages that are there. Refuses what Discord's own client would not let a person do.
import {
  type APIApplicationCommand,
  type APIApplicationCommandInteractionDataOption,
  type APIApplicationCommandOption,
  type APIInteraction,
  type APIInteractionDataResolved,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  GatewayDispatchEvents,
  InteractionContextType,
  type InteractionType,
  Locale,
} from "discord-api-types/v10";
import { guildOf, isThread, threadFor } from "./build.ts";
import { permissionsIn } from "./permissions.ts";
import type { Channel, Interaction, World } from "./world.ts";

export type Value = string | number | boolean;
export type Options = Readonly<Record<string, Value>>;

export interface Found {
  readonly command: APIApplicationCommand;
  /** Group and subcommand, outermost first. */
  readonly path: readonly APIApplicationCommandOption[];
  readonly options: readonly APIApplicationCommandOption[];
}

const isNest = (option: APIApplicationCommandOption): boolean =>
  option.type === ApplicationCommandOptionType.Subcommand ||
  option.type === ApplicationCommandOptionType.SubcommandGroup;

const within = (one: { options?: APIApplicationCommandOption[] }) => one.options ?? [];

/** "batty board move" among the commands of the guild and the global ones. */
export function findCommand(world: World, guild: string, words: string): Found {
  const [first = "", ...rest] = words.split(" ");
  const command = [...world.commands.values()].find(
    (one) =>
      one.name === first &&
      one.type === ApplicationCommandType.ChatInput &&
      (one.guild_id === undefined || one.guild_id === guild),
  );
  if (!command) throw new Error(`no command /${first} is registered`);
  let options = within(command);
  const path: APIApplicationCommandOption[] = [];
  for (const word of rest) {
    const next = options.find((one) => isNest(one) && one.name === word);
    if (!next)
      throw new Error(
        `/${words}: there is no "${word}"; there are ${options.map((one) => one.name).join(", ")}`,
      );
    path.push(next);
    options = within(next as { options?: APIApplicationCommandOption[] });
  }
  if (options.some(isNest)) throw new Error(`/${words} is no command by itself`);
  return { command, path, options };
}

function valued(option: APIApplicationCommandOption, value: Value): Value {
  const { Integer, Number: Decimal, Boolean: Flag } = ApplicationCommandOptionType;
  if (option.type === Integer || option.type === Decimal) {
    const number = Number(value);
    const wrong = option.type === Integer ? !Number.isInteger(number) : Number.isNaN(number);
    if (wrong) throw new Error(`option ${option.name} takes a number, not "${value}"`);
    return number;
  }
  if (option.type === Flag) return value === true || value === "true";
  const choices = "choices" in option ? option.choices : undefined;
  if (choices && choices.length > 0 && !choices.some((one) => one.value === value))
    throw new Error(
      `option ${option.name} takes one of ${choices.map((one) => one.value).join(", ")}`,
    );
  return String(value);
}

/** The option tree of the payload. @param focused the option that is being completed */
export function optionTree(found: Found, given: Options, focused: string | null) {
  for (const name of Object.keys(given))
    if (!found.options.some((one) => one.name === name))
      throw new Error(
        `there is no option "${name}"; there are ${found.options.map((one) => one.name).join(", ")}`,
      );
  const missing = found.options.find(
    (one) => one.required === true && given[one.name] === undefined,
  );
  if (missing && focused === null) throw new Error(`option "${missing.name}" is required`);
  const leaves = found.options.flatMap((one) => {
    const value = given[one.name];
    if (value === undefined) return [];
    const isFocused = one.name === focused;
    const typed = isFocused ? String(value) : valued(one, value);
    return [
      { name: one.name, type: one.type, value: typed, ...(isFocused ? { focused: true } : {}) },
    ];
  });
  let tree: unknown[] = leaves;
  for (const one of [...found.path].reverse())
    tree = [{ name: one.name, type: one.type, options: tree }];
  return tree as APIApplicationCommandInteractionDataOption[];
}

/** Users and channels that the options name by id. */
export function resolvedOf(world: World, found: Found, given: Options): APIInteractionDataResolved {
  const ids = found.options
    .filter((one) => one.type === ApplicationCommandOptionType.User)
    .map((one) => String(given[one.name]));
  const users = ids.flatMap((id) => world.users.get(id) ?? []);
  return users.length === 0 ? {} : { users: Object.fromEntries(users.map((one) => [one.id, one])) };
}

interface Asked {
  readonly type: InteractionType;
  readonly data: unknown;
  readonly message?: unknown;
}

export interface Who {
  readonly id: string;
  readonly channel: Channel;
}

function whereOf(world: World, { id, channel }: Who) {
  const guild = world.guilds.get(guildOf(channel) ?? "");
  const member = guild?.members.get(id);
  const owners = ApplicationIntegrationType.GuildInstall;
  const shown = isThread(channel) ? threadFor(world, channel) : channel;
  const place = { channel: shown, channel_id: channel.id };
  if (!guild || !member)
    return {
      ...{ ...place, user: world.users.get(id), context: InteractionContextType.BotDM },
      authorizing_integration_owners: { [owners]: "0" },
    };
  const permissions = String(permissionsIn(world, channel, id));
  return {
    ...{ ...place, guild_id: guild.guild.id, member: { ...member, permissions } },
    guild: { id: guild.guild.id, locale: Locale.EnglishUS, features: guild.guild.features },
    ...{ guild_locale: Locale.EnglishUS, context: InteractionContextType.Guild },
    authorizing_integration_owners: { [owners]: guild.guild.id },
  };
}

/** Keeps the interaction and tells the bot. @param title e.g. "/batty send", for transcripts */
export function ask(world: World, who: Who, asked: Asked, title: string): Interaction {
  const id = world.id();
  const token = `interaction-${id}-${Math.random().toString(36).slice(2)}`;
  const payload = {
    ...{ id, application_id: world.application.id, token, version: 1, ...asked },
    ...whereOf(world, who),
    app_permissions: String(permissionsIn(world, who.channel, world.self.id)),
    ...{ locale: Locale.EnglishUS, entitlements: [], attachment_size_limit: 10_485_760 },
  } as unknown as APIInteraction;
  const made: Interaction = {
    ...{ payload, user: who.id, created: world.now(), title, answered: null, original: null },
    ...{ ephemeral: false, modal: null, choices: null, followups: [] },
  };
  world.interactions.set(token, made);
  world.emit({ t: GatewayDispatchEvents.InteractionCreate, d: payload }, guildOf(who.channel));
  return made;
}
