// What git ignores after init, asked of git itself.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { excludeRuntime, isExcluded } from "../../../src/setup/exclude.ts";
import { findGitFolder } from "../../../src/setup/git-folder.ts";

const signal = AbortSignal.timeout(60_000);
const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
const git = async (cwd: string, ...args: string[]): Promise<string> => {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@t.invalid"];
  return (await promisify(execFile)("git", [...identity, ...args], { cwd, env })).stdout;
};

let top: string;
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), "batty-exclude-"));
  await git(top, "init", "-q", "-b", "main");
});
afterEach(() => rm(top, { recursive: true }));

const found = async (root: string) => {
  const folder = await findGitFolder(root, signal);
  if (folder === null) throw new Error("no repository found");
  return folder;
};

async function fillBatty(root: string): Promise<void> {
  await mkdir(join(root, ".batty/team_config/board/tasks"), { recursive: true });
  await mkdir(join(root, ".batty/team_config/playbooks"), { recursive: true });
  await mkdir(join(root, ".batty/inboxes/engineer/new"), { recursive: true });
  for (const file of [
    "daemon.pid",
    "inboxes/engineer/new/1",
    "team_config/team.yaml",
    "team_config/team.yaml.bak",
    "team_config/engineer.md",
    "team_config/events.jsonl",
    "team_config/board/tasks/001-x.md",
    "team_config/playbooks/engineer.yaml",
  ])
    await writeFile(join(root, ".batty", file), "");
}

const untracked = async (): Promise<string[]> =>
  (await git(top, "ls-files", "--others", "--exclude-standard")).trim().split("\n");

describe("the exclude lines", () => {
  it("leave git only what people write: team.yaml, prompts, playbooks", async () => {
    await fillBatty(top);
    expect(await excludeRuntime(await found(top), signal)).toBe(true);
    expect(await untracked()).toEqual([
      ".batty/team_config/engineer.md",
      ".batty/team_config/playbooks/engineer.yaml",
      ".batty/team_config/team.yaml",
    ]);
  });

  it("hold for a project further down in its repository too", async () => {
    await fillBatty(join(top, "apps/web"));
    await excludeRuntime(await found(join(top, "apps/web")), signal);
    expect(await untracked()).toEqual([
      "apps/web/.batty/team_config/engineer.md",
      "apps/web/.batty/team_config/playbooks/engineer.yaml",
      "apps/web/.batty/team_config/team.yaml",
    ]);
  });

  it("leave the file's other lines alone and are not written twice", async () => {
    const file = join(top, ".git/info/exclude");
    await writeFile(file, "mine.txt");
    await excludeRuntime(await found(top), signal);
    const first = await readFile(file, "utf8");
    expect(first.startsWith("mine.txt\n# batty")).toBe(true);
    expect(await excludeRuntime(await found(top), signal)).toBe(false);
    await writeFile(file, `${first.replace("!/.batty/team_config/*.md\n", "")}later.txt\n`);
    expect(await isExcluded(await found(top), signal)).toBe(false);
    await excludeRuntime(await found(top), signal);
    expect(await readFile(file, "utf8")).toBe(`${first}later.txt\n`);
  });

  it("go to the repository's shared folder from a linked worktree", async () => {
    await git(top, "commit", "-q", "--allow-empty", "-m", "first");
    await git(top, "worktree", "add", "-q", join(top, "linked"));
    const linked = await found(join(top, "linked"));
    expect(linked).toEqual({ common: join(top, ".git"), prefix: "" });
  });

  it("pass over a folder that is only called .git, as git does", async () => {
    await mkdir(join(top, "apps/.git/info"), { recursive: true });
    expect(await findGitFolder(join(top, "apps"), signal)).toEqual({
      common: join(top, ".git"),
      prefix: "apps",
    });
  });
});
