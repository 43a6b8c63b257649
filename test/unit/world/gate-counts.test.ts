// Summaries as runners print them, and texts that only look like one.
import { expect, test } from "vitest";
import { countTests } from "../../../src/world/gate/counts.ts";

const counted = (passed: number, failed = 0, skipped = 0) => ({ passed, failed, skipped });

test.each([
  [
    "node:test",
    "# tests 6\n# suites 0\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0\n# duration_ms 9",
    counted(3, 2, 1),
  ],
  [
    "node:test for people",
    "ℹ tests 3\nℹ pass 3\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n",
    counted(3),
  ],
  ["node:test without tests", "# tests 0\n# pass 0\n# fail 0\n", counted(0)],
  ["two packages in one output", "# pass 3\n# fail 0\nnext\n# pass 4\n# fail 1\n", counted(7, 1)],
  [
    "vitest",
    " Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 3 passed | 2 skipped (6)\n   Start at  07:55:46\n",
    counted(3, 1, 2),
  ],
  [
    "vitest in colours",
    "\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m92 passed\x1b[39m\x1b[22m\x1b[90m (92)\x1b[39m\n",
    counted(92),
  ],
  [
    "jest",
    "Test Suites: 1 failed, 1 passed, 2 total\nTests:       1 failed, 2 skipped, 3 passed, 6 total\n",
    counted(3, 1, 2),
  ],
  ["pytest", "===== 1 failed, 3 passed, 2 skipped, 1 warning in 0.12s =====\n", counted(3, 1, 2)],
  ["pytest -q", "3 passed in 0.01s\n", counted(3)],
  ["pytest with errors", "= 2 passed, 1 error in 1.20s (0:00:01) =\n", counted(2, 1)],
  ["pytest without tests", "===== no tests ran in 0.01s =====\n", counted(0)],
  [
    "unittest",
    "..F\nRan 5 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)\n",
    counted(2, 2, 1),
  ],
  ["unittest, all well", "Ran 1 test in 0.000s\n\nOK\n", counted(1)],
  [
    "cargo",
    "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.00s\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n",
    counted(4, 2, 1),
  ],
  [
    "go",
    "ok  \texample.org/a\t0.002s\n?   \texample.org/b\t[no test files]\nok  \texample.org/c\t0.1s [no tests to run]\nFAIL\texample.org/d\t0.003s\nFAIL\n",
    counted(1, 1),
  ],
  [
    "go -v",
    "=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n    --- PASS: TestB/sub (0.00s)\n--- PASS: TestB (0.00s)\n--- SKIP: TestC (0.00s)\nPASS\nok  \texample.org/a\t0.002s\n",
    counted(2, 0, 1),
  ],
  ["mocha", "\n  3 passing (10ms)\n  2 pending\n  1 failing\n\n", counted(3, 1, 2)],
  [
    "bun",
    "bun test v1.1\n\n 3 pass\n 1 fail\n 4 expect() calls\nRan 4 tests across 1 files.\n",
    counted(3, 1),
  ],
  ["phpunit", "OK (5 tests, 9 assertions)\n", counted(5)],
  ["phpunit, red", "Tests: 5, Assertions: 9, Failures: 1, Skipped: 1.\n", counted(3, 1, 1)],
  ["rspec", "Finished in 0.1 seconds\n5 examples, 1 failure, 1 pending\n", counted(3, 1, 1)],
  [
    "TAP",
    "TAP version 13\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP later\n1..3\n",
    counted(1, 1, 1),
  ],
  [
    "node:test is not counted twice over its TAP",
    "TAP version 13\nok 1 - a\nok 2 - b\n1..2\n# tests 2\n# pass 2\n# fail 0\n",
    counted(2),
  ],
  [
    "carriage returns of a progress line",
    "running 1/2\rrunning 2/2\r# pass 2\n# fail 0\n",
    counted(2),
  ],
])("%s", (_, output, expected) => {
  expect(countTests(output)).toEqual(expected);
});

test.each([
  ["nothing", ""],
  ["prose", "3 tests passed in my dreams\nall 12 passed\nok then\n"],
  ["a test's own chatter", "expected: 3 passed\n  # pass 3 inside\nok 1 - without a plan\n"],
  ["go without test files", "no go files\n"],
])("%s is no count", (_, output) => {
  expect(countTests(output)).toBeNull();
});
