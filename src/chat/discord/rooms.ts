// Which place on Discord stands for which room: a channel, a thread below one, and in need the nearest that is there.
// Knows no post.

import type { REST } from "discord.js";
import { channels as channelNames, type RoomName } from "../../core/card.ts";
import type { DiscordSettings } from "../../core/team.ts";
import { Failure, type Instant, type Millis } from "../../core/words.ts";
import type { Room } from "../desk.ts";
import { createChannels } from "./channels.ts";
import { createFeatures, type Features } from "./features.ts";
import { clean } from "./render/inert.ts";
import { type Ask, askOver } from "./rest.ts";
import { type ChannelName, openRoomsFile } from "./rooms-file.ts";
import { createThreads, type Wish } from "./threads.ts";

export interface Place {
  readonly channel: string;
  /** The channel that it is a thread of; its own id otherwise. */
  readonly parent: string;
  /** What a post says it is meant for, when its own room can't be had. */
  readonly meant: string | null;
}

export interface Rooms {
  /** Found or made. @throws Failure `chat.*` when there is nowhere to go */
  place(room: RoomName, signal: AbortSignal): Promise<Place>;
  /** Where it is now; nothing is made. */
  standing(room: RoomName): Place | null;
  roomAt(channel: string): RoomName | null;
  isMember(name: string): boolean;
  known(): readonly { readonly room: RoomName; readonly channel: string }[];
  /** It was removed; with a channel go its threads. */
  lost(channel: string): void;
  /** Opens a thread again. False: it is locked, or the bot may not. */
  wake(channel: string, signal: AbortSignal): Promise<boolean>;
  /** Beside a thread that is closed. */
  beside(channel: string): Place | null;
  /** As people call it. */
  nameOf(channel: string): string;
  readonly ask: Ask;
  readonly features: Features;
}

export interface RoomParts {
  readonly rest: REST;
  readonly guild: string;
  readonly settings: DiscordSettings;
  /** Where the mapping is kept. */
  readonly file: string;
  readonly titles: () => readonly Room[];
  /** Null: nobody of this name. */
  readonly roleOf: (member: string) => string | null;
  readonly now: () => Instant;
  /** One line to people. */
  readonly tell: (line: string) => void;
}

/** For everything that is looked for or made before the first post. */
const openingWithin: Millis = 120_000;

export async function openRooms(parts: RoomParts): Promise<Rooms> {
  const rooms = await createRooms(parts);
  const signal = AbortSignal.timeout(openingWithin);
  await rooms.channels.open(signal);
  const members = parts.titles().filter(({ kind }) => kind === "member");
  for (const { name } of members) await rooms.place(name, signal).catch(unlessLogin(parts));
  return rooms;
}

/** The six channels alone. */
export async function openChannels(
  rest: REST,
  guild: string,
  settings: DiscordSettings,
  file: string,
): Promise<ReadonlyMap<ChannelName, string>> {
  const told: string[] = [];
  const parts = { titles: () => [], roleOf: () => null, now: Date.now };
  const { channels, standing } = await createRooms({
    ...{ rest, guild, settings, file, ...parts },
    tell: (line) => void told.push(line),
  });
  await channels.open(AbortSignal.timeout(openingWithin));
  const [trouble] = told;
  if (trouble !== undefined) throw new Failure("chat.forbidden", trouble);
  return new Map(channelNames.map((name) => [name, standing(name)?.channel ?? ""]));
}

const unlessLogin =
  ({ tell }: RoomParts) =>
  (error: unknown): void => {
    if (!(error instanceof Failure) || error.code === "chat.login") throw error;
    if (error.code !== "chat.forbidden") tell(`Discord: ${error.message}.`);
  };

async function createRooms(parts: RoomParts) {
  const { guild, settings, titles, roleOf } = parts;
  const file = await openRoomsFile(parts.file, guild);
  const ask = askOver(parts.rest, parts.now);
  const features = createFeatures({ ...parts, nameOf });
  const threads = createThreads({ ask, guild, features });
  const channels = createChannels({ ask, guild, settings, file, features, tell: parts.tell });
  /** What several posts wait for is made once. */
  const making = new Map<string, Promise<Place>>();
  /** What stood for a thread and was removed: a list made before may still have it. */
  const gone = new Map<string, readonly string[]>();

  function nameOf(channel: string): string {
    for (const [name, { id }] of file.channels)
      if (id === channel) return `#${settings.channels[name]}`;
    for (const [key, { id }] of file.threads) if (id === channel) return `the thread of ${key}`;
    return channel === guild ? "the server" : "a channel";
  }

  /** The thread that a room has, by its key in the file; null: it has none. */
  const keyOf = (room: RoomName): string | null => {
    if (isChannel(room)) return null;
    if (room.startsWith("task:")) return settings.threads.tasks ? room : null;
    return settings.threads.members ? room : (roleOf(room) ?? room);
  };
  const parentOf = (room: RoomName): ChannelName => {
    if (isChannel(room)) return room;
    return room.startsWith("task:") ? "merges" : "commands";
  };
  const titleOf = (room: RoomName): string =>
    titles().find(({ name }) => name === room)?.title ?? room.replace(/^task:/, "#");

  const standing = (room: RoomName): Place | null => {
    const key = keyOf(room);
    const parent = file.channels.get(parentOf(room))?.id;
    if (parent === undefined) return null;
    if (key === null)
      return { channel: parent, parent, meant: isChannel(room) ? null : titleOf(room) };
    const thread = file.threads.get(key);
    return thread?.parent === parent ? { channel: thread.id, parent, meant: null } : null;
  };

  /** The nearest that is there. */
  const instead = (room: RoomName): Place | null => {
    const nearest: readonly ChannelName[] = [parentOf(room), "commands", ...channelNames];
    const id = nearest.map((name) => file.channels.get(name)?.id).find((one) => one !== undefined);
    const meant = isChannel(room) ? `#${settings.channels[room]}` : titleOf(room);
    return id === undefined ? null : { channel: id, parent: id, meant };
  };

  const makeThread = async (room: RoomName, key: string, signal: AbortSignal): Promise<Place> => {
    const wish = wishOf(key, room === key ? titleOf(room) : key);
    const below = async (isLast: boolean): Promise<Place> => {
      const { channel: parent, meant } = await place(parentOf(room), signal);
      // Not below a channel that only stands in for its own.
      if (meant !== null) return { channel: parent, parent, meant: titleOf(room) };
      try {
        const id = await threads.findOrMake(parent, wish, gone.get(key) ?? [], signal);
        file.threads.delete(key);
        file.threads.set(key, { id, parent });
        await file.save();
        return { channel: id, parent, meant: null };
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== "chat.room-gone") throw error;
        lost(parent);
        if (isLast) throw error;
        return below(true);
      }
    };
    return below(false);
  };

  const make = async (room: RoomName, signal: AbortSignal): Promise<Place> => {
    const key = keyOf(room);
    try {
      if (key !== null) return await makeThread(room, key, signal);
      const id = await channels.make(parentOf(room), signal);
      return standing(room) ?? { channel: id, parent: id, meant: null };
    } catch (error) {
      const other = mayGoElsewhere(error) ? instead(room) : null;
      if (other === null) throw error;
      return other;
    }
  };

  const place = (room: RoomName, signal: AbortSignal): Promise<Place> => {
    const there = standing(room);
    if (there !== null) return Promise.resolve(there);
    const key = keyOf(room) ?? parentOf(room);
    const under = making.get(key) ?? make(room, signal).finally(() => making.delete(key));
    making.set(key, under);
    return under;
  };

  const lost = (channel: string): void => {
    for (const [name, { id }] of file.channels) if (id === channel) file.channels.delete(name);
    for (const [key, { id, parent }] of file.threads) {
      if (id !== channel && parent !== channel) continue;
      file.threads.delete(key);
      gone.set(key, [...(gone.get(key) ?? []), id]);
    }
    void file.save();
  };

  const roomOfKey = (key: string): RoomName => {
    const ours = titles().filter(({ name, kind }) => kind === "member" && roleOf(name) === key);
    return settings.threads.members || ours.length !== 1 ? key : (ours[0]?.name ?? key);
  };
  const known = (): { room: RoomName; channel: string }[] => [
    ...[...file.channels].map(([room, { id }]) => ({ room, channel: id })),
    ...[...file.threads].map(([key, { id }]) => ({ room: roomOfKey(key), channel: id })),
  ];

  return {
    ...{ place, standing, known, lost, nameOf, ask, features, channels },
    roomAt: (channel: string) => known().find((one) => one.channel === channel)?.room ?? null,
    isMember: (name: string) =>
      titles().some((room) => room.kind === "member" && room.name === name),
    wake: threads.wake,
    beside(channel: string): Place | null {
      const [, thread] = [...file.threads].find(([, { id }]) => id === channel) ?? [];
      if (thread === undefined) return null;
      return { channel: thread.parent, parent: thread.parent, meant: `<#${channel}>` };
    },
  };
}

const isChannel = (room: RoomName): room is ChannelName =>
  (channelNames as readonly string[]).includes(room);

const mayGoElsewhere = (error: unknown): boolean =>
  error instanceof Failure && elsewhere.includes(error.code);

/** What no waiting heals; and Discord's numbers of threads and channels. */
const elsewhere: readonly string[] = ["chat.forbidden", "chat.room-gone", "chat.refused"];

function wishOf(key: string, title: string): Wish {
  if (key.startsWith("task:"))
    return {
      name: title,
      isIt: (name) => name.startsWith(`#${key.slice("task:".length)} `),
      opening: `**${clean(title)}**`,
    };
  return {
    name: key,
    isIt: (name) => name === key,
    opening: `**${clean(title)}**: what is written in this thread goes to it.`,
  };
}
