// The gateway's connections: what a client says over one, and the faults of the line on order. Knows
// nothing of REST.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  type GatewayIdentifyData,
  GatewayOpcodes,
  type GatewayResumeData,
} from "discord-api-types/v10";
import { type WebSocket, WebSocketServer } from "ws";
import { openSessions, type Session, type Sessions } from "./sessions.ts";
import { type GatewayLogged, openWire, type Wire } from "./wire.ts";
import type { World } from "./world.ts";

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

interface Line {
  readonly world: World;
  readonly wire: Wire;
  readonly sessions: Sessions;
  readonly heartbeatMs: number;
}

/** One message of the client. @returns the session the connection belongs to from now on */
function said(line: Line, socket: WebSocket, mine: Session | null, raw: string): Session | null {
  const { wire, sessions } = line;
  const { op, d } = JSON.parse(raw) as { op: GatewayOpcodes; d: unknown };
  wire.note("bot", op);
  if (op === GatewayOpcodes.Heartbeat)
    wire.later(() => wire.control(socket, GatewayOpcodes.HeartbeatAck));
  else if (op === GatewayOpcodes.Identify && mine) socket.close(4005, "Already authenticated.");
  else if (op === GatewayOpcodes.Identify)
    return sessions.identify(socket, d as GatewayIdentifyData);
  else if (op === GatewayOpcodes.Resume) return sessions.resume(socket, d as GatewayResumeData);
  else if (mine === null) socket.close(4003, "Not authenticated.");
  return mine;
}

function hear(line: Line, socket: WebSocket): void {
  const { world, wire, heartbeatMs } = line;
  let mine: Session | null = null;
  let beats = true;
  const watch = setInterval(() => {
    if (!beats && !wire.isMute(socket)) socket.close(4009, "Session timed out.");
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
    mine = said(line, socket, mine, String(raw));
    world.changed();
  });
  wire.control(socket, GatewayOpcodes.Hello, { heartbeat_interval: heartbeatMs });
}

function lineFaults({ wire, sessions }: Line): Omit<GatewayFaults, "refuseGateway"> {
  const { live } = sessions;
  return {
    ...{ gatewayDelay: wire.setDelay, redeliver: sessions.redeliver },
    dropGateway() {
      for (const { socket, session } of live()) {
        session.socket = null;
        socket.terminate();
      }
    },
    zombie() {
      for (const { socket } of live()) wire.mute(socket);
    },
    invalidSession(resumable) {
      for (const { session, socket } of live()) {
        session.over = !resumable;
        session.socket = null;
        wire.control(socket, GatewayOpcodes.InvalidSession, resumable);
      }
    },
    reconnect() {
      for (const { socket } of live()) wire.control(socket, GatewayOpcodes.Reconnect);
    },
    closeWith(code) {
      for (const { session, socket } of live()) {
        if (code === 4007 || code === 4009) session.over = true;
        socket.close(code);
      }
    },
  };
}

export function openGateway({ world, heartbeatMs, log }: GatewaySettings): Gateway {
  const server = new WebSocketServer({ noServer: true });
  const wire = openWire({ now: world.now, log });
  const sessions = openSessions(world, wire);
  const line: Line = { world, wire, sessions, heartbeatMs };
  let refused: number | null = null;
  return {
    ...lineFaults(line),
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (ws) => {
        if (refused !== null) ws.close(refused);
        else hear(line, ws);
      });
    },
    connected: () => sessions.live().length,
    sessions: () => sessions.all().map((one) => one.id),
    refuseGateway(code) {
      refused = code;
    },
    close() {
      sessions.close();
      wire.close();
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
