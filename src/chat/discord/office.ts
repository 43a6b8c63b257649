// Discord for whoever sets the team up there: who the bot is, where it was let in, who reacts. No gateway, no team.
import {
  type APIUser,
  REST,
  type RESTGetAPIChannelMessageReactionUsersResult,
  type RESTGetAPICurrentUserGuildsResult,
  type RESTGetAPIGuildChannelsResult,
  type RESTGetCurrentApplicationResult,
  type RESTPostAPIChannelMessageResult,
  RequestMethod,
  type RouteLike,
  Routes,
} from "discord.js";
import type { Card } from "../../core/card.ts";
import type { Instant, Millis } from "../../core/words.ts";
import { inviteOf, mayReadText } from "./application.ts";
import { missingIn } from "./permissions.ts";
import { renderAnswer } from "./render/message.ts";
import { askOver, type Request, restOptions } from "./rest.ts";
import { uploadOf } from "./uploads.ts";

export interface BotAccount {
  readonly id: string;
  readonly name: string;
  /** It is given the text of every message, not only of those meant for it. */
  readonly readsText: boolean;
  /** Where a person lets it in, with the permissions it wants. */
  readonly invite: string;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  /** Permissions it was not given: name, what for, whether nothing goes without. */
  readonly missing: ReturnType<typeof missingIn>;
}

export interface Reactor {
  readonly id: string;
  readonly name: string;
}

export interface Office {
  /** For what else is done with this token. */
  readonly rest: REST;
  /** @throws Failure `chat.login` when the token is not one */
  account(): Promise<BotAccount>;
  guilds(): Promise<readonly Guild[]>;
  /** Names and ids of a server's channels. */
  channels(guild: string): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** By the date of an answer, to the second; null: it has none. */
  clock(): Promise<Instant | null>;
  post(channel: string, content: string): Promise<string>;
  show(channel: string, card: Card): Promise<void>;
  /** Puts the reaction there that people are to follow. */
  invite(channel: string, message: string, emoji: string): Promise<void>;
  /** People, not bots. */
  reactors(channel: string, message: string, emoji: string): Promise<readonly Reactor[]>;
}

/** Of one request. */
const within: Millis = 15_000;

/** @param api where Discord is, without a version; null: where everybody's is */
export function openOffice(token: string, api: string | null, now: () => Instant): Office {
  const rest = new REST({ ...restOptions, ...(api === null ? {} : { api }) }).setToken(token);
  const askFor = askOver(rest, now);
  const ask = <T>(what: string, request: Request): Promise<T> =>
    askFor(what, request, AbortSignal.timeout(within));
  const get = <T>(what: string, route: RouteLike, query: Request["query"] = {}): Promise<T> =>
    ask(what, { method: "get", route, query });
  const post = async (channel: string, body: object): Promise<string> => {
    const request = { method: "post", route: Routes.channelMessages(channel), body } as const;
    return (await ask<RESTPostAPIChannelMessageResult>("posting a message", request)).id;
  };

  return {
    rest,
    async account() {
      const application = await get<RESTGetCurrentApplicationResult>(
        "asking Discord who the bot is",
        Routes.currentApplication(),
      );
      const user = await get<APIUser>("asking Discord who the bot is", Routes.user());
      return {
        ...{ id: user.id, name: user.username },
        readsText: mayReadText(application),
        invite: inviteOf(application.id),
      };
    },
    async guilds() {
      const found = await get<RESTGetAPICurrentUserGuildsResult>(
        "asking Discord where the bot is",
        Routes.userGuilds(),
      );
      return found.map(({ id, name, permissions }) => ({
        ...{ id, name, missing: missingIn(BigInt(permissions)) },
      }));
    },
    async channels(guild) {
      const found = await get<RESTGetAPIGuildChannelsResult>(
        "asking Discord for the server's channels",
        Routes.guildChannels(guild),
      );
      return found.map(({ id, name }) => ({ id, name: name ?? "" }));
    },
    async clock() {
      const { headers } = await rest.queueRequest({
        ...{ fullRoute: Routes.gateway(), method: RequestMethod.Get },
        signal: AbortSignal.timeout(within),
      });
      const date = Date.parse(headers.get("date") ?? "");
      return Number.isNaN(date) ? null : date;
    },
    post: (channel, content) => post(channel, { content, allowed_mentions: { parse: [] } }),
    async show(channel, card) {
      const { parts, mentioned } = renderAnswer({ text: card.title, card });
      const { body } = await uploadOf(parts[0], mentioned);
      await post(channel, body);
    },
    async invite(channel, message, emoji) {
      const route = Routes.channelMessageOwnReaction(channel, message, encodeURIComponent(emoji));
      await ask("reacting to a message", { method: "put", route });
    },
    async reactors(channel, message, emoji) {
      const route = Routes.channelMessageReaction(channel, message, encodeURIComponent(emoji));
      const users = await get<RESTGetAPIChannelMessageReactionUsersResult>(
        "asking who reacted",
        route,
        { limit: "100" },
      );
      return users.flatMap((user) =>
        user.bot === true ? [] : [{ id: user.id, name: user.global_name ?? user.username }],
      );
    },
  };
}
