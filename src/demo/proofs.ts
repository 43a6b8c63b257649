// What the day really did, read from git, the evidence and the journal; never from the script.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { git, run } from "./git.ts";

export interface Claim {
  readonly say: string;
  readonly holds: boolean;
}

export interface Proof {
  readonly claims: readonly Claim[];
  readonly log: readonly string[];
  readonly tasks: number;
  readonly merges: number;
  readonly redGates: number;
  readonly approvals: number;
  readonly events: number;
}

type JournalLine = Readonly<Record<string, unknown>> & { readonly event: string };

export async function prove(root: string): Promise<Proof> {
  const journal = (await readFile(join(root, ".batty", "team_config", "events.jsonl"), "utf8"))
    .split("\n")
    .filter((l) => l !== "")
    .map((l) => JSON.parse(l) as JournalLine);
  const of = (name: string, more: (line: JournalLine) => boolean = () => true): JournalLine[] =>
    journal.filter((l) => l.event === name && more(l));
  const landings = [...of("task_manual_merged"), ...of("task_auto_merged")];
  const redGates = of(
    "verification_evidence_collected",
    (l) => l["result"] === "red" && l["reused"] === false,
  ).length;
  const approvals = of("approval_recorded", (l) => l["decision"] === "approve").length;
  const log = (
    await git(
      root,
      "log",
      "--first-parent",
      "--format=%h %s (%(trailers:key=Approved-by,valueonly,separator=%x2C))",
      "main",
    )
  )
    .split("\n")
    .map((line) => line.replace(/ \(\)$/, "")); // the first commit nobody approved
  const merges = (await git(root, "log", "--first-parent", "--format=%H %T %P", "main"))
    .split("\n")
    .map((l) => l.split(" "))
    .filter((l) => l.length === 4);
  const evidence = await Promise.all(merges.map(([, tree = ""]) => isGreen(root, tree)));
  const trailers = await git(
    root,
    "log",
    "--first-parent",
    "--merges",
    "--format=%(trailers:key=Batty-Gate-Tree,valueonly)%T",
    "main",
  );
  const moved = landings.filter((l) =>
    of("merge_candidate_built", (c) => c["task"] === l["task"] && c["commit"] === l["commit"]).some(
      (c) => isRebuilt(of("task_completed", (t) => t["task"] === c["task"]).at(-1), c),
    ),
  ).length;
  const tests = await onTrunk(root);
  const seats = new Set(of("task_assigned").map((l) => l["member"]));
  const claims: Claim[] = [
    {
      say: `${landings.length} tasks landed, each as one merge commit on main`,
      holds: landings.length >= 3 && merges.length === landings.length,
    },
    {
      say: "every landed tree has green evidence in .batty/gate/",
      holds: evidence.length > 0 && evidence.every(Boolean),
    },
    {
      say: "each commit names its gate's tree, and it is its own",
      holds:
        trailers !== "" &&
        trailers
          .split("\n")
          .filter((l) => l !== "")
          .every((l, i, all) => i % 2 === 1 || l === all[i + 1]),
    },
    { say: `${seats.size} engineers worked`, holds: seats.size >= 2 },
    { say: `${redGates} red gate went back to its author and was mended`, holds: redGates >= 1 },
    {
      say: `${moved} ${moved === 1 ? "landing" : "landings"} over a moved main, the tree tested again`,
      holds: moved >= 1,
    },
    {
      say: `${of("question_asked").length} question was answered by a person`,
      holds:
        of("escalation_changed", (l) => l["state"] === "answered" && l["by"] !== "batty").length >=
        1,
    },
    { say: `${approvals} approvals by a person`, holds: approvals >= 3 },
    { say: `the tests run green on main: ${tests.say}`, holds: tests.ok },
  ];
  return {
    claims,
    log,
    tasks: landings.length,
    merges: merges.length,
    redGates,
    approvals,
    events: journal.length,
  };
}

/** The landed tree is not the one that its author's gate saw. */
const isRebuilt = (done: JournalLine | undefined, candidate: JournalLine): boolean =>
  done !== undefined && done["tree"] !== candidate["tree"];

async function isGreen(root: string, tree: string): Promise<boolean> {
  try {
    const { runs } = JSON.parse(
      await readFile(join(root, ".batty", "gate", `${tree}.json`), "utf8"),
    ) as { runs: readonly { result: string }[] };
    return runs.at(-1)?.result === "green";
  } catch {
    return false; // no evidence is no proof
  }
}

async function onTrunk(root: string): Promise<{ ok: boolean; say: string }> {
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const { code, out } = await run("npm", ["test", "--silent"], root, env);
  const passed = /^(?:#|ℹ) pass (\d+)/m.exec(out)?.[1] ?? "0";
  return { ok: code === 0 && Number(passed) >= 5, say: `${passed} passed` };
}
