// The gateway: sessions that are identified, hear events by their intents, and can be resumed with
// what they missed. Faults of the line are ordered here too. Knows nothing of REST.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  GatewayDispatchEvents,
  type GatewayIdentifyData,
  GatewayOpcodes,
  type GatewayReadyDispatchData,
  type GatewayResumeData,
} from "discord-api-types/v10";
import { type WebSocket, WebSocketServer } from "ws";
import { guildCreate } from "./build.ts";
import { deliverable, refusedIntents } from "./intents.ts";
import { flagsOf } from "./routes/guilds.ts";
import type { Dispatch, Sent, World } from "./world.ts";

interface Session {
  readonly id: string;
  readonly intents: number;
  /** Everything ever dispatched in it, in order: number n stands at n - 1. */
  readonly sent: string[];
  socket: WebSocket | null;
  /** After INVALID_SESSION, or when the client said goodbye. */
  over: boolean;
}

export interface GatewayLogged {
  readonly kind: "gateway";
  readonly at: number;
  readonly from: "bot" | "discord";
  readonly op: GatewayOpcodes;
  readonly event: string | null;
}

export interface GatewayFaults {
  /** The line is cut without a word (the client sees 1006). */
  dropGateway(): void;
  /** The line stays open, but nothing comes any more, heartbeat acknowledgements neither. */
  zombie(): void;
  /** @param resumable may the client go on with the same session? */
  invalidSession(resumable: boolean): void;
  reconnect(): void;
  closeWith(code: number): void;
  /** Every event from now on comes so much later. */
  gatewayDelay(ms: number): void;
  /** New connections are answered with this close until it is null again. */
  refuseGateway(code: number | null): void;
  /** The newest event of this kind comes a second time. */
  redeliver(event: string): void;
}

export interface Gateway extends GatewayFaults {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How many sessions are connected. */
  connected(): number;
  /** The ids of all sessions ever made. */
  sessions(): readonly string[];
  close(): void;
}

export interface GatewaySettings {
  readonly world: World;
  readonly heartbeatMs: number;
  readonly log: (entry: GatewayLogged) => void;
}

export function openGateway({ world, heartbeatMs, log }: GatewaySettings): Gateway {
  const server = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const mute = new WeakSet<WebSocket>();
  const timers = new Set<NodeJS.Timeout>();
  let delay = 0;
  let refused: number | null = null;

  const note = (from: GatewayLogged["from"], op: GatewayOpcodes, event: string | null = null) =>
    log({ kind: "gateway", at: world.now(), from, op, event });

  const write = (socket: WebSocket, text: string) => {
    if (socket.readyState === socket.OPEN && !mute.has(socket)) socket.send(text);
  };
  const control = (socket: WebSocket, op: GatewayOpcodes, d: unknown = null) => {
    note("discord", op);
    write(socket, JSON.stringify({ op, d, s: null, t: null }));
  };

  const later = (act: () => void) => {
    if (delay === 0) return act();
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, delay);
    timers.add(timer);
  };

  function dispatch(session: Session, event: Dispatch): void {
    const { t, d } = event;
    const text = JSON.stringify({ op: GatewayOpcodes.Dispatch, t, s: session.sent.length + 1, d });
    session.sent.push(text);
    const { socket } = session;
    if (socket) note("discord", GatewayOpcodes.Dispatch, t);
    later(() => socket && write(socket, text));
  }

  const stop = world.onEvent((sent: Sent) => {
    for (const session of sessions.values()) {
      const event = session.over ? null : deliverable(world, sent, session.intents);
      if (event) dispatch(session, event);
    }
  });

  function ready(session: Session): void {
    const ours = [...world.guilds.values()].filter((one) => one.members.has(world.self.id));
    const d: GatewayReadyDispatchData = {
      ...{ v: 10, user: world.self, session_id: session.id, shard: [0, 1] },
      guilds: ours.map(({ guild: { id } }) => ({ id, unavailable: true })),
      resume_gateway_url: `${world.base.replace("http", "ws")}/gateway`,
      application: {
        id: world.application.id,
        flags: flagsOf(world),
      } as GatewayReadyDispatchData["application"],
    };
    dispatch(session, { t: GatewayDispatchEvents.Ready, d });
    for (const guild of ours)
      dispatch(session, { t: GatewayDispatchEvents.GuildCreate, d: guildCreate(world, guild) });
  }

  function identify(socket: WebSocket, data: GatewayIdentifyData): Session | null {
    if (data.token !== world.token) {
      socket.close(4004, "Authentication failed.");
      return null;
    }
    const refusal = refusedIntents(world, data.intents);
    if (refusal !== null) {
      socket.close(refusal, refusal === 4014 ? "Disallowed intent(s)." : "Invalid intent(s).");
      return null;
    }
    const id = `session-${world.id()}`;
    const session = { id, intents: data.intents, sent: [], socket, over: false };
    sessions.set(id, session);
    ready(session);
    return session;
  }

  function resume(socket: WebSocket, data: GatewayResumeData): Session | null {
    if (data.token !== world.token) {
      socket.close(4004, "Authentication failed.");
      return null;
    }
    const session = sessions.get(data.session_id);
    if (!session || session.over) {
      control(socket, GatewayOpcodes.InvalidSession, false);
      return null;
    }
    if (data.seq > session.sent.length) {
      socket.close(4007, "Invalid seq.");
      return null;
    }
    session.socket = socket;
    for (const text of session.sent.slice(data.seq)) later(() => write(socket, text));
    dispatch(session, { t: GatewayDispatchEvents.Resumed, d: undefined as never });
    return session;
  }

  function hear(socket: WebSocket): void {
    let mine: Session | null = null;
    let beats = true;
    const watch = setInterval(() => {
      if (!beats && !mute.has(socket)) socket.close(4009, "Session timed out.");
      beats = false;
    }, heartbeatMs * 1.5);
    socket.on("error", () => socket.terminate());
    socket.on("close", (code) => {
      clearInterval(watch);
      if (mine?.socket !== socket) return;
      mine.socket = null;
      if (code === 1000 || code === 1001) mine.over = true;
      world.changed();
    });
    socket.on("message", (raw) => {
      beats = true;
      const { op, d } = JSON.parse(String(raw)) as { op: GatewayOpcodes; d: unknown };
      note("bot", op);
      if (op === GatewayOpcodes.Heartbeat)
        later(() => control(socket, GatewayOpcodes.HeartbeatAck));
      else if (op === GatewayOpcodes.Identify && mine) socket.close(4005, "Already authenticated.");
      else if (op === GatewayOpcodes.Identify) mine = identify(socket, d as GatewayIdentifyData);
      else if (op === GatewayOpcodes.Resume) mine = resume(socket, d as GatewayResumeData);
      else if (mine === null) socket.close(4003, "Not authenticated.");
      world.changed();
    });
    control(socket, GatewayOpcodes.Hello, { heartbeat_interval: heartbeatMs });
  }

  const live = () =>
    [...sessions.values()].flatMap((session) =>
      session.socket ? [{ session, socket: session.socket }] : [],
    );

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (ws) => {
        if (refused !== null) return ws.close(refused);
        hear(ws);
      });
    },
    connected: () => live().length,
    sessions: () => [...sessions.keys()],
    dropGateway() {
      for (const { socket, session } of live()) {
        session.socket = null;
        socket.terminate();
      }
    },
    zombie() {
      for (const { socket } of live()) mute.add(socket);
    },
    invalidSession(resumable) {
      for (const { session, socket } of live()) {
        session.over = !resumable;
        session.socket = null;
        control(socket, GatewayOpcodes.InvalidSession, resumable);
      }
    },
    reconnect() {
      for (const { socket } of live()) control(socket, GatewayOpcodes.Reconnect);
    },
    closeWith(code) {
      for (const { session, socket } of live()) {
        if (code === 4007 || code === 4009) session.over = true;
        socket.close(code);
      }
    },
    gatewayDelay(ms) {
      delay = ms;
    },
    refuseGateway(code) {
      refused = code;
    },
    redeliver(event) {
      for (const { session, socket } of live()) {
        const text = session.sent.findLast((one) => (JSON.parse(one) as { t: string }).t === event);
        if (!text) continue;
        const again = JSON.stringify({ ...JSON.parse(text), s: session.sent.length + 1 });
        session.sent.push(again);
        write(socket, again);
      }
    },
    close() {
      stop();
      for (const timer of timers) clearTimeout(timer);
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
