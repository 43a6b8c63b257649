// p5: an agent says that its turn is over, the journal has it. The floor watches the same kind of folder by hand and
// writes a line. Both read the moment from the signal's own name, which is good to a millisecond.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeFloor, openFloorPane } from "./floor-pane.ts";
import { type Follow, follow, type Line } from "./follow.ts";
import { compare, now, pause, type Round, type Row } from "./measure.ts";
import type { Place } from "./place.ts";
import { idle, type Team } from "./team.ts";

const rounds = 5;
const perRound = 20;
const rest = 20;

/** From this process' clock to the wall's, ms. */
const wall = Date.now() - now();

/** ms from the signal's name until its line was seen. */
const tookOf = (line: Line): number =>
  line.seen + wall - Number(String(line["signal"]).split(".")[0]);

async function byTheBot(team: Team): Promise<number> {
  const [member = ""] = team.members;
  const lines = team.journal.lines.length;
  await team.post(member, "All well?");
  return tookOf((await idle(team.journal, member, lines)) as Line);
}

async function byHand(place: Place, pane: string, journal: Follow): Promise<number> {
  const lines = journal.lines.length;
  await place.run("tmux", ["-L", "floor", "send-keys", "-t", pane, "hello", "Enter"], place.folder);
  return tookOf(
    await journal.next("the floor's idle signal", (line) => line["kind"] === "idle", lines),
  );
}

export async function measureSignals(place: Place, team: Team): Promise<Row[]> {
  const pane = await openFloorPane(place, "floor-signals");
  const lines = join(place.folder, "floor-signal-lines");
  writeFileSync(lines, "");
  const watcher = await place.keep([
    ...[process.execPath, place.program("floor-signal")],
    ...[join(place.folder, "floor-signals", "floor-signals", "new"), lines],
  ] as [string, ...string[]]);
  const journal = follow(lines);
  const all: Round[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const round: Round = { product: [], floor: [] };
    for (let k = 0; k < perRound; k += 1) {
      await pause(rest);
      round.product.push(await byTheBot(team));
      await pause(rest);
      round.floor.push(await byHand(place, pane.pane, journal));
    }
    all.push(round);
  }
  watcher.stdin.end();
  journal.close();
  pane.stamps.close();
  await closeFloor(place);
  return [
    compare("p5", "an agent's turn ends -> in the journal, p50", all, {
      ratio: [2, 1.2],
      value: [200, 120],
    }),
  ];
}
