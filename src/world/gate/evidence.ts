// The evidence files: `<tree>.json` with its runs, written whole or not at all, and `<tree>.<n>.log` beside.
// Must not know how a run is made.
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { GateResult, GateRun } from "../../core/ports.ts";
import type { Oid } from "../../core/words.ts";
import { errnoOf, onDisk, readPlain } from "../maildir-folder.ts";
import { sealOf } from "../signature.ts";

/** A run as it stands in the file; keys as in the interface's §5, `surroundings`, `lines` and `why` besides. */
export interface StoredRun {
  readonly command: string;
  /** Hash of environment, tools and the set-up's key files. */
  readonly env: string;
  /** Hash of environment, tools and the set-up's words: the key files are part of the tree. */
  readonly surroundings: string;
  readonly exit: number | null;
  readonly result: GateResult;
  readonly base: Oid;
  readonly counts: GateRun["counts"];
  readonly duration_ms: number;
  readonly at: string;
  readonly log: string;
  readonly lines: readonly string[];
  readonly why: string | null;
}

/** A run as it lies in the file: with the mark that the bot made it. */
interface SealedRun extends StoredRun {
  readonly seal: string;
}

/** Where evidence lies, and how the bot's own is known. */
export interface EvidencePlace {
  readonly dir: string;
  readonly key: Buffer;
  /** Somebody else wrote runs of this tree: they count for nothing. */
  readonly onForged: (tree: Oid) => void;
}

interface Evidence {
  readonly tree: Oid;
  readonly runs: readonly SealedRun[];
  /** Green now, red before: same tree, command and surroundings. */
  readonly flaky: boolean;
}

const keptRuns = 20;

export async function nextLog(dir: string, tree: Oid, signal: AbortSignal): Promise<string> {
  return onDisk("listing", dir, signal, async () => {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const numbers = (await readdir(dir))
      .filter((file) => file.startsWith(`${tree}.`) && file.endsWith(".log"))
      .map((file) => Number(file.slice(tree.length + 1, -".log".length)))
      .filter(Number.isInteger);
    return join(dir, `${tree}.${Math.max(0, ...numbers) + 1}.log`);
  });
}

/**
 * The newest run of this command in these surroundings, if it says something of the tree: green or red. Infra
 * says nothing and is passed over; after a time-out, red for its author, a retry runs anew.
 */
export async function newestEvidence(
  place: EvidencePlace,
  wanted: { readonly tree: Oid; readonly command: string; readonly surroundings: string },
  signal: AbortSignal,
): Promise<GateRun | null> {
  const { runs } = await readEvidence(place, wanted.tree, signal);
  const run = runs.findLast((each) => isAlike(each, wanted) && each.result !== "infra");
  if (run === undefined || !isEvidence(run)) return null;
  const { result, exit, counts, lines, duration_ms: durationMs, log, why } = run;
  return { result, exit, counts, lines, durationMs, log, why };
}

const isAlike = (
  run: Pick<StoredRun, "command" | "surroundings">,
  other: Pick<StoredRun, "command" | "surroundings">,
): boolean => run.command === other.command && run.surroundings === other.surroundings;

const isEvidence = ({ result }: StoredRun): boolean => result === "green" || result === "red";

/** On the disk when it resolves. */
export async function addRun(
  place: EvidencePlace,
  tree: Oid,
  run: StoredRun,
  signal: AbortSignal,
): Promise<void> {
  const before = await readEvidence(place, tree, signal);
  const seal = sealFor(place, tree, run);
  const runs = [...before.runs, { ...run, seal }].slice(-keptRuns);
  const alike = runs.filter((each) => isAlike(each, run) && isEvidence(each));
  const flaky = alike.at(-1)?.result === "green" && alike.some((each) => each.result === "red");
  await write(join(place.dir, `${tree}.json`), { tree, runs, flaky }, signal);
}

/** Over everything that counts, whatever the order of its keys. */
function sealFor({ key }: EvidencePlace, tree: Oid, run: StoredRun): string {
  const { seal: _seal, ...rest } = run as SealedRun;
  return sealOf(key, ["evidence", tree, ...Object.entries(rest).sort(byName)]);
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

async function readEvidence(
  place: EvidencePlace,
  tree: Oid,
  signal: AbortSignal,
): Promise<Evidence> {
  const { dir } = place;
  const nothing: Evidence = { tree, runs: [], flaky: false };
  const path = join(dir, `${tree}.json`);
  const text = await onDisk("reading", path, signal, () => readPlain(path));
  if (text === null || !text.ok) return nothing;
  try {
    const found = JSON.parse(text.value) as Partial<Evidence>;
    if (found.tree !== tree || !Array.isArray(found.runs)) return nothing;
    const runs = found.runs.filter((run) => run?.seal === sealFor(place, tree, run));
    if (runs.length < found.runs.length) place.onForged(tree);
    return { ...nothing, ...found, runs };
  } catch {
    return nothing; // no evidence rather than false evidence; the next run writes it anew
  }
}

async function write(path: string, evidence: Evidence, signal: AbortSignal): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await onDisk("writing", path, signal, async () => {
    try {
      const file = await open(draft, "w", 0o600);
      try {
        await file.writeFile(`${JSON.stringify(evidence)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });
}

/** What a log of a run that never began says. */
export async function writeLog(path: string, text: string, signal: AbortSignal): Promise<void> {
  if ((await readFile(path).catch((error) => errnoOf(error))) !== "ENOENT") return;
  await onDisk("writing", path, signal, async () => {
    const file = await open(path, "w", 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  });
}
