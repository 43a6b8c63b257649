// `batty validate`: every check of a team, each with its one mend. Reads files only; starts nothing, changes nothing.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConfigInvalid, sayProblem } from "../config/invalid.ts";
import { loadTeam } from "../config/load.ts";
import { loadPrompt } from "../config/prompt-file.ts";
import type { Team } from "../core/team.ts";
import { bad, type Check, ok, warn } from "./check.ts";
import { isExcluded } from "./exclude.ts";
import { findGitFolder, type GitFolder } from "./git-folder.ts";
import { onPath } from "./on-path.ts";
import { checkPlaybooks } from "./playbooks.ts";

export interface ValidateOrder {
  readonly root: string;
  readonly templates: string;
  readonly osUser: string;
  /** Of the person that asks: where agents' commands are looked for. */
  readonly path: string;
}

export interface Validated {
  readonly ok: boolean;
  /** Null when the file is invalid. */
  readonly team: Team | null;
  readonly checks: readonly Check[];
}

/** Exit at the shell: 0 when `ok`, else 2. Warnings do not count. */
export async function validate(order: ValidateOrder, signal: AbortSignal): Promise<Validated> {
  const teamConfig = join(order.root, ".batty", "team_config");
  const loaded = await load(join(teamConfig, "team.yaml"), order, signal);
  if (Array.isArray(loaded)) return { ok: false, team: null, checks: loaded };
  const team = loaded as Team;
  const git = await findGitFolder(order.root, signal);
  const checks = [
    ok(
      "team.yaml",
      `${team.members.length} members: ${team.members.map((one) => one.name).join(", ")}`,
    ),
    ...team.warnings.map(({ line, key, say }) =>
      warn(
        "team.yaml",
        `.batty/team_config/team.yaml:${line}: ${say}`,
        `Remove ${key} to silence this.`,
      ),
    ),
    ...(await checkPrompts(team, { teamConfig, templates: order.templates }, signal)),
    ...(await checkPlaybooks(join(teamConfig, "playbooks"), team, signal)),
    ...(await checkAgents(team, order.path)),
    ...checkCommands(team),
    ...(await checkGit(team, git, signal)),
    await checkBoard(teamConfig),
    checkSize(team),
  ];
  return { ok: !checks.some((check) => check.result === "bad"), team, checks };
}

/** What a person reads: what is not well, and with `showChecks` everything. */
export function sayChecks({ ok: valid, checks }: Validated, showChecks: boolean): string {
  const mark = { ok: "ok  ", warn: "warn", bad: "BAD " } as const;
  const shown = checks.filter((check) => showChecks || check.result !== "ok");
  const lines = shown.map(
    ({ name, result, say, fix }) =>
      `${mark[result]}  ${name}: ${say}${fix === "" ? "" : `\n      ${fix}`}`,
  );
  return [...lines, valid ? "The team is valid." : "The team is not valid."].join("\n");
}

async function load(
  file: string,
  order: ValidateOrder,
  signal: AbortSignal,
): Promise<Team | Check[]> {
  try {
    return await loadTeam(file, order, signal);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return error.problems.map((one) =>
      bad("team.yaml", sayProblem({ ...one, hint: "" }), one.hint),
    );
  }
}

async function checkPrompts(
  team: Team,
  places: Parameters<typeof loadPrompt>[2],
  signal: AbortSignal,
): Promise<Check[]> {
  const failed = new Map<string, Check>();
  for (const member of team.members)
    try {
      await loadPrompt(member, team, places, signal);
    } catch (error) {
      if (!(error instanceof ConfigInvalid)) throw error;
      for (const one of error.problems)
        failed.set(sayProblem(one), bad("prompts", sayProblem({ ...one, hint: "" }), one.hint));
    }
  return failed.size > 0 ? [...failed.values()] : [ok("prompts", "each can be composed")];
}

/** The command each agent is started with; the script agent is our own. */
async function checkAgents(team: Team, path: string): Promise<Check[]> {
  const agents = [...new Set(team.members.map((member) => member.agent))];
  const checks: Check[] = [];
  for (const agent of agents) {
    const command = team.agents[agent]?.command[0] ?? agent;
    if (agent === "script") checks.push(ok("agents", "script is built in"));
    else if (await onPath(command, path)) checks.push(ok("agents", `${command} is on the PATH`));
    else
      checks.push(
        warn(
          "agents",
          `the agent command ${command} is not on your PATH`,
          `Install ${command}, or give its members another agent in team.yaml.`,
        ),
      );
  }
  return checks;
}

function checkCommands(team: Team): Check[] {
  const { testCommand, setUp } = team.policy;
  return [
    testCommand === null
      ? warn(
          "tests",
          "no test command: nothing can land",
          "Set workflow_policy.verification.test_command.",
        )
      : ok("tests", testCommand),
    ok("set-up", setUp?.command ?? "none"),
  ];
}

async function checkGit(team: Team, git: GitFolder | null, signal: AbortSignal): Promise<Check[]> {
  if (git === null)
    return [
      bad("git", "this folder is in no git repository", "Run `git init` and make a first commit."),
    ];
  const trunk = team.trunkBranch;
  return [
    trunk === null || (await hasBranch(git, trunk, signal))
      ? ok("git", `trunk is ${trunk ?? "the default branch"}`)
      : bad(
          "git",
          `the trunk_branch ${trunk} does not exist`,
          "Name one that does, or remove the key to use the default branch.",
        ),
    (await isExcluded(git, signal))
      ? ok("exclude", "runtime files are kept out of git")
      : warn(
          "exclude",
          "runtime files under .batty/ are not kept out of git",
          "`batty start` adds them to .git/info/exclude.",
        ),
  ];
}

async function hasBranch(git: GitFolder, branch: string, signal: AbortSignal): Promise<boolean> {
  const loose = await stat(join(git.common, "refs", "heads", branch)).catch(() => null); // packed instead
  if (loose?.isFile()) return true;
  // Refs in a table can't be read here: unknown is not no.
  const table = await stat(join(git.common, "reftable")).catch(() => null); // the usual form has none
  if (table !== null) return true;
  const packed = await readFile(join(git.common, "packed-refs"), {
    encoding: "utf8",
    signal,
  }).catch(
    () => "", // a repository that packed nothing has no such file
  );
  return packed.split("\n").some((line) => line.endsWith(` refs/heads/${branch}`));
}

async function checkBoard(teamConfig: string): Promise<Check> {
  const config = await stat(join(teamConfig, "board", "config.yml")).catch(() => null); // absent: said below
  return config?.isFile()
    ? ok("board", "found")
    : warn("board", "there is no board yet", "It is made at the next start.");
}

/** Beyond this many panes nobody has tried it on one machine. */
const manyMembers = 20;

const checkSize = ({ members }: Team): Check =>
  members.length <= manyMembers
    ? ok("size", `${members.length} members`)
    : warn(
        "size",
        `${members.length} agents at once on one machine`,
        "Lower instances unless the machine is made for it.",
      );
