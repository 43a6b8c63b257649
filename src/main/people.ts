// The counter for people and members: the router, the local chat on its socket, and the pump that fills it.
import { homedir } from "node:os";
import { join } from "node:path";
import { commands } from "../../commands/index.ts";
import { openAttachments } from "../chat/attachments.ts";
import { discreet } from "../chat/discreet.ts";
import { openInbox } from "../chat/inbox.ts";
import { actOnLeftOver, isActedOn } from "../chat/left-over.ts";
import { type LocalChat, openLocalChat } from "../chat/local/adapter.ts";
import { localPort } from "../chat/local/port.ts";
import { createRouter } from "../chat/router.ts";
import type { Counter } from "../core/command.ts";
import { evolve } from "../core/evolve.ts";
import { openAudit } from "../daemon/audit-file.ts";
import type { Loop } from "../daemon/loop.ts";
import { showProgress } from "../daemon/progress.ts";
import { createPump } from "../daemon/pump.ts";
import { createRedact } from "../lib/redact.ts";
import { createLooks } from "../world/looks.ts";
import { mailKey, sealing } from "../world/signature.ts";
import { version } from "../world/version.ts";
import { createDoor } from "./door.ts";
import { showFormer } from "./former.ts";
import type { Memory } from "./memory.ts";
import type { Place } from "./place.ts";
import type { OpenPorts } from "./ports.ts";
import { knownSecrets } from "./secrets.ts";
import { openWay, trimAttachments } from "./way.ts";

export interface People {
  /** Resolves when everything decided so far is shown. */
  shown(): Promise<void>;
  close(): Promise<void>;
}

export async function openCounter(
  place: Place,
  ports: OpenPorts,
  memory: Memory,
  loop: Loop,
  life: NonNullable<Counter["life"]>,
): Promise<People> {
  const { paths, policy, tmux, log } = place;
  const bot = { pid: process.pid, since: Date.now(), version };
  const audit = openAudit({
    ...{ path: paths.audit, journal: paths.journal },
    onTrouble: (error) => log(`audit: ${String(error)}`),
  });
  const looks = createLooks({ ...ports, state: loop.state, audit: audit.read });
  const redact = createRedact(await knownSecrets(place.team, process.env));
  let keys = 0;
  const desk = createRouter({
    commands,
    policy: () => policy,
    state: loop.state,
    counter: () => ({
      ...{ policy, looks, life, tmux, now: Date.now },
      bot: { ...bot, tickedAt: loop.tickedAt() },
      ...{ state: loop.state, world: loop.world, until: loop.until },
      chats: () => [outbox.report()],
      key: () => `${bot.since}.${++keys}`,
    }),
    keyOf: (message) => chat.keyOf(message),
    intend: loop.intend,
    redact,
  });
  const door = createDoor(place, loop);
  const runtime = process.env["XDG_RUNTIME_DIR"] ?? "/tmp";
  const attachments = openAttachments(paths.attachments);
  const inbox = await openInbox(
    join(paths.chat, "local"),
    sealing(await mailKey(process.env["HOME"] ?? homedir(), place.team.name)),
  );
  const discreetly = discreet(desk, redact, attachments.store);
  const makeOutbox = await openWay(place, memory, { loop, attachments, redact }, "local");
  const chat: LocalChat = await openLocalChat({
    dir: join(paths.chat, "local"),
    socketPath: paths.chatSocket,
    fallbackSocketDir: join(runtime, `batty-${process.getuid?.() ?? 0}`),
    callersDir: paths.callers,
    desk: discreetly,
    identify: door.identify,
    onUnproven: door.onUnproven,
    now: Date.now,
    log,
    shown: () => shown(),
    keep: attachments.take,
    inbox,
  });
  for (const recorded of memory.unaudited) audit.take(recorded);
  const outbox = makeOutbox(localPort(chat));
  const pump = createPump([outbox]);
  const former = showFormer(memory, pump, { outbox, state: loop.state, log });
  const shown = async (): Promise<void> => {
    await former.shown;
    await outbox.idle();
  };
  actOnLeftOver({
    ...{ inbox, desk: discreetly, keep: outbox.keep, echoOf: chat.echoOf, now: Date.now },
    isActedOn: (echo) => isActedOn(loop.state(), "local", echo),
  }).catch((error: unknown) => log(`what was said before: ${String(error)}`));
  const endTrims = trimAttachments(attachments, outbox, log);
  loop.onRecorded((recorded, before) => {
    let after = before;
    for (const line of recorded) {
      after = evolve(after, line);
      former.take(line, after);
      audit.take(line);
    }
  });
  const endProgress = showProgress({
    ...{ state: loop.state, policy: () => policy, now: Date.now, show: pump.passing },
  });
  return {
    shown,
    async close() {
      endProgress();
      endTrims();
      await outbox.close();
      await chat.close();
    },
  };
}
