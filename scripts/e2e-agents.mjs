// The real agents, opt-in: `npm run e2e:agents [-- --only TEXT]`, TEXT being part of a step's name; `-- --record` makes
// the fixtures anew. What it does stands in test/agents/; how each step went, in e2e-agents.json.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { ROOT } from "./check.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    record: { type: "boolean", default: false },
    runs: { type: "string" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "batty-agents-report-"));
const report = join(folder, "report.json");
try {
  await build({ onlyIfStale: true });
  const code = await vitest([
    ...["run", "--project", "agents", "--no-file-parallelism", "--hideSkippedTests"],
    ...["--reporter=verbose", "--reporter=json", `--outputFile.json=${report}`],
    ...(values.only === undefined ? [] : ["-t", values.only]),
    // Alone they are run to be recorded, or when somebody names that step.
    ...(values.only !== undefined && !values.record
      ? []
      : (values.record ? ["alone"] : ["team", "discord"]).map((n) => `test/agents/${n}.test.ts`)),
  ]);
  const failed = summary(JSON.parse(readFileSync(report, "utf8")));
  process.exitCode = code === 0 && failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function vitest(args) {
  const env = { ...process.env, BATTY_E2E_AGENTS: "1" };
  if (values.record) {
    env.BATTY_AGENTS_RECORD = join(ROOT, "test", "fixtures", "agents");
    env.BATTY_AGENTS_RUNS = values.runs ?? "2";
  } else if (values.runs !== undefined) env.BATTY_AGENTS_RUNS = values.runs;
  return new Promise((resolve) => {
    const child = spawn(join(ROOT, "node_modules/.bin/vitest"), args, {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
      env,
    });
    // It cleans up after itself and ends; only then do we.
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.on("error", (error) => {
      process.stderr.write(`${error.message}: run npm ci\n`);
      resolve(1);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Writes e2e-agents.json; returns how many steps failed, a file that could not be run being one. */
function summary({ startTime, testResults }) {
  const source = readFileSync(join(ROOT, "test/agents/install.ts"), "utf8");
  const pinned = Object.fromEntries(
    [...source.matchAll(/\b(claude|codex): "(\d[\d.]*)"/g)].map(([, cli, version]) => [
      cli,
      version,
    ]),
  );
  const steps = testResults.flatMap(({ assertionResults, status, name, message }) =>
    assertionResults.length === 0 && status === "failed"
      ? [{ step: name, result: "failed", why: message }]
      : assertionResults
          .filter((each) => each.status === "passed" || each.status === "failed")
          .map((each) => ({
            step: each.fullName,
            result: each.status,
            secs: Math.round((each.duration ?? 0) / 100) / 10,
            ...(each.status === "failed" ? { why: each.failureMessages.join("\n") } : {}),
          })),
  );
  const failed = steps.filter((each) => each.result === "failed").length;
  const result = {
    started: new Date(startTime).toISOString(),
    versions: { ...pinned, node: process.versions.node },
    secs: Math.round((Date.now() - startTime) / 1000),
    failed,
    steps,
  };
  writeFileSync(join(ROOT, "e2e-agents.json"), `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(
    `\n${steps.length} steps, ${failed} failed, ${result.secs} s: e2e-agents.json\n`,
  );
  return steps.length === 0 ? 1 : failed;
}
