// People and what they may do: `people:`, `access:`, and Batty's user roles mapped onto both.
import { channels } from "../core/card.ts";
import { nearest } from "../core/suggest.ts";
import type { Access, Admitted, Chat, DiscordSettings, Person } from "../core/team.ts";
import { tiers } from "../core/words.ts";
import type { Complain } from "./hierarchy.ts";
import type { TeamFile } from "./schema.ts";
import type { Path } from "./source.ts";

/** The name of the OS user that runs the bot: its first entry under `people:`, else the login. */
export const ownerOf = (file: TeamFile, osUser: string): string =>
  Object.entries(file.people ?? {}).find(([, person]) => person.local === osUser)?.[0] ?? osUser;

export function checkPeople(
  file: TeamFile,
  taken: readonly string[],
  owner: string,
  complain: Complain,
): void {
  const people = Object.keys(file.people ?? {});
  const house = ["human", "batty"];
  for (const name of people) {
    if (!/^[A-Za-z0-9][\w.-]{0,31}$/.test(name))
      complain(
        ["people", name],
        `the person's name "${name}" must be letters, digits, "." "_" "-", at most 32`,
        "Rename it.",
      );
    if (house.includes(name) || taken.includes(name))
      complain(
        ["people", name],
        `no person may be called ${name}: that name is taken by ${house.includes(name) ? "the house" : "a member of the team"}`,
        "Use another name here.",
      );
  }
  if (!people.includes(owner) && [...house, ...taken].includes(owner))
    complain(
      ["people"],
      `your login ${owner} is also the name of a member`,
      `Give yourself another name: people: {me: {local: ${owner}}}.`,
    );
  checkListed(file, people, complain);
}

/** Whoever is named elsewhere in the file must stand under `people`. */
function checkListed(file: TeamFile, people: readonly string[], complain: Complain): void {
  const known = (name: string, path: Path): void => {
    if (people.includes(name)) return;
    const near = nearest(name, people);
    complain(
      path,
      `${name} is not under people`,
      near === undefined ? `Add it: people: {${name}: {local: LOGIN}}.` : `Did you mean ${near}?`,
    );
  };
  for (const tier of tiers)
    file.access?.[`${tier}s`]?.forEach((who, i) => {
      if (typeof who === "string") known(who, ["access", `${tier}s`, i]);
    });
  const deputy = file.escalation?.deputy;
  if (deputy !== undefined) known(deputy, ["escalation", "deputy"]);
}

export function peopleOf(file: TeamFile): Readonly<Record<string, Person>> {
  const entries = Object.entries(file.people ?? {}).map(([name, person]): [string, Person] => [
    name,
    defined({ ...person }),
  ]);
  return Object.fromEntries(entries);
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}

export function accessOf(file: TeamFile): Access {
  const listed = (list: readonly AdmittedFile[] = []): Admitted[] => list.map(admittedOf);
  return {
    viewers: listed(file.access?.viewers),
    operators: [...listed(file.access?.operators), ...allowedInBatty(file)],
    approvers: listed(file.access?.approvers),
    admins: listed(file.access?.admins),
    localAs: file.access?.local_as ?? false,
  };
}

type AdmittedFile = NonNullable<NonNullable<TeamFile["access"]>["viewers"]>[number];

function admittedOf(who: AdmittedFile): Admitted {
  if (typeof who === "string") return { person: who };
  if ("discord_user" in who) return { discordUser: who.discord_user };
  return "discord_role" in who
    ? { discordRole: who.discord_role }
    : { telegramUser: who.telegram_user };
}

/** Batty's allow list knew one tier. It becomes operators: who may land work is for `access.approvers` to say. */
function allowedInBatty(file: TeamFile): Admitted[] {
  return file.roles.flatMap((role) =>
    (role.channel_config?.allowed_user_ids ?? []).map((user) =>
      role.channel === "telegram" ? { telegramUser: user } : { discordUser: user },
    ),
  );
}

export function chatOf(file: TeamFile): Chat {
  const inBatty = (platform: "discord" | "telegram") =>
    file.roles.find((role) => role.channel === platform)?.channel_config;
  const telegram = inBatty("telegram");
  return {
    local: file.chat?.local?.enabled ?? true,
    discord: discordOf(file.chat?.discord, inBatty("discord")),
    telegram:
      file.chat?.telegram ?? (telegram?.target === undefined ? null : { chat: telegram.target }),
  };
}

/** Where a team is on Discord that says nothing of it. */
export const usualDiscord = (): DiscordSettings => settingsOf({}, {});

type DiscordFile = NonNullable<TeamFile["chat"]>["discord"];
type BattyChannels = TeamFile["roles"][number]["channel_config"];

const discordOf = (file: DiscordFile, inBatty: BattyChannels): DiscordSettings | null =>
  file === undefined && inBatty === undefined ? null : settingsOf(file ?? {}, inBatty ?? {});

function settingsOf(
  file: NonNullable<DiscordFile>,
  inBatty: NonNullable<BattyChannels>,
): DiscordSettings {
  const named = Object.fromEntries(channels.map((name) => [name, `batty-${name}`]));
  const given = file.channels ?? {
    commands: inBatty.commands_channel_id,
    events: inBatty.events_channel_id,
    board: inBatty.board_channel_id,
  };
  return {
    guild: file.guild ?? null,
    channels: { ...named, ...defined(given) } as DiscordSettings["channels"],
    threads: { members: file.threads?.members ?? true, tasks: file.threads?.tasks ?? true },
  };
}
