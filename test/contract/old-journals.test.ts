// Journals of former versions, recorded from real days: each is read for ever.
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { eventSchema } from "../../src/core/event.ts";
import { currentWork } from "../../src/core/work.ts";
import { parseLine } from "../../src/daemon/journal.ts";
import { stateOnFiles } from "../../src/main/checkpoint.ts";
import { pathsOf } from "../../src/world/paths.ts";

const recordings = join(import.meta.dirname, "../fixtures/journals");

it("a recorded day of 0.1.0 is read to its end: three tasks landed, nobody holds one", async () => {
  const root = await mkdtemp(join(tmpdir(), "batty-old-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const paths = pathsOf(root);
  await mkdir(paths.teamConfig, { recursive: true });
  await cp(join(recordings, "0.1.0.jsonl"), paths.journal);
  const state = await stateOnFiles(paths);
  expect(state.seq).toBe(205);
  expect([...state.work.values()].map((w) => w.phase)).toEqual(["landed", "landed", "landed"]);
  expect([...state.seats.keys()].filter((m) => currentWork(state, m))).toEqual([]);
  expect(state.team).toBe("stopped");
});

it("every line of every recording fits the schema of its event", async () => {
  for (const name of await readdir(recordings))
    for (const line of (await readFile(join(recordings, name), "utf8")).trim().split("\n"))
      expect(eventSchema.safeParse(parseLine(line)?.event), line).toMatchObject({ success: true });
});
