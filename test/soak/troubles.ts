// What people, agents and the machine do meanwhile. Each is one act, drawn by chance; all of them end by themselves.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isAlive } from "../../src/world/proc.ts";
import type { Team } from "../e2e/team.ts";
import type { Chance } from "../fakes/chance.ts";
import { busy } from "./crowd.ts";

export interface Troubles {
  readonly names: readonly string[];
  play(name: string): Promise<void>;
}

export function troubles(t: Team, chance: Chance, engineers: readonly string[]): Troubles {
  let n = 0;
  const paneOf = async (member: string): Promise<string | undefined> =>
    (await t.seats()).get(member)?.pane;
  const acts: Readonly<Record<string, () => Promise<unknown>>> = {
    "a person commits on main": () => commitOnMain(t, `mine${++n}.txt`),
    "a person has edits open": () => openEdits(t, `theirs${++n}.txt`),
    "an agent is killed": async () => {
      const seat = (await t.seats()).get(chance.one(engineers));
      if (seat !== undefined && isAlive(seat.agent.pid, seat.agent.startTime))
        process.kill(seat.agent.pid, "SIGKILL");
    },
    "a draft stands in a composer": async () => {
      const pane = await paneOf(chance.one([...engineers, busy]));
      if (pane === undefined) return;
      await t.tmux("send-keys", "-t", pane, "-l", "I wonder");
      await pause(2_000);
      await t.tmux("send-keys", "-t", pane, "C-u");
    },
    "a person scrolls": async () => {
      const pane = await paneOf(chance.one([...engineers, busy]));
      if (pane === undefined) return;
      await t.tmux("copy-mode", "-t", pane);
      await pause(2_000);
      await t.tmux("send-keys", "-t", pane, "-X", "cancel");
    },
    "an Enter is swallowed": () =>
      t.batty("send", chance.one(engineers), "batty-script: ignore-enter 1"),
    "a turn is interrupted": () => t.batty("interrupt", chance.one(engineers)),
    "tmux is killed": async () => (chance.hits(0.2) ? t.tmux("kill-server") : undefined),
  };
  return {
    names: Object.keys(acts),
    async play(name) {
      await acts[name]?.();
    },
  };
}

async function commitOnMain(t: Team, file: string): Promise<void> {
  await t.write(file, "mine\n");
  const isDone = async (...args: readonly string[]): Promise<boolean> =>
    (await t.place.run("git", args)).code === 0;
  // Its index may be locked by a landing just now: a person tries again.
  for (let tries = 0; tries < 20; tries += 1) {
    if (await isDone("add", file))
      if (await isDone("commit", "-qm", `Mine: ${file}`, "--", file)) return;
    await pause(200);
  }
}

async function openEdits(t: Team, file: string): Promise<void> {
  await t.write(file, "not committed\n");
  await t.write("test/base.sh", "exit 0 # mine\n");
  await pause(4_000);
  await rm(join(t.root, file), { force: true });
  await t.write("test/base.sh", "exit 0\n");
}
