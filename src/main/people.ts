// The counter for people and members: the router, the chats in front of it, and the pump that fills them.
import { homedir } from "node:os";
import { commands } from "../../commands/index.ts";
import { openAttachments } from "../chat/attachments.ts";
import { discreet } from "../chat/discreet.ts";
import { createRouter } from "../chat/router.ts";
import type { Counter } from "../core/command.ts";
import { evolve } from "../core/evolve.ts";
import type { Team } from "../core/team.ts";
import { openAudit } from "../daemon/audit-file.ts";
import type { Loop } from "../daemon/loop.ts";
import { showProgress } from "../daemon/progress.ts";
import { createPump } from "../daemon/pump.ts";
import { createRedact } from "../lib/redact.ts";
import { createLooks } from "../world/looks.ts";
import { mailKey, sealing } from "../world/signature.ts";
import { version } from "../world/version.ts";
import type { Means, OpenChat } from "./chats.ts";
import { openDiscordChat } from "./discord.ts";
import { showFormer } from "./former.ts";
import { openLocal } from "./local.ts";
import type { Memory } from "./memory.ts";
import type { Place } from "./place.ts";
import type { OpenPorts } from "./ports.ts";
import { knownSecrets } from "./secrets.ts";
import { trimAttachments } from "./way.ts";

export interface People {
  /** Resolves when everything decided so far is shown in the built-in chat. */
  shown(): Promise<void>;
  /** The chats that show everything decided so far. */
  upToDate(): readonly string[];
  close(): Promise<void>;
}

/** Names of the chats that show what happens. */
export const chatsOf = ({ chat }: Team): readonly string[] => [
  "local",
  ...(chat.discord === null ? [] : ["discord"]),
];

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
      chats: () => chats.map((chat) => chat.report()),
      key: () => `${bot.since}.${++keys}`,
    }),
    keyOf: (message) =>
      chats.map((chat) => chat.keyOf(message)).find((key) => key !== null) ?? null,
    intend: loop.intend,
    redact,
  });
  const attachments = openAttachments(paths.attachments);
  const seal = sealing(await mailKey(process.env["HOME"] ?? homedir(), place.team.name));
  const means: Means = {
    ...{ place, memory, loop, attachments, redact, seal },
    desk: discreet(desk, redact, attachments.store),
  };
  const local = await openLocal(means, () => former.shown);
  const { discord } = place.team.chat;
  const chats: readonly OpenChat[] = [
    local,
    ...(discord === null ? [] : [await openDiscordChat(means, discord, local)]),
  ];
  for (const recorded of memory.unaudited) audit.take(recorded);
  const pump = createPump(chats.map(({ outbox }) => outbox));
  const former = showFormer(memory, pump, { outbox: local.outbox, state: loop.state, log });
  const endTrims = trimAttachments(attachments, local.outbox, log);
  loop.onRecorded((recorded, before) => {
    let after = before;
    for (const line of recorded) {
      after = evolve(after, line);
      former.take(line, after);
      audit.take(line);
    }
  });
  const endProgress = showProgress({
    ...{ state: loop.state, world: loop.world, policy: () => policy, now: Date.now },
    show: pump.passing,
  });
  return {
    shown: local.shown,
    upToDate: () =>
      chats.filter(({ outbox }) => outbox.report().waiting === 0).map(({ outbox }) => outbox.name),
    async close() {
      endProgress();
      endTrims();
      await Promise.all(chats.map((chat) => chat.close()));
    },
  };
}
