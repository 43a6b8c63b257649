// What a person says: echoed to everybody, recorded, and only then handed to the desk.
import type { Post } from "../../core/card.ts";
import { Refused } from "../../core/command.ts";
import { type Answer, threadOf } from "./answer.ts";
import { messageLine } from "./lines.ts";
import {
  badRequest,
  countUp,
  messageNamed,
  type Request,
  type RequestParts,
  refOf,
} from "./request.ts";
import type { Connection } from "./socket.ts";
import type { Message } from "./store.ts";

type SayParts = Pick<
  RequestParts,
  "store" | "desk" | "inbox" | "now" | "keep" | "tell" | "expectReceipt" | "forgetReceipt"
>;

interface Wish {
  readonly text: string;
  readonly room: string;
  readonly paths: readonly string[];
  readonly replyTo: Message | null;
}

export function createSay(
  parts: SayParts,
  answer: Answer,
): (from: Connection, request: Request) => Promise<void> {
  const { store, desk, inbox, now } = parts;
  const nextId = countUp(now);

  return async (from, request) => {
    const { text, room, paths, replyTo } = wishOf(request, parts);
    const id = nextId();
    const files = paths.length === 0 ? [] : await parts.keep(id, paths);
    const echoing = store.post(
      echoOf(
        { key: saidKey(id), room, from: from.by.name, text, replyTo: replyTo?.id ?? null },
        files,
      ),
      now(),
    );
    echoing.catch(() => undefined); // heard of where it is awaited
    const said = { text, room, replyTo: replyTo === null ? null : { key: replyTo.key }, files };
    await inbox.take({ id, by: from.by, at: now(), ...said }, async () => {
      const { message } = await echoing;
      const ref = refOf(request);
      const own = "ref" in ref ? { echo: ref.ref } : {};
      parts.tell(messageLine("message", message), from, messageLine("message", message, own));
      parts.expectReceipt(message.id, from, ref);
      const word = await desk.say(from.by, { ...said, echo: message.id });
      if (word.kind !== "receipt") parts.forgetReceipt(message.id);
      await answer(from, request, word, { room, replyTo: message.id });
    });
  };
}

/** @throws Refused */
function wishOf(request: Request, { store, desk }: Pick<SayParts, "store" | "desk">): Wish {
  const text = request["say"];
  const room = request["room"] ?? "commands";
  if (typeof text !== "string" || text.trim() === "") throw badRequest("`say` needs a text.");
  if (typeof room !== "string" || !desk.rooms().some((r) => r.name === room))
    throw new Refused(
      "chat.unknown-room",
      `There is no room "${String(room)}".`,
      'Ask {"rooms":true}.',
    );
  const paths = request["files"] ?? [];
  if (!Array.isArray(paths) || paths.some((path) => typeof path !== "string"))
    throw badRequest("`files` is a list of absolute paths.");
  const asked = request["reply_to"] ?? null;
  // An answer whose question is unknown must not become an order.
  return { text, room, paths, replyTo: asked === null ? null : messageNamed(store, asked) };
}

const echoOf = (
  said: Pick<Post, "key" | "room" | "from" | "text" | "replyTo">,
  files: readonly string[],
): Post => ({
  ...said,
  ...{ thread: threadOf(said.room), card: null, loud: false, mentions: [] },
  files: files.map((path) => ({ name: path.slice(path.lastIndexOf("/") + 1), path })),
});

/** The key of what a person said, by its id in the inbox. */
export const saidKey = (id: string): string => `said:${id}`;
