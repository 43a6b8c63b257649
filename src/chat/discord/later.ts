// The port of a chat that is not there yet: what is sent meanwhile waits for it, for as long as its owner lets it.
import type { ChatPort } from "../../core/chat-port.ts";
import { pace } from "./pace.ts";

/**
 * @param present rejects with a Failure when it takes too long
 * @param now what there is without waiting
 */
export function laterPort(
  present: (signal: AbortSignal) => Promise<ChatPort>,
  now: () => ChatPort | null,
): ChatPort {
  return {
    ...{ name: "discord", ...pace },
    isOpen: (room) => now()?.isOpen?.(room) !== false,
    post: async (post, signal) => (await present(signal)).post(post, signal),
    edit: async (id, post, signal) => (await present(signal)).edit(id, post, signal),
    find: async (post, signal) => (await present(signal)).find(post, signal),
    mark: async (mark, signal) => (await present(signal)).mark(mark, signal),
  };
}
