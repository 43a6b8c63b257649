// The way out to a chat: its outbox with what it needs from the disk.
import { join } from "node:path";
import type { Attachments } from "../chat/attachments.ts";
import { type Ledger, openLedger } from "../chat/outbox/ledger.ts";
import { createOutbox, type Outbox } from "../chat/outbox/outbox.ts";
import { prepare } from "../chat/outbox/prepare.ts";
import { openSpool } from "../chat/outbox/spool.ts";
import type { ChatPort } from "../core/chat-port.ts";
import { postOf } from "../core/views/post.ts";
import type { Means } from "./chats.ts";
import type { Place } from "./place.ts";

const bot = { name: "batty", via: "bot", tier: "admin" } as const;

export interface Way {
  readonly ledger: Ledger;
  /** Once the chat's port is there. */
  makeOutbox(port: ChatPort): Outbox;
}

export async function openWay(
  { place, memory, loop, attachments, redact }: Means,
  chat: string,
): Promise<Way> {
  const { paths, log } = place;
  const ledger = await openLedger(join(paths.outbox, `posts.${chat}.jsonl`));
  return {
    ledger,
    makeOutbox: (port) =>
      createOutbox({
        ...{ port, ledger, now: Date.now, spool: openSpool(paths.outbox, chat) },
        prepare: (post) => prepare(post, redact, attachments.store),
        cursor: memory.cursor(chat),
        replayed: memory.state.seq,
        save: (seq) => memory.saveShown(chat, seq),
        onLetter(letter) {
          log(`${chat} does not take ${letter.key}: ${letter.say}`);
          void loop.intend(bot, { type: "post-given-up", letter });
        },
        onTrouble: (error) => log(`${chat}: ${String(error)}`),
      }),
  };
}

const day = 24 * 60 * 60_000;
const megabyte = 1024 * 1024;

/** At the start and each day; what went is told. @returns what ends it */
export function trimAttachments(
  attachments: Attachments,
  outbox: Pick<Outbox, "keep">,
  log: Place["log"],
): () => void {
  const trim = async (): Promise<void> => {
    const now = Date.now();
    const { files, bytes } = await attachments.trim(now);
    if (files === 0) return;
    const size = (bytes / megabyte).toFixed(1);
    const text = `${files} old attachments (${size} MB) were removed from .batty/attachments.`;
    await outbox.keep(postOf(`trimmed:${now}`, "events", text));
  };
  const run = (): void => void trim().catch((error: unknown) => log(`trim: ${String(error)}`));
  run();
  const timer = setInterval(run, day);
  return () => clearInterval(timer);
}
