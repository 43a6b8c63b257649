// One request of a chat client to exactly one direct answer that carries its `ref` (interface §4).
import { Refused } from "../../core/command.ts";
import { createAnswer } from "./answer.ts";
import { messageLine, reactionLine } from "./lines.ts";
import { createPresses } from "./press.ts";
import { badRequest, type Request, type RequestParts, refOf } from "./request.ts";
import { createSay } from "./say.ts";
import type { Connection } from "./socket.ts";
import type { Store } from "./store.ts";

export function createRequests(parts: RequestParts): {
  handle(connection: Connection, request: Request | null): Promise<void>;
} {
  const { store, desk } = parts;
  const answer = createAnswer(parts);
  const say = createSay(parts, answer);
  const { press, react } = createPresses(parts, answer);

  const act = async (c: Connection, request: Request | null): Promise<void> => {
    if (request === null) throw badRequest("That line is no JSON object.");
    if ("say" in request) return say(c, request);
    if ("press" in request) return press(c, request);
    if ("react" in request) return react(c, request, true);
    if ("unreact" in request) return react(c, request, false);
    const { complete, rooms, history } = request;
    if (typeof complete === "string") {
      const words = (await desk.complete(c.by, complete)).map(({ word }) => word);
      return c.send({ event: "completions", words, ...refOf(request) });
    }
    if (rooms === true) return c.send({ event: "rooms", rooms: desk.rooms(), ...refOf(request) });
    if (typeof history === "object" && history !== null)
      return c.send({ ...historyLine(store, history), ...refOf(request) });
    throw badRequest("That is none of say, press, react, unreact, complete, rooms, history.");
  };

  return {
    async handle(c, request) {
      try {
        await act(c, request);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        c.send({ event: "error", ...error.refusal, ...refOf(request) });
      }
    },
  };
}

/** @throws Refused */
function historyLine(store: Store, { room, limit }: { room?: unknown; limit?: unknown }): object {
  if (typeof room !== "string") throw badRequest("`history` needs a room.");
  const messages = store.history(room, typeof limit === "number" ? limit : 50).map((m) => ({
    ...messageLine("message", m),
    reactions: store.reactions(m.id).map((r) => reactionLine(r)),
  }));
  return { event: "history", room, messages };
}
