// Worktrees of nobody, in real git: which of them stand, which are gone, and of which something would be lost.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { findOrphans } from "../../src/world/git/orphans.ts";

async function place() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "batty-orphans-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, "project");
  const worktreesDir = join(folder, "worktrees");
  await mkdir(root);
  await mkdir(worktreesDir);
  const who = { GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "a@example.invalid" };
  const env = {
    ...{ PATH: process.env["PATH"] ?? "", HOME: folder, GIT_CONFIG_NOSYSTEM: "1", ...who },
    ...{ GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "a@example.invalid" },
  };
  const git = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)("git", args, { cwd: root, env })).stdout.trim();
  await git("init", "-q", "-b", "main");
  await git("commit", "-q", "--allow-empty", "-m", "one");
  const add = (name: string, ...more: readonly string[]): Promise<string> =>
    git("worktree", "add", "-q", ...more, join(worktreesDir, name));
  const common = join(root, ".git");
  const find = () => findOrphans({ common, worktreesDir, members: ["engineer"] });
  return { folder, worktreesDir, git, add, find };
}

it("members' and the gate's worktrees are nobody's business; the others are told apart by what would be lost", async () => {
  const { worktreesDir, git, add, find } = await place();
  const gone = (name: string): Promise<void> => rm(join(worktreesDir, name), { recursive: true });
  for (const name of ["engineer", "_gate", "stands"]) await add(name, "--detach");
  await mkdir(join(worktreesDir, "stray"));
  await add("branched", "-b", "branched/1");
  await add("loose", "--detach");
  await add("kept", "--detach");
  await git("worktree", "lock", join(worktreesDir, "kept"));
  for (const name of ["engineer", "branched", "loose", "kept"]) await gone(name);
  const head = await git("rev-parse", "HEAD");
  const found = (await find()).map(({ name, is, head }) => [name, is, head]);
  expect(found.sort()).toEqual([
    ["branched", "gone", null],
    ["kept", "locked", null],
    ["loose", "detached", head],
    ["stands", "folder", null],
    ["stray", "folder", null],
  ]);
});

it("nothing is said of worktrees whose whole folder is away, nor of a person's own elsewhere", async () => {
  const { folder, worktreesDir, git, add, find } = await place();
  await git("worktree", "add", "-q", "--detach", join(folder, "elsewhere"));
  await rm(join(folder, "elsewhere"), { recursive: true });
  expect(await find()).toEqual([]);
  await add("gone", "-b", "gone/1");
  await rename(worktreesDir, `${worktreesDir}.unmounted`);
  expect(await find()).toEqual([]);
});
