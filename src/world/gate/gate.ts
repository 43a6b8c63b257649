// The Gate port: one run at a time in a worktree of the bot's own, its result written as evidence of the tree.
// Must not know tasks, authors or approvals.
import { tmpdir } from "node:os";
import type { Gate, GateOrder, GateRun, SetUp } from "../../core/ports.ts";
import { Failure, type FailureCode, type Oid } from "../../core/words.ts";
import { inTurn } from "../../lib/in-turn.ts";
import { rfc3339 } from "../../lib/time.ts";
import { childEnvironment, environmentHash } from "../environment.ts";
import { findGround, type Ground } from "../git/ground.ts";
import { createGit } from "../git/run.ts";
import type { Place, PlaceContext } from "../git/worktrees.ts";
import type { Processes } from "../processes.ts";
import { setUpKey } from "../set-up.ts";
import { countTests } from "./counts.ts";
import { addRun, newestEvidence, nextLog, writeLog } from "./evidence.ts";
import { toolMarks } from "./tools.ts";
import { differenceIn, freeAt, prepareTree } from "./tree.ts";
import { judge, lastLines, type Verdict } from "./verdict.ts";

export interface GateOptions {
  readonly root: string;
  readonly worktreesDir: string;
  readonly evidenceDir: string;
  /** Seals what this gate writes. */
  readonly key: Buffer;
  /** Evidence of this tree was written by somebody else. It counts for nothing. */
  readonly onForged: (tree: Oid) => void;
  readonly processes: Processes;
  /** What tests and set-up see [the allow-list of environment.ts]. */
  readonly env?: () => Readonly<Record<string, string>>;
  /** [10] */
  readonly nice?: number;
  readonly now: () => number;
  /** Repairs, a line each. */
  readonly told?: (line: string) => void;
}

const maxLog = 20 * 1024 * 1024;
/** Of the output's end: enough for 50 long lines and any runner's summary. */
const maxTail = 512 * 1024;
const shownLines = 50;

/** What stops a gate before it says anything of the code. */
const infra: readonly FailureCode[] = [
  "setup.failed",
  "worktree.blocked",
  "git.missing",
  "git.refused",
  "git.timeout",
  "io.failed",
  "io.full",
];

type Asked = Pick<GateOrder, "command" | "setUp">;

/** What a tree is set up with is as much part of the test as the command: with other words it is another test. */
const setUpMark = ({ command, key, copy }: SetUp): string =>
  `set-up ${JSON.stringify([command, key, copy])}`;

export function openGate(options: GateOptions): Gate {
  const { evidenceDir, now, key, onForged } = options;
  const evidence = { dir: evidenceDir, key, onForged };
  const inOrder = inTurn();
  const env = (): Readonly<Record<string, string>> => ({
    ...(options.env?.() ?? childEnvironment(process.env)),
    // The same wherever the bot was started from, and nothing to colour.
    TERM: "dumb",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
  });
  const context = contextOf(options, env());
  const surroundingsOf = async ({ command, setUp }: Asked): Promise<string> => {
    const seen = env();
    const tools = await toolMarks(command, seen["PATH"] ?? "");
    return environmentHash(seen, setUp === null ? tools : [...tools, setUpMark(setUp)]);
  };

  async function runOnce(order: GateOrder, signal: AbortSignal): Promise<GateRun> {
    const startedAt = now();
    const log = await nextLog(evidenceDir, order.tree, signal);
    const parts = { processes: options.processes, env: env(), from: options.root };
    const surroundings = await surroundingsOf(order);
    let keyFiles = "";
    let run: GateRun;
    try {
      await mustHaveTree(context, order, signal);
      const place = await prepareTree(context, order, parts, signal);
      keyFiles = await setUpKey(place.path, order.setUp);
      run = await runIn(options, context, place, order, { env: env(), log }, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof Failure) || !infra.includes(error.code)) throw error;
      await writeLog(log, `${error.message}\n`, signal);
      const lines = lastLines(error.message, shownLines);
      const durationMs = now() - startedAt;
      run = {
        result: "infra",
        exit: null,
        counts: null,
        lines,
        durationMs,
        log,
        why: error.message,
      };
    }
    const { durationMs: duration_ms, result, exit, counts, lines, why } = run;
    const stored = { command: order.command, base: order.base, at: rfc3339(startedAt), log };
    const kept = { ...stored, exit, result, counts, duration_ms, lines, why, surroundings };
    const full = environmentHash({}, [surroundings, keyFiles]);
    await addRun(evidence, order.tree, { ...kept, env: full }, signal);
    return run;
  }

  return {
    run: (order, signal) =>
      inOrder("slot", async () => {
        signal.throwIfAborted();
        return runOnce(order, signal);
      }),
    evidence: async (order, signal) => {
      const { tree, command } = order;
      const surroundings = await surroundingsOf(order);
      return newestEvidence(evidence, { tree, command, surroundings }, signal);
    },
  };
}

async function runIn(
  options: GateOptions,
  context: PlaceContext,
  place: Place,
  order: GateOrder,
  it: { readonly env: Readonly<Record<string, string>>; readonly log: string },
  signal: AbortSignal,
): Promise<GateRun> {
  const before = await differenceIn(context, place, order.commit, signal);
  if (before !== null)
    throw new Failure("worktree.blocked", `before the tests began, ${before}`, {
      hint: "Does the set-up or a git filter write into tracked files?",
    });
  const result = await options.processes.run(
    {
      // One stream, so that the lines stand in the order they came.
      argv: ["sh", "-c", 'exec "$0" -c "$1" 2>&1', "sh", order.command],
      cwd: place.path,
      env: it.env,
      timeoutMs: order.timeoutMs,
      long: true,
      nice: options.nice ?? 10,
      log: it.log,
      maxLog,
      maxOutput: maxTail,
      keep: "tail",
    },
    signal,
  );
  const changed = await differenceIn(context, place, order.commit, signal);
  const free = await freeAt([place.path, it.env["TMPDIR"] ?? tmpdir()]);
  const verdict: Verdict = judge(result, {
    timeoutMs: order.timeoutMs,
    free,
    changed: changed === null ? null : `during the tests ${changed}`,
  });
  return {
    ...verdict,
    exit: result.code,
    counts: countTests(result.stdout),
    lines: lastLines(result.stdout, shownLines),
    durationMs: result.durationMs,
    log: it.log,
  };
}

/** The evidence is the tree's: a commit with another one would falsify it. */
async function mustHaveTree(
  context: PlaceContext,
  { commit, tree }: GateOrder,
  signal: AbortSignal,
): Promise<void> {
  const { top: cwd } = await context.ground(signal);
  const args = ["rev-parse", "-q", "--verify", `${commit}^{tree}`];
  const found = await context.git({ args, cwd, accept: "any" }, signal);
  if (found.stdout.trim() === tree) return;
  const has = found.stdout.trim() || "none";
  throw new Failure(
    "git.refused",
    `the gate was asked for tree ${tree} at ${commit}, which has ${has}`,
  );
}

function contextOf(
  { processes, root, worktreesDir, told }: GateOptions,
  env: Readonly<Record<string, string>>,
): PlaceContext {
  const own = Object.entries(env).filter(([name]) => !name.startsWith("GIT_"));
  const git = createGit(processes, Object.fromEntries(own));
  let ground: Promise<Ground> | null = null;
  return {
    git,
    worktreesDir,
    told: told ?? (() => undefined),
    repaired: () => undefined, // its worktree holds nobody's work
    ground: (signal) => {
      ground ??= findGround(git, root, signal).catch((error: unknown) => {
        ground = null;
        throw error;
      });
      return ground;
    },
  };
}
