// The desk's word as the one line that carries a request's `ref`.
import type { Post } from "../../core/card.ts";
import type { DeskAnswer } from "../desk.ts";
import { messageLine } from "./lines.ts";
import { countUp, type Request, type RequestParts, refOf } from "./request.ts";
import type { Connection } from "./socket.ts";

export interface AnswerPlace {
  readonly room: string;
  readonly thread?: string | null;
  readonly replyTo: string | null;
}

export type Answer = (
  to: Connection,
  request: Request,
  answer: DeskAnswer,
  at: AnswerPlace,
) => Promise<void>;

export function createAnswer(
  parts: Pick<RequestParts, "store" | "shown" | "now" | "mark" | "post" | "log">,
): Answer {
  const { store } = parts;
  const nextId = countUp(parts.now);

  return async (to, request, answer, at) => {
    const more = { ...refOf(request), ...(at.replyTo === null ? {} : { reply_to: at.replyTo }) };
    switch (answer.kind) {
      case "refused":
        return to.send({ event: "error", ...answer.refusal, ...more });
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
        return to.send(messageLine("edit", message, more));
      }
      case "done":
        return;
      case "message": {
        const thread = at.thread ?? threadOf(at.room);
        const key = `answer:${nextId()}`;
        const post = { key, from: "batty", loud: false, mentions: [], ...at, thread };
        const first = parts.post({ ...post, ...faceOf(answer) }, to, more);
        if (answer.edit !== undefined)
          Promise.all([answer.edit, first])
            .then(([late]) => parts.post({ ...post, ...faceOf(late) }))
            .catch((error: unknown) => parts.log(`the late answer ${key}: ${String(error)}`));
        await first;
      }
    }
  };
}

/** What an answer shows, and nothing else of it. */
export const faceOf = ({ text, card, files }: Pick<Post, "text" | "card" | "files">) => ({
  ...{ text, card },
  ...(files === undefined ? {} : { files }),
});

export const threadOf = (room: string): string | null => (room.startsWith("task:") ? room : null);
