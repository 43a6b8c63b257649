// Where the bot is on Discord now: its client, its server, and what stands there for the team's rooms. Knows nobody's
// words.
import { join } from "node:path";
import type { Client } from "discord.js";
import type { RoomName } from "../../core/card.ts";
import type { DiscordSettings } from "../../core/team.ts";
import type { Instant } from "../../core/words.ts";
import { deferred } from "../../lib/deferred.ts";
import type { Desk } from "../desk.ts";
import { readId } from "./ids.ts";
import { type DiscordPort, discordPort } from "./port.ts";
import { openRooms, type Rooms } from "./rooms.ts";
import { serverFor, serverOf } from "./server.ts";
import type { Session } from "./session.ts";

/** What there is once the bot has its place on the server. */
export interface Settled {
  readonly rooms: Rooms;
  readonly port: DiscordPort;
}

export interface Home {
  client(): Client<true> | null;
  /** The one of now: while somebody waits the line may be begun anew. @throws when there is none yet */
  present(): Client<true>;
  guild(): string | null;
  settled(): Settled | null;
  /** Resolves with the first place. */
  readonly opened: Promise<Settled>;
  /** The line is there: the server is known before anybody's interaction is looked at. */
  up(client: Client<true>): void;
  /** @throws Failure that says what a person can do */
  settle(): Promise<Settled>;
  roomAt(channel: string): RoomName | null;
  /** Where people see the post of this key. */
  linkTo(key: string): string | null;
}

export interface HomeParts {
  readonly session: Pick<Session, "rest" | "self" | "application">;
  readonly settings: DiscordSettings;
  readonly dir: string;
  readonly desk: Pick<Desk, "rooms">;
  people(name: string): string | null;
  roleOf(member: string): string | null;
  keyOf(id: string): string | null;
  idOf(key: string): string | null;
  tell(line: string): void;
  now(): Instant;
  log(line: string): void;
}

export function createHome(parts: HomeParts): Home {
  const { session, settings, now, log } = parts;
  let client: Client<true> | null = null;
  let guild: string | null = null;
  let settled: Settled | null = null;
  const opened = deferred<Settled>();

  const openIn = async (server: string): Promise<Settled> => {
    const rooms = await openRooms({
      ...{ rest: session.rest, guild: server, settings, now, roleOf: parts.roleOf },
      ...{ file: join(parts.dir, "rooms.json"), titles: parts.desk.rooms, tell: parts.tell },
    });
    const port = discordPort({
      ...{ wires: session, rooms, people: parts.people, now, log, ownedBy: parts.keyOf },
    });
    return { rooms, port };
  };

  const present = (): Client<true> => {
    if (client === null) throw new Error("nothing is up yet");
    return client;
  };

  return {
    client: () => client,
    present,
    guild: () => guild,
    settled: () => settled,
    opened: opened.promise,
    up(now) {
      client = now;
      guild = serverOf(now, settings) ?? guild;
    },
    async settle() {
      guild = serverFor(present(), settings, session.application());
      settled ??= await openIn(guild);
      opened.resolve(settled);
      return settled;
    },
    roomAt: (channel) => settled?.rooms.roomAt(channel) ?? null,
    linkTo(key) {
      const standing = readId(parts.idOf(key) ?? "");
      if (standing === null || guild === null) return null;
      return `https://discord.com/channels/${guild}/${standing.channel}/${standing.messages[0]}`;
    },
  };
}
