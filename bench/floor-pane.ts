// Panes of a tmux server by hand, for floors: the same agent that the product has, without a bot.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Follow, follow } from "./follow.ts";
import { pause } from "./measure.ts";
import type { Place } from "./place.ts";

export const floorSocket = "floor";

export interface FloorPane {
  readonly pane: string;
  readonly stamps: Follow;
  /** Resolves when the agent's turn is over; told anew for each turn. */
  idle(): Promise<void>;
}

/** How often an agent's signals are looked at, ms: nothing is measured meanwhile. */
const lookEvery = 5;
const patience = 20_000;

/** @param wrap what stands before the agent's command line */
export async function openFloorPane(
  place: Place,
  member: string,
  wrap: readonly string[] = [],
): Promise<FloorPane> {
  const signals = join(place.folder, "floor-signals", member);
  mkdirSync(join(signals, "new"), { recursive: true });
  const file = join(place.stamps, member);
  writeFileSync(file, "");
  const env = [`BATTY_MEMBER=${member}`, "BATTY_EPOCH=1", `BATTY_SIGNALS=${signals}`];
  const agent = join(place.folder, "dist", "script-agent.js");
  const argv = ["env", ...env, ...wrap, process.execPath, agent];
  const begun =
    (await place
      .run("tmux", ["-L", floorSocket, "list-sessions"], place.folder)
      .catch(() => "")) !== "";
  const first = ["new-session", "-d", "-s", "floor", "-x", "200", "-y", "50"];
  const open = begun ? ["new-window", "-d", "-t", "floor:"] : first;
  const words = ["-L", floorSocket, "-f", "/dev/null", ...open, "-P", "-F", "#{pane_id}", ...argv];
  const pane = (await place.run("tmux", words, place.folder)).trim();
  const floor: FloorPane = { pane, stamps: follow(file), idle: () => idleIn(join(signals, "new")) };
  await floor.idle();
  return floor;
}

async function idleIn(folder: string): Promise<void> {
  for (const limit = Date.now() + patience; Date.now() < limit; ) {
    const paths = readdirSync(folder).map((name) => join(folder, name));
    if (paths.some((path) => readFileSync(path, "utf8").includes('"kind":"idle"'))) {
      for (const path of paths) rmSync(path);
      return;
    }
    await pause(lookEvery);
  }
  throw new Error(`the floor's agent was never idle in ${folder}`);
}

export const closeFloor = (place: Place): Promise<unknown> =>
  place.run("tmux", ["-L", floorSocket, "kill-server"], place.folder).catch(() => undefined);
