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

const project = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: Math.max(4, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      project("unit", 20_000),
      project("scenario", 60_000),
      project("property", 180_000),
      project("contract", 60_000),
      project("e2e", 180_000),
      project("soak", 180_000),
      project("agents", 600_000),
    ],
  },
});
