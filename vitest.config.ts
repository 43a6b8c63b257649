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
