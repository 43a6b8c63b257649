// The journal's files and its checkpoint, on a real disk: segments, torn tails, and states that must be the same either way.
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import type { Event, Recorded } from "../../src/core/event.ts";
import { evolve } from "../../src/core/evolve.ts";
import { empty, type State } from "../../src/core/state.ts";
import { lineOf, openJournal, readJournal, replay } from "../../src/daemon/journal.ts";
import { fromJson, toJson } from "../../src/lib/json-maps.ts";
import { readCheckpoint, stateOnFiles, writeCheckpoint } from "../../src/main/checkpoint.ts";
import { type Paths, pathsOf } from "../../src/world/paths.ts";
import {
  approved,
  asked,
  assigned,
  built,
  landed,
  ready,
  sent,
  withCard,
} from "../unit/core/told.ts";

let paths: Paths;

beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), "batty-journal-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  paths = pathsOf(root);
  await mkdir(paths.teamConfig, { recursive: true });
});

const day: readonly Event[] = [
  ...approved,
  built(1),
  landed(1),
  asked(3),
  sent("a", "eng-1-1"),
  assigned(2),
  ready(2),
  { event: "board_due", task: 2, patch: { status: "todo", $map: "odd" }, by: "ada" },
  { event: "team_paused", by: "ada", member: "eng-1-2" },
  { event: "board_file_broken", file: "x.md", line: 1, why: "torn" },
];

const recorded = (events: readonly Event[], from = 1): Recorded[] =>
  events.map((event, i) => ({ seq: from + i, at: 1_000 * (from + i), event }));
const fold = (lines: readonly Recorded[], state: State = empty): State =>
  lines.reduce(evolve, state);

async function seqs(): Promise<number[]> {
  const list: number[] = [];
  await readJournal(paths.journal, ({ seq }) => void list.push(seq));
  return list;
}

it("full segments are put away under their last line, and all of them are read in order", async () => {
  const journal = openJournal(paths.journal, 2_000);
  const lines = recorded([...day, ...day, ...day]);
  for (const line of lines) journal.append([line]);
  await journal.close();
  const put = await readdir(join(paths.teamConfig, "events"));
  expect(put.length).toBeGreaterThan(3);
  for (const name of put) {
    const text = await readFile(join(paths.teamConfig, "events", name), "utf8");
    const last = JSON.parse(text.trim().split("\n").at(-1) ?? "") as { seq: number };
    expect(Number.parseInt(name, 10)).toBe(last.seq);
  }
  expect(await seqs()).toEqual(lines.map((l) => l.seq));
  expect(await stateOnFiles(paths)).toEqual(fold(lines));
});

it("who reads while segments are put away misses no line and reads none twice", async () => {
  const journal = openJournal(paths.journal, 1_000);
  let seq = 0;
  const grow = (): void => journal.append(recorded([asked(++seq)], seq));
  // A segment a turn of the loop: between any two steps of the reader.
  const growing = async (): Promise<void> => {
    for (let n = 0; n < 10; n += 1) {
      await turn();
      for (let i = 0; i < 5; i += 1) grow();
    }
  };
  for (let n = 0; n < 10; n += 1) {
    const least = seq;
    const [read] = await Promise.all([seqs(), growing()]);
    expect(read).toEqual(read.map((_, i) => i + 1));
    expect(read.length).toBeGreaterThanOrEqual(least);
  }
  await journal.close();
});

it("a reading tells how far it is, from where it began to the last byte of the last segment", async () => {
  const journal = openJournal(paths.journal, 20_000);
  const lines = recorded(Array.from({ length: 60 }, () => day).flat());
  for (const line of lines) journal.append([line]);
  await journal.close();
  const told: (readonly [number, number])[] = [];
  await replay(
    paths.journal,
    () => undefined,
    undefined,
    (...far) => void told.push(far),
  );
  const whole = told[0]?.[1] ?? 0;
  expect(whole).toBe(Buffer.byteLength(lines.map(lineOf).join("")));
  expect(told.length).toBeGreaterThan(3);
  expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).toSorted((a, b) => a - b));
  expect(told.at(-1)).toEqual([whole, whole]);
  const from = { after: 0, bytes: 1_000 };
  const rest: number[] = [];
  await replay(
    paths.journal,
    () => undefined,
    from,
    (_, total) => void rest.push(total),
  );
  expect(rest[0]).toBe(whole - 1_000);
});

it("a torn last line is cut off, by who writes only, and costs nothing else", async () => {
  const journal = openJournal(paths.journal, 2_000);
  const lines = recorded([...day, ...day]);
  journal.append(lines.slice(0, 15));
  journal.append(lines.slice(15));
  await journal.close();
  await appendFile(paths.journal, '{"v":1,"seq":99,"ev');
  expect(await seqs()).toEqual(lines.map((l) => l.seq));
  const read = await replay(paths.journal, () => undefined);
  expect(read).toMatchObject({ lines: lines.length, broken: [], torn: 19 });
  expect((await replay(paths.journal, () => undefined)).torn).toBe(0);
});

it("a checkpoint with what follows it is the whole journal, wherever it was taken", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...day, ...withCard), { minLength: 1, maxLength: 60 }),
      fc.nat(59),
      fc.constantFrom(500, 3_000, 1_000_000),
      async (events, at, segment) => {
        await rm(paths.batty, { recursive: true, force: true });
        await mkdir(paths.teamConfig, { recursive: true });
        const lines = recorded(events);
        const journal = openJournal(paths.journal, segment);
        let state = empty;
        for (const [i, line] of lines.entries()) {
          journal.append([line]);
          state = evolve(state, line);
          if (i === Math.min(at, lines.length - 1))
            await writeCheckpoint(paths, { at: journal.position(), state, decided: 0 });
        }
        await journal.close();
        const told: string[] = [];
        const found = await readCheckpoint(paths, (why) => told.push(why));
        expect(told).toEqual([]);
        expect(fromJson(toJson(state))).toEqual(state);
        let tail = found?.state ?? empty;
        const seen: number[] = [];
        await replay(
          paths.journal,
          (r) => {
            seen.push(r.seq);
            tail = evolve(tail, r);
          },
          found?.at,
        );
        expect(seen).toEqual(lines.slice(Math.min(at, lines.length - 1) + 1).map((l) => l.seq));
        expect(tail).toEqual(fold(lines));
      },
    ),
    { numRuns: 150 },
  );
});

it.each([
  ["torn", (text: string) => text.slice(0, text.length / 2), "torn"],
  ["empty", () => "", "torn"],
  ["of another build", (text: string) => text.replace(/"shape":"[^"]*"/, '"shape":"x"'), "build"],
] as const)("a checkpoint that is %s is passed over, with a word", async (_name, spoil, word) => {
  const lines = await written();
  await writeFile(paths.checkpoint, spoil(await readFile(paths.checkpoint, "utf8")));
  const told: string[] = [];
  expect(await readCheckpoint(paths, (why) => told.push(why))).toBeNull();
  expect(told.join()).toContain(word);
  expect(await stateOnFiles(paths)).toEqual(fold(lines));
});

it("a checkpoint of another journal is passed over: the journal alone says what is so", async () => {
  await written();
  const other = recorded([...withCard, ...withCard, ...withCard]);
  await rm(paths.journal);
  const journal = openJournal(paths.journal);
  journal.append(other);
  await journal.close();
  expect(await stateOnFiles(paths)).toEqual(fold(other));
});

it("a checkpoint of a journal that differs in a few letters alone is passed over, too", async () => {
  await written();
  const other = recorded(day).map((line) => ({ ...line, at: line.at + 1_000 }));
  await rm(paths.journal);
  const journal = openJournal(paths.journal);
  journal.append(other);
  await journal.close();
  expect(await readCheckpoint(paths)).toBeNull();
  expect(await stateOnFiles(paths)).toEqual(fold(other));
});

async function written(): Promise<readonly Recorded[]> {
  const lines = recorded(day);
  const journal = openJournal(paths.journal);
  journal.append(lines.slice(0, 10));
  await writeCheckpoint(paths, {
    at: journal.position(),
    state: fold(lines.slice(0, 10)),
    decided: 0,
  });
  journal.append(lines.slice(10));
  await journal.close();
  return lines;
}
