// p3: messages to ten members at once, from the first file written to the last text at an agent's stdin. The floor
// carries the same files by hand: it waits for no turn and no receipt.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeFloor, type FloorPane, floorSocket, openFloorPane } from "./floor-pane.ts";
import { median, now, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import { idle, type Team } from "./team.ts";

const rounds = 3;
const each = 12;

/** Messages a second. */
async function byTheBot(team: Team): Promise<number> {
  const { members, journal } = team;
  const before = journal.lines.length;
  const at = now();
  const posted = await Promise.all(
    Array.from({ length: each * members.length }, async (_, n) => {
      const member = members[n % members.length] as string;
      return { member, ...(await team.post(member, `message ${n}`)) };
    }),
  );
  const seen = posted.map(({ member, id }) =>
    team
      .stamps(member)
      .next(`message ${id}`, (line) => String(line["text"]).includes(id), 0, 60_000),
  );
  const last = Math.max(...(await Promise.all(seen)).map((line) => line["at"] as number));
  for (const member of members) {
    const ended = journal.lines.findLastIndex(
      (line) => line["event"] === "message_taken" && line["member"] === member,
    );
    await idle(journal, member, Math.max(before, ended));
  }
  return (posted.length / (last - at)) * 1_000;
}

async function byHand(
  boxes: readonly string[],
  panes: readonly FloorPane[],
  round: number,
): Promise<number> {
  const at = now();
  const seen = Array.from({ length: each * boxes.length }, (_, n) => {
    const box = boxes[n % boxes.length] as string;
    const id = `${round}.${n}.floor`;
    const { stamps } = panes[n % panes.length] as FloorPane;
    writeFileSync(join(box, "tmp", id), JSON.stringify({ id, from: "ada", body: `message ${n}` }));
    renameSync(join(box, "tmp", id), join(box, "new", id));
    return stamps.next(`floor message ${id}`, (line) => String(line["text"]).includes(id));
  });
  const last = Math.max(...(await Promise.all(seen)).map((line) => line["at"] as number));
  return (seen.length / (last - at)) * 1_000;
}

export async function measureThroughput(place: Place, team: Team): Promise<Row[]> {
  const panes: FloorPane[] = [];
  const boxes: string[] = [];
  for (const member of team.members) {
    panes.push(await openFloorPane(place, `floor-${member}`));
    const box = join(place.folder, `floor-box-${member}`);
    for (const part of ["tmp", "new", "cur"]) mkdirSync(join(box, part), { recursive: true });
    boxes.push(box);
  }
  const routes = boxes.map((box, n) => `${box}=${panes[n]?.pane}`);
  const post = await place.keep([
    process.execPath,
    place.program("floor-post"),
    floorSocket,
    ...routes,
  ]);
  const product: number[] = [];
  const floor: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    product.push(await byTheBot(team));
    floor.push(await byHand(boxes, panes, n));
  }
  post.stdin.end();
  for (const pane of panes) pane.stamps.close();
  await closeFloor(place);
  return [
    rowOf({
      ...{ id: "p3", what: "messages carried to ten members, a second", unit: "/s" },
      ...{ value: median(product), floor: median(floor), runs: rounds * each * boxes.length },
      ratio: median(floor.map((rate, n) => rate / (product[n] ?? Number.NaN))),
      target: { ratio: [9, 3] },
    }),
  ];
}
