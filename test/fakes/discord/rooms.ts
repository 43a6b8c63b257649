// A room as a test looks at it: a channel or thread by its name, now or once it is there.
import { ChannelType } from "discord-api-types/v10";
import { guildOf, isThread } from "./build.ts";
import { settle } from "./threads.ts";
import { messagesIn, type Seen, transcript } from "./transcript.ts";
import { type Channel, until, type World } from "./world.ts";

export interface As {
  /** A person: their own ephemeral messages are seen too. */
  readonly as?: { readonly id: string };
}

export interface Room {
  /** Throws while there is no such channel. */
  readonly id: string;
  exists(): boolean;
  topic(): string | null;
  archived(): boolean;
  messages(as?: As): readonly Seen[];
  /** The transcript as a person reads it. */
  text(as?: As): string;
  /** Resolves with the first message, old or new, that is so; looks again at each change. */
  until(check: (message: Seen) => boolean, ms?: number, as?: As): Promise<Seen>;
  /** The people in a thread, or who see a channel. */
  pinned(): readonly Seen[];
}

const named = (channel: Channel, name: string): boolean =>
  channel.id === name || channel.name === name || channel.name === `batty-${name}`;

export function findChannel(world: World, guild: string, name: string): Channel | undefined {
  const here = [...world.channels.values()].filter(
    (one) => one.id === name || (guildOf(one) === guild && one.type !== ChannelType.GuildCategory),
  );
  // Of two with one name the newest is meant: the other may be an archived thread.
  return here.findLast((one) => named(one, name));
}

export function channelNamed(world: World, guild: string, name: string): Channel {
  const channel = findChannel(world, guild, name);
  if (channel) return settle(world, channel);
  const names = [...world.channels.values()].map((one) => one.name).join(", ");
  throw new Error(`there is no room "${name}"; there are ${names}`);
}

export function openRoom(world: World, guild: string, name: string): Room {
  const channel = () => channelNamed(world, guild, name);
  const messages = (as?: As) => {
    const found = findChannel(world, guild, name);
    return found ? messagesIn(world, found.id, as?.as?.id ?? null) : [];
  };
  const text = (as?: As) =>
    messages(as)
      .map((one) => transcript(world, one))
      .join("\n");
  return {
    get id() {
      return channel().id;
    },
    exists: () => findChannel(world, guild, name) !== undefined,
    topic() {
      const found = channel();
      return found.type === ChannelType.GuildText ? (found.topic ?? null) : null;
    },
    archived() {
      const found = channel();
      return isThread(found) && found.thread_metadata?.archived === true;
    },
    messages,
    text,
    pinned: () => messages().filter((one) => one.pinned),
    async until(check, ms = 10_000, as) {
      const look = () => messages(as).find(check);
      try {
        return await until(world, `a message in ${name}`, look, ms);
      } catch (cause) {
        throw new Error(`${(cause as Error).message}\n--- ${name} ---\n${text(as)}`, { cause });
      }
    },
  };
}
