// Looking at the trunk again and again, with real git: seldom by git, and never past what anybody did to it.
import { afterEach, beforeEach, expect, test } from "vitest";
import { realSpawner } from "./real-spawner.ts";
import { type GitStage, gitStage } from "./repo-stages.ts";

const forever = new AbortController().signal;
const processes = realSpawner();
let stage: GitStage;
let started = 0;

beforeEach(async () => {
  stage = await gitStage({
    ...processes,
    run: (order, signal) => {
      started += 1;
      return processes.run(order, signal);
    },
  });
  await look();
  started = 0;
});
afterEach(() => stage.close());

const look = async () => (await stage.repo.trunk(forever)).head;

test("a trunk that stands still starts no git", async () => {
  const { head, tree } = await stage.repo.trunk(forever);
  expect(started).toBe(0);
  expect([head, tree]).toEqual([
    await stage.git(["rev-parse", "main"]),
    await stage.git(["rev-parse", "main^{tree}"]),
  ]);
});

test("a trunk that moved, also back, or was packed away is seen where it is", async () => {
  const first = await look();
  const second = await stage.commitOnTrunk({ "a.txt": "a\n" });
  expect(await look()).toBe(second);
  await stage.git(["update-ref", "refs/heads/main", first]);
  expect(await look()).toBe(first);
  await stage.git(["pack-refs", "--all"]);
  expect(await look()).toBe(first);
  await stage.git(["update-ref", "refs/heads/main", second]);
  await stage.git(["pack-refs", "--all"]);
  expect(await look()).toBe(second);
});

test("a trunk that was deleted is not taken for the one it was", async () => {
  await stage.git(["checkout", "--quiet", "-b", "other"]);
  await stage.git(["branch", "--quiet", "-D", "main"]);
  await expect(look()).rejects.toMatchObject({ code: "git.refused" });
  await stage.git(["branch", "main"]);
  expect(await look()).toBe(await stage.git(["rev-parse", "HEAD"]));
});
