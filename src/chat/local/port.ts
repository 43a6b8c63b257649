// The local chat as the outbox sees it: a chat that takes nearly everything at once, since its disk is ours.
import type { ChatPort } from "../../core/chat-port.ts";
import { Failure } from "../../core/words.ts";
import type { LocalChat } from "./adapter.ts";

export function localPort(chat: Pick<LocalChat, "post" | "mark" | "idOf">): ChatPort {
  const find = (key: string): string => {
    const id = chat.idOf(key);
    if (id === null) throw new Failure("chat.message-gone", `the post ${key} is not in the chat`);
    return id;
  };
  return {
    name: "local",
    width: 1,
    lateness: 0,
    async post(post) {
      await chat.post(post);
      return find(post.key);
    },
    async edit(id, post) {
      find(post.key);
      await chat.post(post);
      return id;
    },
    find: async ({ key }) => chat.idOf(key),
    mark: chat.mark,
  };
}
