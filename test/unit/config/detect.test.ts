// Detection of the project's test and set-up commands.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { detect } from "../../../src/config/detect.ts";

const withTest = JSON.stringify({ scripts: { test: "vitest run" } });
const placeholder = JSON.stringify({
  scripts: { test: 'echo "Error: no test specified" && exit 1' },
});

type Row = readonly [
  what: string,
  files: Record<string, string>,
  test: string | null,
  setUp: string | null,
];
const rows: readonly Row[] = [
  ["nothing at all", {}, null, null],
  ["a package without a lock file", { "package.json": withTest }, "npm test", null],
  [
    "npm's lock file",
    { "package.json": withTest, "package-lock.json": "{}" },
    "npm test",
    "npm ci",
  ],
  [
    "pnpm's lock file",
    { "package.json": withTest, "pnpm-lock.yaml": "" },
    "pnpm test",
    "pnpm install --frozen-lockfile",
  ],
  [
    "yarn's lock file",
    { "package.json": withTest, "yarn.lock": "" },
    "yarn test",
    "yarn install --frozen-lockfile",
  ],
  [
    "a newer yarn's lock file",
    { "package.json": withTest, "yarn.lock": "", ".yarnrc.yml": "" },
    "yarn test",
    "yarn install --immutable",
  ],
  [
    "bun's lock file",
    { "package.json": withTest, "bun.lock": "" },
    "bun run test",
    "bun install --frozen-lockfile",
  ],
  ["npm's placeholder", { "package.json": placeholder }, null, null],
  [
    "npm's placeholder beside a Makefile",
    { "package.json": placeholder, "package-lock.json": "{}", Makefile: "build:\n\ntest: build\n" },
    "make test",
    "npm ci",
  ],
  ["a broken manifest", { "package.json": "{" }, null, null],
  ["Cargo.toml", { "Cargo.toml": "" }, "cargo test", null],
  ["pyproject.toml", { "pyproject.toml": "" }, "python -m pytest", null],
  ["go.mod", { "go.mod": "" }, "go test ./...", null],
  ["a Makefile without a test", { Makefile: "tests: x\ntest := 1\n\techo test:\n" }, null, null],
];

describe("detection", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "batty-detect-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  it.each(rows)("takes the right commands from %s", async (_what, files, test, setUp) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
    const found = await detect(root, AbortSignal.timeout(5_000));
    expect([found.test?.command ?? null, found.setUp?.command ?? null]).toEqual([test, setUp]);
  });
});
