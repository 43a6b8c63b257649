// The way out to a chat: its outbox with what it needs from the disk.
import { join } from "node:path";
import type { Attachments } from "../chat/attachments.ts";
import { openLedger } from "../chat/outbox/ledger.ts";
import { createOutbox, type Outbox } from "../chat/outbox/outbox.ts";
import { prepare } from "../chat/outbox/prepare.ts";
import { openSpool } from "../chat/outbox/spool.ts";
import type { ChatPort } from "../core/chat-port.ts";
import { post } from "../core/views/post.ts";
import type { Loop } from "../daemon/loop.ts";
import type { Redact } from "../lib/redact.ts";
import type { Memory } from "./memory.ts";
import type { Place } from "./place.ts";

export interface WayParts {
  readonly loop: Loop;
  readonly attachments: Attachments;
  readonly redact: Redact;
}

const bot = { name: "batty", via: "bot", tier: "admin" } as const;

/** @returns what makes the outbox of the chat with this name, once its port is there */
export async function openWay(
  place: Place,
  memory: Memory,
  { loop, attachments, redact }: WayParts,
  chat: string,
): Promise<(port: ChatPort) => Outbox> {
  const { paths, log } = place;
  const ledger = await openLedger(join(paths.outbox, `posts.${chat}.jsonl`));
  return (port) =>
    createOutbox({
      ...{ port, ledger, now: Date.now, spool: openSpool(paths.outbox, chat) },
      prepare: (post) => prepare(post, redact, attachments.store),
      cursor: memory.cursor,
      replayed: memory.state.seq,
      save: memory.saveShown,
      onLetter(letter) {
        log(`${chat} does not take ${letter.key}: ${letter.say}`);
        void loop.intend(bot, { type: "post-given-up", letter });
      },
      onTrouble: (error) => log(`${chat}: ${String(error)}`),
    });
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
    const told = post(`trimmed:${now}`, "events", text);
    if ("post" in told) await outbox.keep(told.post);
  };
  const run = (): void => void trim().catch((error: unknown) => log(`trim: ${String(error)}`));
  run();
  const timer = setInterval(run, day);
  return () => clearInterval(timer);
}
