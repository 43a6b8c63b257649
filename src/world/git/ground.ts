// Where the repository is and which branch is its trunk. Must not know worktrees or members.
//
// The trunk is, in this order: `trunk_branch` of the team file; what was chosen at the first start (the symbolic
// ref refs/batty/trunk, so that a person's later checkout of another branch changes nothing); else, of those that
// exist, origin's default branch, `main`, `master`, git's init.defaultBranch, the branch checked out in the
// person's checkout.
import { realpath } from "node:fs/promises";
import type { Trunk } from "../../core/ports.ts";
import { Failure } from "../../core/words.ts";
import { type Git, words } from "./run.ts";

export interface Ground {
  /** Top folder of the checkout that the project lies in. */
  readonly top: string;
  /** The repository's own folder (`.git`), links resolved. */
  readonly common: string;
  /** Where the project lies under `top`: "" or `sub/folder/`. */
  readonly prefix: string;
}

export const trunkRef = "refs/batty/trunk";

/** @throws Failure `git.no-repository` | `git.missing` */
export async function findGround(git: Git, root: string, signal: AbortSignal): Promise<Ground> {
  const args = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"];
  const found = await git({ args: [...args, "--show-prefix"], cwd: root, accept: "any" }, signal);
  const [top, common, prefix] = found.stdout.split("\n");
  if (found.code !== 0 || !top || !common)
    throw new Failure("git.no-repository", `${root} is in no git checkout. ${words(found)}`, {
      hint: `Run \`git init\` in ${root}, commit once, and start again.`,
    });
  return { top, common: await realpath(common), prefix: prefix ?? "" };
}

/** The trunk's ref in full. @throws Failure `git.no-commits` | `git.refused` when it is gone */
export async function findTrunk(
  git: Git,
  { top }: Ground,
  configured: string | null,
  signal: AbortSignal,
): Promise<string> {
  if (configured !== null) return `refs/heads/${configured}`;
  const recorded = await symbolic(git, top, trunkRef, signal);
  if (recorded !== null) return recorded;
  const chosen = await choose(git, top, signal);
  if (chosen === null) throw await nothingToChoose(git, top, signal);
  await git({ args: ["symbolic-ref", trunkRef, chosen], cwd: top, write: true }, signal);
  return chosen;
}

async function choose(git: Git, top: string, signal: AbortSignal): Promise<string | null> {
  const [origin, initial, checkedOut] = await Promise.all([
    symbolic(git, top, "refs/remotes/origin/HEAD", signal),
    git({ args: ["config", "--get", "init.defaultBranch"], cwd: top, accept: [0, 1] }, signal),
    symbolic(git, top, "HEAD", signal),
  ]);
  const names = [
    origin?.replace(/^refs\/remotes\/origin\//, "refs/heads/"),
    "refs/heads/main",
    "refs/heads/master",
    initial.stdout.trim() === "" ? undefined : `refs/heads/${initial.stdout.trim()}`,
    checkedOut ?? undefined,
  ].filter((name) => name !== undefined);
  const args = ["for-each-ref", "--format=%(refname)", ...names];
  const existing = (await git({ args, cwd: top }, signal)).stdout.split("\n");
  return names.find((name) => existing.includes(name)) ?? null;
}

async function nothingToChoose(git: Git, top: string, signal: AbortSignal): Promise<Failure> {
  const args = ["for-each-ref", "--count=1", "--format=%(refname)", "refs/heads"];
  const branches = await git({ args, cwd: top }, signal);
  return branches.stdout === ""
    ? noCommits(top)
    : new Failure("git.refused", `no branch of ${top} can be taken for its trunk`, {
        hint: "Name it in team.yaml (`trunk_branch`), or check it out once and start again.",
      });
}

const noCommits = (top: string): Failure =>
  new Failure("git.no-commits", `the repository ${top} has no commits yet`, {
    hint: 'Make the first one: `git commit --allow-empty -m "First commit"`, then start again.',
  });

export async function readTrunk(
  git: Git,
  { top }: Ground,
  ref: string,
  signal: AbortSignal,
): Promise<Trunk> {
  const args = ["rev-parse", `${ref}^{commit}`, `${ref}^{tree}`];
  const found = await git({ args, cwd: top, accept: "any" }, signal);
  const [head, tree] = found.stdout.split("\n");
  const branch = ref.replace(/^refs\/heads\//, "");
  if (found.code === 0 && head && tree) return { branch, head, tree };
  const failure = await nothingToChoose(git, top, signal);
  if (failure.code === "git.no-commits") throw failure;
  throw new Failure(
    "git.refused",
    `the trunk ${branch} of ${top} cannot be read. ${words(found)}`,
    {
      hint: `Make the branch again, name another in team.yaml (\`trunk_branch\`), or let it be chosen anew: \`git symbolic-ref -d ${trunkRef}\`.`,
    },
  );
}

/** What a symbolic ref points to; null: no such ref, or it is no symbolic one (a detached HEAD). */
export async function symbolic(
  git: Git,
  cwd: string,
  ref: string,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await git({ args: ["symbolic-ref", "-q", ref], cwd, accept: [0, 1] }, signal);
  return found.code === 0 ? found.stdout.trim() : null;
}
