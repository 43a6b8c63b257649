// Prepares a worktree for its tests: copies files from the person's checkout, runs the set-up command unless its
// key files are those it was last run for. Must not know whose worktree it is.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, sep } from "node:path";
import type { SetUp } from "../core/ports.ts";
import { Failure } from "../core/words.ts";
import type { Processes } from "./processes.ts";

export interface SetUpPlace {
  readonly tree: string;
  /** Remembers what was set up; outside the tree, so that nothing in it can claim it. */
  readonly marker: string;
}

export interface SetUpParts {
  readonly processes: Processes;
  readonly env: Readonly<Record<string, string>>;
  /** The person's checkout. */
  readonly from: string;
}

/** ms for an installation from an empty cache. */
const limit = 20 * 60_000;
const keptLines = 30;

/** The cache key: command and key files as they are in the tree now; null stands for no set-up at all. */
export async function setUpKey(tree: string, setUp: SetUp | null): Promise<string> {
  const hash = createHash("sha256");
  hash.update(`${setUp?.command ?? ""}\0`);
  for (const file of setUp?.key ?? []) {
    const content = await readFile(join(tree, file)).catch(() => null);
    hash.update(`${file}\0${content === null ? "absent" : `${content.length}`}\0`);
    if (content !== null) hash.update(content);
  }
  return hash.digest("hex");
}

/** False too when the folder was made anew since. */
export async function isSetUp(place: SetUpPlace, key: string): Promise<boolean> {
  const [text, found] = await Promise.all([
    readFile(place.marker, "utf8").catch(() => null),
    stat(place.tree).catch(() => null),
  ]);
  return text !== null && found !== null && text === markerOf(key, found.ino);
}

const markerOf = (key: string, inode: number): string => `${JSON.stringify({ key, inode })}\n`;

/** @throws Failure `setup.failed` with the last lines; then the next call runs it again */
export async function runSetUp(
  parts: SetUpParts,
  place: SetUpPlace,
  setUp: SetUp,
  signal: AbortSignal,
): Promise<void> {
  const key = await setUpKey(place.tree, setUp);
  await copyFiles(parts.from, place.tree, setUp.copy);
  if (await isSetUp(place, key)) return;
  await rm(place.marker, { force: true });
  const result = await parts.processes.run(
    {
      argv: ["sh", "-c", 'exec "$0" -c "$1" 2>&1', "sh", setUp.command],
      cwd: place.tree,
      env: parts.env,
      timeoutMs: limit,
      long: true,
      nice: 10,
      maxOutput: 64 * 1024,
      keep: "tail",
    },
    signal,
  );
  if (result.code !== 0) throw failed(place.tree, setUp.command, result);
  await markSetUp(place, key);
}

export async function markSetUp(place: SetUpPlace, key: string): Promise<void> {
  const { ino } = await stat(place.tree);
  await writeFile(place.marker, markerOf(key, ino), { mode: 0o600 });
}

function failed(
  tree: string,
  command: string,
  result: Awaited<ReturnType<Processes["run"]>>,
): Failure {
  const how = result.timedOut
    ? `was ended after ${limit / 60_000} min`
    : `ended with ${result.code ?? result.signal}`;
  const lines = result.stdout.trimEnd().split("\n").slice(-keptLines).join("\n");
  return new Failure("setup.failed", `the set-up \`${command}\` in ${tree} ${how}:\n${lines}`, {
    hint: "Mend workflow_policy.setup in team.yaml or what it needs; it is tried again.",
  });
}

async function copyFiles(from: string, tree: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    if (isAbsolute(file) || file.split("/").includes("..")) throw notCopied(file, "it leads out");
    const target = join(tree, file);
    try {
      await mkdir(dirname(target), { recursive: true });
      // A link committed by an agent must not lead the copy out of the worktree.
      const folder = await realpath(dirname(target));
      const root = await realpath(tree);
      if (folder !== root && !folder.startsWith(root + sep)) throw notCopied(file, "it leads out");
      await rm(target, { force: true });
      await copyFile(join(from, file), target, constants.COPYFILE_EXCL);
    } catch (error) {
      throw error instanceof Failure ? error : notCopied(join(from, file), String(error), error);
    }
  }
}

const notCopied = (file: string, why: string, cause?: unknown): Failure =>
  new Failure("setup.failed", `${file} could not be copied for the set-up: ${why}`, {
    hint: "See workflow_policy.setup.copy in team.yaml: paths relative to the project, that exist.",
    cause,
  });
