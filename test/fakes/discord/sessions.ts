// The sessions of the gateway: identified with intents, told events by number, resumed with what they
// missed. Knows nothing of connections but how to write to one.
import {
  GatewayDispatchEvents,
  type GatewayIdentifyData,
  GatewayOpcodes,
  type GatewayReadyDispatchData,
  type GatewayResumeData,
} from "discord-api-types/v10";
import type { WebSocket } from "ws";
import { guildCreate } from "./build.ts";
import { deliverable, refusedIntents } from "./intents.ts";
import { flagsOf } from "./routes/guilds.ts";
import type { Wire } from "./wire.ts";
import type { Dispatch, World } from "./world.ts";

export interface Session {
  readonly id: string;
  readonly intents: number;
  /** Everything ever dispatched in it, in order: number n stands at n - 1. */
  readonly sent: string[];
  socket: WebSocket | null;
  /** After INVALID_SESSION, or when the client said goodbye. */
  over: boolean;
}

export interface Sessions {
  /** null: refused, the connection is closed or told so. */
  identify(socket: WebSocket, data: GatewayIdentifyData): Session | null;
  resume(socket: WebSocket, data: GatewayResumeData): Session | null;
  live(): readonly { readonly session: Session; readonly socket: WebSocket }[];
  all(): readonly Session[];
  /** The newest event of this kind, once more. */
  redeliver(event: string): void;
  close(): void;
}

function dispatch(wire: Wire, session: Session, event: Dispatch): void {
  const { t, d } = event;
  const text = JSON.stringify({ op: GatewayOpcodes.Dispatch, t, s: session.sent.length + 1, d });
  session.sent.push(text);
  const { socket } = session;
  if (!socket) return;
  wire.note("discord", GatewayOpcodes.Dispatch, t);
  wire.later(() => wire.write(socket, text));
}

function ready(world: World, wire: Wire, session: Session): void {
  const ours = [...world.guilds.values()].filter((one) => one.members.has(world.self.id));
  const application = { id: world.application.id, flags: flagsOf(world) };
  const d: GatewayReadyDispatchData = {
    ...{ v: 10, user: world.self, session_id: session.id, shard: [0, 1] },
    guilds: ours.map(({ guild: { id } }) => ({ id, unavailable: true })),
    resume_gateway_url: `${world.base.replace("http", "ws")}/gateway`,
    application: application as GatewayReadyDispatchData["application"],
  };
  dispatch(wire, session, { t: GatewayDispatchEvents.Ready, d });
  for (const guild of ours)
    dispatch(wire, session, { t: GatewayDispatchEvents.GuildCreate, d: guildCreate(world, guild) });
}

/** Why a login is refused: the code to close with. */
function refusalOf(world: World, token: string, intents: number | null): [number, string] | null {
  if (token !== world.token) return [4004, "Authentication failed."];
  const code = intents === null ? null : refusedIntents(world, intents);
  if (code === null) return null;
  return [code, code === 4014 ? "Disallowed intent(s)." : "Invalid intent(s)."];
}

function resumed(wire: Wire, socket: WebSocket, session: Session | undefined, seq: number) {
  if (!session || session.over) {
    wire.control(socket, GatewayOpcodes.InvalidSession, false);
    return null;
  }
  if (seq > session.sent.length) {
    socket.close(4007, "Invalid seq.");
    return null;
  }
  session.socket = socket;
  for (const text of session.sent.slice(seq)) wire.later(() => wire.write(socket, text));
  dispatch(wire, session, { t: GatewayDispatchEvents.Resumed, d: undefined as never });
  return session;
}

function again(wire: Wire, session: Session, socket: WebSocket, event: string): void {
  const text = session.sent.findLast((one) => (JSON.parse(one) as { t: string }).t === event);
  if (!text) return;
  const copy = JSON.stringify({ ...JSON.parse(text), s: session.sent.length + 1 });
  session.sent.push(copy);
  wire.write(socket, copy);
}

export function openSessions(world: World, wire: Wire): Sessions {
  const sessions = new Map<string, Session>();
  const close = world.onEvent((sent) => {
    for (const session of sessions.values()) {
      const event = session.over ? null : deliverable(world, sent, session.intents);
      if (event) dispatch(wire, session, event);
    }
  });
  const live = () =>
    [...sessions.values()].flatMap((session) =>
      session.socket ? [{ session, socket: session.socket }] : [],
    );
  return {
    ...{ live, close, all: () => [...sessions.values()] },
    identify(socket, { token, intents }) {
      const refusal = refusalOf(world, token, intents);
      if (refusal) {
        socket.close(...refusal);
        return null;
      }
      const id = `session-${world.id()}`;
      const session: Session = { id, intents, sent: [], socket, over: false };
      sessions.set(id, session);
      ready(world, wire, session);
      return session;
    },
    resume(socket, { token, session_id, seq }) {
      const refusal = refusalOf(world, token, null);
      if (!refusal) return resumed(wire, socket, sessions.get(session_id), seq);
      socket.close(...refusal);
      return null;
    },
    redeliver(event) {
      for (const { session, socket } of live()) again(wire, session, socket, event);
    },
  };
}
