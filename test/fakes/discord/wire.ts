// What goes over the gateway's connections: written at once, late, or (on a dead line) not at all, and
// noted. Knows nothing of sessions.
import type { GatewayOpcodes } from "discord-api-types/v10";
import type { WebSocket } from "ws";

export interface GatewayLogged {
  readonly kind: "gateway";
  readonly at: number;
  readonly from: "bot" | "discord";
  readonly op: GatewayOpcodes;
  readonly event: string | null;
}

export interface Wire {
  note(from: GatewayLogged["from"], op: GatewayOpcodes, event?: string): void;
  write(socket: WebSocket, text: string): void;
  control(socket: WebSocket, op: GatewayOpcodes, d?: unknown): void;
  /** Now, or so much later as setDelay says; the order stays. */
  later(act: () => void): void;
  setDelay(ms: number): void;
  /** The connection stays open, but nothing comes any more. */
  mute(socket: WebSocket): void;
  isMute(socket: WebSocket): boolean;
  close(): void;
}

export interface WireSettings {
  readonly now: () => number;
  readonly log: (entry: GatewayLogged) => void;
}

export function openWire({ now, log }: WireSettings): Wire {
  const silent = new WeakSet<WebSocket>();
  const timers = new Set<NodeJS.Timeout>();
  let delay = 0;
  const note: Wire["note"] = (from, op, event) =>
    log({ kind: "gateway", at: now(), from, op, event: event ?? null });
  const write = (socket: WebSocket, text: string) => {
    if (socket.readyState === socket.OPEN && !silent.has(socket)) socket.send(text);
  };
  return {
    ...{ note, write, isMute: (socket) => silent.has(socket) },
    control(socket, op, d = null) {
      note("discord", op);
      write(socket, JSON.stringify({ op, d, s: null, t: null }));
    },
    later(act) {
      if (delay === 0) return act();
      const timer = setTimeout(() => {
        timers.delete(timer);
        act();
      }, delay);
      timers.add(timer);
    },
    setDelay(ms) {
      delay = ms;
    },
    mute: (socket) => silent.add(socket),
    close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
