// The counter for people and members: the router, the local chat on its socket, and the pump that fills it.
import { join } from "node:path";
import { commands } from "../../commands/index.ts";
import { type LocalChat, openLocalChat } from "../chat/local/adapter.ts";
import { createRouter } from "../chat/router.ts";
import type { Counter } from "../core/command.ts";
import { evolve } from "../core/evolve.ts";
import { openAudit } from "../daemon/audit-file.ts";
import type { Loop } from "../daemon/loop.ts";
import { showProgress } from "../daemon/progress.ts";
import { createPump, type Pump } from "../daemon/pump.ts";
import { createLooks } from "../world/looks.ts";
import { version } from "../world/version.ts";
import { createDoor } from "./door.ts";
import type { Memory } from "./memory.ts";
import type { Place } from "./place.ts";
import type { OpenPorts } from "./ports.ts";

export interface People {
  readonly pump: Pump;
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
  let keys = 0;
  const desk = createRouter({
    commands,
    policy: () => policy,
    state: loop.state,
    counter: () => ({
      ...{ policy, looks, life, tmux, now: Date.now },
      bot: { ...bot, tickedAt: loop.tickedAt() },
      ...{ state: loop.state, world: loop.world, until: loop.until },
      key: () => `${bot.since}.${++keys}`,
    }),
    keyOf: (message) => chat.keyOf(message),
    intend: loop.intend,
  });
  const door = createDoor(place, loop);
  const runtime = process.env["XDG_RUNTIME_DIR"] ?? "/tmp";
  const chat: LocalChat = await openLocalChat({
    dir: join(paths.chat, "local"),
    socketPath: paths.chatSocket,
    fallbackSocketDir: join(runtime, `batty-${process.getuid?.() ?? 0}`),
    callersDir: paths.callers,
    desk,
    identify: door.identify,
    onUnproven: door.onUnproven,
    now: Date.now,
    log,
    shown: () => pump.idle(),
  });
  const pump = createPump({
    chat: { show: (shown) => ("post" in shown ? chat.post(shown.post) : chat.mark(shown.mark)) },
    save: memory.saveShown,
    onTrouble: (error) => log(`chat: ${String(error)}`),
  });
  for (const recorded of memory.unaudited) audit.take(recorded);
  for (const { recorded, after } of memory.unshown) pump.take(recorded, after);
  loop.onRecorded((recorded, before) => {
    let after = before;
    for (const line of recorded) {
      after = evolve(after, line);
      pump.take(line, after);
      audit.take(line);
    }
  });
  const endProgress = showProgress({
    ...{ state: loop.state, policy: () => policy, now: Date.now, show: pump.passing },
  });
  return {
    pump,
    close() {
      endProgress();
      return chat.close();
    },
  };
}
