import { defineConfig } from "vitest/config";

const project = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    projects: [
      project("unit", 5_000),
      project("scenario", 10_000),
      project("property", 60_000),
      project("contract", 30_000),
      project("e2e", 90_000),
    ],
  },
});
