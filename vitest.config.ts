import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes a minute or two must not be the last to begin; end to end most of the time is waited for other programs. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project: { name } }: TestSpecification): number =>
      moduleId.endsWith("/days.test.ts") ? 0 : name === "e2e" ? 1 : 2;
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Files of one worker share the modules they load: loading them anew took longer than most files' tests. */
const shared = (name: string, testTimeout: number) => project(name, testTimeout, false);

const project = (name: string, testTimeout: number, isolate = true) => ({
  extends: true as const,
  test: {
    ...{ name, isolate, testTimeout, hookTimeout: testTimeout },
    include: [`test/${name}/**/*.test.ts`],
  },
});

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: Math.max(4, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      shared("unit", 20_000),
      shared("scenario", 60_000),
      shared("property", 180_000),
      shared("contract", 60_000),
      project("e2e", 180_000),
      project("soak", 180_000),
      project("agents", 600_000),
    ],
  },
});
