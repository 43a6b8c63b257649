// p6: an agent is killed by SIGKILL, its death stands in the journal; the same from when the kernel is done with it. The
// floor is the same agent under a wrapper that writes an exit file, and a program that watches for it and writes a line.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeFloor, openFloorPane } from "./floor-pane.ts";
import { type Follow, follow } from "./follow.ts";
import type { Lives } from "./lives.ts";
import { compare, now, pause, quantile, type Round, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import { idle, type Team } from "./team.ts";

const rounds = 5;
/** A round kills each engineer that often: all of them before the first comes back. */
const perRound = 5;
const rest = 30;
const wrapper = 'f=$1; shift; "$@"; echo $? >"$f.exit"';

const pidIn = (stamps: Follow): number =>
  stamps.lines.findLast((line) => line["pid"] !== undefined)?.["pid"];

/** ms until the line that tells of it is seen. */
interface Death {
  readonly sinceKill: number;
  readonly sinceEnd: number;
}

interface Killed {
  readonly product: Death[];
  readonly floor: Death[];
}

async function kill(lives: Lives, pid: number, journal: Follow, member: string): Promise<Death> {
  const lines = journal.lines.length;
  const gone = lives.gone(pid);
  const at = now();
  process.kill(pid, "SIGKILL");
  const told = await journal.next(
    `the death of ${member} in the journal`,
    (line) => line["event"] === "agent_died" && line["member"] === member,
    lines,
  );
  return { sinceKill: told.seen - at, sinceEnd: told.seen - (await gone) };
}

/** Back, idle, and with a turn behind it: without one the bot would park who falls that often. */
async function recovered(team: Team, member: string, after: number): Promise<void> {
  await idle(team.journal, member, after);
  const lines = team.journal.lines.length;
  await team.post(member, "All well?");
  await idle(team.journal, member, lines);
}

export async function measureDeaths(place: Place, team: Team): Promise<Row[]> {
  const folder = join(place.folder, "floor-seats");
  const lines = join(place.folder, "floor-journal");
  mkdirSync(folder);
  writeFileSync(lines, "");
  const watcher = await place.keep([
    ...[process.execPath, place.program("floor-death"), folder, lines],
  ] as [string, ...string[]]);
  const journal = follow(lines);
  let launches = 0;
  const launch = async (): Promise<{ name: string; pid: number }> => {
    launches += 1;
    const name = `floor-${launches}`;
    const pane = await openFloorPane(place, name, [
      ...["sh", "-c", wrapper, "seat", join(folder, name)],
    ]);
    const { pid } = await pane.stamps.next("its pid", (line) => line["pid"] !== undefined);
    pane.stamps.close();
    return { name, pid: pid as number };
  };
  const all: Killed[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const round: Killed = { product: [], floor: [] };
    for (let k = 0; k < perRound; k += 1) {
      const victims = await inTurn(team.members, launch);
      const told = team.journal.lines.length;
      for (const [at, member] of team.members.entries()) {
        await pause(rest);
        round.product.push(
          await kill(place.lives, pidIn(team.stamps(member)), team.journal, member),
        );
        await pause(rest);
        const { name, pid } = victims[at] as { name: string; pid: number };
        round.floor.push(await kill(place.lives, pid, journal, name));
      }
      for (const member of team.members) await recovered(team, member, told);
    }
    all.push(round);
  }
  watcher.stdin.end();
  journal.close();
  await closeFloor(place);
  return rowsOf(all);
}

async function inTurn<T>(names: readonly string[], act: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (const _ of names) made.push(await act());
  return made;
}

function rowsOf(all: readonly Killed[]): Row[] {
  const rounds = (since: keyof Death): Round[] =>
    all.map(({ product, floor }) => ({
      product: product.map((death) => death[since]),
      floor: floor.map((death) => death[since]),
    }));
  const kills = rounds("sinceKill");
  const [product, floor] = (["product", "floor"] as const).map((who) =>
    quantile(
      kills.flatMap((round) => round[who]),
      0.99,
    ),
  ) as [number, number];
  const runs = kills.flatMap((round) => round.product).length;
  const target = { ratio: [3, 3], value: [3, 3] } as const;
  const seen = `p50 (${runs} of ${runs} seen)`;
  return [
    compare("p6", `agent killed -> in the journal, ${seen}`, kills, target),
    rowOf({
      ...{ id: "p6-p99", what: "the same, p99", unit: "ms", runs },
      ...{ value: product, floor, ratio: product / floor, target: { value: [1_200, 1_200] } },
    }),
    compare(
      "p6-gone",
      `agent's process gone -> in the journal, ${seen}`,
      rounds("sinceEnd"),
      target,
    ),
  ];
}
