// What the bot is allowed to do, as it finds out by being refused: what is refused is left alone, people are told once,
// and now and then it is tried again, so that a permission given back works without a restart.
import { RESTJSONErrorCodes as Codes, PermissionFlagsBits as Flags } from "discord.js";
import { Failure, type Instant, type Millis } from "../../core/words.ts";
import { numberOf } from "./failures.ts";
import { wanted } from "./permissions.ts";

const bits = {
  /** What only needs that the channel is seen: edits, looks. */
  sight: Flags.ViewChannel,
  posts: Flags.SendMessages,
  cards: Flags.EmbedLinks,
  files: Flags.AttachFiles,
  threadPosts: Flags.SendMessagesInThreads,
  reactions: Flags.AddReactions,
  pins: Flags.PinMessages,
  voices: Flags.ManageWebhooks,
  threads: Flags.ManageThreads,
  newThreads: Flags.CreatePublicThreads,
  channels: Flags.ManageChannels,
} as const;
export type Feature = keyof typeof bits;

export interface Features {
  /**
   * The call, unless this was refused there a short while ago.
   * @throws Failure as the call does; `chat.forbidden` without one
   */
  attempt<T>(feature: Feature, channel: string, call: () => Promise<T>): Promise<T>;
  /** The same for what a post does without; null: it may not. */
  attemptMere<T>(feature: Feature, channel: string, call: () => Promise<T>): Promise<T | null>;
  /** It was refused there a short while ago. */
  isOff(feature: Feature, channel: string): boolean;
  /** It was refused, and it is time to see whether it still is. */
  isDue(feature: Feature, channel: string): boolean;
  /** What turned out by another way than an attempt. */
  denied(feature: Feature, channel: string, failure: Failure): void;
  worked(feature: Feature): void;
}

export interface FeatureParts {
  readonly now: () => Instant;
  /** One line to people. */
  readonly tell: (line: string) => void;
  /** As people call it. */
  readonly nameOf: (channel: string) => string;
}

/**
 * Between two tries of anything that was refused. Discord shuts out who makes 10,000 refused requests in 10 minutes; the
 * real bound is that nobody's audit fills up.
 */
export const betweenProbes: Millis = 5 * 60_000;

export function createFeatures({ now, tell, nameOf }: FeatureParts): Features {
  const off = new Map<Feature, Map<string, Failure>>();
  let refusedAt: Instant = Number.NEGATIVE_INFINITY;

  const left = (): Millis => refusedAt + betweenProbes - now();

  const denied = (feature: Feature, channel: string, failure: Failure): void => {
    refusedAt = now();
    const channels = off.get(feature) ?? new Map<string, Failure>();
    off.set(feature, channels);
    const isFirst = channels.size === 0;
    channels.set(channel, failure);
    if (isFirst) tell(lacking(nameOfPermission(feature, failure), nameOf(channel)));
  };

  const worked = (feature: Feature): void => {
    const before = [...(off.get(feature)?.values() ?? [])][0];
    // Everywhere: what was given back was most likely given for all, and else it is refused once more.
    off.delete(feature);
    if (before !== undefined) tell(`Discord: ${nameOfPermission(feature, before)} is there again.`);
  };

  const refusal = (feature: Feature, channel: string): Failure | undefined =>
    off.get(feature)?.get(channel);

  const features: Features = {
    ...{ denied, worked },
    isOff: (feature, channel) => refusal(feature, channel) !== undefined && left() > 0,
    isDue: (feature, channel) => refusal(feature, channel) !== undefined && left() <= 0,
    async attempt(feature, channel, call) {
      const before = refusal(feature, channel);
      if (before !== undefined && left() > 0)
        throw new Failure("chat.forbidden", before.message, {
          ...{ cause: before, retryAfter: left() },
          ...(before.hint === undefined ? {} : { hint: before.hint }),
        });
      // The one try counts for all that wait for one.
      if (before !== undefined) refusedAt = now();
      try {
        const result = await call();
        worked(feature);
        return result;
      } catch (error) {
        if (isOfPermission(error)) denied(feature, channel, error);
        throw error;
      }
    },
    attemptMere: (feature, channel, call) =>
      features.attempt(feature, channel, call).catch((error: unknown) => {
        if (isForbidden(error) && !isClosedThread(error)) return null;
        throw error;
      }),
  };
  return features;
}

/** Not what lies with a thread that is closed. */
export const isOfPermission = (error: unknown): error is Failure =>
  isForbidden(error) && !isClosedThread(error);

const isForbidden = (error: unknown): error is Failure =>
  error instanceof Failure && error.code === "chat.forbidden";

/** Archived or locked. */
export const isClosedThread = (error: unknown): boolean =>
  closedThread.includes(numberOf(error) ?? 0);

const closedThread: readonly number[] = [Codes.InvalidActionOnArchivedThread, Codes.ThreadLocked];

function nameOfPermission(feature: Feature, failure: Failure): string {
  const bit = numberOf(failure) === Codes.MissingAccess ? Flags.ViewChannel : bits[feature];
  return wanted.find((one) => one.bit === bit)?.name ?? feature;
}

const lacking = (permission: string, place: string): string =>
  `Discord: the bot lacks the permission “${permission}” in ${place}. ` +
  "Give it to the bot; until then it goes without, and tries again every few minutes.";
