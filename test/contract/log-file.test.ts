// The bot's log on a real disk.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { openLog } from "../../src/world/log-file.ts";

it("a log that is full is kept once beside the new one, which says so; no line is out of order", async () => {
  const dir = await mkdtemp(join(tmpdir(), "batty-log-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, "daemon.log");
  const log = openLog(path, () => 0, 2_000);
  for (let n = 0; n < 100; n += 1) log(`line ${n}`);
  const text = await vi.waitUntil(async () => {
    const now = await readFile(path, "utf8").catch(() => "");
    return now.includes("line 99") ? now : undefined;
  });
  expect((await readdir(dir)).sort()).toEqual(["daemon.log", "daemon.log.1"]);
  expect(text).toContain("the log was full");
  const all = (await readFile(`${path}.1`, "utf8")) + text;
  const numbers = [...all.matchAll(/line (\d+)/g)].map((m) => Number(m[1]));
  expect(numbers).toEqual(numbers.map((_, i) => 100 - numbers.length + i));
});
