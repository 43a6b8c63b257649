// A Discord of our own on 127.0.0.1: REST v10 and gateway in this process, people to act in it, and
// whatever can go wrong on order. Knows nothing of the product.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { addGuild } from "./build.ts";
import { type RestFaults, restFaults } from "./faults.ts";
import { type GatewayFaults, type GatewayLogged, openGateway } from "./gateway.ts";
import { type Logged, requestHandler } from "./http.ts";
import { channelRoutes } from "./routes/channels.ts";
import { commandRoutes } from "./routes/commands.ts";
import { guildRoutes } from "./routes/guilds.ts";
import { messageRoutes } from "./routes/messages.ts";
import { reactionRoutes } from "./routes/reactions.ts";
import { responseRoutes } from "./routes/responses.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { rateLimits } from "./rules/rate-limits.ts";
import { newWorld, type World } from "./world.ts";

export interface Settings {
  /** Of deadlines, nonces and archiving; the real clock if not given. */
  readonly now?: () => number;
  /** Is the message content intent switched on for the application? */
  readonly contentIntent?: boolean;
  readonly token?: string;
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

export interface Discord {
  readonly api: string;
  readonly token: string;
  readonly guild: string;
  /** A second guild, of other people, with the same bot in it. */
  readonly otherGuild: string;
  readonly application: string;
  readonly world: World;
  readonly log: readonly (Logged | GatewayLogged)[];
  readonly faults: GatewayFaults & { readonly rest: RestFaults };
  close(): Promise<void>;
}

const listen = (server: Server, port: number) =>
  new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

export async function startDiscord(settings: Settings = {}): Promise<Discord> {
  const { now = Date.now, contentIntent = true, token = TOKEN, heartbeatMs = 41_250 } = settings;
  const world = newWorld({ now, contentIntent, token });
  const log: (Logged | GatewayLogged)[] = [];
  const rest = restFaults();
  const guild = addGuild(world, "Ada's team").guild.id;
  const otherGuild = addGuild(world, "Elsewhere").guild.id;
  const note = (entry: Logged | GatewayLogged) => void log.push(entry);
  const gateway = openGateway({ world, heartbeatMs, log: note });
  const server = createServer();
  const { rateLimits: quotas } = settings;
  const limits =
    quotas === undefined
      ? null
      : rateLimits({ now: world.now, ...(quotas === true ? {} : { quotas }) });
  const handle = requestHandler({ world, routes, faults: rest, limits, log: note });
  server.on("request", (request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      response.destroy();
      server.emit("broken", thrown);
    });
  });
  server.on("upgrade", (request, socket, head) => gateway.upgrade(request, socket, head));
  const port = await listen(server, 0);
  world.base = `http://127.0.0.1:${port}`;
  return {
    ...{ api: `${world.base}/api`, token, guild, otherGuild, application: world.application.id },
    ...{ world, log, faults: { ...gateway, rest } },
    async close() {
      gateway.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
