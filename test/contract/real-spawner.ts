// A real spawner for the tests of one file.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { Processes } from "../../src/world/processes.ts";
import { type Spawner, startSpawner } from "../../src/world/spawner/client.ts";
import { bundle } from "./spawner-build.ts";

/** Call at the top of a test file; usable once its tests run. */
export function realSpawner(): Processes {
  let spawner: Spawner;
  let end = async (): Promise<void> => undefined;
  beforeAll(async () => {
    const built = await bundle("src/world/spawner/spawner.ts");
    const folder = await mkdtemp(join(tmpdir(), "batty-spawner-of-tests-"));
    const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };
    spawner = await startSpawner({ script: built.script, pidFile: join(folder, "pid"), env });
    end = async () => {
      await spawner.close();
      await built.remove();
      await rm(folder, { recursive: true, force: true });
    };
  });
  afterAll(() => end());
  return {
    run: (order, signal) => spawner.run(order, signal),
    hold: (order, signal) => spawner.hold(order, signal),
  };
}
