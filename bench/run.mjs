// Starts the benchmark on a build of the sources as they are. Its TypeScript is bundled into a temporary folder first, as Node 20 cannot run it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import { build } from "../scripts/build.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const floors = ["floor-post", "floor-death", "floor-signal", "floor-hook"];
const programs = ["bench", "agent", "hook-agent", "monitor", "printer", ...floors];

const outdir = mkdtempSync(join(tmpdir(), "batty-bench-program-"));
try {
  await build({ onlyIfStale: true });
  await bundle({
    absWorkingDir: root,
    entryPoints: programs.map((name) => `bench/${name}.ts`),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    // Native: loaded from where it lies, as the program runs elsewhere.
    plugins: [{ name: "native", setup: leaveNative }],
    target: "node20",
    // CommonJS packages inside an ES module still ask for node's modules by `require`.
    banner: {
      js: 'import { createRequire as bench$require } from "node:module"; const require = bench$require(import.meta.url);',
    },
    logLevel: "warning",
  });
  process.exitCode = await run([join(outdir, "bench.mjs"), root, outdir, ...process.argv.slice(2)]);
} finally {
  rmSync(outdir, { recursive: true, force: true });
}

function run(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
  // The benchmark cleans up after itself and ends; only then do we.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("close", (code) => resolve(code ?? 1));
  });
}

function leaveNative(build) {
  const path = join(root, "node_modules", "better-sqlite3", "lib", "index.js");
  build.onResolve({ filter: /^better-sqlite3$/ }, () => ({ path, external: true }));
}
