// A Discord of our own on 127.0.0.1: REST v10 and gateway in this process, people to act in it, and
// whatever can go wrong on order. Knows nothing of the product.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GatewayDispatchEvents } from "discord-api-types/v10";
import { type Actor, type ActorWish, addActor } from "./actors.ts";
import { addChannel, addGuild, inviteBot } from "./build.ts";
import { type RestFaults, restFaults } from "./faults.ts";
import { type Gateway, type GatewayFaults, openGateway } from "./gateway.ts";
import { type Logged, requestHandler } from "./http.ts";
import { type PlaceFaults, placeFaults } from "./place-faults.ts";
import { openRoom, type Room } from "./rooms.ts";
import { channelRoutes } from "./routes/channels.ts";
import { commandRoutes } from "./routes/commands.ts";
import { guildRoutes } from "./routes/guilds.ts";
import { messageRoutes } from "./routes/messages.ts";
import { reactionRoutes } from "./routes/reactions.ts";
import { responseRoutes } from "./routes/responses.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { rateLimits } from "./rules/rate-limits.ts";
import { nameOf } from "./transcript.ts";
import type { GatewayLogged } from "./wire.ts";
import { newWorld, until, type World } from "./world.ts";

export interface Settings {
  /** Of deadlines, nonces and archiving; the real clock if not given. */
  readonly now?: () => number;
  /** Is the message content intent switched on for the application? */
  readonly contentIntent?: boolean;
  readonly token?: string;
  /** false: nobody has invited the bot to the team's guild yet, see faults.invite(). */
  readonly invited?: boolean;
  readonly heartbeatMs?: number;
  /** Count requests and refuse too many of them, by these quotas before the usual ones. */
  readonly rateLimits?: true | Parameters<typeof rateLimits>[0]["quotas"];
}

const routes = [
  ...guildRoutes,
  ...reactionRoutes,
  ...channelRoutes,
  ...messageRoutes,
  ...webhookRoutes,
  ...responseRoutes,
  ...commandRoutes,
];

const TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAw.Loopbk.only-for-the-loopback-discord-000000000";

export interface Faults extends GatewayFaults, PlaceFaults {
  readonly rest: RestFaults;
  /** Nobody listens any more; every connection is torn down. */
  refuse(): Promise<void>;
  /** Listens again, at the same port. */
  restore(): Promise<void>;
}

export interface Discord {
  readonly api: string;
  readonly token: string;
  readonly guild: string;
  /** A second guild, of other people, with the same bot in it. */
  readonly otherGuild: string;
  readonly application: string;
  readonly world: World;
  /** Every REST request and gateway message, oldest first. */
  readonly log: readonly (Logged | GatewayLogged)[];
  readonly faults: Faults;
  /** How many sessions the gateway has now. */
  connected(): number;
  /** The ids of all sessions of the gateway, ended ones too. */
  sessions(): readonly string[];
  /** Someone of the guild; joins with the first call. */
  actor(name: string, wish?: ActorWish): Actor;
  room(name: string): Room;
  /** A person makes a channel. */
  makeRoom(name: string, topic?: string): Room;
  /** Every message that made a device ring, and whose. */
  pings(): readonly {
    readonly id: string;
    readonly room: string;
    readonly whom: readonly string[];
  }[];
  /** The clock of deadlines, nonces and archiving goes on so far. */
  advance(ms: number): void;
  until<T>(what: string, look: () => T | undefined, ms?: number): Promise<T>;
  close(): Promise<void>;
}

const listen = (server: Server, port: number) =>
  new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

/** Where both REST and gateway come in; it can be shut and opened again at the same port. */
async function openDoor(handle: ReturnType<typeof requestHandler>, gateway: Gateway) {
  const server = createServer((request, response) => {
    // A bug of this server: the client sees its connection break, the log says why.
    handle(request, response).catch((thrown: unknown) => {
      process.stderr.write(`loopback discord: ${String((thrown as Error).stack)}\n`);
      response.destroy();
    });
  });
  server.on("upgrade", (request, socket, head) => gateway.upgrade(request, socket, head));
  const port = await listen(server, 0);
  const shut = async () => {
    gateway.dropGateway();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  const open = async () => void (await listen(server, port));
  return { base: `http://127.0.0.1:${port}`, shut, open };
}

type Inside = Pick<Discord, "actor" | "room" | "makeRoom" | "pings" | "advance" | "until">;

/** People and rooms of the guild, for tests to act and look. */
function inside(world: World, guild: string): Inside {
  const people = new Map<string, Actor>();
  return {
    actor(name, wish) {
      const known = people.get(name) ?? addActor(world, guild, name, wish);
      people.set(name, known);
      return known;
    },
    room: (name) => openRoom(world, guild, name),
    makeRoom(name, topic) {
      const channel = addChannel(world, guild, { name, topic });
      world.emit({ t: GatewayDispatchEvents.ChannelCreate, d: channel }, guild);
      return openRoom(world, guild, channel.id);
    },
    pings: () =>
      [...world.messages.values()].flatMap(({ message, pinged }) => {
        const room = world.channels.get(message.channel_id)?.name ?? message.channel_id;
        const whom = pinged.map((id) => nameOf(world, id));
        return whom.length > 0 ? [{ id: message.id, room, whom }] : [];
      }),
    advance: world.advance,
    until: (what, look, ms = 10_000) => until(world, what, look, ms),
  };
}

/** Of the whole bot and of each route; null: nobody counts. */
const paced = (world: World, quotas: Settings["rateLimits"]) =>
  quotas === undefined
    ? null
    : rateLimits({ now: world.now, ...(quotas === true ? {} : { quotas }) });

export async function startDiscord(settings: Settings = {}): Promise<Discord> {
  const { now = Date.now, contentIntent = true, token = TOKEN, heartbeatMs = 41_250 } = settings;
  const world = newWorld({ now, contentIntent, token });
  const log: (Logged | GatewayLogged)[] = [];
  const note = (entry: Logged | GatewayLogged) => void log.push(entry);
  const [home, other] = [addGuild(world, "Ada's team"), addGuild(world, "Elsewhere")];
  const [guild, otherGuild] = [home.guild.id, other.guild.id];
  if (settings.invited !== false) inviteBot(world, home);
  inviteBot(world, other);
  const gateway = openGateway({ world, heartbeatMs, log: note });
  const rest = restFaults();
  const limits = paced(world, settings.rateLimits);
  const handle = requestHandler({ world, routes, faults: rest, limits, log: note });
  const door = await openDoor(handle, gateway);
  world.base = door.base;
  const line = { refuse: door.shut, restore: door.open };
  return {
    ...{ api: `${world.base}/api`, token, guild, otherGuild, application: world.application.id },
    ...{ world, log, faults: { ...gateway, ...placeFaults(world, guild), ...line, rest } },
    ...{ connected: gateway.connected, sessions: gateway.sessions },
    ...inside(world, guild),
    async close() {
      gateway.close();
      await door.shut();
    },
  };
}
