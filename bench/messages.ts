// p1 and p4: a message file becomes pasted bytes at the agent's stdin, then Enter. The floor is a program that
// watches the folder, reads the file and pastes it through a tmux control client.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeFloor, type FloorPane, floorSocket, openFloorPane } from "./floor-pane.ts";
import type { Follow } from "./follow.ts";
import { compare, median, now, pause, quantile, type Round, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import { idle, type Team } from "./team.ts";

const rounds = 5;
const perRound = 24;
/** Between two messages, so that what the former one left to do is done. ms */
const rest = 25;
const body = "The tests of the parser are red since this morning; please look at them first.";

/** House rule: never sooner after a paste, ms. */
const enterAtLeast = 100;

interface Delivery {
  readonly took: number;
  readonly toEnter: number;
}

/** When the paste and its Enter came to the agent. */
async function arrival(stamps: Follow, id: string, at: number, after: number): Promise<Delivery> {
  const pasted = await stamps.next(
    `message ${id} at the agent's stdin`,
    (line) => String(line["text"]).includes(id),
    after,
  );
  const entered = await stamps.next(
    `Enter after message ${id}`,
    (line) => line["at"] >= pasted["at"] && String(line["text"]).endsWith("\r"),
    after,
  );
  return { took: pasted["at"] - at, toEnter: entered["at"] - pasted["at"] };
}

async function byTheBot(team: Team): Promise<Delivery> {
  const [member = ""] = team.members;
  const stamps = team.stamps(member);
  const [stamped, lines] = [stamps.lines.length, team.journal.lines.length];
  const { id, at } = await team.post(member, body);
  const delivery = await arrival(stamps, id, at, stamped);
  await idle(team.journal, member, lines);
  return delivery;
}

async function byHand(
  box: string,
  { stamps, idle: rested }: FloorPane,
  n: number,
): Promise<Delivery> {
  const id = `${Date.now()}.${n}.floor`;
  const stamped = stamps.lines.length;
  writeFileSync(join(box, "tmp", id), JSON.stringify({ id, from: "ada", to: "floor", body }));
  const at = now();
  renameSync(join(box, "tmp", id), join(box, "new", id));
  const delivery = await arrival(stamps, id, at, stamped);
  await rested();
  return delivery;
}

export async function measureMessages(place: Place, team: Team): Promise<Row[]> {
  const pane = await openFloorPane(place, "floor");
  const box = join(place.folder, "floor-box");
  for (const part of ["tmp", "new", "cur"]) mkdirSync(join(box, part), { recursive: true });
  const post = await place.keep([
    ...[process.execPath, place.program("floor-post")],
    ...[floorSocket, `${box}=${pane.pane}`],
  ] as [string, ...string[]]);
  const all: Round[] = [];
  const toEnter: number[] = [];
  await byTheBot(team); // the first of each pays for what is loaded late
  await byHand(box, pane, 0);
  for (let n = 0; n < rounds; n += 1) {
    const round: Round = { product: [], floor: [] };
    for (let k = 1; k <= perRound; k += 1) {
      await pause(rest);
      const product = await byTheBot(team);
      round.product.push(product.took);
      toEnter.push(product.toEnter);
      await pause(rest);
      round.floor.push((await byHand(box, pane, n * perRound + k)).took);
    }
    all.push(round);
  }
  post.stdin.end();
  pane.stamps.close();
  await closeFloor(place);
  return rowsOf(all, toEnter);
}

function rowsOf(all: readonly Round[], toEnter: readonly number[]): Row[] {
  const product = quantile(
    all.flatMap((round) => round.product),
    0.99,
  );
  const floor = quantile(
    all.flatMap((round) => round.floor),
    0.99,
  );
  const runs = toEnter.length;
  const enter = median(toEnter);
  return [
    compare("p1", "message file written -> at the agent's stdin, p50", all, {
      ratio: [3, 1.5],
      value: [10, 5],
    }),
    rowOf({
      ...{ id: "p1-p99", what: "the same, p99", unit: "ms", runs },
      ...{ value: product, floor, ratio: product / floor, target: { value: [50, 50] } },
    }),
    rowOf({
      ...{ id: "p4", what: "pasted -> Enter (house: 100 to 400 ms), p50", unit: "ms", runs },
      ...{ value: enter, floor: enterAtLeast, ratio: enter / enterAtLeast },
      target: { value: [150, 120] },
    }),
  ];
}
