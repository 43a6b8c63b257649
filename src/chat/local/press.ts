// Buttons and reactions of the built-in chat: what the desk makes of them, and how their message looks from then on.
import type { Card } from "../../core/card.ts";
import type { Caller } from "../../core/words.ts";
import { expired } from "../confirmations.ts";
import type { DeskAnswer } from "../desk.ts";
import { type Answer, faceOf } from "./answer.ts";
import { messageLine, reactionLine } from "./lines.ts";
import { badRequest, messageNamed, type Request, type RequestParts, refOf } from "./request.ts";
import type { Connection } from "./socket.ts";
import type { Message } from "./store.ts";

export interface Presses {
  press(from: Connection, request: Request): Promise<void>;
  react(from: Connection, request: Request, added: boolean): Promise<void>;
}

export function createPresses(
  parts: Pick<RequestParts, "store" | "desk" | "now" | "shown" | "tell" | "post">,
  answer: Answer,
): Presses {
  const { store, desk } = parts;
  return {
    async press(from, request) {
      const action = request["press"];
      if (typeof action !== "string") throw badRequest("`press` needs an action's id.");
      const message = messageNamed(store, request["message"]);
      const text = typeof request["text"] === "string" ? request["text"] : null;
      const word = await desk.press(from.by, { action, text, message: message.id });
      if (word.kind === "done") {
        await parts.shown();
        const now = store.byId(message.id) ?? message;
        return from.send(messageLine("edit", now, refOf(request)));
      }
      if (word.kind === "message" && word.inPlace) {
        await parts.post({ ...message, ...faceOf(word) }, from, refOf(request));
        return;
      }
      const { room, thread } = message; // where its task is talked of, the answer is too
      await answer(from, request, word, { room, thread, replyTo: null });
      const card = closedConfirm(message, action, word, from.by);
      if (card !== null) await parts.post({ ...message, card });
    },
    async react(from, request, added) {
      const emoji = request[added ? "react" : "unreact"];
      if (typeof emoji !== "string" || emoji === "") throw badRequest("A reaction needs an emoji.");
      const { id, key, room } = messageNamed(store, request["message"]);
      const word = await desk.react(from.by, { key, emoji, added, message: id });
      if (word.kind === "refused") return answer(from, request, word, { room, replyTo: null });
      const wish = { message: id, emoji, state: null, by: from.by.name, added };
      const reaction = await store.react(wish, parts.now());
      if (reaction !== null)
        parts.tell(reactionLine(reaction), from, reactionLine(reaction, refOf(request)));
    },
  };
}

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
