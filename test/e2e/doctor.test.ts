// A sick installation: what `doctor` names, what `--fix` mends, and that nothing is lost by it.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { team } from "./team.ts";

interface Row {
  readonly name: string;
  readonly result: string;
  readonly say: string;
  readonly fixed: boolean;
}

test("after a kill, doctor names what lives without a bot, a broken task and worktrees of nobody, and mends what loses nothing", async () => {
  const t = await team();
  const before = await t.seats();
  const worktrees = (await t.read(".batty/worktrees")).trim();
  await t.kill();
  const ghost = join(worktrees, "ghost");
  await t.git("worktree", "add", "-q", "-b", "ghost/1", ghost);
  await rm(ghost, { recursive: true });
  await t.git("worktree", "add", "-q", "--detach", join(worktrees, "visitor"));
  await writeFile(join(worktrees, "visitor", "notes.txt"), "work\n");
  const broken = ".batty/team_config/board/tasks/090-broken.md";
  await t.write(broken, "---\nid: 90\ntitle: [\n---\n");

  const sick = async (...more: readonly string[]): Promise<readonly Row[]> =>
    ((await t.batty("doctor", "--json", ...more)).json as Row[]).filter((r) => r.result !== "ok");
  const said = (rows: readonly Row[], name: string): string =>
    rows
      .filter((r) => r.name === name && !r.fixed)
      .map((r) => r.say)
      .join("\n");
  const first = await sick();
  expect(said(first, "left over")).toMatch(
    /^tmux with the panes of \S+ lives without a bot \(pid \d+, since 2/,
  );
  expect(said(first, "board")).toMatch(`${broken}:`);
  expect(said(first, "worktrees")).toContain(`${ghost} is gone and ghost is no member`);
  expect(said(first, "worktrees")).toContain(`${join(worktrees, "visitor")} belongs to no member`);

  const after = await sick("--fix").then(() => sick());
  expect(said(after, "worktrees")).toBe(
    `${join(worktrees, "visitor")} belongs to no member; whatever work lies in it stays`,
  );
  expect(await t.git("branch", "--list", "ghost/1")).not.toBe("");
  expect((await t.batty("start", "--json")).code).toBe(0);
  expect([...(await t.seats()).values()]).toEqual([...before.values()]);
  expect(said(await sick(), "left over")).toBe("");
});
