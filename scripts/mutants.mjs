// Plants each bug of test/mutants/ in a copy of the sources and runs the tests that should find it. Ends with 1 if
// one is not found, or if two are found by one and the same test alone. Words pick bugs by name: `npm run mutants -- fsync`.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { build as buildDist } from "./build.mjs";
import { ROOT } from "./check.mjs";

const copied = [
  ...["bin", "bench", "commands", "dist", "scripts", "src", "templates", "test"],
  ...["package.json", "tsconfig.json", "vitest.config.ts"],
];
/** A bug may make a test wait for ever, ms. */
const longest = 180_000;

const planted = await load("test/mutants/planted.ts");
const words = process.argv.slice(2);
const chosen = planted.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
await buildDist({ onlyIfStale: true });
const folder = mkdtempSync(join(tmpdir(), "batty-mutants-"));
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function run() {
  const copies = Array.from({ length: Math.min(2, availableParallelism()) }, (_, n) => copy(n));
  const sound = await testsIn(copies[0], [...new Set(chosen.flatMap((m) => m.tests))]);
  const flawed = sound.ok ? sound.failed : ["the tests could not be run"];
  if (flawed.length > 0) {
    say(`red without any planted bug: ${flawed.join("; ")}\n${sound.output}`);
    return false;
  }
  const results = [];
  const left = [...chosen];
  await Promise.all(
    copies.map(async (at) => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const result = await plant(at, next);
        results.push(result);
        tell(result);
      }
    }),
  );
  return judge(results);
}

function copy(n) {
  const at = join(folder, String(n));
  for (const name of copied)
    cpSync(join(ROOT, name), join(at, name), { recursive: true, verbatimSymlinks: true });
  symlinkSync(join(ROOT, "node_modules"), join(at, "node_modules"));
  return at;
}

async function plant(at, mutant) {
  const path = join(at, mutant.file);
  const text = readFileSync(path, "utf8");
  const found = text.split(mutant.find).length - 1;
  if (found !== 1) return { mutant, wrong: `its text stands ${found} times in ${mutant.file}` };
  writeFileSync(
    path,
    text.replace(mutant.find, () => mutant.replace),
  );
  try {
    // The likely file first: most bugs need no other.
    const failed = [];
    for (const test of mutant.tests) {
      const ran = await testsIn(at, [test]);
      if (!ran.ok)
        return { mutant, wrong: `its tests could not be run: ${ran.output.slice(-500)}` };
      failed.push(...ran.failed);
      if (failed.length > 1) break;
    }
    return { mutant, failed };
  } finally {
    writeFileSync(path, text);
  }
}

/** Names of the failed tests. A file that cannot even be loaded finds nothing. */
async function testsIn(at, tests) {
  const report = join(at, "report.json");
  rmSync(report, { force: true });
  const files = tests.map((name) => join("test", name));
  const args = ["run", ...files, "--reporter=json", `--outputFile=${report}`, "--maxWorkers=1"];
  const output = await vitest(at, args);
  let json;
  try {
    json = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { ok: false, output, failed: [] }; // no report: it ended before it could write one
  }
  const broken = json.testResults.filter(
    (f) => f.status === "failed" && f.assertionResults.length === 0,
  );
  const ran = json.testResults.length - broken.length;
  const failed = json.testResults.flatMap((file) =>
    file.assertionResults.filter((t) => t.status === "failed").map((t) => t.fullName),
  );
  return { ok: broken.length === 0 && ran === tests.length, output, failed };
}

function vitest(at, args) {
  return new Promise((resolve) => {
    const child = spawn(join(at, "node_modules/.bin/vitest"), args, {
      cwd: at,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: longest,
      env: { ...process.env, BATTY_SEED: "7" },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => {
        output += text;
      });
    child.on("error", (error) => resolve(`${output}${error.message}: run npm ci`));
    child.on("close", () => resolve(output));
  });
}

function tell({ mutant, wrong, failed = [] }) {
  const verdict = wrong !== undefined ? "ERROR" : failed.length > 0 ? "found" : "SURVIVED";
  const more = failed.length > 1 ? ` (+${failed.length - 1})` : "";
  const by = wrong ?? (failed.length > 0 ? `${failed[0]}${more}` : `nobody: ${mutant.why}`);
  say(`${verdict.padEnd(9)}${mutant.name.padEnd(48)} ${by}`);
}

function judge(results) {
  const found = results.filter((r) => (r.failed ?? []).length > 0);
  const alone = new Map();
  for (const { mutant, failed } of found)
    if (failed.length === 1) alone.set(failed[0], [...(alone.get(failed[0]) ?? []), mutant.name]);
  const shared = [...alone].filter(([, names]) => names.length > 1);
  for (const [test, names] of shared) say(`only "${test}" finds: ${names.join("; ")}`);
  say(`\nmutants: ${found.length} of ${results.length} found`);
  return found.length === results.length && results.length > 0 && shared.length === 0;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** The list is TypeScript, which Node 20 does not read. */
async function load(file) {
  const built = await build({
    entryPoints: [join(ROOT, file)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
  });
  const code = Buffer.from(built.outputFiles[0].contents).toString("base64");
  return (await import(`data:text/javascript;base64,${code}`)).planted;
}
