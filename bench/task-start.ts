// p13: a task is assigned, its worktree of 20,000 files stands on a fresh branch. The floor is `checkout -B` by hand.
import { join } from "node:path";
import { compare, now, pause, type Round, type Row } from "./measure.ts";
import type { Place } from "./place.ts";
import { makeRepository, type Team } from "./team.ts";

const rounds = 5;
const perRound = 3;
const rest = 200;
export const manyFiles = 20_000;

async function byTheBot(team: Team, n: number): Promise<number> {
  const [member = ""] = team.members;
  const { journal } = team;
  const lines = journal.lines.length;
  await team.batty("task", "new", `Part ${n}`, "--body", "Scope: none", "--assignee", member);
  const assigned = await journal.next(
    "the assignment",
    (l) => l["event"] === "task_assigned",
    lines,
  );
  const ready = await journal.next("the worktree", (l) => l["event"] === "worktree_ready", lines);
  await team.batty("task", "cancel", String(assigned["task"]));
  await journal.next("the end", (l) => l["event"] === "task_cancelled", lines);
  await pause(rest);
  return ready.seen - assigned.seen;
}

async function byHand(place: Place, work: string, n: number): Promise<number> {
  const at = now();
  await place.run("git", ["checkout", "-q", "--no-track", "-B", `floor/${n}`, "main"], work);
  const took = now() - at;
  await pause(rest);
  return took;
}

export async function measureTaskStart(place: Place, team: Team): Promise<Row[]> {
  const floor = join(place.folder, "floor-large");
  const work = join(place.folder, "floor-large-work");
  await makeRepository(place, floor, manyFiles);
  await place.run("git", ["worktree", "add", "-q", "--detach", work], floor);
  await byTheBot(team, 0);
  await byHand(place, work, 0);
  const all: Round[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const round: Round = { product: [], floor: [] };
    for (let k = 1; k <= perRound; k += 1) {
      round.product.push(await byTheBot(team, n * perRound + k));
      round.floor.push(await byHand(place, work, n * perRound + k));
    }
    all.push(round);
  }
  return [
    compare("p13", "task assigned -> its worktree ready, 20,000 files, p50", all, {
      ratio: [3, 1.5],
    }),
  ];
}
