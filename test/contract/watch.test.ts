import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { watchFolders } from "../../src/world/watch.ts";

let dir = "";
let close = () => {};
let calls = 0;
let onCall = () => {};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "batty-watch-"));
  calls = 0;
});
afterEach(async () => {
  close();
  await rm(dir, { recursive: true, force: true });
});

function watch(...dirs: readonly string[]): void {
  const counted = () => {
    calls += 1;
    onCall();
  };
  ({ close } = watchFolders(dirs, counted));
}

/** Resolves at the next hint after `act`; the test's own deadline is the only limit. */
async function hintAfter(act: () => Promise<unknown>): Promise<void> {
  const hint = new Promise<void>((resolve) => {
    onCall = resolve;
  });
  await act();
  await hint;
}

/** Lets every event that is under way arrive: a file event of our own, seen after the ones before it. */
async function settle(): Promise<void> {
  for (let quiet = 0, seen = calls; quiet < 20; quiet += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (seen !== calls) quiet = 0;
    seen = calls;
  }
}

const write = (...path: readonly string[]) => writeFile(join(dir, ...path), "x");

describe("watching folders", () => {
  it("hints at a file that is moved in", async () => {
    await mkdir(join(dir, "new"));
    await write("draft");
    watch(join(dir, "new"));
    await hintAfter(() => rename(join(dir, "draft"), join(dir, "new", "1")));
  });

  it("hints once for a burst in several folders", async () => {
    await mkdir(join(dir, "a"));
    await mkdir(join(dir, "b"));
    watch(join(dir, "a"), join(dir, "b"));
    const { writeFileSync } = await import("node:fs");
    await hintAfter(async () => {
      for (const name of ["a/1", "a/2", "b/1", "b/2"]) writeFileSync(join(dir, name), "");
    });
    await settle();
    expect(calls).toBeLessThanOrEqual(2);
  });

  it("watches a folder that is made later, with the folders above it", async () => {
    watch(join(dir, "inboxes", "eng-1", "new"));
    await hintAfter(() => mkdir(join(dir, "inboxes", "eng-1", "new"), { recursive: true }));
    await settle();
    await hintAfter(() => write("inboxes/eng-1/new/1"));
  });

  it("watches a folder again that was deleted and made anew", async () => {
    await mkdir(join(dir, "m", "new"), { recursive: true });
    watch(join(dir, "m", "new"));
    await hintAfter(() => rm(join(dir, "m", "new"), { recursive: true }));
    await settle();
    await hintAfter(() => mkdir(join(dir, "m", "new")));
    await settle();
    await hintAfter(() => write("m/new/1"));
  });

  it("watches a folder again that was swapped in one go", async () => {
    await mkdir(join(dir, "m", "new"), { recursive: true });
    watch(join(dir, "m", "new"));
    await hintAfter(async () => {
      await rename(join(dir, "m", "new"), join(dir, "old"));
      await mkdir(join(dir, "m", "new"));
    });
    await settle();
    await hintAfter(() => write("m/new/1"));
  });

  it("survives the folder's whole branch being removed", async () => {
    await mkdir(join(dir, "m", "new"), { recursive: true });
    watch(join(dir, "m", "new"));
    await hintAfter(() => rm(join(dir, "m"), { recursive: true }));
    await settle();
    await hintAfter(() => mkdir(join(dir, "m", "new"), { recursive: true }));
    await settle();
    await hintAfter(() => write("m/new/1"));
  });

  it("is silent once closed", async () => {
    await mkdir(join(dir, "new"));
    watch(join(dir, "new"));
    close();
    await write("new/1");
    await settle();
    expect(calls).toBe(0);
  });
});
