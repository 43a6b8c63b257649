// Landing with real git where people work: their bytes and index stay, their operations and other programs'
// locks hold it, and trunk is what the repository calls it.
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openRepo } from "../../src/world/git/repo.ts";
import { realSpawner } from "./real-spawner.ts";
import { edit, type GitStage, gitStage, text } from "./repo-stages.ts";
import { failureOf } from "./repo-suite.ts";

const forever = new AbortController().signal;
const processes = realSpawner();
let stage: GitStage;

beforeEach(async () => {
  stage = await gitStage(processes);
});
afterEach(() => stage.close());

type Edits = Record<string, string | null>;

async function candidate(edits: Edits, at: GitStage = stage) {
  const { head: base } = await at.repo.trunk(forever);
  await at.repo.startTask({ member: "eng", branch: "eng/1", base }, forever);
  await at.write("eng", edits);
  const head = await at.commit("eng", "Work");
  const built = await at.repo.candidate({ base, head, message: "m", at: 0 }, forever);
  if (!built.ok) expect.fail("no candidate");
  return { ...built, base };
}
const land = ({ commit, base }: { commit: string; base: string }, repo = stage.repo) =>
  repo.land(commit, base, forever);
const head = (branch = "main") => stage.git(["rev-parse", branch]);

test("staged, unstaged and half staged edits and their index entries outlive a landing", async () => {
  await stage.commitOnTrunk({ "a.txt": "1\n2\n", "b.txt": "b\n", "c.txt": "c\n" });
  const built = await candidate({ "new/one.txt": "landed\n", "README.md": "landed\n" });
  await stage.personWrites({ "a.txt": "staged\n", "b.txt": "unstaged\n", "free.bin": "\0\r\n" });
  await stage.git(["add", "a.txt"]);
  await stage.personWrites({ "a.txt": "staged and edited\n", "c.txt": null });
  const entries = ["ls-files", "-s", "a.txt", "b.txt", "c.txt"];
  const before = [await stage.git(["status", "--porcelain"]), await stage.git(entries)];
  expect(await land(built)).toEqual({ kind: "landed" });
  expect([await stage.git(["status", "--porcelain"]), await stage.git(entries)]).toEqual(before);
  expect(await stage.personReads("a.txt")).toBe("staged and edited\n");
  expect(await stage.personReads("free.bin")).toBe("\0\r\n");
  expect(await stage.personReads("new/one.txt")).toBe("landed\n");
  expect(await head()).toBe(built.commit);
});

test("a staged edit in the way holds the landing, though the file on disk is as before", async () => {
  const built = await candidate({ "README.md": "landed\n" });
  await stage.personWrites({ "README.md": "staged\n" });
  await stage.git(["add", "README.md"]);
  await stage.personWrites({ "README.md": "hello\n" });
  expect(await land(built)).toMatchObject({ kind: "held", why: "overlap", paths: ["README.md"] });
  expect(await stage.git(["show", ":README.md"])).toBe("staged");
});

test("an ignored file of theirs in the way holds the landing: git would overwrite it without a word", async () => {
  await stage.commitOnTrunk({ ".gitignore": "local.env\n" });
  const built = await candidate({ ".gitignore": "\n", "local.env": "landed\n" });
  await stage.personWrites({ "local.env": "mine\n" });
  expect(await land(built)).toMatchObject({ kind: "held", why: "overlap", paths: ["local.env"] });
  expect(await stage.personReads("local.env")).toBe("mine\n");
});

test("a file that becomes a folder lands when the file is trunk's own", async () => {
  await stage.commitOnTrunk({ thing: "file\n" });
  const built = await candidate({ thing: null });
  await land(built);
  const { head: base } = await stage.repo.trunk(forever);
  await stage.commitOnTrunk({ other: "file\n" });
  const swap = await (async () => {
    const now = await stage.repo.trunk(forever);
    await stage.repo.startTask({ member: "eng", branch: "eng/2", base: now.head }, forever);
    await stage.write("eng", { other: null });
    await stage.write("eng", { "other/inside.txt": "landed\n" });
    const tip = await stage.commit("eng", "Folder");
    const order = { base: now.head, head: tip, message: "m", at: 0 };
    const made = await stage.repo.candidate(order, forever);
    return made.ok ? { ...made, base: now.head } : expect.fail("no candidate");
  })();
  expect(base).not.toBe(swap.base);
  expect(await land(swap)).toEqual({ kind: "landed" });
  expect(await stage.personReads("other/inside.txt")).toBe("landed\n");
});

test.each([
  ["a conflicted merge", async () => stage.git(["merge", "side"])],
  ["a conflicted cherry-pick", async () => stage.git(["cherry-pick", "side"])],
  ["a conflicted rebase", async () => stage.git(["rebase", "side"])],
  ["a bisect", async () => stage.git(["bisect", "start"])],
])("%s of theirs holds the landing and is left as it is", async (_, begin) => {
  await stage.git(["branch", "side"]);
  await stage.commitOnTrunk({ "README.md": "theirs\n" });
  await stage.git(["checkout", "-q", "side"]);
  await stage.personWrites({ "README.md": "side\n" });
  await stage.git(["commit", "-qam", "Side"]);
  await stage.git(["checkout", "-q", "main"]);
  const built = await candidate({ "a.txt": "a\n" });
  await begin().catch(() => undefined);
  const before = await stage.git(["status"]);
  expect(await land(built)).toMatchObject({ kind: "held", why: "operation" });
  expect(await stage.git(["status"])).toBe(before);
  expect(await head()).toBe(built.base);
});

test("where trunk is checked out in another worktree of theirs, that one goes along", async () => {
  await stage.git(["checkout", "-q", "-b", "feature"]);
  const other = join(stage.folder, "other");
  await stage.git(["worktree", "add", "-q", other, "main"]);
  const built = await candidate({ "a.txt": "a\n" });
  await edit(other, { "mine.txt": "mine\n" });
  expect(await land(built)).toEqual({ kind: "landed" });
  expect(await text(join(other, "a.txt"))).toBe("a\n");
  expect(await stage.git(["status", "--porcelain"], other)).toBe("?? mine.txt");
  expect(await stage.personReads("a.txt")).toBeNull();
});

test("a rebase of trunk in a detached checkout holds it, though no checkout shows the branch", async () => {
  const built = await candidate({ "a.txt": "a\n" });
  await mkdir(join(stage.root, ".git", "rebase-merge"));
  await writeFile(join(stage.root, ".git", "rebase-merge", "head-name"), "refs/heads/main\n");
  await stage.git(["checkout", "-q", "--detach"]);
  expect(await land(built)).toMatchObject({ kind: "held", why: "operation" });
  expect(await head()).toBe(built.base);
});

test("their index lock holds the landing while it lasts, and is never removed", async () => {
  const built = await candidate({ "a.txt": "a\n" });
  const lock = join(stage.root, ".git", "index.lock");
  await writeFile(lock, "");
  expect(await land(built)).toMatchObject({ kind: "held", why: "refused" });
  expect(await text(lock)).toBe("");
  await rm(lock);
  expect(await land(built)).toEqual({ kind: "landed" });
});

test("a commit that does not follow the trunk is never landed", async () => {
  const built = await candidate({ "a.txt": "a\n" });
  await stage.git(["checkout", "-q", "--detach"]);
  const tip = await stage.commitOnTrunk({ "b.txt": "b\n" });
  const failure = await failureOf(stage.reopen().land(built.commit, tip, forever));
  expect(failure.code).toBe("git.refused");
  expect(await head()).toBe(tip);
});

test("who waits for another landing is told its owner and its age", async () => {
  const built = await candidate({ "a.txt": "a\n" });
  const lock = join(stage.folder, "merge.lock");
  const script = "echo locked; exec cat";
  const holder = spawn("flock", ["-o", lock, "sh", "-c", script]);
  await once(holder.stdout, "data");
  const since = new Date(Date.now() - 120_000).toISOString();
  await writeFile(lock, JSON.stringify({ pid: 4242, text: "another bot", since }));
  const failure = await failureOf(land(built, stage.reopen({ lockPatience: 1 })));
  expect(failure.code).toBe("lock.held");
  expect(failure.message).toContain("pid 4242 (another bot) for 2 min");
  expect(await head()).toBe(built.base);
  holder.stdin.end();
  await once(holder, "exit");
  expect(await land(built)).toEqual({ kind: "landed" });
  expect(JSON.parse(await readFile(lock, "utf8"))).toMatchObject({ pid: process.pid });
});

test("who has waited for another landing looks again at what a person has open", async () => {
  const built = await candidate({ "README.md": "landed\n" });
  const lock = join(stage.folder, "merge.lock");
  const holder = spawn("flock", ["-o", lock, "sh", "-c", "echo locked; exec cat"]);
  await once(holder.stdout, "data");
  let waited = 0;
  const looked = new EventEmitter();
  const run: typeof processes.run = (order, signal) =>
    processes.run(order, signal).finally(() => {
      if (order.argv.includes("status")) looked.emit("over");
    });
  const options = { processes: { ...processes, run }, now: () => Date.now() + waited };
  const isOver = once(looked, "over");
  const landing = land(built, stage.reopen(options));
  await isOver;
  waited = 60_000;
  await stage.personWrites({ "README.md": "mine\n" });
  holder.stdin.end();
  expect(await landing).toMatchObject({ kind: "held", why: "overlap", paths: ["README.md"] });
  expect(await stage.personReads("README.md")).toBe("mine\n");
});

test("a merge whose tree somebody pruned meanwhile is made again", async () => {
  const { base: former } = await candidate({ "a.txt": "a\n" });
  const work = await head("eng/1");
  const base = await stage.commitOnTrunk({ "b.txt": "b\n" });
  expect(base).not.toBe(former);
  const build = (message: string) =>
    stage.repo.candidate({ base, head: work, message, at: 0 }, forever);
  const first = await build("shown");
  await stage.git(["prune", "--expire=now"]);
  const again = await build("approved");
  expect([first.ok, again.ok]).toEqual([true, true]);
  expect(again.ok && (await stage.git(["show", `${again.commit}:b.txt`]))).toBe("b");
});

describe("trunk", () => {
  test("is whatever the repository calls it, and stays so when the person goes elsewhere", async () => {
    const other = await gitStage(processes, { trunk: "master" });
    try {
      expect(await other.repo.trunk(forever)).toMatchObject({ branch: "master" });
      const built = await candidate({ "a.txt": "a\n" }, other);
      expect(await other.repo.land(built.commit, built.base, forever)).toEqual({ kind: "landed" });
      expect(await other.personReads("a.txt")).toBe("a\n");
    } finally {
      await other.close();
    }
  });

  test("a name of its own is remembered from the first start on", async () => {
    await stage.git(["branch", "-m", "main", "release"]);
    expect(await stage.reopen().trunk(forever)).toMatchObject({ branch: "release" });
    await stage.git(["checkout", "-q", "-b", "feature"]);
    expect(await stage.reopen().trunk(forever)).toMatchObject({ branch: "release" });
    await stage.git(["checkout", "-q", "--detach"]);
    expect(await stage.reopen().trunk(forever)).toMatchObject({ branch: "release" });
    const named = stage.reopen({ trunkBranch: "feature" });
    expect(await named.trunk(forever)).toMatchObject({ branch: "feature" });
  });

  test("a trunk that was deleted is told with what to do, not replaced by another branch", async () => {
    await stage.repo.trunk(forever);
    await stage.git(["checkout", "-q", "-b", "master"]);
    await stage.git(["branch", "-q", "-D", "main"]);
    const failure = await failureOf(stage.reopen().trunk(forever));
    expect(failure.code).toBe("git.refused");
    expect(failure.hint).toContain("trunk_branch");
  });

  test("no commits, and no repository, are told apart with the fix", async () => {
    const folder = await mkdtemp(join(tmpdir(), "batty-none-"));
    const options = { root: folder, worktreesDir: `${folder}-w`, processes, now: Date.now };
    const open = () => openRepo({ ...options, mergeLock: `${folder}-lock`, env: () => stage.env });
    try {
      expect((await failureOf(open().trunk(forever))).code).toBe("git.no-repository");
      await stage.git(["init", "-q", folder]);
      const failure = await failureOf(open().trunk(forever));
      expect(failure.code).toBe("git.no-commits");
      expect(failure.hint).toContain("git commit");
      const gitless = openRepo({
        ...{ ...options, mergeLock: `${folder}-lock` },
        env: () => ({ PATH: folder }),
      });
      expect((await failureOf(gitless.trunk(forever))).code).toBe("git.missing");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test("commits are Batty's where git knows nobody, else under the configured name", async () => {
  const built = await candidate({ "a.txt": "a\n" });
  const who = ["log", "-1", "--format=%an <%ae> %cn"];
  expect(await stage.git([...who, built.commit])).toBe("Batty <bot@batty.invalid> Batty");
  expect(await stage.repo.identityFor("eng", forever)).toMatchObject({
    GIT_AUTHOR_NAME: "eng",
    GIT_AUTHOR_EMAIL: "eng@batty.invalid",
  });
  await stage.git(["config", "user.name", "Team"]);
  await stage.git(["config", "user.email", "team@example.org"]);
  const repo = stage.reopen();
  expect(await repo.identityFor("eng", forever)).toEqual({});
  const { head: base } = await repo.trunk(forever);
  const order = { base, head: built.commit, message: "m", at: 0 };
  const again = await repo.candidate(order, forever);
  expect(await stage.git([...who, again.ok ? again.commit : ""])).toBe(
    "Team <team@example.org> Team",
  );
});
