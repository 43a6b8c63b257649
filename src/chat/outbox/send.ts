// One post to one chat: as a new one, as an edit of what stands there, or not at all. Knows no queue.
import type { Post } from "../../core/card.ts";
import { type ChatPort, chatOf } from "../../core/chat-port.ts";
import type { Visible } from "../../core/views/post.ts";
import { Failure, type Millis } from "../../core/words.ts";
import type { Ledger } from "./ledger.ts";
import { digestOf } from "./prepare.ts";

export interface SendParts {
  readonly port: ChatPort;
  readonly ledger: Ledger;
  readonly prepare: (post: Post) => Promise<Post>;
  readonly closing: AbortSignal;
}

/** @param known `doubtful`: it may be there already, and is looked for first. Rejects with what the port says */
export type Send = (
  shown: Visible,
  known: { readonly seq: number; readonly doubtful: boolean },
) => Promise<void>;

/** A call that takes longer may have come through or not. */
const deadline: Millis = 15_000;
const fileDeadline: Millis = 120_000;

export function createSend({ port, ledger, prepare, closing }: SendParts): Send {
  /** Ends on time, whatever the port does. */
  const limited = <T>(ms: Millis, call: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(ms)]);
    return new Promise<T>((resolve, reject) => {
      const late = (): void => {
        const say = `${port.name} did not answer within ${ms / 1000} s`;
        reject(new Failure("chat.unknown-outcome", say));
      };
      if (signal.aborted) return late();
      signal.addEventListener("abort", late, { once: true });
      call(signal)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener("abort", late));
    });
  };

  /** Its id from now on; null: it does not stand there any more. */
  const edited = async (id: string, post: Post, within: Millis): Promise<string | null> => {
    try {
      return await limited(within, (signal) => port.edit(id, post, signal));
    } catch (error) {
      unlessGone(error);
      return null;
    }
  };

  return async (shown, { seq, doubtful }) => {
    if ("mark" in shown)
      return limited(deadline, (signal) => port.mark(shown.mark, signal)).catch(unlessGone);
    const post = await prepare(ownOf(shown.post, port.name));
    if (post.step === true && port.isOpen?.(post.room) === false) return;
    const digest = digestOf(post);
    const before = ledger.get(post.key);
    if (before !== null && seq > 0 && before.seq > seq) return;
    // In doubt what stands there may be another state that was shown and not noted.
    const isNoted = before?.digest === digest && (!doubtful || (seq > 0 && before.seq === seq));
    if (isNoted) return;
    const within = (post.files?.length ?? 0) === 0 ? deadline : fileDeadline;
    const stands =
      before?.id ??
      (doubtful ? await limited(deadline, (signal) => port.find(post, signal)) : null);
    const id =
      (stands === null ? null : await edited(stands, post, within)) ??
      (await limited(within, (signal) => port.post(post, signal)));
    ledger.keep(post.key, { id, digest, seq });
  };
}

/** Another chat's ids mean nothing here. */
const ownOf = (post: Post, chat: string): Post =>
  chatOf(post.replyVia) === chat ? post : { ...post, replyTo: null };

function unlessGone(error: unknown): void {
  if (!(error instanceof Failure) || error.code !== "chat.message-gone") throw error;
}
