// What the loopback Discord remembers, its clock and its news. Knows no network: the REST routes and
// the actors change it, the gateway and whoever waits hear of the change.
import type {
  APIApplicationCommand,
  APIDMChannel,
  APIEmoji,
  APIGuild,
  APIGuildCategoryChannel,
  APIGuildMember,
  APIInteraction,
  APIMessage,
  APIPublicThreadChannel,
  APITextChannel,
  APIUser,
  APIWebhook,
  GatewayDispatchPayload,
} from "discord-api-types/v10";
import { snowflakes } from "./rules/time.ts";

export type Thread = APIPublicThreadChannel;
export type TextChannel = APITextChannel & { guild_id: string };
export type Category = APIGuildCategoryChannel & { guild_id: string };
export type Channel = TextChannel | Category | Thread | APIDMChannel;

export interface Reaction {
  readonly emoji: Pick<APIEmoji, "id" | "name">;
  readonly users: string[];
}

/** A message and what Discord keeps beside it. */
export interface Stored {
  readonly message: APIMessage;
  readonly guild: string | null;
  readonly reactions: Reaction[];
  /** The nonce counts for "the past few minutes" only. */
  readonly nonce: string | null;
  /** Only this person sees it. */
  readonly ephemeralFor: string | null;
  readonly by: { readonly interaction: string } | { readonly webhook: string } | null;
  /** Whom it notified: user ids. */
  pinged: readonly string[];
  pinnedAt: number | null;
  deleted: boolean;
  /** What it said before each edit, oldest first. */
  readonly before: string[];
}

export interface Guild {
  readonly guild: APIGuild;
  readonly members: Map<string, APIGuildMember>;
}

/** How far an interaction got; its token is the key. */
export interface Interaction {
  readonly payload: APIInteraction;
  readonly user: string;
  readonly created: number;
  /** "/batty send", or the label of the button: for transcripts. */
  readonly title: string;
  /** The type of the answer that came in time; null: none yet. */
  answered: number | null;
  /** The message that "@original" names. */
  original: string | null;
  ephemeral: boolean;
  modal: unknown;
  choices: unknown;
  readonly followups: string[];
}

type Bare<T> = T extends { readonly t: infer E; readonly d: infer D } ? { t: E; d: D } : never;
/** An event before a session gave it its number. */
export type Dispatch = Bare<GatewayDispatchPayload>;

export interface Sent {
  readonly event: Dispatch;
  /** Where it happened: the guild, or null in a conversation of two. */
  readonly guild: string | null;
  readonly at: number;
}

export type Sight = "message" | "edit" | "delete";

export interface Kept {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface World {
  readonly token: string;
  readonly self: APIUser;
  readonly application: { id: string; contentIntent: boolean };
  /** Where files of messages are fetched, e.g. http://127.0.0.1:4000 */
  base: string;
  readonly users: Map<string, APIUser>;
  readonly guilds: Map<string, Guild>;
  readonly channels: Map<string, Channel>;
  readonly threadMembers: Map<string, Set<string>>;
  readonly messages: Map<string, Stored>;
  readonly webhooks: Map<string, APIWebhook>;
  readonly commands: Map<string, APIApplicationCommand>;
  readonly interactions: Map<string, Interaction>;
  readonly files: Map<string, Kept>;
  now(): number;
  advance(ms: number): void;
  id(): string;
  stamp(at?: number): string;
  emit(event: Dispatch, guild: string | null): void;
  onEvent(hear: (sent: Sent) => void): () => void;
  /** People see more than the gateway tells: answers for one person too. */
  seen(what: Sight, stored: Stored): void;
  onSight(hear: (what: Sight, stored: Stored) => void): () => void;
  /** Something changed that is no event of the gateway, e.g. an answer only one person sees. */
  changed(): void;
  onChange(hear: () => void): () => void;
}

export interface WorldSettings {
  readonly now: () => number;
  readonly token: string;
  readonly contentIntent: boolean;
}

export function newWorld(settings: WorldSettings): World {
  let ahead = 0;
  const now = () => settings.now() + ahead;
  const id = snowflakes(now);
  const ears = new Set<(sent: Sent) => void>();
  const watchers = new Set<() => void>();
  const eyes = new Set<(what: Sight, stored: Stored) => void>();
  const changed = () => {
    for (const hear of [...watchers]) hear();
  };
  const application = { id: id(), contentIntent: settings.contentIntent };
  const self = person(application.id, "Batty", true);
  return {
    ...{ token: settings.token, self, application, base: "" },
    ...{ users: new Map([[self.id, self]]), guilds: new Map(), channels: new Map() },
    ...{ threadMembers: new Map(), messages: new Map(), webhooks: new Map() },
    ...{ commands: new Map(), interactions: new Map(), files: new Map() },
    ...{ now, id, changed },
    advance(ms) {
      ahead += ms;
      changed();
    },
    stamp: (at = now()) => new Date(at).toISOString().replace("Z", "000+00:00"),
    emit(event, guild) {
      for (const hear of [...ears]) hear({ event, guild, at: now() });
      changed();
    },
    onEvent(hear) {
      ears.add(hear);
      return () => ears.delete(hear);
    },
    seen(what, stored) {
      for (const hear of [...eyes]) hear(what, stored);
      changed();
    },
    onSight(hear) {
      eyes.add(hear);
      return () => eyes.delete(hear);
    },
    onChange(hear) {
      watchers.add(hear);
      return () => watchers.delete(hear);
    },
  };
}

export const person = (id: string, name: string, bot: boolean): APIUser => ({
  ...{
    id,
    username: bot ? name : name.toLowerCase(),
    discriminator: "0",
    global_name: bot ? null : name,
  },
  ...{ avatar: null, bot },
});

/** Waits for the world to become so; looks again at each change and never in between. */
export function until<T>(world: World, what: string, look: () => T | undefined, ms: number) {
  return new Promise<T>((resolve, reject) => {
    const stop = world.onChange(check);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`not within ${ms} ms: ${what}`));
    }, ms);
    function check(): void {
      const seen = look();
      if (seen === undefined) return;
      clearTimeout(timer);
      stop();
      resolve(seen);
    }
    check();
  });
}
