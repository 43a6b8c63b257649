// The six channels of a team: found by what was kept, by id or by name, else made. Knows no thread and no post.
import {
  type APIChannel,
  type APIOverwrite,
  ChannelType,
  PermissionFlagsBits as Flags,
  OverwriteType,
  Routes,
} from "discord.js";
import { channels as names } from "../../core/card.ts";
import type { DiscordSettings } from "../../core/team.ts";
import { Failure } from "../../core/words.ts";
import type { Features } from "./features.ts";
import type { Ask } from "./rest.ts";
import type { ChannelName, RoomsFile } from "./rooms-file.ts";

const topics: Readonly<Record<ChannelName, string>> = {
  commands:
    "Say what to do: /batty, or mention the bot. Below it is a thread for each member of the team.",
  events: "What happened, as it happens. Nothing here rings.",
  alerts: "What a person should look at.",
  merges: "One card for each change that wants to land: ✅ lands it, ❌ rejects it.",
  standup: "The daily standup.",
  board: "The board, in one message that is kept up to date.",
};

export interface Channels {
  /** Looks for all of them, and makes what is missing. What may not be made is missing from `file`. */
  open(signal: AbortSignal): Promise<void>;
  /** One that is not there (any more). @throws Failure */
  make(name: ChannelName, signal: AbortSignal): Promise<string>;
}

export interface ChannelParts {
  readonly ask: Ask;
  readonly guild: string;
  readonly settings: Pick<DiscordSettings, "channels">;
  readonly file: RoomsFile;
  readonly features: Pick<Features, "attempt">;
  readonly tell: (line: string) => void;
}

export function createChannels(parts: ChannelParts): Channels {
  const { ask, guild, settings, file, features } = parts;

  const list = (signal: AbortSignal): Promise<readonly APIChannel[]> => {
    const request = { method: "get", route: Routes.guildChannels(guild) } as const;
    return ask<APIChannel[]>("looking for the team's channels", request, signal);
  };

  const keep = (name: ChannelName, id: string): string => {
    file.channels.set(name, { id, named: settings.channels[name] });
    return id;
  };

  const make = async (name: ChannelName, signal: AbortSignal): Promise<string> => {
    const named = settings.channels[name];
    const what = `making the channel #${named}`;
    if (isId(named))
      throw new Failure("chat.room-gone", `${what} failed: there is no channel ${named}`, {
        hint: `Write a channel of this server, or a name, at chat.discord.channels.${name}.`,
      });
    const made = await features.attempt("channels", guild, async () =>
      ask<APIChannel>(
        what,
        {
          ...{ method: "post", route: Routes.guildChannels(guild) },
          body: {
            ...{ name: named, type: ChannelType.GuildText, topic: topics[name] },
            permission_overwrites: await overwrites(parts, name, signal),
          },
        },
        signal,
      ),
    );
    keep(name, made.id);
    await file.save();
    return made.id;
  };

  return {
    async open(signal) {
      const there = await list(signal);
      for (const name of names) {
        const found = find(there, settings.channels[name], file.channels.get(name));
        if (found === null) file.channels.delete(name);
        else keep(name, found.id);
      }
      // The others can do their part without those that can't be made.
      const without: Without[] = [];
      for (const name of names)
        if (!file.channels.has(name))
          await make(name, signal).catch((error: unknown) => {
            if (!(error instanceof Failure) || error.code === "chat.login") throw error;
            without.push({ name, failure: error });
          });
      for (const line of linesOf(without)) parts.tell(line);
      await file.save();
    },
    async make(name, signal) {
      // Somebody may have made it meanwhile, or the answer to our own wish was lost.
      const found = find(await list(signal), settings.channels[name], undefined);
      return found === null ? make(name, signal) : keep(name, found.id);
    },
  };
}

const isId = (named: string): boolean => /^\d{16,20}$/.test(named);

const takesPosts = ({ type }: APIChannel): boolean =>
  type === ChannelType.GuildText || type === ChannelType.GuildAnnouncement;

/** One that was kept stays it under any name, until team.yaml names another. */
function find(
  there: readonly APIChannel[],
  named: string,
  kept: { readonly id: string; readonly named: string } | undefined,
): APIChannel | null {
  const by = (is: (channel: APIChannel) => boolean): APIChannel | null =>
    there.find((channel) => takesPosts(channel) && is(channel)) ?? null;
  const same = kept?.named === named ? by(({ id }) => id === kept.id) : null;
  return same ?? by(({ id }) => id === named) ?? by(({ name }) => name === named);
}

interface Without {
  readonly name: ChannelName;
  readonly failure: Failure;
}

/** One for each reason. */
function linesOf(without: readonly Without[]): readonly string[] {
  const reasons = new Map<string, ChannelName[]>();
  for (const { name, failure } of without) {
    const why = `${failure.message}.${failure.hint === undefined ? "" : ` ${failure.hint}`}`;
    reasons.set(why, [...(reasons.get(why) ?? []), name]);
  }
  return [...reasons].map(
    ([why, names]) => `Discord: there is no channel for ${names.join(", ")}: ${why}`,
  );
}

// ---------------------------------------------------------------- who may what in a channel that we make

/**
 * Nobody buries the board but the bot, which must not be shut out with everyone. All other channels are as the server
 * has it: it is theirs.
 */
async function overwrites(
  { ask, guild }: ChannelParts,
  name: ChannelName,
  signal: AbortSignal,
): Promise<readonly APIOverwrite[]> {
  if (name !== "board") return [];
  const request = { method: "get", route: Routes.user() } as const;
  const self = await ask<{ id: string }>("asking who the bot is", request, signal);
  const [posts, none] = [String(Flags.SendMessages), "0"];
  return [
    { id: self.id, type: OverwriteType.Member, allow: posts, deny: none },
    { id: guild, type: OverwriteType.Role, allow: none, deny: posts },
  ];
}
