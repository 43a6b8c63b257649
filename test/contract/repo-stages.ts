// Where the repository's contract is played: the fake with its own hands, and real git with a person's and the
// agents' hands on real files.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Repair, Repo } from "../../src/core/ports.ts";
import type { Oid } from "../../src/core/words.ts";
import { type GitRepo, openRepo, type RepoOptions } from "../../src/world/git/repo.ts";
import type { Processes } from "../../src/world/processes.ts";
import type { Edits } from "../fakes/history.ts";
import { fakeRepo } from "../fakes/repo.ts";

const forever = new AbortController().signal;

/** What the contract needs of a stage. Paths are relative; null deletes. */
export interface RepoStage {
  readonly repo: Repo;
  commitOnTrunk(edits: Edits): Promise<Oid>;
  /** Text of a path at a commit or ref; null: not there. */
  at(name: string, path: string): Promise<string | null>;
  messageOf(oid: Oid): Promise<string>;
  write(member: string, edits: Edits): Promise<void>;
  read(member: string, path: string): Promise<string | null>;
  commit(member: string, message: string): Promise<Oid>;
  personWrites(edits: Edits): Promise<void>;
  personReads(path: string): Promise<string | null>;
  /** Null: detached. A new branch is made where they are. */
  personChecksOut(branch: string | null): Promise<void>;
  /** A merge of theirs under way, and its end. */
  personMerges(isUnderWay: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function fakeStage(): Promise<RepoStage> {
  const repo = fakeRepo();
  return {
    repo,
    commitOnTrunk: async (edits) => repo.commitOnTrunk(edits),
    at: async (name, path) => repo.commitFiles(name).get(path) ?? null,
    messageOf: async (oid) => repo.messageOf(oid),
    write: async (member, edits) => repo.member.write(member, edits),
    read: async (member, path) => repo.member.read(member, path),
    commit: async (member, message) => repo.member.commit(member, message),
    personWrites: async (edits) => repo.person.write(edits),
    personReads: async (path) => repo.person.read(path),
    personChecksOut: async (branch) => repo.person.checkOut(branch),
    personMerges: async (isUnderWay) => repo.person.begin(isUnderWay ? "merge" : null),
    close: async () => undefined,
  };
}

export interface GitStage extends RepoStage {
  readonly repo: GitRepo;
  readonly folder: string;
  readonly root: string;
  readonly worktreesDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Git by hand, in the person's checkout or elsewhere; output without its last newline. */
  git(args: readonly string[], cwd?: string): Promise<string>;
  worktree(member: string): string;
  reopen(more?: Partial<RepoOptions>): GitRepo;
  /** What the adapter said of its repairs. */
  readonly told: string[];
  readonly repairs: Repair[];
}

const run = promisify(execFile);

export async function gitStage(
  processes: Processes,
  more: { readonly trunk?: string; readonly options?: Partial<RepoOptions> } = {},
): Promise<GitStage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "batty-repo-")));
  const root = join(folder, "project");
  const worktreesDir = join(folder, "state", "worktrees");
  const home = join(folder, "home");
  await mkdir(root);
  await mkdir(home);
  const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: home };
  const author = { name: "Ada", email: "ada@example.org" };
  const isolated = {
    ...{ GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", GIT_EDITOR: "true" },
    ...{ GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email },
    ...{ GIT_COMMITTER_NAME: author.name, GIT_COMMITTER_EMAIL: author.email },
  };
  const git = async (args: readonly string[], cwd = root): Promise<string> => {
    const { stdout } = await run("git", [...args], { cwd, env: { ...env, ...isolated } });
    return stdout.replace(/\n$/, "");
  };
  const told: string[] = [];
  const repairs: Repair[] = [];
  const reopen = (changed: Partial<RepoOptions> = {}): GitRepo =>
    openRepo({
      ...{ root, worktreesDir, processes, mergeLock: join(folder, "merge.lock"), now: Date.now },
      ...{ env: () => env, told: (line) => void told.push(line) },
      repaired: (repair) => void repairs.push(repair),
      ...more.options,
      ...changed,
    });
  await git(["init", "--quiet", "--initial-branch", more.trunk ?? "main"]);
  await edit(root, { "README.md": "hello\n" });
  await git(["add", "--all"]);
  await git(["commit", "--quiet", "-m", "First commit"]);
  const repo = reopen();
  const worktree = (member: string): string => join(worktreesDir, member);
  const trunk = more.trunk ?? "main";

  return {
    ...{ repo, folder, root, worktreesDir, env, git, worktree, reopen, told, repairs },
    commitOnTrunk: (edits) => commitAside(git, folder, trunk, edits),
    at: (name, path) =>
      git(["show", `${name}:${path}`]).then(
        (text) => `${text}\n`,
        () => null,
      ),
    messageOf: (oid) => git(["log", "-1", "--format=%B", oid]),
    write: async (member, edits) => {
      await repo.ensureWorktree(member, forever);
      await edit(worktree(member), edits);
    },
    read: (member, path) => text(join(worktree(member), path)),
    commit: async (member, message) => {
      await git(["add", "--all"], worktree(member));
      await git(["commit", "--quiet", "-m", message], worktree(member));
      return git(["rev-parse", "HEAD"], worktree(member));
    },
    personWrites: (edits) => edit(root, edits),
    personReads: (path) => text(join(root, path)),
    personChecksOut: async (branch) => {
      if (branch === null) await git(["checkout", "--quiet", "--detach"]);
      else await git(["checkout", "--quiet", "-B", branch]);
    },
    personMerges: async (isUnderWay) => {
      if (isUnderWay)
        await writeFile(join(root, ".git", "MERGE_HEAD"), `${await git(["rev-parse", "HEAD"])}\n`);
      else await rm(join(root, ".git", "MERGE_HEAD"));
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** As a person does it: in the checkout that has trunk, else in one of their own. */
async function commitAside(
  git: GitStage["git"],
  folder: string,
  trunk: string,
  edits: Edits,
): Promise<Oid> {
  const isHere =
    (await git(["symbolic-ref", "-q", "HEAD"]).catch(() => "")) === `refs/heads/${trunk}`;
  const own = join(folder, "aside");
  if (!isHere) await git(["worktree", "add", "--quiet", own, trunk]);
  const cwd = isHere ? await git(["rev-parse", "--show-toplevel"]) : own;
  await edit(cwd, edits);
  await git(["add", "--", ...Object.keys(edits)], cwd);
  await git(["commit", "--quiet", "-m", "A person's commit", "--", ...Object.keys(edits)], cwd);
  const oid = await git(["rev-parse", "HEAD"], cwd);
  if (!isHere) await git(["worktree", "remove", "--force", own]);
  return oid;
}

export async function edit(folder: string, edits: Edits): Promise<void> {
  for (const [path, content] of Object.entries(edits)) {
    const file = join(folder, path);
    if (content === null) await rm(file);
    else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
}

export const text = (path: string): Promise<string | null> =>
  readFile(path, "utf8").catch(() => null);
