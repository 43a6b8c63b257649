// The quick gate: the static checks side by side, then the unit tests. A tool that is content says
// one line, one that is not shows its output.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a tool of node_modules; resolves with its exit code (1 if it could not start) and output. */
function run(tool, args) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(join(ROOT, "node_modules/.bin", tool), args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const end = (code) => resolve({ code, output, secs: (performance.now() - started) / 1000 });
    child.stdout.on("data", (text) => {
      output += text;
    });
    child.stderr.on("data", (text) => {
      output += text;
    });
    child.on("error", (error) => {
      output += `${error.message}: run npm ci\n`;
      end(1);
    });
    child.on("close", (code) => end(code ?? 1));
  });
}

/** Runs one tool, reports it, and tells whether it was content. */
export async function passes(name, tool, args) {
  const { code, output, secs } = await run(tool, args);
  const verdict = code === 0 ? "ok" : "FAILED";
  process.stdout.write(
    `${name.padEnd(10)} ${verdict.padEnd(6)} ${secs.toFixed(1).padStart(5)} s\n`,
  );
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n\n`);
  return code === 0;
}

const folders = ["src", "commands", "test", "bench"].filter((name) => existsSync(join(ROOT, name)));

/**
 * How many of the static checks failed. ESLint's cache knows a file by its own content, and a type
 * may have changed elsewhere: `cached` is for the quick gate, the full one looks anew.
 */
export async function staticFailures({ cached }) {
  const eslintCache = cached
    ? ["--cache", "--cache-strategy", "content", "--cache-location", ".cache/eslint"]
    : [];
  const results = await Promise.all([
    passes("biome", "biome", ["ci", "--error-on-warnings", "--colors=off", "."]),
    passes("eslint", "eslint", [...eslintCache, "--max-warnings", "0", "."]),
    passes("tsc", "tsc", ["--incremental", "--tsBuildInfoFile", ".cache/tsc.tsbuildinfo"]),
    passes("depcruise", "depcruise", [...folders, "--config", ".dependency-cruiser.cjs"]),
    passes("knip", "knip", ["--cache", "--cache-location", ".cache/knip"]),
  ]);
  return results.filter((ok) => !ok).length;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const failures = await staticFailures({ cached: true });
  const unit = await passes("unit", "vitest", ["run", "--project", "unit", "--passWithNoTests"]);
  process.exitCode = failures === 0 && unit ? 0 : 1;
}
