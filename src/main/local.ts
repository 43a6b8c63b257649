// The built-in chat, with its ways in and out.
import { join } from "node:path";
import { openInbox } from "../chat/inbox.ts";
import { actOnLeftOver, isActedOn } from "../chat/left-over.ts";
import { openLocalChat } from "../chat/local/adapter.ts";
import { localPort } from "../chat/local/port.ts";
import type { Means, OpenChat } from "./chats.ts";
import { createDoor } from "./door.ts";
import { openWay } from "./way.ts";

export interface LocalOpen extends OpenChat {
  /** Resolves when everything decided so far is shown. */
  shown(): Promise<void>;
}

/** @param formerShown resolves when what former lives left is shown */
export async function openLocal(
  means: Means,
  formerShown: () => Promise<void>,
): Promise<LocalOpen> {
  const { place, loop, attachments, desk } = means;
  const { paths, log } = place;
  const dir = join(paths.chat, "local");
  const door = createDoor(place, loop);
  const runtime = process.env["XDG_RUNTIME_DIR"] ?? "/tmp";
  const inbox = await openInbox(dir, means.seal);
  const { makeOutbox } = await openWay(means, "local");
  const shown = async (): Promise<void> => {
    await formerShown();
    await outbox.idle();
  };
  const chat = await openLocalChat({
    ...{ dir, desk, inbox, log, shown },
    socketPath: paths.chatSocket,
    fallbackSocketDir: join(runtime, `batty-${process.getuid?.() ?? 0}`),
    callersDir: paths.callers,
    identify: door.identify,
    onUnproven: door.onUnproven,
    now: Date.now,
    keep: attachments.take,
  });
  const outbox = makeOutbox(localPort(chat));
  actOnLeftOver({
    ...{ inbox, desk, keep: outbox.keep, now: Date.now },
    echoOf: ({ id }) => chat.echoOf(id),
    isActedOn: (echo) => isActedOn(loop.state(), "local", echo),
  }).catch((error: unknown) => log(`what was said before: ${String(error)}`));
  return {
    ...{ outbox, shown },
    keyOf: chat.keyOf,
    report: outbox.report,
    async close() {
      await outbox.close();
      await chat.close();
    },
  };
}
