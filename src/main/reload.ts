// Keeps what is in force in step with team.yaml: reads it when it changes or when asked, and has it told.
import { setTimeout as pause } from "node:timers/promises";
import type { ConfigReading } from "../core/input.ts";
import type { Caller } from "../core/words.ts";
import type { Loop } from "../daemon/loop.ts";
import { inTurn } from "../lib/in-turn.ts";
import { makeBoxes } from "../world/home.ts";
import { watchFile } from "../world/watch-file.ts";
import type { Engine } from "./engine.ts";
import type { Place } from "./place.ts";

export interface Reload {
  /** On request. */
  now(): Promise<ConfigReading>;
  close(): void;
}

const bot: Caller = { name: "batty", via: "bot", tier: "admin" };

/** What looks broken may be half written: it is looked at again before anybody is told. ms */
const secondThought = 500;

/** The first reading is before the loop when it returns, so before anything that comes in later. */
export function keepInStep(place: Place, engine: Engine): Reload {
  const { file, paths, log } = place;
  const { loop } = engine;
  const inOrder = inTurn();
  const tell = async (reading: ConfigReading): Promise<ConfigReading> => {
    await loop.intend(bot, { type: "tell-config", reading });
    return reading;
  };
  const noticed = async (): Promise<void> => {
    if (!(await file.hasChanged())) return;
    const reading = await file.read();
    if (reading.rejected === null) return void (await tell(reading));
    await pause(secondThought);
    await tell(await file.read());
  };
  const failed = (error: unknown): void => log(`team.yaml: ${String(error)}`);
  const changeSeats = (): void => {
    if (!isEmpty(loop) || !file.changeSeats()) return;
    // Their folders are made at their first launch, too; watched are they from now on.
    makeBoxes(paths, place.members).then(engine.watchAnew, failed);
  };

  const told = tell(file.first);
  // The copy follows what was told: a bot that dies in between leaves the change to be told by the next one.
  inOrder("read", () => told.then(file.keepFirst)).catch(failed);
  loop.onRecorded(changeSeats);
  const watching = watchFile(paths.teamYaml, /\.(ya?ml|md)$/, () => {
    inOrder("read", noticed).catch(failed);
  });
  return {
    now: () => inOrder("read", async () => tell(await file.read())),
    close: () => watching.close(),
  };
}

/** Nobody sits anywhere: seats may come and go. */
function isEmpty({ state }: Loop): boolean {
  const { team, seats } = state();
  return team === "stopped" && [...seats.values()].every((seat) => seat.live === null);
}
