// One request of a chat client to exactly one direct answer that carries its `ref` (interface §4).
import type { Card, Post } from "../../core/card.ts";
import type { Mark } from "../../core/chat-port.ts";
import type { Caller, Instant } from "../../core/words.ts";
import { expired } from "../confirmations.ts";
import type { Desk, DeskAnswer } from "../desk.ts";
import type { Inbox } from "../inbox.ts";
import { messageLine, reactionLine } from "./lines.ts";
import type { Connection } from "./socket.ts";
import type { Message, Store } from "./store.ts";

export interface RequestParts {
  readonly store: Store;
  readonly desk: Desk;
  readonly now: () => Instant;
  readonly shown: () => Promise<void>;
  readonly inbox: Inbox;
  /** Copies what is sent along with a message. @throws Refused, and nothing is kept */
  keep(message: string, paths: readonly string[]): Promise<readonly string[]>;
  tell(line: object, own?: Connection | null, ownLine?: object): void;
  post(post: Post, own?: Connection | null, more?: object): Promise<Message>;
  mark(mark: Mark): Promise<void>;
  /** The first receipt on this echo carries `more` to its asker. */
  expectReceipt(echo: string, own: Connection, more: object): void;
  forgetReceipt(echo: string): void;
  readonly log: (line: string) => void;
}

type Request = Readonly<Record<string, unknown>>;

export function createRequests(parts: RequestParts): {
  handle(connection: Connection, request: Request | null): Promise<void>;
} {
  const { store, desk } = parts;
  let number = 0;

  const fail = (
    c: Connection,
    request: Request | null,
    code: string,
    say: string,
    hint?: string,
  ): void =>
    c.send({
      event: "error",
      code,
      say,
      ...(hint === undefined ? {} : { hint }),
      ...refOf(request),
    });

  const bad = (c: Connection, request: Request | null, say: string): void =>
    fail(
      c,
      request,
      "chat.bad-request",
      say,
      'A request is one JSON object a line, like {"say":"/batty status","room":"commands"}.',
    );

  const unknownMessage = (c: Connection, request: Request, id: unknown): void =>
    fail(c, request, "chat.unknown-message", `There is no message "${String(id)}".`);

  const say = async (c: Connection, request: Request): Promise<void> => {
    const text = request["say"];
    const room = request["room"] ?? "commands";
    if (typeof text !== "string" || text.trim() === "")
      return bad(c, request, "`say` needs a text.");
    if (typeof room !== "string" || !desk.rooms().some((r) => r.name === room))
      return fail(
        c,
        request,
        "chat.unknown-room",
        `There is no room "${String(room)}".`,
        'Ask {"rooms":true}.',
      );
    const paths = request["files"] ?? [];
    if (!Array.isArray(paths) || paths.some((path) => typeof path !== "string"))
      return bad(c, request, "`files` is a list of absolute paths.");
    const wanted = request["reply_to"] ?? null;
    const replyTo = typeof wanted === "string" ? store.byId(wanted) : null;
    // An answer whose question is unknown must not become an order.
    if (wanted !== null && replyTo === null) return unknownMessage(c, request, wanted);
    number += 1;
    const name = `${parts.now()}.${process.pid}.${number}`;
    const files = paths.length === 0 ? [] : await parts.keep(name, paths);
    const echoing = store.post(
      {
        files: files.map((path) => ({ name: path.slice(path.lastIndexOf("/") + 1), path })),
        key: saidKey(name),
        room,
        thread: threadOf(room),
        from: c.by.name,
        text,
        card: null,
        loud: false,
        mentions: [],
        replyTo: replyTo?.id ?? null,
      },
      parts.now(),
    );
    echoing.catch(() => undefined); // heard of where it is awaited
    const said = { text, room, replyTo: replyTo === null ? null : { key: replyTo.key }, files };
    const inbound = { id: name, by: c.by, at: parts.now(), ...said };
    await parts.inbox.take(inbound, async () => {
      const { message } = await echoing;
      const ref = refOf(request);
      const own = "ref" in ref ? { echo: ref.ref } : {};
      parts.tell(messageLine("message", message), c, messageLine("message", message, own));
      parts.expectReceipt(message.id, c, ref);
      const answer = await desk.say(c.by, { ...said, echo: message.id });
      if (answer.kind !== "receipt") parts.forgetReceipt(message.id);
      await answered(c, request, answer, { room, replyTo: message.id });
    });
  };

  /** The desk's word as the one line that carries `ref`. */
  const answered = async (
    c: Connection,
    request: Request,
    answer: DeskAnswer,
    at: { room: string; thread?: string | null; replyTo: string | null },
  ): Promise<void> => {
    const more = { ...refOf(request), ...(at.replyTo === null ? {} : { reply_to: at.replyTo }) };
    switch (answer.kind) {
      case "refused":
        return c.send({ event: "error", ...answer.refusal, ...more });
      case "receipt":
        // The posts may have been quicker: then it was told with the ref.
        if (at.replyTo !== null && store.receipt(at.replyTo) === null)
          await parts.mark({ echo: at.replyTo, state: answer.state });
        return;
      case "edited": {
        // The decision's own edit first, then the same with the request's ref.
        await parts.shown();
        const message = store.byKey(answer.key);
        if (message === null) throw new Error(`the post ${answer.key} is not shown`);
        return c.send(messageLine("edit", message, more));
      }
      case "done":
        return;
      case "message": {
        number += 1;
        const key = `answer:${parts.now()}.${process.pid}.${number}`;
        const post = {
          key,
          room: at.room,
          thread: at.thread ?? threadOf(at.room),
          from: "batty",
          loud: false,
          mentions: [],
          replyTo: at.replyTo,
        };
        const first = parts.post({ ...post, ...faceOf(answer) }, c, more);
        if (answer.edit !== undefined)
          Promise.all([answer.edit, first])
            .then(([late]) => parts.post({ ...post, ...faceOf(late) }))
            .catch((error: unknown) => parts.log(`the late answer ${key}: ${String(error)}`));
        await first;
      }
    }
  };

  const press = async (c: Connection, request: Request): Promise<void> => {
    const action = request["press"];
    const message = typeof request["message"] === "string" ? store.byId(request["message"]) : null;
    if (typeof action !== "string") return bad(c, request, "`press` needs an action's id.");
    if (message === null) return unknownMessage(c, request, request["message"]);
    const text = typeof request["text"] === "string" ? request["text"] : null;
    const answer = await desk.press(c.by, { action, text, message: message.id });
    if (answer.kind === "done") {
      await parts.shown();
      const now = store.byId(message.id) ?? message;
      return c.send(messageLine("edit", now, refOf(request)));
    }
    if (answer.kind === "message" && answer.inPlace) {
      await parts.post({ ...message, ...faceOf(answer) }, c, refOf(request));
      return;
    }
    const { room, thread } = message; // where its task is talked of, the answer is too
    await answered(c, request, answer, { room, thread, replyTo: null });
    const card = closedConfirm(message, action, answer, c.by);
    if (card !== null) await parts.post({ ...message, card });
  };

  const react = async (c: Connection, request: Request, added: boolean): Promise<void> => {
    const emoji = request[added ? "react" : "unreact"];
    const message = typeof request["message"] === "string" ? store.byId(request["message"]) : null;
    if (typeof emoji !== "string" || emoji === "")
      return bad(c, request, "A reaction needs an emoji.");
    if (message === null) return unknownMessage(c, request, request["message"]);
    const answer = await desk.react(c.by, {
      ...{ key: message.key, emoji, added, message: message.id },
    });
    if (answer.kind === "refused")
      return answered(c, request, answer, { room: message.room, replyTo: null });
    const reaction = await store.react(
      { message: message.id, emoji, state: null, by: c.by.name, added },
      parts.now(),
    );
    if (reaction !== null)
      parts.tell(reactionLine(reaction), c, reactionLine(reaction, refOf(request)));
  };

  return {
    async handle(c, request) {
      if (request === null) return bad(c, null, "That line is no JSON object.");
      if ("say" in request) return say(c, request);
      if ("press" in request) return press(c, request);
      if ("react" in request) return react(c, request, true);
      if ("unreact" in request) return react(c, request, false);
      if (typeof request["complete"] === "string") {
        const found = await desk.complete(c.by, request["complete"]);
        const words = found.map(({ word }) => word);
        return c.send({ event: "completions", words, ...refOf(request) });
      }
      if (request["rooms"] === true)
        return c.send({ event: "rooms", rooms: desk.rooms(), ...refOf(request) });
      if (typeof request["history"] === "object" && request["history"] !== null) {
        const { room, limit } = request["history"] as { room?: unknown; limit?: unknown };
        if (typeof room !== "string") return bad(c, request, "`history` needs a room.");
        const messages = store.history(room, typeof limit === "number" ? limit : 50);
        return c.send({
          event: "history",
          room,
          messages: messages.map((m) => ({
            ...messageLine("message", m),
            reactions: store.reactions(m.id).map((r) => reactionLine(r)),
          })),
          ...refOf(request),
        });
      }
      bad(c, request, "That is none of say, press, react, unreact, complete, rooms, history.");
    },
  };
}

/** What an answer shows, and nothing else of it. */
const faceOf = ({ text, card, files }: Pick<Post, "text" | "card" | "files">) => ({
  ...{ text, card },
  ...(files === undefined ? {} : { files }),
});

const refOf = (request: Request | null): { ref: unknown } | Record<never, never> =>
  request?.["ref"] === undefined ? {} : { ref: request["ref"] };

/** The key of what a person said, by the name it got. */
export const saidKey = (name: string): string => `said:${name}`;

const threadOf = (room: string): string | null => (room.startsWith("task:") ? room : null);

/** A question that asked to confirm belongs to nobody's state: it closes here, by how the press went. */
function closedConfirm(
  { card }: Message,
  action: string,
  answer: DeskAnswer,
  by: Caller,
): Card | null {
  if (card?.kind !== "confirm" || card.state !== "open") return null;
  if (answer.kind === "refused")
    return answer.refusal.code === "approval.closed" ? expired(card) : null;
  const label = card.actions.find((a) => a.id === action)?.label ?? action;
  return { ...card, tone: "calm", actions: [], state: "done", footer: `${label}: ${by.name}` };
}
