// How a bot's life ends: stopped with its team, or followed by a successor that adopts the team.
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Lock } from "../world/lock.ts";
import type { Engine } from "./engine.ts";
import type { Memory } from "./memory.ts";
import type { People } from "./people.ts";
import type { Place } from "./place.ts";
import type { OpenPorts } from "./ports.ts";
import type { Reload } from "./reload.ts";
import type { TelemetryKeeper } from "./telemetry.ts";

/** Everything within one deadline: 10 s is what service managers grant. ms */
const whole = 9_000;
const teamWithin = 6_000;
const chatWithin = 1_000;

export interface Living {
  readonly place: Place;
  readonly lock: Lock;
  readonly ports: OpenPorts;
  readonly memory: Memory;
  readonly engine: Engine;
  readonly people: People;
  readonly reload: Reload;
  readonly telemetry: TelemetryKeeper;
}

/** In reverse order of start. */
export async function end(living: Living, why: string, keepTeam: boolean): Promise<void> {
  const { place, lock, ports, memory, engine, people } = living;
  const hard = setTimeout(() => process.exit(70), whole);
  living.reload.close();
  if (!keepTeam) await endTeam(living);
  await engine.stop();
  const shown = await Promise.race([
    people.shown().then(() => true),
    new Promise<boolean>((go) => setTimeout(go, chatWithin, false)),
  ]);
  if (shown)
    await memory
      .keep(engine.loop.state(), people.upToDate())
      .catch((error: unknown) => place.log(`state.json: ${String(error)}`));
  const seq = engine.loop.state().seq + 1;
  memory.journal.append([{ seq, at: Date.now(), event: { event: "daemon_stopped", reason: why } }]);
  await people.close();
  await ports.close();
  await living.telemetry.close();
  await memory.journal.close();
  await rm(place.paths.pidFile, { force: true });
  await lock.release();
  place.log(`bot down: ${why}`);
  clearTimeout(hard);
}

/** Work is rescued before panes end; what is slower than that ends with tmux, its worktree as it is. */
async function endTeam({ place, ports, engine }: Living): Promise<void> {
  const { loop } = engine;
  if (loop.state().team === "running")
    await loop.intend({ name: "batty", via: "bot", tier: "admin" }, { type: "stop-team" });
  await loop.until(
    (s) => ([...s.seats.values()].every((seat) => seat.live === null) ? true : undefined),
    teamWithin,
  );
  await ports.terminal
    .end(AbortSignal.timeout(2_000))
    .catch((error: unknown) => place.log(`tmux: ${String(error)}`));
}

/** The next bot, waiting for our lock. Runs the same program, which may be a newer build. */
export function callSuccessor(root: string): void {
  const program = fileURLToPath(import.meta.url).replace(/[^/]*$/, "main.js");
  const args = [program, "--project-root", root, "--lock-wait", "10000"];
  spawn(process.execPath, args, { detached: true, stdio: "ignore", cwd: root }).unref();
}

/** Takes it anew whenever its holder is lost. @throws Failure `lock.held` when somebody else was quicker */
export async function keepLock(lock: Lock): Promise<never> {
  for (let held = lock; ; ) {
    await held.lost;
    held = await held.retake();
  }
}
