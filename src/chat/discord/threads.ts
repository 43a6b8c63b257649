// A thread for each member and task: found by what was kept or by name, else made; opened again when it was archived.
import {
  type APIThreadChannel,
  ChannelType,
  RESTJSONErrorCodes as Codes,
  MessageFlags,
  Routes,
  ThreadAutoArchiveDuration,
} from "discord.js";
import { Failure } from "../../core/words.ts";
import { numberOf } from "./failures.ts";
import type { Features } from "./features.ts";
import { nonceOf } from "./nonce.ts";
import { clean } from "./render/inert.ts";
import { shorten } from "./render/text.ts";
import type { Ask } from "./rest.ts";

export interface Wish {
  /** As the thread is called. */
  readonly name: string;
  /** Whether a thread with such a name is meant; names of tasks end as their titles do. */
  readonly isIt: (name: string) => boolean;
  /** What stands where the thread begins. */
  readonly opening: string;
}

export interface Threads {
  /** @param gone those that stood for it and were removed. @throws Failure */
  findOrMake(
    parent: string,
    wish: Wish,
    gone: readonly string[],
    signal: AbortSignal,
  ): Promise<string>;
  /** False: it is locked, or the bot may not. */
  wake(thread: string, signal: AbortSignal): Promise<boolean>;
}

export interface ThreadParts {
  readonly ask: Ask;
  readonly guild: string;
  readonly features: Features;
}

const nameAtMost = 100;

export function createThreads({ ask, guild, features }: ThreadParts): Threads {
  /** Both kinds are looked through once for each channel; what comes later is made here. */
  const there = new Map<string, Promise<readonly APIThreadChannel[]>>();

  const look = async (parent: string, signal: AbortSignal): Promise<APIThreadChannel[]> => {
    const what = "looking for threads";
    type Found = { readonly threads: readonly APIThreadChannel[] };
    const active = { method: "get", route: Routes.guildActiveThreads(guild) } as const;
    const archived = { method: "get", route: Routes.channelThreads(parent, "public") } as const;
    const { threads } = await ask<Found>(what, active, signal);
    const older = await ask<Found>(what, { ...archived, query: { limit: "100" } }, signal).catch(
      (error: unknown) => {
        // Without the right to read what was, a thread of that name is made anew.
        if (error instanceof Failure && error.code === "chat.forbidden") return { threads: [] };
        throw error;
      },
    );
    return [...threads.filter((thread) => thread.parent_id === parent), ...older.threads];
  };

  const lookOnce = (parent: string, signal: AbortSignal): Promise<readonly APIThreadChannel[]> => {
    const looking = there.get(parent) ?? look(parent, signal);
    there.set(parent, looking);
    looking.catch(() => there.delete(parent));
    return looking;
  };

  /** Below a message of its own: made twice, it is the same. */
  const make = async (
    parent: string,
    wish: Wish,
    gone: readonly string[],
    signal: AbortSignal,
  ): Promise<string> => {
    const name = shorten(clean(wish.name), nameAtMost);
    const what = `making the thread “${name}”`;
    const nonce = nonceOf(`thread:${wish.name}`, gone.at(-1));
    const body = {
      ...{ content: wish.opening, allowed_mentions: { parse: [] } },
      ...{ flags: MessageFlags.SuppressNotifications, nonce, enforce_nonce: true },
    };
    const route = Routes.channelMessages(parent);
    const message = await features.attempt("posts", parent, () =>
      ask<{ id: string }>(what, { method: "post", route, body }, signal),
    );
    const settings = { name, auto_archive_duration: ThreadAutoArchiveDuration.OneWeek };
    const request = {
      ...({ method: "post", body: settings } as const),
      route: Routes.threads(parent, message.id),
    };
    return features
      .attempt("newThreads", parent, () => ask<{ id: string }>(what, request, signal))
      .then(({ id }) => id)
      .catch((error: unknown) => {
        // It has the id of the message that it is below.
        if (numberOf(error) === Codes.ThreadAlreadyCreatedForMessage) return message.id;
        throw error;
      });
  };

  return {
    async findOrMake(parent, wish, gone, signal) {
      const found = (await lookOnce(parent, signal)).find(
        ({ id, name, type }) =>
          !gone.includes(id) && type === ChannelType.PublicThread && wish.isIt(name),
      );
      return found?.id ?? make(parent, wish, gone, signal);
    },
    wake(thread, signal) {
      const body = { archived: false };
      const request = { method: "patch", route: Routes.channel(thread), body } as const;
      return features
        .attempt("threads", thread, () => ask("opening a thread again", request, signal))
        .then(() => true)
        .catch((error: unknown) => {
          if (error instanceof Failure && error.code === "chat.forbidden") return false;
          throw error;
        });
    },
  };
}
