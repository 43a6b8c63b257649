// The way out to Discord for whoever does not know whether the line is there: posts wait for it a while, then they are
// the outbox's.
import type { Post } from "../../core/card.ts";
import type { ChatPort } from "../../core/chat-port.ts";
import { Failure, type Millis } from "../../core/words.ts";
import type { Home } from "./home.ts";
import { laterPort } from "./later.ts";
import { type DiscordState, pause } from "./session.ts";

export interface WayOutParts {
  readonly home: Pick<Home, "settled" | "opened">;
  state(): DiscordState;
  /** A post that was sent by a bot that died before it knew. */
  found(post: Post): void;
}

/** A post at the start waits so long for the line before it is left to the outbox. */
const lineWithin: Millis = 10_000;

export function wayOut({ home, state, found }: WayOutParts): ChatPort {
  const now = (): ChatPort | null => home.settled()?.port ?? null;
  const present = async (signal: AbortSignal): Promise<ChatPort> => {
    if (now() === null) await Promise.race([home.opened, pause(lineWithin, signal)]);
    const there = now();
    if (there !== null) return there;
    const { state: how, why } = state();
    const code = how === "parked" ? "chat.login" : "chat.unavailable";
    throw new Failure(code, `Discord is not there: ${why}`);
  };
  const port = laterPort(present, now);
  return {
    ...port,
    async find(post, signal) {
      const id = await port.find(post, signal);
      if (id !== null) found(post);
      return id;
    },
  };
}
