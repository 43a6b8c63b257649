// The list of planted bugs must not rot while nobody runs it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { planted } from "../mutants/planted.ts";

const root = join(import.meta.dirname, "..", "..");
const linesIn = (text: string): number => text.trimEnd().split("\n").length;

it("every planted bug has its place, at most three lines, and tests that exist", () => {
  const wrong = planted.flatMap(({ name, file, find, replace, tests }) => [
    ...(readFileSync(join(root, file), "utf8").split(find).length === 2
      ? []
      : [`${name}: its text does not stand once in ${file}`]),
    ...(linesIn(find) <= 3 && linesIn(replace) <= 3 ? [] : [`${name}: more than three lines`]),
    ...tests.filter((test) => !existsSync(join(root, "test", test))).map((t) => `${name}: no ${t}`),
  ]);
  expect(wrong).toEqual([]);
  expect(new Set(planted.map(({ name }) => name)).size).toBe(planted.length);
  expect(planted.length).toBeGreaterThanOrEqual(20);
});
