// Who somebody on Discord is for us: by id and, on our server alone, by the roles they have there now.
import { type Client, DiscordAPIError, RESTJSONErrorCodes } from "discord.js";
import type { Caller } from "../../core/words.ts";

export interface Somebody {
  readonly id: string;
  /** Null: a message to the bot alone. */
  readonly guild: string | null;
  /** As they came along with what was done; null: they have to be asked for. */
  readonly roles: readonly string[] | null;
}

export interface People {
  who(somebody: Somebody): Promise<Caller>;
  /** The same without asking anybody: nobody else's roles count. */
  whoNow(somebody: Somebody): Caller;
}

export interface PeopleParts {
  caller(id: string, roles: readonly string[]): Caller;
  /** Ours; null: not known yet. */
  guild(): string | null;
  client(): Client<true> | null;
  log(line: string): void;
}

export function discordPeople(parts: PeopleParts): People {
  const elsewhere = (guild: string | null): boolean => guild !== null && guild !== parts.guild();
  const stranger = (id: string): Caller => ({
    ...{ name: `discord:${id}`, via: "discord", tier: "none", id },
  });

  const rolesOf = async (id: string): Promise<readonly string[]> => {
    const ours = parts.client()?.guilds.cache.get(parts.guild() ?? "");
    if (ours === undefined) return [];
    try {
      // What is remembered may be older than a role that was taken away.
      const member = await ours.members.fetch({ user: id, force: true });
      return [...member.roles.cache.keys()];
    } catch (error) {
      const isNoMember =
        error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownMember;
      if (!isNoMember) parts.log(`discord: the roles of ${id}: ${String(error)}`);
      return [];
    }
  };

  const whoNow = ({ id, guild, roles }: Somebody): Caller =>
    elsewhere(guild) ? stranger(id) : parts.caller(id, roles ?? []);

  return {
    whoNow,
    async who(somebody) {
      if (somebody.roles !== null || elsewhere(somebody.guild)) return whoNow(somebody);
      const byId = whoNow(somebody);
      if (byId.tier === "admin") return byId; // no role gives more
      return whoNow({ ...somebody, guild: null, roles: await rolesOf(somebody.id) });
    },
  };
}
