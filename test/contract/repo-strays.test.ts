// Whose branch was moved behind its author's back: told from real git's own files.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { realSpawner } from "./real-spawner.ts";
import { type GitStage, gitStage } from "./repo-stages.ts";

const forever = new AbortController().signal;
const processes = realSpawner();
const members = ["eng-1", "eng-2"];
const branch = "eng-1/1";

describe("a member's branch", () => {
  let stage: GitStage;
  let base: string;
  const strays = async () => (await stage.repo.trunk(forever)).strays ?? [];
  const inWorktree = (...args: readonly string[]) => stage.git(args, stage.worktree("eng-1"));

  beforeEach(async () => {
    stage = await gitStage(processes, { options: { members } });
    base = await stage.git(["rev-parse", "main"]);
    expect(await strays()).toEqual([]);
    await stage.repo.ensureWorktree("eng-1", forever);
    await stage.repo.startTask({ member: "eng-1", branch, base }, forever);
  });
  afterEach(() => stage.close());

  test("is its author's through commits, an amend, a rebase, a reset and the next task", async () => {
    expect(await strays()).toEqual([]);
    for (const name of ["a", "b"]) {
      await stage.write("eng-1", { [name]: "1\n" });
      await stage.commit("eng-1", name);
      expect(await strays()).toEqual([]);
    }
    await inWorktree("commit", "--amend", "--quiet", "-m", "B");
    expect(await strays()).toEqual([]);
    await stage.commitOnTrunk({ other: "1\n" });
    await inWorktree("rebase", "--quiet", "main");
    expect(await strays()).toEqual([]);
    await inWorktree("reset", "--quiet", "--hard", "HEAD~1");
    expect(await strays()).toEqual([]);
    const next = {
      member: "eng-1",
      branch: "eng-1/2",
      base: await stage.git(["rev-parse", "main"]),
    };
    await stage.repo.startTask(next, forever);
    expect(await strays()).toEqual([]);
    await inWorktree("checkout", "--quiet", "--detach");
    await stage.write("eng-1", { c: "1\n" });
    await stage.commit("eng-1", "No task");
    await stage.repo.adoptBranch("eng-1", "eng-1/3", forever);
    expect(await strays()).toEqual([]);
  });

  test("that somebody else moved is astray until it is back, checked out or not", async () => {
    await stage.write("eng-2", { evil: "1\n" });
    const to = await stage.commit("eng-2", "Evil");
    expect(await strays()).toEqual([]);
    await stage.git(["update-ref", `refs/heads/${branch}`, to]);
    const stray = { member: "eng-1", branch, to };
    expect(await strays()).toEqual([stray]);
    expect(await strays()).toEqual([stray]);
    await stage.git(["update-ref", `refs/heads/${branch}`, base]);
    expect(await strays()).toEqual([]);
    // One that is made for a member by somebody else, too.
    await stage.git(["branch", "eng-1/9", to]);
    expect(await strays()).toEqual([{ member: "eng-1", branch: "eng-1/9", to }]);
    // What happened before the bot looked is not guessed at.
    const again = stage.reopen();
    expect((await again.trunk(forever)).strays).toEqual([]);
  });
});
