// Counts tests in what known runners print last. Pure; a guess about text that decides nothing alone: the exit
// code does. Shapes: test/unit/world/gate-counts.test.ts.
import type { GateRun } from "../../core/ports.ts";

type Counts = NonNullable<GateRun["counts"]>;
type Count = (lines: readonly string[]) => Counts | null;

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with one
const colours = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;

/** Summed over the runners that are recognised (`npm test` may start several); null: none is. */
export function countTests(output: string): Counts | null {
  const lines = output
    .replaceAll(colours, "")
    .split("\n")
    .map((line) => line.trimEnd())
    // Of a line written over and over, what stands there last.
    .map((line) => line.slice(line.lastIndexOf("\r") + 1));
  const found = runners.map((count) => count(lines)).filter((counts) => counts !== null);
  // Bare TAP lines only where nothing names itself: node:test prints both.
  return found.length > 0 ? found.reduce(plus) : tap(lines);
}

const plus = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

const words: Readonly<Record<string, keyof Counts>> = {
  pass: "passed",
  passed: "passed",
  passing: "passed",
  xpassed: "passed",
  fail: "failed",
  failed: "failed",
  failing: "failed",
  failure: "failed",
  failures: "failed",
  error: "failed",
  errors: "failed",
  cancelled: "failed",
  skip: "skipped",
  skipped: "skipped",
  pending: "skipped",
  todo: "skipped",
  ignored: "skipped",
  xfailed: "skipped",
  deselected: "skipped",
};

/** `3 passed, 1 failed` in any order; words that are no count are passed over. */
function countPhrases(text: string): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, number, word] of text.matchAll(/(\d+) ([a-z]+)/g)) {
    const kind = words[word ?? ""];
    if (kind !== undefined) counts[kind] += Number(number);
  }
  return counts;
}

/** Sums the lines that match; the first group is the part that holds the phrases. */
const summary =
  (pattern: RegExp): Count =>
  (lines) => {
    const found = lines
      .map((line) => pattern.exec(line)?.[1])
      .filter((text) => text !== undefined)
      .map(countPhrases);
    return found.length === 0 ? null : found.reduce(plus);
  };

/** `# pass 3` and its like, a count a line; `must` is the word without which it is no summary. */
const listed =
  (pattern: RegExp, must: string): Count =>
  (lines) => {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    let isThere = false;
    for (const line of lines) {
      const match = pattern.exec(line);
      if (match === null) continue;
      const { word = "", number = "0" } = match.groups ?? {};
      if (word === must) isThere = true;
      const kind = words[word];
      if (kind !== undefined) counts[kind] += Number(number);
    }
    return isThere ? counts : null;
  };

const nodeTest = listed(
  /^(?:#|ℹ) (?<word>pass|fail|cancelled|skipped|todo) (?<number>\d+)$/,
  "pass",
);
const mocha = listed(
  /^ {2}(?<number>\d+) (?<word>passing|failing|pending)(?: \(.*\))?$/,
  "passing",
);
const bun = listed(/^ (?<number>\d+) (?<word>pass|fail|skip|todo)$/, "pass");
const vitest = summary(/^ *Tests {2}((?:\d+ \w+(?: \| )?)+) \(\d+\)$/);
const jest = summary(/^Tests: +((?:\d+ \w+, )*)\d+ total$/);
const pytest = summary(/^(?:=+ )?((?:\d+ [a-z]+, )*\d+ [a-z]+|no tests ran) in [\d.]+s/);
const cargo = summary(/^test result: \w+\. (\d+ passed; \d+ failed;(?: \d+ ignored;)?)/);

/** Python's unittest: `Ran 5 tests in …`, then OK or FAILED with what went wrong. */
const unittest: Count = (lines) => {
  let ran: number | null = null;
  const wrong = { failed: 0, skipped: 0 };
  for (const line of lines) {
    const number = /^Ran (\d+) tests? in [\d.]+s$/.exec(line)?.[1];
    if (number !== undefined) ran = (ran ?? 0) + Number(number);
    const verdict = /^(?:OK|FAILED) \((.*)\)$/.exec(line)?.[1];
    for (const [, word, count] of verdict?.matchAll(/(\w+)=(\d+)/g) ?? []) {
      const kind = word === "failures" || word === "errors" ? "failed" : "skipped";
      if (/^(failures|errors|skipped)$/.test(word ?? "")) wrong[kind] += Number(count);
    }
  }
  return ran === null
    ? null
    : { passed: Math.max(0, ran - wrong.failed - wrong.skipped), ...wrong };
};

/** With -v its tests, else its packages; `[no test files]` and `[no tests to run]` count for nothing. */
const go: Count = (lines) => {
  const tests = { passed: 0, failed: 0, skipped: 0 };
  const packages = { passed: 0, failed: 0, skipped: 0 };
  let isGo = false;
  for (const line of lines) {
    const verdict = /^--- (PASS|FAIL|SKIP): /.exec(line)?.[1];
    if (verdict === "PASS") tests.passed += 1;
    if (verdict === "FAIL") tests.failed += 1;
    if (verdict === "SKIP") tests.skipped += 1;
    const wrapped = /^(ok {2}|FAIL|\?? {3})\t\S+\t?(.*)$/.exec(line);
    if (wrapped === null) continue;
    isGo = true;
    if (wrapped[2]?.includes("[no test")) continue;
    if (wrapped[1]?.startsWith("ok")) packages.passed += 1;
    if (wrapped[1] === "FAIL") packages.failed += 1;
  }
  if (!isGo) return null;
  const isVerbose = tests.passed + tests.skipped > 0;
  return isVerbose ? tests : packages;
};

/** `Tests: 5, Assertions: 9, Failures: 1.` or `OK (5 tests, 9 assertions)`. */
const phpunit: Count = (lines) => {
  for (const line of lines) {
    const all = /^OK \((\d+) tests?, \d+ assertions?\)$/.exec(line)?.[1];
    if (all !== undefined) return { passed: Number(all), failed: 0, skipped: 0 };
    const total = /^Tests: (\d+), Assertions: \d+/.exec(line)?.[1];
    if (total === undefined) continue;
    const of = (word: string) => Number(new RegExp(`${word}: (\\d+)`).exec(line)?.[1] ?? 0);
    const failed = of("Errors") + of("Failures");
    const skipped = of("Skipped") + of("Incomplete");
    return { passed: Number(total) - failed - skipped, failed, skipped };
  }
  return null;
};

/** RSpec: `5 examples, 1 failure, 1 pending`. */
const rspec: Count = (lines) => {
  const line = lines.findLast((each) => /^\d+ examples?, \d+ failures?/.test(each));
  if (line === undefined) return null;
  const { failed, skipped } = countPhrases(line);
  return { passed: Number.parseInt(line, 10) - failed - skipped, failed, skipped };
};

const tap: Count = (lines) => {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (!lines.some((line) => /^1\.\.\d+/.test(line))) return null;
  for (const line of lines) {
    const match = /^(not )?ok\b(.*)$/.exec(line);
    if (match === null) continue;
    if (/# (SKIP|TODO)\b/i.test(match[2] ?? "")) counts.skipped += 1;
    else if (match[1] === undefined) counts.passed += 1;
    else counts.failed += 1;
  }
  return counts;
};

const runners = [
  nodeTest,
  vitest,
  jest,
  pytest,
  unittest,
  cargo,
  go,
  mocha,
  bun,
  phpunit,
  rspec,
] as const;
