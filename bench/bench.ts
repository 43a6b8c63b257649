// The benchmark: measures the built bot against floors made by hand, prints a table, writes results.json.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { measureAppend } from "./append.ts";
import { measureDeaths } from "./deaths.ts";
import { measureDiscord } from "./discord.ts";
import { fakeClaude, measureHooks } from "./hooks.ts";
import { measureIdle, measureWatching } from "./idle.ts";
import type { Row } from "./measure.ts";
import { measureMerges } from "./merges.ts";
import { measureMessages } from "./messages.ts";
import { makePlace, type Place } from "./place.ts";
import { measureScale } from "./scale.ts";
import { measureSends } from "./sends.ts";
import { measureSignals } from "./signals.ts";
import { measureStall, monitored } from "./stall.ts";
import { measureStates } from "./states.ts";
import { measureStatus } from "./status.ts";
import { manyFiles, measureTaskStart } from "./task-start.ts";
import { startTeam, type Team, type TeamWish } from "./team.ts";
import { measureTelemetry } from "./telemetry.ts";
import { measureThroughput } from "./throughput.ts";
import { burning, measureUnderTest } from "./under-test.ts";

interface Part {
  /** Rows that it measures. */
  readonly ids: readonly string[];
  /** The team that it measures; parts of one kind of team share it. Null: none. */
  readonly team: TeamName | null;
  measure(place: Place, team: Team): Promise<readonly Row[]>;
}

const teams = {
  solo: () => ({ engineers: 1 }),
  four: () => ({ engineers: 4 }),
  ten: () => ({ engineers: 10 }),
  twenty: () => ({ engineers: 20 }),
  hundred: () => ({ engineers: 100 }),
  large: () => ({ engineers: 1, files: manyFiles }),
  burning: () => ({ engineers: 2, testCommand: burning }),
  hooked: (place: Place) => ({ engineers: 1, agent: "claude", botEnv: fakeClaude(place) }),
  loaded: (place: Place) => ({ engineers: 10, botEnv: monitored(place) }),
} satisfies Record<string, (place: Place) => TeamWish>;
type TeamName = keyof typeof teams;

const parts: readonly Part[] = [
  { ids: ["p14"], team: null, measure: measureAppend },
  { ids: ["states", "states-idle"], team: null, measure: measureStates },
  { ids: ["p15", "p15-block"], team: null, measure: measureTelemetry },
  {
    ids: [
      ...["discord-send", "discord-send-p99", "discord-send-load", "discord-send-load-p99"],
      ...["discord-ack", "discord-ack-load", "discord-card", "discord-card-load"],
    ],
    team: null,
    measure: measureDiscord,
  },
  { ids: ["p1", "p1-p99", "p4"], team: "solo", measure: measureMessages },
  { ids: ["p5"], team: "solo", measure: measureSignals },
  {
    ids: ["p16", "p16-installed"],
    team: "solo",
    measure: (p, team) => measureStatus(p, team.root),
  },
  { ids: ["p9"], team: "solo", measure: measureMerges },
  {
    ids: ["hook-decision", "hook-decision-p99", "door-decision", "door-decision-p99"],
    team: "hooked",
    measure: measureHooks,
  },
  { ids: ["p6", "p6-p99", "p6-gone"], team: "four", measure: measureDeaths },
  { ids: ["p18", "p18-wakes", "p19"], team: "ten", measure: measureIdle },
  { ids: ["p3"], team: "ten", measure: measureThroughput },
  {
    ids: ["sends-lost", "sends-doubled", "sends-untold", "sends-drafts"],
    team: "twenty",
    measure: measureSends,
  },
  { ids: ["p12"], team: "burning", measure: measureUnderTest },
  { ids: ["p13"], team: "large", measure: measureTaskStart },
  { ids: ["p20", "p20-max"], team: "loaded", measure: measureStall },
  {
    ids: ["scale-tick", "scale-status", "scale-summary", "scale-start", "scale-replay"],
    team: null,
    measure: measureScale,
  },
  { ids: ["p7"], team: "hundred", measure: measureWatching },
];

/** Ends the whole whatever hangs, ms. */
const atMost = 1_500_000;

function wanted(argv: readonly string[]): (id: string) => boolean {
  const [flag, ids = "", ...rest] = argv;
  if (flag === undefined) return () => true;
  if (flag !== "--only" || rest.length > 0)
    throw new Error(`"${argv.join(" ")}" is not known; there is --only ROW,ROW`);
  const only = ids.split(",");
  const known = parts.flatMap((part) => part.ids);
  const odd = only.find((id) => !known.includes(id));
  if (odd !== undefined)
    throw new Error(`no row is called "${odd}"; there are ${known.join(", ")}`);
  return (id) => only.includes(id);
}

async function measure(place: Place, isWanted: (id: string) => boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of new Set(parts.map((part) => part.team))) {
    const due = parts.filter((p) => p.team === name && p.ids.some(isWanted));
    if (due.length === 0) continue;
    const team = name === null ? null : await startTeam(place, `bench-${name}`, teams[name](place));
    for (const part of due) {
      process.stderr.write(`measuring ${part.ids.join(", ")}\n`);
      rows.push(...(await part.measure(place, team as Team)));
    }
    await team?.stop();
  }
  return rows.filter((row) => isWanted(row.id));
}

const columns = ["row", "what", "value", "floor", "ratio", "target", "met", "runs"] as const;

function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    ...[row.id, row.what, `${row.value} ${row.unit}`],
    ...[
      row.floor === null ? "" : `${row.floor} ${row.unit}`,
      row.ratio === null ? "" : `${row.ratio}`,
    ],
    ...[row.target, row.met, `${row.runs}`],
  ]);
  const all = [[...columns], ...cells];
  const widths = columns.map((_, at) => Math.max(...all.map((line) => line[at]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function commitOf(clone: string): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: clone, encoding: "utf8" }).trim();
  const dirty = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+";
  return `${git("rev-parse", "HEAD")}${dirty}`;
}

async function main(): Promise<void> {
  const [clone = "", programs = "", ...argv] = process.argv.slice(2);
  const isWanted = wanted(argv);
  const began = Date.now();
  const place = await makePlace(clone, programs);
  const leave = (why: string): void => {
    process.stderr.write(`${why}\n`);
    void place.clear().finally(() => process.exit(1));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => leave(signal));
  process.once("uncaughtException", (error) => leave(`${error.stack}`));
  const late = setTimeout(() => leave(`it took more than ${atMost / 1000} s`), atMost);
  try {
    const rows = await measure(place, isWanted);
    const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`;
    const kept = rows.map(({ met: _met, ...row }) => row);
    const results = { machine, commit: commitOf(clone), rows: kept };
    await writeFile(join(clone, "bench", "results.json"), `${JSON.stringify(results, null, 2)}\n`);
    const secs = Math.round((Date.now() - began) / 1000);
    process.stdout.write(`${machine}\n\n${table(rows)}\n\n${secs} s; bench/results.json\n`);
  } finally {
    clearTimeout(late);
    await place.clear();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
