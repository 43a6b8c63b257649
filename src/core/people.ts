// Which person an account belongs to, and what they may do. By the platform's id alone: a display name is anybody's.
import type { Team } from "./team.ts";
import { type Caller, type Tier, tiers } from "./words.ts";

/** Where a person can have an account; `local` is an OS login, `local-as` the name of a person (`chat --as`). */
export interface Account {
  readonly via: "local" | "shell" | "local-as" | "discord" | "telegram";
  readonly id: string;
  /** Discord roles that the platform says this account has, by id. */
  readonly roles?: readonly string[];
}

/**
 * One person is one name, whatever account they speak from. The tier is the highest that the lists give this
 * account or this person's name; `none`: a stranger. The OS user that runs the bot is admin on this machine, and
 * elsewhere whatever the lists say.
 */
export function personOf(
  team: Pick<Team, "access" | "owner" | "people">,
  account: Account,
): Caller {
  const name = nameOf(team, account);
  const { via, id } = account;
  const tier = tierOf(team, account, name) ?? "none";
  return { name: name ?? `${isHere(via) ? "local" : via}:${id}`, via, tier, id };
}

/** Whether a person is an operator or more somewhere: by name, or by an account of theirs. */
export function mayAnswer(team: Pick<Team, "access" | "owner" | "people">, name: string): boolean {
  const { discord, telegram } = team.people[name] ?? {};
  const accounts: readonly Account[] = [
    { via: "local", id: name },
    ...(discord === undefined ? [] : [{ via: "discord", id: discord } as const]),
    ...(telegram === undefined ? [] : [{ via: "telegram", id: telegram } as const]),
  ];
  return accounts.some(
    (account) =>
      tiers.indexOf(tierOf(team, account, name) ?? "viewer") >= tiers.indexOf("operator"),
  );
}

const isHere = (via: Account["via"]): boolean => via !== "discord" && via !== "telegram";

function nameOf(
  { people, owner }: Pick<Team, "people" | "owner">,
  { via, id }: Account,
): string | null {
  // Speaking for somebody is for people who could sit at this machine themselves.
  if (via === "local-as") return people[id]?.local === undefined ? null : id;
  const key = via === "shell" ? "local" : via;
  const found = Object.entries(people).find(([, person]) => person[key] === id);
  // A login that stands under nobody's name is the owner's, when it is theirs.
  return found?.[0] ?? (isHere(via) && id === owner ? owner : null);
}

function tierOf(
  team: Pick<Team, "access" | "owner">,
  account: Account,
  name: string | null,
): Tier | null {
  if (isHere(account.via) && name === team.owner) return "admin";
  const listed = (tier: Tier): boolean =>
    team.access[`${tier}s`].some((who) => {
      if ("person" in who) return who.person === name;
      if ("discordUser" in who) return account.via === "discord" && who.discordUser === account.id;
      if ("telegramUser" in who)
        return account.via === "telegram" && who.telegramUser === account.id;
      return account.via === "discord" && (account.roles ?? []).includes(who.discordRole);
    });
  return tiers.findLast(listed) ?? null;
}
