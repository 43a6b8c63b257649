// All that CI runs: the static checks once, then each kind of test, the quick ones first. Its last
// line sums up; a static check or a test file that fails as a whole counts there as one failure.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, staticFailures } from "./check.mjs";

// One property takes as long as a good half of the others: beside them nobody waits for it.
const KINDS = [["unit"], ["scenario", "property", "contract", "e2e"]];

const reports = mkdtempSync(join(tmpdir(), "batty-test-"));
const sum = { passed: 0, failed: await staticFailures({ cached: false }), skipped: 0 };
try {
  for (const kind of KINDS) add(await runKind(kind));
} finally {
  rmSync(reports, { recursive: true, force: true });
}
const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
process.exitCode = sum.failed === 0 ? 0 : 1;
process.stdout.write(`\ntests: ${sum.passed} passed, ${sum.failed} failed${skipped}\n`);

function add(counts) {
  for (const key of Object.keys(sum)) sum[key] += counts[key];
}

async function runKind(kinds) {
  process.stdout.write(`\n${kinds.join(" and ")}\n`);
  const report = join(reports, `${kinds[0]}.json`);
  const code = await vitest([
    ...["run", ...kinds.flatMap((kind) => ["--project", kind]), "--passWithNoTests"],
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  ]);
  const counts = read(report);
  // An error outside any test, or a crash of the runner, leaves no failed test behind.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function vitest(args) {
  return new Promise((resolve) => {
    const child = spawn(join(ROOT, "node_modules/.bin/vitest"), args, {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", (error) => {
      process.stdout.write(`${error.message}: run npm ci\n`);
      resolve(1);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}

function read(report) {
  let json;
  try {
    json = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }; // no report: the exit code tells
  }
  const broken = json.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((t) => t.status === "failed"),
  );
  return {
    passed: json.numPassedTests,
    failed: json.numFailedTests + broken.length,
    skipped: json.numPendingTests + json.numTodoTests,
  };
}
