// p20: how long the bot's event loop stands still under load: a hundred messages a second, landings, gates that burn a
// core; with as much memory as a bot with chat libraries has. Measured inside it.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { now, pause, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import { botOf } from "./processes.ts";
import type { Team, TeamWish } from "./team.ts";

const seconds = 15;
const perSecond = 100;
const loopFile = (place: Place): string => join(place.folder, "loop.json");

/** What the measured bot is started with. */
/** @param ballast MB: what chat libraries weigh */
export const monitored = (place: Place, ballast = 250): NonNullable<TeamWish["botEnv"]> => ({
  NODE_OPTIONS: `--import=${place.program("monitor")}`,
  BATTY_BENCH_LOOP: loopFile(place),
  BATTY_BENCH_BALLAST: `${ballast}`,
});

/** Since it was asked last: the loop of a monitored bot, ms. */
export async function delays(place: Place, bot: number): Promise<{ p99: number; max: number }> {
  rmSync(loopFile(place), { force: true });
  process.kill(bot, "SIGUSR2");
  for (const limit = now() + 5_000; now() < limit; await pause(10)) {
    try {
      return JSON.parse(readFileSync(loopFile(place), "utf8"));
    } catch {
      // not written yet
    }
  }
  throw new Error("the bot did not tell of its loop");
}

async function landings(team: Team, until: number): Promise<number> {
  const [, worker = ""] = team.members;
  let n = 0;
  for (; now() < until; n += 1) {
    const lines = team.journal.lines.length;
    const script = [`write src/load-${n}.txt x\\n`, `commit Load ${n}`, "batty done"];
    const body = `Scope: one file\n\n\`\`\`batty-script\n${script.join("\n")}\n\`\`\``;
    await team.batty("task", "new", `Load ${n}`, "--body", body, "--assignee", worker);
    const card = await team.journal.next(
      "a card",
      (l) => l["event"] === "approval_requested",
      lines,
    );
    await team.batty("approve", String(card["task"]), "--head", String(card["head"]));
    await team.journal.next("a landing", (l) => l["event"] === "task_manual_merged", lines);
  }
  return n;
}

async function messages(team: Team, until: number): Promise<number> {
  const others = team.members.slice(2);
  let n = 0;
  for (const began = now(); now() < until; n += 1) {
    await team.post(others[n % others.length] as string, `load ${n}`);
    await pause(Math.max(0, began + ((n + 1) * 1_000) / perSecond - now()));
  }
  return n;
}

export async function measureStall(place: Place, team: Team): Promise<Row[]> {
  const { bot } = botOf(team.root);
  await pause(2_000);
  await delays(place, bot);
  await pause(3_000);
  const calm = await delays(place, bot);
  const until = now() + seconds * 1_000;
  const [landed, sent] = await Promise.all([landings(team, until), messages(team, until)]);
  const load = await delays(place, bot);
  const what = `loop stalls, ${Math.round(sent / seconds)} messages/s, ${landed} landings`;
  return [
    rowOf({
      ...{ id: "p20", what: `${what}, p99`, unit: "ms", runs: sent },
      ...{ value: load.p99, floor: calm.p99, ratio: load.p99 / Math.max(0.1, calm.p99) },
      target: { value: [50, 20] },
    }),
    rowOf({
      ...{ id: "p20-max", what: "the same, the longest", unit: "ms", runs: sent },
      ...{ value: load.max, floor: calm.max, ratio: null, target: { value: [250, 100] } },
    }),
  ];
}
