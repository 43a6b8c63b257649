// One item's turn: sent, or to rest, or given up. Knows the chat by what it says, and no other item.
import { pauseOf, type Report, retryOf } from "../../core/chat-port.ts";
import type { Visible } from "../../core/views/post.ts";
import { Failure } from "../../core/words.ts";
import type { Item } from "./item.ts";
import type { Lanes } from "./lanes.ts";
import { isMissed, letterOf } from "./letters.ts";
import type { OutboxParts } from "./parts.ts";
import type { Send } from "./send.ts";
import type { Filed } from "./spool.ts";

export interface Delivery {
  /** Its room may go on when this resolves. */
  deliver(item: Item): Promise<void>;
  /** What the chat said last, if it does not take posts. */
  trouble(): Report["trouble"];
}

export function createDelivery(
  parts: Pick<OutboxParts, "port" | "spool" | "onLetter" | "onTrouble" | "now">,
  own: { readonly lanes: Lanes; readonly send: Send; readonly closing: AbortSignal },
): Delivery {
  const { port, spool, onLetter, onTrouble, now } = parts;
  const { lanes, send, closing } = own;
  let trouble: Report["trouble"] = null;

  const failed = async (item: Item, shown: Visible | null, error: unknown): Promise<void> => {
    const failure = error instanceof Failure ? error : null;
    const code = failure?.code ?? "bug";
    const say = error instanceof Error ? error.message : String(error);
    if (trouble?.code !== code) onTrouble(error);
    trouble = { code, say };
    const { giveUpAfter, rests } = retryOf(code);
    if (failure === null || code === "chat.unknown-outcome") item.doubtful = true;
    const pause = Math.max(pauseOf(failure, item.tries), item.doubtful ? port.lateness : 0);
    if (giveUpAfter !== null && now() - (item.triedAt ?? 0) >= giveUpAfter && shown !== null)
      return giveUp(item, { at: item.at, seq: item.seq, shown: item.what ?? shown, code, say });
    if (rests === "chat") lanes.pause(now() + pause);
    lanes.rest(item, now() + pause);
  };

  const giveUp = async (item: Item, letter: Filed): Promise<void> => {
    const { shown } = letter;
    const missed = isMissed(item);
    try {
      if (missed) await spool.bury(item.id, letter);
      else if (item.stored) await spool.remove(item.id);
    } catch (error) {
      onTrouble(error);
      return lanes.rest(item, now() + 1_000);
    }
    if (missed) onLetter(letterOf(item.id, letter, port.name));
    if (item.what !== null && item.what !== shown) {
      // Renewed meanwhile: that is tried from the beginning.
      item.triedAt = null;
      item.tries = 0;
      return lanes.rest(item, now());
    }
    lanes.done(item);
    item.settled?.();
  };

  return {
    async deliver(item) {
      item.triedAt ??= now();
      item.tries += 1;
      let shown = item.what;
      try {
        shown ??= (await spool.read(item.id))?.shown ?? null;
        // Null: somebody took its file away.
        if (shown !== null) await send(shown, item);
      } catch (error) {
        if (!closing.aborted) await failed(item, shown, error);
        return;
      }
      trouble = null;
      // Renewed while it was under way: once more, before anything else of its room.
      if (item.what !== null && item.what !== shown) return lanes.rest(item, now());
      lanes.done(item);
      item.settled?.();
      if (item.stored) await spool.remove(item.id);
    },
    trouble: () => trouble,
  };
}
