import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openRecord } from "../../src/world/agents/record.ts";

const since = Date.UTC(2026, 0, 5, 8);
const line = (n: number, at = since + n): string =>
  `${JSON.stringify({ n, timestamp: new Date(at).toISOString() })}\n`;

/** A home with a record in it, and what is read there anew. */
function place(home = tempDir()) {
  const file = join(home, "record.jsonl");
  const record = openRecord(file, home, since);
  const look = async (of = record) =>
    (await of.look(AbortSignal.timeout(5_000))).map(({ text, fresh }) => {
      const { n } = JSON.parse(text) as { n: number };
      return fresh ? n : `old ${n}`;
    });
  return { home, file, look };
}

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "record-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

it("gives each line once, when it is whole", async () => {
  const { file, look } = place();
  expect(await look()).toEqual([]);
  writeFileSync(file, line(1) + line(2).slice(0, 9));
  expect(await look()).toEqual([1]);
  appendFileSync(file, `${line(2).slice(9)}${line(3)}`);
  expect(await look()).toEqual([2, 3]);
  expect(await look()).toEqual([]);
});

it("knows by its own time what was written before it was followed; a line without one is old", async () => {
  const { file, look } = place();
  writeFileSync(file, line(1, since - 5) + line(2, since) + line(3, since + 5));
  appendFileSync(file, '{"n":4}\n');
  expect(await look()).toEqual(["old 1", "old 2", 3, "old 4"]);
  appendFileSync(file, '{"n":5}\n');
  expect(await look()).toEqual([5]);
});

it("goes on with a file that was cut off or took its place, and repeats nothing of before", async () => {
  const { home, file, look } = place();
  writeFileSync(file, line(1) + line(2) + line(2));
  expect(await look()).toEqual([1, 2, 2]);
  const later = Date.now() + 60_000;
  truncateSync(file, 0);
  writeFileSync(file, line(1) + line(3, later));
  expect(await look()).toEqual(["old 1", 3]);
  writeFileSync(join(home, "next"), line(1) + line(4, later) + line(5, later));
  renameSync(join(home, "next"), file);
  expect(await look()).toEqual(["old 1", 4, 5]);
});

it("passes over a line that is too long and reads a long file in several looks", async () => {
  const { file, look } = place();
  const long = `{"n":0,"picture":"${"x".repeat(3 * 1024 * 1024)}"}\n`;
  writeFileSync(file, line(1) + long + line(2));
  expect([...(await look()), ...(await look()), ...(await look())]).toEqual([1, 2]);
});

it("reads only a regular file below the home folder, and waits for none", async () => {
  const { home, file, look } = place();
  const outside = join(tempDir(), "outside.jsonl");
  writeFileSync(outside, line(1));
  symlinkSync(outside, file);
  expect(await look()).toEqual([]);
  rmSync(file);
  execFileSync("mkfifo", [file]);
  expect(await look()).toEqual([]);
  rmSync(file);
  mkdirSync(file);
  expect(await look()).toEqual([]);
  expect(await look(openRecord(outside, home, since))).toEqual([]);
});
