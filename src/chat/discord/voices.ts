// Members speak with a name and a picture of their own, by a webhook of the channel. Its address is a secret: it is asked
// for anew by each life and stands in no file, no error and no log.
import {
  type APIMessage,
  type APIWebhook,
  RESTJSONErrorCodes as Codes,
  REST,
  Routes,
} from "discord.js";
import { Failure, type Instant } from "../../core/words.ts";
import { numberOf } from "./failures.ts";
import type { Features } from "./features.ts";
import { type Ask, askOver } from "./rest.ts";
import type { Place } from "./rooms.ts";
import type { Upload } from "./uploads.ts";

export interface Voices {
  /** Null: nobody may speak with another name there. @throws Failure as for any post */
  say(place: Place, name: string, upload: Upload, signal: AbortSignal): Promise<APIMessage | null>;
  /** False: it is not one of theirs. */
  edit(place: Place, message: string, upload: Upload, signal: AbortSignal): Promise<boolean>;
  /** Whether a message's author is a webhook of ours in that place. */
  isOurs(place: Place, author: string, signal: AbortSignal): Promise<boolean>;
}

export interface VoiceParts {
  readonly rest: REST;
  readonly ask: Ask;
  readonly features: Features;
  readonly self: () => string;
  readonly now: () => Instant;
}

interface Hook {
  readonly id: string;
  readonly token: string;
}

const hookName = "Batty";

export function createVoices({ rest, ask, features, self, now }: VoiceParts): Voices {
  const hooks = new Map<string, Promise<Hook | null>>();
  // Such a message has no nonce: the library must not send it twice.
  const once = new REST({
    ...rest.options,
    retries: 0,
    hashSweepInterval: 0,
    handlerSweepInterval: 0,
  });
  const askOnce = askOver(once, now);

  const open = async (channel: string, signal: AbortSignal): Promise<Hook | null> => {
    const route = Routes.channelWebhooks(channel);
    const found = await features.attemptMere("voices", channel, async () => {
      const what = "looking for the members' voices";
      const all = await ask<APIWebhook[]>(what, { method: "get", route }, signal);
      const ours = all.find(({ user, token }) => user?.id === self() && token !== undefined);
      if (ours !== undefined) return ours;
      const body = { name: hookName };
      return ask<APIWebhook>("making the members' voices", { method: "post", route, body }, signal);
    });
    return found?.token === undefined ? null : { id: found.id, token: found.token };
  };

  /** Null is asked for again: the permission may come. */
  const hookOf = async ({ parent }: Place, signal: AbortSignal): Promise<Hook | null> => {
    const opening = hooks.get(parent) ?? open(parent, signal);
    hooks.set(parent, opening);
    try {
      const hook = await opening;
      if (hook === null) hooks.delete(parent);
      return hook;
    } catch (error) {
      hooks.delete(parent);
      // Too many webhooks, or none in such a channel: said plainly it is as good.
      if (error instanceof Failure && error.code === "chat.refused") return null;
      throw error;
    }
  };

  const queryOf = ({ channel, parent }: Place): Record<string, string> =>
    channel === parent ? {} : { thread_id: channel };

  const sayBy = (hook: Hook, place: Place, name: string, upload: Upload, signal: AbortSignal) =>
    askOnce<APIMessage>(
      `posting as ${name}`,
      {
        ...({ method: "post", route: Routes.webhook(hook.id, hook.token), auth: false } as const),
        query: { wait: "true", ...queryOf(place) },
        body: { ...upload.body, username: name, avatar_url: picture(rest, name) },
        files: upload.files,
      },
      signal,
    );

  return {
    async say(place, name, upload, signal) {
      if (isReserved(name)) return null;
      for (let tries = 0; tries < 2; tries += 1) {
        const hook = await hookOf(place, signal);
        if (hook === null) return null;
        try {
          return await sayBy(hook, place, name, upload, signal);
        } catch (error) {
          if (!isRemoved(error)) throw error;
          hooks.delete(place.parent); // somebody removed it
        }
      }
      return null;
    },
    async edit(place, message, upload, signal) {
      const hook = await hookOf(place, signal);
      if (hook === null) return false;
      const route = Routes.webhookMessage(hook.id, hook.token, message);
      const request = { method: "patch", route, query: queryOf(place), auth: false } as const;
      const { body, files } = upload;
      try {
        await askOnce("changing a post", { ...request, body, files }, signal);
        return true;
      } catch (error) {
        if (isRemoved(error)) hooks.delete(place.parent);
        if (error instanceof Failure && error.code === "chat.message-gone") return false;
        throw error;
      }
    },
    isOurs: async (place, author, signal) => (await hookOf(place, signal))?.id === author,
  };
}

const isRemoved = (error: unknown): boolean => {
  const number = numberOf(error);
  return number === Codes.UnknownWebhook || number === Codes.InvalidWebhookToken;
};

/** Names with these are refused by Discord. */
const isReserved = (name: string): boolean => /discord|clyde/i.test(name);

/** One of Discord's own, always the same for a name: nothing of the team is put on the web for it. */
function picture({ cdn }: REST, name: string): string {
  const sum = [...name].reduce((total, sign) => (total * 31 + (sign.codePointAt(0) ?? 0)) % 997, 7);
  return cdn.defaultAvatar(sum % 6);
}
