// What a run means, from how it ended.
import { expect, test } from "vitest";
import { judge, lastLines } from "../../../src/world/gate/verdict.ts";

const run = { code: 0, signal: null, timedOut: false, stdout: "" };
const seen = { timeoutMs: 5000, free: null, changed: null };
const full = { ...seen, free: 1000 };
const noSpace = "write: No space left on device";

test.each([
  ["exit 0", run, seen, "green"],
  ["exit 1", { ...run, code: 1 }, seen, "red"],
  ["a crash of the tests' own", { ...run, code: null, signal: "SIGSEGV" }, seen, "red"],
  [
    "killed by our deadline",
    { ...run, code: null, signal: "SIGKILL", timedOut: true },
    seen,
    "timeout",
  ],
  ["killed by the system", { ...run, code: null, signal: "SIGKILL" }, seen, "infra"],
  ["killed, as a shell tells it", { ...run, code: 137 }, seen, "infra"],
  ["a tool missing", { ...run, code: 127 }, seen, "infra"],
  ["a full disk", { ...run, code: 1, stdout: noSpace }, full, "infra"],
  [
    "a full disk claimed, and space left",
    { ...run, code: 1, stdout: noSpace },
    { ...seen, free: 1e9 },
    "red",
  ],
  ["a full disk and another reason", { ...run, code: 1 }, full, "red"],
  ["a full disk that did not matter", { ...run, stdout: noSpace }, full, "green"],
  ["green on a tree that changed", run, { ...seen, changed: "a.txt" }, "infra"],
])("%s", (_, result, circumstances, expected) => {
  const verdict = judge(result, circumstances);
  expect(verdict.result).toBe(expected);
  expect(verdict.why === null).toBe(expected === "green" || expected === "red");
});

test("last lines are kept as they came, empty ones too", () => {
  expect(lastLines("a\n\n b \n", 2)).toEqual(["", " b "]);
  expect(lastLines("no newline", 50)).toEqual(["no newline"]);
  expect(lastLines("", 50)).toEqual([]);
});
