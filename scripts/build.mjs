// Builds dist/ beside the running one and swaps it in, so that neither a second builder nor a
// reader ever meets half of it. Silent on stdout: bin/batty calls it before verbs that print JSON.
import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fingerprint } from "./fingerprint.cjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, "dist");
const LOCK = join(ROOT, "dist-lock");

const ENTRIES = {
  shell: "src/cli/shell.ts",
  main: "src/main.ts",
  spawner: "src/world/spawner/spawner.ts",
  "script-agent": "src/world/agents/script/main.ts",
  hook: "src/world/agents/hook.ts",
  // What the tests play Discord with, for those who want to watch a day there.
  "loopback-discord": "test/fakes/discord/main.ts",
};

// One file in CommonJS: it starts without the loader of ES modules, and loads shell.js only when it must.
const FRONT = "src/cli.ts";
const SHELL = { name: "shell", setup: leaveShell };

// Native code cannot be bundled, and what a package only tries for need not be there.
const NATIVE = ["better-sqlite3", "@resvg/resvg-js", "esbuild"];
const EXTERNAL = [...NATIVE, "zlib-sync", "bufferutil", "utf-8-validate"];

// CommonJS packages inside an ES module still ask for node's modules by `require`.
const BANNER =
  'import { createRequire as batty$require } from "node:module"; const require = batty$require(import.meta.url);';

// A bot that runs for weeks loads some chunks late; those of former builds stay that long.
const KEEP_CHUNKS_DAYS = 14;
const CHUNK = /-[A-Z0-9]{8}\.js(\.map)?$/;

const LOCK_WAIT_SECS = 60;
const LOCK_WITHOUT_OWNER_SECS = 5;
const LEFTOVER_SECS = 600;

/** Whether dist/ was built from the sources as they are now. */
function isFresh() {
  try {
    return readFileSync(join(DIST, ".stamp"), "utf8") === fingerprint(ROOT);
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

/** Makes dist/ from the sources. With `onlyIfStale` it may find that another builder was quicker. */
export async function build({ onlyIfStale = false } = {}) {
  await lock();
  const fresh = join(ROOT, `dist-new-${process.pid}-${Date.now()}`);
  try {
    sweep();
    if (onlyIfStale && isFresh()) return;
    const stamp = fingerprint(ROOT); // before reading them: a later edit must look like one
    mkdirSync(fresh);
    await bundle(fresh);
    writeFileSync(join(fresh, ".stamp"), stamp);
    keepChunks(fresh);
    swap(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(LOCK, { recursive: true, force: true });
  }
}

async function bundle(outdir) {
  const entryPoints = Object.fromEntries(
    Object.entries(ENTRIES).filter(([, source]) => existsSync(join(ROOT, source))),
  );
  if (Object.keys(entryPoints).length === 0) return;
  const esbuild = await import("esbuild");
  try {
    const options = {
      absWorkingDir: ROOT,
      outdir,
      bundle: true,
      platform: "node",
      target: "node20",
      sourcemap: true,
      sourcesContent: false,
      external: EXTERNAL,
      define: { BATTY_CORE_HASH: JSON.stringify(coreHash()) },
      logLevel: "silent",
    };
    await esbuild.build({
      ...options,
      entryPoints,
      splitting: true,
      chunkNames: "[name]-[hash]", // flat: `..` is the package's root from each of them
      format: "esm",
      banner: { js: BANNER },
    });
    await esbuild.build({
      ...options,
      entryPoints: [FRONT],
      format: "cjs",
      outExtension: { ".js": ".cjs" },
      plugins: [SHELL],
    });
  } catch (error) {
    const lines = await esbuild.formatMessages(error.errors ?? [], { kind: "error" });
    throw new Error(lines.length > 0 ? lines.join("") : String(error), { cause: error });
  } finally {
    await esbuild.stop();
  }
}

/** Of all that makes a state of a journal: what another core folded is not used. */
function coreHash() {
  const hash = createHash("sha256");
  for (const folder of ["src/core", "src/lib"])
    for (const name of readdirSync(join(ROOT, folder), { recursive: true }).sort())
      if (name.endsWith(".ts")) hash.update(name).update(readFileSync(join(ROOT, folder, name)));
  return hash.digest("hex").slice(0, 16);
}

/** The front's import of the shell stays one, of its built file. */
function leaveShell(build) {
  build.onResolve({ filter: /\/cli\/shell\.ts$/ }, () => ({ path: "./shell.js", external: true }));
}

function keepChunks(fresh) {
  if (!existsSync(DIST)) return;
  const oldest = Date.now() - KEEP_CHUNKS_DAYS * 86_400_000;
  for (const name of readdirSync(DIST)) {
    if (!CHUNK.test(name) || existsSync(join(fresh, name))) continue;
    if (statSync(join(DIST, name)).mtimeMs >= oldest) linkSync(join(DIST, name), join(fresh, name));
  }
}

// A folder with content cannot be renamed over; for two renames there is no dist/, and whoever
// looks just then waits for our lock.
function swap(fresh) {
  const old = `${fresh}-old`;
  try {
    renameSync(DIST, old);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(fresh, DIST);
  rmSync(old, { recursive: true, force: true });
}

async function lock() {
  const until = Date.now() + LOCK_WAIT_SECS * 1000;
  for (;;) {
    try {
      mkdirSync(LOCK);
      writeFileSync(join(LOCK, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isAbandoned()) breakLock();
    else if (Date.now() > until) throw new Error(`another build holds ${LOCK}; remove it if not`);
    else await sleep(25);
  }
}

/** The lock's owner died: killed while building, or between making the folder and naming itself. */
function isAbandoned(held = LOCK) {
  try {
    const pid = Number(readFileSync(join(held, "pid"), "utf8"));
    if (pid > 0) {
      process.kill(pid, 0);
      return false;
    }
  } catch (error) {
    if (error.code === "ESRCH") return true;
    if (error.code !== "ENOENT") return false;
  }
  const made = statSync(held, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Date.now() - made > LOCK_WITHOUT_OWNER_SECS * 1000;
}

// Moved aside first, then looked at again: another may have broken it and taken it since.
function breakLock() {
  const aside = `${LOCK}-${process.pid}`;
  try {
    renameSync(LOCK, aside);
    if (isAbandoned(aside)) rmSync(aside, { recursive: true, force: true });
    else renameSync(aside, LOCK);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

/** Removes what builders that were killed have left; nothing younger, it may be in use. */
function sweep() {
  const oldest = Date.now() - LEFTOVER_SECS * 1000;
  for (const name of readdirSync(ROOT)) {
    const path = join(ROOT, name);
    if (!name.startsWith("dist-new-")) continue;
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < oldest)
      rmSync(path, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await build();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 70;
  }
}
