// What every Repo must do, whoever implements it.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Failure } from "../../src/core/words.ts";
import type { RepoStage } from "./repo-stages.ts";

const forever = new AbortController().signal;

export const failureOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail("it should have been refused"),
    (error: Failure) => error,
  );

export function describeRepo(name: string, make: () => Promise<RepoStage>): void {
  describe(name, () => {
    let stage: RepoStage;
    beforeEach(async () => {
      stage = await make();
    });
    afterEach(() => stage.close());

    const trunk = () => stage.repo.trunk(forever);
    const start = async (member: string, branch: string, base?: string) =>
      stage.repo.startTask({ member, branch, base: base ?? (await trunk()).head }, forever);
    const inspect = async (member: string) =>
      stage.repo.inspect(member, (await trunk()).head, forever);
    /** A task done: branch `eng/1` with these files, committed. */
    const work = async (edits: Record<string, string | null>) => {
      await start("eng", "eng/1");
      await stage.write("eng", edits);
      return stage.commit("eng", "The work");
    };
    const build = async (head: string, at = 1_700_000_000_000) => {
      const base = (await trunk()).head;
      const order = { base, head, message: "Merge #1: work\n\nBatty-Gate-Tree: {tree}\n", at };
      const built = await stage.repo.candidate(order, forever);
      if (!built.ok) expect.fail(`conflicts: ${built.conflicts}`);
      return { ...built, base };
    };

    describe("worktrees", () => {
      test("a member's worktree is made once, detached at trunk", async () => {
        const path = await stage.repo.ensureWorktree("lead", forever);
        expect(await stage.repo.ensureWorktree("lead", forever)).toBe(path);
        const { head, tree } = await trunk();
        expect(await inspect("lead")).toMatchObject({
          ...{ path, head, tree, branch: null, dirty: [], ahead: 0, operation: null },
          ...{ markers: [], touchesBatty: [], subject: "First commit" },
        });
      });

      test("a task begins on a branch of its own at its base, also when trunk moved on", async () => {
        const base = (await trunk()).head;
        await stage.commitOnTrunk({ "later.txt": "later\n" });
        expect(await start("eng", "eng/1", base)).toEqual({ rescued: null });
        expect(await inspect("eng")).toMatchObject({ branch: "eng/1", head: base });
        expect(await stage.read("eng", "later.txt")).toBeNull();
      });

      test("a task begun already keeps its edits", async () => {
        await start("eng", "eng/1");
        await stage.write("eng", { "half.txt": "half\n" });
        expect(await start("eng", "eng/1")).toEqual({ rescued: null });
        expect(await stage.read("eng", "half.txt")).toBe("half\n");
      });

      test("uncommitted work is kept under a ref before the next task, and is gone from the worktree", async () => {
        await start("eng", "eng/1");
        await stage.write("eng", { "README.md": "changed\n", "new/file.txt": "new\n" });
        const { rescued } = await start("eng", "eng/2");
        expect(rescued).toMatch(/^refs\/batty\/rescue\/eng\/\d{8}T\d+Z/);
        expect(await stage.at(rescued ?? "", "README.md")).toBe("changed\n");
        expect(await stage.at(rescued ?? "", "new/file.txt")).toBe("new\n");
        expect(await stage.read("eng", "README.md")).toBe("hello\n");
        expect(await stage.read("eng", "new/file.txt")).toBeNull();
        expect(await inspect("eng")).toMatchObject({ branch: "eng/2", dirty: [] });
      });

      test("a task sent back goes on where its branch was", async () => {
        const head = await work({ "work.txt": "work\n" });
        await start("eng", "eng/2");
        expect(await stage.read("eng", "work.txt")).toBeNull();
        await start("eng", "eng/1");
        expect(await inspect("eng")).toMatchObject({ branch: "eng/1", head, ahead: 1 });
        expect(await stage.read("eng", "work.txt")).toBe("work\n");
      });

      test("a branch that is checked out elsewhere blocks, and the worktree stays as it was", async () => {
        await start("other", "shared/1");
        await start("eng", "eng/1");
        await stage.write("eng", { "half.txt": "half\n" });
        const failure = await failureOf(start("eng", "shared/1"));
        expect(failure.code).toBe("worktree.blocked");
        expect(await inspect("eng")).toMatchObject({ branch: "eng/1", dirty: ["half.txt"] });
        expect(await stage.read("eng", "half.txt")).toBe("half\n");
      });

      test("a lead follows trunk while clean and detached, and is left alone otherwise", async () => {
        await stage.repo.ensureWorktree("lead", forever);
        const first = await stage.commitOnTrunk({ "a.txt": "a\n" });
        await stage.repo.follow("lead", first, forever);
        expect(await stage.read("lead", "a.txt")).toBe("a\n");
        await stage.write("lead", { "notes.txt": "mine\n" });
        const second = await stage.commitOnTrunk({ "b.txt": "b\n" });
        await stage.repo.follow("lead", second, forever);
        expect(await inspect("lead")).toMatchObject({ head: first, dirty: ["notes.txt"] });
        const own = await stage.commit("lead", "My own");
        await stage.repo.follow("lead", second, forever);
        expect(await inspect("lead")).toMatchObject({ head: own });
      });

      test("work committed without a task gets its branch, and later edits stay", async () => {
        await stage.write("eng", { "work.txt": "work\n" });
        const head = await stage.commit("eng", "Unasked");
        await stage.write("eng", { "more.txt": "more\n" });
        await stage.repo.adoptBranch("eng", "eng/7", forever);
        await stage.repo.adoptBranch("eng", "eng/7", forever);
        expect(await inspect("eng")).toMatchObject({
          ...{ branch: "eng/7", head, ahead: 1, dirty: ["more.txt"], subject: "Unasked" },
        });
      });

      test("a branch with commits of its own is not moved to adopted work", async () => {
        const head = await work({ "work.txt": "work\n" });
        await start("eng", "eng/2");
        await stage.write("eng", { "other.txt": "other\n" });
        await stage.commit("eng", "Other");
        const failure = await failureOf(stage.repo.adoptBranch("eng", "eng/1", forever));
        expect(failure.code).toBe("git.refused");
        expect(await stage.repo.contains("eng/1", head, forever)).toBe(true);
        expect(await inspect("eng")).toMatchObject({ branch: "eng/2" });
      });

      test("a rescue leaves the worktree as it is, and the same content is kept once", async () => {
        await start("eng", "eng/1");
        expect(await stage.repo.rescue("eng", forever)).toBeNull();
        await stage.write("eng", { "half.txt": "half\n" });
        const ref = await stage.repo.rescue("eng", forever);
        expect(ref).not.toBeNull();
        expect(await stage.repo.rescue("eng", forever)).toBe(ref);
        expect(await stage.at(ref ?? "", "half.txt")).toBe("half\n");
        expect(await inspect("eng")).toMatchObject({ branch: "eng/1", dirty: ["half.txt"] });
        await stage.write("eng", { "half.txt": "two thirds\n" });
        expect(await stage.repo.rescue("eng", forever)).not.toBe(ref);
      });

      test("conflict markers and changes under .batty/ are seen since the base only", async () => {
        const old = "<<<<<<< a\n=======\n>>>>>>> b\n";
        await stage.commitOnTrunk({ "old.txt": old, ".batty/team_config/team.yaml": "a: 1\n" });
        await start("eng", "eng/1");
        await stage.write("eng", {
          "mark.txt": "one\n<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> main\n",
          "title.txt": "Title\n=======\n",
          "two.txt": "<<<<<<< HEAD\nno middle\n>>>>>>> main\n",
          "order.txt": ">>>>>>> main\n=======\n<<<<<<< HEAD\n",
          ".batty/team_config/board/1.md": "x\n",
        });
        await stage.commit("eng", "Messy");
        expect(await inspect("eng")).toMatchObject({
          markers: ["mark.txt"],
          touchesBatty: [".batty/team_config/board/1.md"],
        });
      });
    });

    describe("changes and candidates", () => {
      test("a change names commits, files and merge base", async () => {
        const base = (await trunk()).head;
        const head = await work({ "README.md": null, "src/a.txt": "1\n2\n" });
        await stage.commitOnTrunk({ "other.txt": "other\n" });
        const onto = (await trunk()).head;
        const change = await stage.repo.change(head, onto, forever);
        expect(change).toMatchObject({ head, mergeBase: base });
        expect(change.commits.map((each) => [each.oid, each.subject])).toEqual([
          [head, "The work"],
        ]);
        expect(change.files).toEqual([
          { path: "README.md", added: 0, deleted: 1, status: "deleted", binary: false },
          { path: "src/a.txt", added: 2, deleted: 0, status: "added", binary: false },
        ]);
      });

      test("the hash of a change stays when trunk moves elsewhere, and differs with its content", async () => {
        const head = await work({ "a.txt": "a\n" });
        const first = await build(head);
        const shown = await stage.repo.change(first.commit, first.base, forever);
        await stage.commitOnTrunk({ "other.txt": "other\n" });
        const second = await build(head);
        const again = await stage.repo.change(second.commit, second.base, forever);
        expect(again.diff).toBe(shown.diff);
        await stage.write("eng", { "a.txt": "b\n" });
        const third = await build(await stage.commit("eng", "Other content"));
        const other = await stage.repo.change(third.commit, third.base, forever);
        expect(other.diff).not.toBe(shown.diff);
      });

      test("the hash of a change stays when trunk moves another part of the same file, not what is shown around it", async () => {
        const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`);
        const text = (edits: Readonly<Record<number, string>>): string =>
          `${lines.map((line, i) => edits[i] ?? line).join("\n")}\n`;
        await stage.commitOnTrunk({ "long.txt": text({}) });
        await start("eng", "eng/1");
        await stage.write("eng", { "long.txt": text({ 30: "mine" }) });
        const head = await stage.commit("eng", "One line of many");
        const diffNow = async (): Promise<string> => {
          const { commit, base } = await build(head);
          return (await stage.repo.change(commit, base, forever)).diff;
        };
        const shown = await diffNow();
        await stage.commitOnTrunk({ "long.txt": text({ 3: "theirs" }) });
        expect(await diffNow()).toBe(shown);
        await stage.commitOnTrunk({ "long.txt": text({ 3: "theirs", 28: "close by" }) });
        expect(await diffNow()).not.toBe(shown);
      });

      test("a patch is of one path or of all, and bounded", async () => {
        const head = await work({ "a.txt": "a\n", "b.txt": "b\n" });
        const { head: onto } = await trunk();
        const whole = await stage.repo.patch(head, onto, null, 10_000, forever);
        expect(whole.text).toContain("+++ b/a.txt");
        expect(whole.text).toContain("+++ b/b.txt");
        expect(whole.cut).toBe(false);
        const one = await stage.repo.patch(head, onto, "b.txt", 10_000, forever);
        expect(one.text).not.toContain("a.txt");
        expect(one.text).toContain("+++ b/b.txt");
        const begun = await stage.repo.patch(head, onto, null, 10, forever);
        expect([begun.text.length, begun.cut]).toEqual([10, true]);
      });

      test("a candidate is the merge of both sides, names its tree, and is the same each time", async () => {
        const head = await work({ "a.txt": "a\n" });
        await stage.commitOnTrunk({ "b.txt": "b\n" });
        const built = await build(head);
        expect(await stage.at(built.commit, "a.txt")).toBe("a\n");
        expect(await stage.at(built.commit, "b.txt")).toBe("b\n");
        expect(await stage.messageOf(built.commit)).toContain(`Batty-Gate-Tree: ${built.tree}`);
        expect(await build(head)).toEqual(built);
        expect(await build(head, 1_800_000_000_000)).not.toEqual(built);
        expect((await trunk()).head).toBe(built.base);
      });

      test("a conflict names its files and makes nothing", async () => {
        const head = await work({ "README.md": "mine\n" });
        const base = await stage.commitOnTrunk({ "README.md": "theirs\n" });
        const order = { base, head, message: "m", at: 0 };
        const built = await stage.repo.candidate(order, forever);
        expect(built).toEqual({ ok: false, conflicts: ["README.md"] });
      });
    });

    describe("landing", () => {
      const candidate = async (edits: Record<string, string | null>) => build(await work(edits));
      const land = ({ commit, base }: { commit: string; base: string }) =>
        stage.repo.land(commit, base, forever);

      test("trunk moves to the candidate, once", async () => {
        await stage.personChecksOut("elsewhere");
        const built = await candidate({ "a.txt": "a\n" });
        expect(await stage.repo.contains((await trunk()).head, built.commit, forever)).toBe(false);
        expect(await land(built)).toEqual({ kind: "landed" });
        expect(await trunk()).toMatchObject({ head: built.commit, tree: built.tree });
        expect(await land(built)).toEqual({ kind: "landed" });
        const later = await stage.commitOnTrunk({ "b.txt": "b\n" });
        expect(await land(built)).toEqual({ kind: "landed" });
        expect((await trunk()).head).toBe(later);
        expect(await stage.personReads("a.txt")).toBeNull();
      });

      test.each([
        ["in the person's checkout", "main"],
        ["nowhere", "elsewhere"],
      ])("a trunk that moved, checked out %s, is told and left", async (_, branch) => {
        if (branch !== "main") await stage.personChecksOut(branch);
        const built = await candidate({ "a.txt": "a\n" });
        const head = await stage.commitOnTrunk({ "b.txt": "b\n" });
        expect(await land(built)).toEqual({ kind: "moved", head });
        expect((await trunk()).head).toBe(head);
      });

      test("a person's checkout of trunk goes along, and their other edits stay", async () => {
        const built = await candidate({ "a.txt": "a\n" });
        await stage.personWrites({ "README.md": "my edit\n", "mine.txt": "mine\n" });
        expect(await land(built)).toEqual({ kind: "landed" });
        expect((await trunk()).head).toBe(built.commit);
        expect(await stage.personReads("a.txt")).toBe("a\n");
        expect(await stage.personReads("README.md")).toBe("my edit\n");
        expect(await stage.personReads("mine.txt")).toBe("mine\n");
      });

      test.each([
        ["an edited file", { "README.md": "landing\n" }, { "README.md": "my edit\n" }, "README.md"],
        ["a file of theirs", { "a.txt": "landing\n" }, { "a.txt": "mine\n" }, "a.txt"],
        ["a file where a folder lands", { "a/b.txt": "landing\n" }, { a: "mine\n" }, "a"],
        ["a folder where a file lands", { a: "landing\n" }, { "a/b.txt": "mine\n" }, "a/b.txt"],
        ["a file they removed", { "README.md": "landing\n" }, { "README.md": null }, "README.md"],
      ])("%s in the way holds the landing, before anything is touched", async (...row) => {
        const [, landing, mine, path] = row;
        const built = await candidate(landing);
        await stage.personWrites(mine);
        expect(await land(built)).toMatchObject({ kind: "held", why: "overlap", paths: [path] });
        expect((await trunk()).head).toBe(built.base);
        const [[file, content] = ["", ""]] = Object.entries(mine);
        expect(await stage.personReads(file)).toBe(content);
      });

      test("a merge of theirs under way holds the landing until it ends", async () => {
        const built = await candidate({ "a.txt": "a\n" });
        await stage.personMerges(true);
        expect(await land(built)).toMatchObject({ kind: "held", why: "operation" });
        expect((await trunk()).head).toBe(built.base);
        await stage.personMerges(false);
        expect(await land(built)).toEqual({ kind: "landed" });
      });

      test("a detached checkout of theirs stays where it is", async () => {
        await stage.personChecksOut(null);
        const built = await candidate({ "a.txt": "a\n" });
        await stage.personWrites({ "a.txt": "mine\n" });
        expect(await land(built)).toEqual({ kind: "landed" });
        expect(await stage.personReads("a.txt")).toBe("mine\n");
      });
    });
  });
}
