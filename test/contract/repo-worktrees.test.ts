// What happens to members' worktrees in real life: folders lost, replaced and moved, locks, branches deleted,
// operations left under way. Nothing that was in them may become unreachable.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  cp,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openGate } from "../../src/world/gate/gate.ts";
import type { ProcessOrder } from "../../src/world/processes.ts";
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

const start = async (branch: string, repo = stage.repo) =>
  repo.startTask({ member: "eng", branch, base: (await repo.trunk(forever)).head }, forever);
const tree = () => stage.worktree("eng");
const inTree = (...args: string[]) => stage.git(args, tree());
const adminDir = () => inTree("rev-parse", "--path-format=absolute", "--git-dir");
const inspect = async (repo = stage.repo) =>
  repo.inspect("eng", (await repo.trunk(forever)).head, forever);

test("a deleted folder comes back on its branch, with what was staged", async () => {
  await start("eng/1");
  await edit(tree(), { "work.txt": "work\n" });
  const head = await stage.commit("eng", "Work");
  await edit(tree(), { "staged.txt": "staged\n" });
  await inTree("add", "staged.txt");
  await rm(tree(), { recursive: true });
  await stage.repo.ensureWorktree("eng", forever);
  expect(await inspect()).toMatchObject({ branch: "eng/1", head, dirty: ["staged.txt"] });
  expect(await text(join(tree(), "staged.txt"))).toBe("staged\n");
  expect(await text(join(tree(), "work.txt"))).toBe("work\n");
  expect(stage.repairs).toMatchObject([{ member: "eng", how: "remade", head }]);
});

test("a folder that git has forgotten too is made anew, and its branch is still there", async () => {
  await start("eng/1");
  await edit(tree(), { "work.txt": "work\n" });
  const head = await stage.commit("eng", "Work");
  await rm(tree(), { recursive: true });
  await stage.git(["worktree", "prune"]);
  await start("eng/1");
  expect(await inspect()).toMatchObject({ branch: "eng/1", head });
});

test("a symbolic link in a worktree's place is replaced, and what it points to is not touched", async () => {
  await start("eng/1");
  const target = join(stage.folder, "target");
  await rename(tree(), target);
  await symlink(target, tree());
  await edit(target, { "half.txt": "half\n" });
  await stage.repo.ensureWorktree("eng", forever);
  expect((await lstat(tree())).isSymbolicLink()).toBe(false);
  expect(await text(join(target, "half.txt"))).toBe("half\n");
  expect(await inspect()).toMatchObject({ branch: "eng/1", dirty: [] });
});

test("after the repository was moved its worktrees go on, edits included", async () => {
  await start("eng/1");
  await edit(tree(), { "half.txt": "half\n" });
  const moved = join(stage.folder, "moved");
  await rename(stage.root, moved);
  const repo = stage.reopen({ root: moved });
  expect(await inspect(repo)).toMatchObject({ branch: "eng/1", dirty: ["half.txt"] });
  expect(stage.told).toEqual([`repaired the worktree ${tree()}`]);
  const head = await inTree("rev-parse", "HEAD");
  expect(stage.repairs).toMatchObject([{ member: "eng", how: "relinked", head }]);
});

test("after the worktrees folder was moved its worktrees go on", async () => {
  await start("eng/1");
  const moved = join(stage.folder, "elsewhere");
  await rename(stage.worktreesDir, moved);
  const repo = stage.reopen({ worktreesDir: moved });
  expect(await inspect(repo)).toMatchObject({ path: join(moved, "eng"), branch: "eng/1" });
});

test("a copy of the repository does not take over the worktrees of the first", async () => {
  await start("eng/1");
  const copy = join(stage.folder, "copy");
  await cp(stage.root, copy, { recursive: true });
  const failure = await failureOf(stage.reopen({ root: copy }).ensureWorktree("eng", forever));
  expect(failure.code).toBe("worktree.blocked");
  expect(failure.message).toContain(join(stage.root, ".git"));
  expect(await inspect()).toMatchObject({ branch: "eng/1" });
});

test("files that are no worktree are refused and left", async () => {
  await mkdir(stage.worktreesDir, { recursive: true });
  await edit(tree(), { "somebody.txt": "theirs\n" });
  const failure = await failureOf(stage.repo.ensureWorktree("eng", forever));
  expect(failure.code).toBe("worktree.blocked");
  expect(await text(join(tree(), "somebody.txt"))).toBe("theirs\n");
});

test("a broken .git file is mended", async () => {
  await start("eng/1");
  await edit(tree(), { "half.txt": "half\n" });
  await writeFile(join(tree(), ".git"), "nonsense\n");
  expect(await inspect()).toMatchObject({ branch: "eng/1", dirty: ["half.txt"] });
  await rm(join(tree(), ".git"));
  expect(await inspect()).toMatchObject({ branch: "eng/1", dirty: ["half.txt"] });
});

test("a worktrees folder inside the repository is refused: tests would find the person's packages", async () => {
  const repo = stage.reopen({ worktreesDir: join(stage.root, ".batty", "worktrees") });
  expect((await failureOf(repo.ensureWorktree("eng", forever))).code).toBe("worktree.blocked");
});

test("staged, staged and edited again, deleted and untracked work is all kept; ignored files stay", async () => {
  await stage.commitOnTrunk({ ".gitignore": "*.log\n", "gone.txt": "x\n", "CON.TXT": "crlf\r\n" });
  await start("eng/1");
  await edit(tree(), { "README.md": "staged\n", "noise.log": "log\n", "gone.txt": null });
  await inTree("add", "README.md");
  await edit(tree(), { "README.md": "edited\n", "new é.txt": "new\n" });
  const before = [await inTree("status", "--porcelain"), await inTree("ls-files", "-s")];
  const ref = (await stage.repo.rescue("eng", forever)) ?? "";
  expect([await inTree("status", "--porcelain"), await inTree("ls-files", "-s")]).toEqual(before);
  expect(await stage.at(ref, "README.md")).toBe("edited\n");
  expect(await stage.at(`${ref}^2`, "README.md")).toBe("staged\n");
  expect(await stage.at(ref, "new é.txt")).toBe("new\n");
  expect(await stage.at(ref, "gone.txt")).toBeNull();
  expect(await stage.at(ref, "noise.log")).toBeNull();
  expect((await start("eng/2")).rescued).toBe(ref);
  expect(await text(join(tree(), "noise.log"))).toBe("log\n");
  expect(await inspect()).toMatchObject({ branch: "eng/2", dirty: [] });
});

test("an ignored file that the next branch would overwrite is kept as well", async () => {
  await start("eng/1");
  await writeFile(join(tree(), ".gitignore"), "dist.js\n");
  await stage.commit("eng", "Ignore");
  await edit(tree(), { "dist.js": "built here\n" });
  await stage.commitOnTrunk({ "dist.js": "tracked there\n" });
  const { rescued } = await start("eng/2");
  expect(await stage.at(rescued ?? "", "dist.js")).toBe("built here\n");
  expect(await text(join(tree(), "dist.js"))).toBe("tracked there\n");
});

test("commits that only a detached HEAD holds are archived before it moves", async () => {
  await stage.repo.ensureWorktree("eng", forever);
  await edit(tree(), { "a.txt": "a\n" });
  await stage.commit("eng", "One");
  await edit(tree(), { "b.txt": "b\n" });
  const head = await stage.commit("eng", "Two");
  const { rescued } = await start("eng/1");
  expect(await stage.git(["rev-parse", rescued ?? ""])).toBe(head);
});

test("a conflicted rebase left under way is kept and does not follow onto the next branch", async () => {
  await start("eng/1");
  await edit(tree(), { "README.md": "mine\n" });
  const own = await stage.commit("eng", "Mine");
  await stage.commitOnTrunk({ "README.md": "theirs\n" });
  await inTree("rebase", "main").catch(() => undefined);
  expect(await inspect()).toMatchObject({ operation: "rebase", branch: null });
  const { rescued } = await start("eng/2");
  expect(await stage.at(rescued ?? "", "README.md")).toContain("<<<<<<< ");
  expect(await stage.git(["rev-parse", "eng/1"])).toBe(own);
  expect(await inspect()).toMatchObject({ operation: null, branch: "eng/2", dirty: [] });
});

test("an author who merged trunk does not answer for what others changed there", async () => {
  const { head: base } = await stage.repo.trunk(forever);
  await start("eng/1");
  await edit(tree(), { "mine.txt": "mine\n" });
  await stage.commit("eng", "Mine");
  const marks = "<<<<<<< a\n=======\n>>>>>>> b\n";
  await stage.commitOnTrunk({ ".batty/team_config/team.yaml": "a: 1\n", "doc.txt": marks });
  await inTree("merge", "-q", "-m", "Merge main", "main");
  const seen = await stage.repo.inspect("eng", base, forever);
  expect(seen).toMatchObject({ ahead: 3, markers: [], touchesBatty: [] });
});

test("a branch deleted under the agent is made again at its last commit", async () => {
  await start("eng/1");
  await edit(tree(), { "a.txt": "a\n" });
  const head = await stage.commit("eng", "One");
  await stage.git(["update-ref", "-d", "refs/heads/eng/1"]);
  expect(await inspect()).toMatchObject({ branch: "eng/1", head, dirty: [] });
  expect(await stage.git(["rev-parse", "eng/1"])).toBe(head);
  expect(stage.repairs).toMatchObject([{ member: "eng", how: "branch", head }]);
});

test("an index lock is waited for while its holder lives", async () => {
  await start("eng/1");
  const lock = join(await adminDir(), "index.lock");
  const holder = spawn("sh", [
    "-c",
    'exec 3>"$1"; echo locked; cat >/dev/null; rm "$1"',
    "sh",
    lock,
  ]);
  await once(holder.stdout, "data");
  await utimes(lock, new Date(0), new Date(0));
  const started = start("eng/2");
  const tried = await Promise.race([started, new Promise((go) => setTimeout(go, 600, "waits"))]);
  expect(tried).toBe("waits");
  expect((await lstat(lock)).isFile()).toBe(true);
  holder.stdin.end();
  await started;
  expect(await inspect()).toMatchObject({ branch: "eng/2" });
  expect(stage.told).toEqual([]);
});

test("an index lock that a dead process left is removed once, with a word", async () => {
  await start("eng/1");
  const lock = join(await adminDir(), "index.lock");
  await writeFile(lock, "");
  await utimes(lock, new Date(0), new Date(0));
  await start("eng/2");
  expect(await inspect()).toMatchObject({ branch: "eng/2" });
  expect(stage.told).toEqual([`removed ${lock}: its process had died`]);
});

test("a set-up runs once for its key files, anew when they change or the folder was lost", async () => {
  await stage.commitOnTrunk({ ".gitignore": "ran\n.env\n", "lock.json": "1\n" });
  await stage.personWrites({ ".env": "SECRET=1\n" });
  const path = await stage.repo.ensureWorktree("eng", forever);
  const setUp = { command: "cat .env >> ran", key: ["lock.json"], copy: [".env"] };
  const ran = async () => (await text(join(path, "ran")))?.trim().split("\n").length;
  await stage.repo.setUp(path, setUp, forever);
  await stage.repo.setUp(path, setUp, forever);
  expect(await ran()).toBe(1);
  await edit(path, { "lock.json": "2\n" });
  await stage.repo.setUp(path, setUp, forever);
  expect(await ran()).toBe(2);
  const marker = join(await adminDir(), "batty-set-up.json");
  expect(await text(marker)).not.toBeNull();
  await rm(path, { recursive: true });
  await stage.repo.ensureWorktree("eng", forever);
  expect(await text(marker)).toBeNull();
  await stage.repo.setUp(path, setUp, forever);
  expect(await ran()).toBe(1);
});

test("a failed set-up shows its last lines, and is tried again", async () => {
  const path = await stage.repo.ensureWorktree("eng", forever);
  const command = "echo trying; test -e ready || { echo no registry >&2; exit 7; }";
  const setUp = { command, key: [], copy: [] };
  const failure = await failureOf(stage.repo.setUp(path, setUp, forever));
  expect(failure.code).toBe("setup.failed");
  expect(failure.message).toContain("ended with 7:\ntrying\nno registry");
  await edit(path, { ready: "" });
  await stage.repo.setUp(path, setUp, forever);
});

test("a file to copy may not lead out of the worktree through a link", async () => {
  const path = await stage.repo.ensureWorktree("eng", forever);
  await stage.personWrites({ "conf/.env": "SECRET=1\n" });
  await symlink(stage.folder, join(path, "conf"));
  const setUp = { command: "true", key: [], copy: ["conf/.env"] };
  expect((await failureOf(stage.repo.setUp(path, setUp, forever))).code).toBe("setup.failed");
  expect(await text(join(stage.folder, ".env"))).toBeNull();
});

test("no hook of the person's runs, signing does not ask, and a hanging editor is not opened", async () => {
  const hooks = join(stage.root, ".git", "hooks");
  await mkdir(hooks, { recursive: true });
  const mark = join(stage.folder, "hook-ran");
  for (const hook of [
    "post-checkout",
    "reference-transaction",
    "post-index-change",
    "post-merge",
  ]) {
    await writeFile(join(hooks, hook), `#!/bin/sh\necho ${hook} >> '${mark}'\nexit 1\n`);
    await chmod(join(hooks, hook), 0o755);
  }
  const config = join(stage.root, ".git", "config");
  const before = await readFile(config, "utf8");
  await writeFile(
    config,
    `${before}[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n[core]\n\tfsmonitor = ${join(hooks, "post-merge")}\n[merge]\n\tautoStash = true\n`,
  );
  const repo = stage.reopen();
  await start("eng/1", repo);
  await edit(tree(), { "a.txt": "a\n" });
  await start("eng/2", repo);
  const { head: base } = await repo.trunk(forever);
  await inTree(
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "commit.gpgSign=false",
    "-c",
    "core.fsmonitor=false",
    ...["commit", "-q", "--allow-empty", "-m", "x"],
  );
  const { head } = await inspect(repo);
  const built = await repo.candidate({ base, head, message: "m", at: 0 }, forever);
  if (!built.ok) expect.fail("no candidate");
  expect(await repo.land(built.commit, base, forever)).toEqual({ kind: "landed" });
  expect(await text(mark)).toBeNull();
});

/** Git's record of a worktree that somebody is just making: there, but empty; whole after the first git that meets it. */
async function halfMade() {
  await stage.git(["worktree", "add", "--quiet", "--detach", join(stage.folder, "theirs")]);
  const file = join(stage.root, ".git", "worktrees", "theirs", "commondir");
  const whole = await readFile(file, "utf8");
  await writeFile(file, "");
  let refusals = 0;
  const met = {
    ...processes,
    run: async (order: ProcessOrder, signal: AbortSignal) => {
      const result = await processes.run(order, signal);
      if (order.argv.includes("worktree") && result.code === 128) {
        refusals += 1;
        await writeFile(file, whole);
      }
      return result;
    },
  };
  return { repo: stage.reopen({ processes: met }), refusals: () => refusals };
}

test("a worktree that a person is just making does not stop ours from being made", async () => {
  const { repo, refusals } = await halfMade();
  await repo.ensureWorktree("eng", forever);
  expect(refusals()).toBe(1);
  expect(await text(join(tree(), "README.md"))).toBe("hello\n");
});

test("a worktree that a person is just making does not stop a landing", async () => {
  await start("eng/1");
  await edit(tree(), { "work.txt": "work\n" });
  const commit = await stage.commit("eng", "Work");
  const { head } = await stage.repo.trunk(forever);
  const { repo, refusals } = await halfMade();
  expect(await repo.land(commit, head, forever)).toEqual({ kind: "landed" });
  expect(refusals()).toBe(1);
  expect(await stage.git(["rev-parse", "main"])).toBe(commit);
});

test("members' worktrees and the gate's are made one after another", async () => {
  const { root, worktreesDir, env, folder } = stage;
  let adding = 0;
  let most = 0;
  const counted = {
    ...processes,
    run: async (order: ProcessOrder, signal: AbortSignal) => {
      const isAdd = order.argv.includes("worktree") && order.argv.includes("add");
      adding += isAdd ? 1 : 0;
      most = Math.max(most, adding);
      if (isAdd) await pause(200); // slow enough to be met, whoever comes second
      return processes.run(order, signal).finally(() => {
        adding -= isAdd ? 1 : 0;
      });
    },
  };
  const gate = openGate({
    ...{ root, worktreesDir, processes: counted, env: () => env, now: Date.now },
    ...{ evidenceDir: join(folder, "gate"), key: Buffer.from("a key"), onForged: () => undefined },
  });
  const commit = await stage.git(["rev-parse", "main"]);
  const order = { commit, base: commit, command: "true", setUp: null, timeoutMs: 20_000 };
  const [ran] = await Promise.all([
    gate.run({ ...order, tree: await stage.git(["rev-parse", "main^{tree}"]) }, forever),
    ...["a", "b"].map((name) => stage.reopen({ processes: counted }).ensureWorktree(name, forever)),
  ]);
  expect(ran.result).toBe("green");
  expect(most).toBe(1);
});
