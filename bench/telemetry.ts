// p15: the journal's lines into telemetry.db. The floor is one table filled by hand, 100 rows a transaction, WAL and NORMAL.
import { join } from "node:path";
import { loopClock } from "../src/daemon/watchdog.ts";
import { loadSqlite, openTelemetry, type TelemetryRow } from "../src/world/telemetry.ts";
import { now, quantile, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";

const rounds = 5;
const perRound = 20_000;
const perFloor = 100;

const line = (seq: number): TelemetryRow => ({
  ...{
    seq,
    ts: "2026-05-28T20:26:40.001Z",
    event: "message_typing",
    member: "eng-1-1",
    task: null,
  },
  json: `{"id":"${seq}.000001.1","member":"eng-1-1","pane":"%3","epoch":1}`,
});

const turn = (): Promise<void> => new Promise((go) => setImmediate(go));

/** What a busy machine makes of 2 ms of nothing but counting: the floor of standing still. ms */
function spin(): number {
  const at = now();
  while (now() - at < 2);
  return now() - at;
}

export async function measureTelemetry(place: Place): Promise<Row[]> {
  const Sqlite = await loadSqlite();
  if (Sqlite === null) {
    process.stderr.write(
      "p15 skipped: better-sqlite3 is not installed, or not built for this Node\n",
    );
    return [];
  }
  const telemetry = await openTelemetry(Sqlite, join(place.folder, "telemetry.db"));
  const floor = new Sqlite(join(place.folder, "floor.db"));
  floor.pragma("journal_mode = WAL");
  floor.pragma("synchronous = NORMAL");
  floor.exec("CREATE TABLE events (seq INTEGER PRIMARY KEY, ts, event, member, task, json)");
  const [begin, commit] = [floor.prepare("BEGIN"), floor.prepare("COMMIT")];
  const insert = floor.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)");
  const byHand = (rows: readonly TelemetryRow[]): void => {
    begin.run();
    for (const r of rows) insert.run(r.seq, r.ts, r.event, r.member, r.task, r.json);
    commit.run();
  };

  const blocks: number[] = [];
  const spins: number[] = [];
  const took: { product: number; floor: number }[] = [];
  const clock = loopClock(Number.POSITIVE_INFINITY); // never late: only busy
  for (let n = 0; n < rounds; n += 1) {
    const rows = Array.from({ length: perRound }, (_, i) => line(n * perRound + i + 1));
    const left = [...rows];
    let product = 0;
    while (left.length > 0) {
      for (const _ of [1, 2]) await turn(); // until the clock has counted what ran before
      clock.delay();
      const at = now();
      const taken = telemetry.take(left);
      await telemetry.carryOver();
      product += now() - at;
      await turn();
      blocks.push(clock.delay());
      left.splice(0, taken);
      spins.push(spin());
    }
    const at = now();
    for (let i = 0; i < perRound; i += perFloor) byHand(rows.slice(i, i + perFloor));
    took.push({ product, floor: now() - at });
  }
  clock.stop();
  await telemetry.close();
  floor.close();
  const each = (of: "product" | "floor"): number =>
    (quantile(
      took.map((t) => t[of]),
      0.5,
    ) /
      perRound) *
    1_000;
  const [block, idle] = [quantile(blocks, 0.99), quantile(spins, 0.99)];
  const [value, by] = [each("product"), each("floor")];
  return [
    rowOf({
      ...{ id: "p15", what: "a row into telemetry.db", unit: "µs", value, floor: by },
      ...{ ratio: value / by, runs: rounds * perRound, target: { value: [100, 20] } },
    }),
    rowOf({
      ...{ id: "p15-block", what: "the loop stands still for it, p99", unit: "ms" },
      ...{ value: block, floor: idle, ratio: block / idle, runs: blocks.length },
      target: { value: [5, 5] },
    }),
  ];
}
