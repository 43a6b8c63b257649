// The person's own checkout around landings: what they have open stays byte for byte, their hooks stay quiet, and a
// landing that would touch it waits, says so once, and goes on by itself.
import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isCard, type Line } from "./chat.ts";
import { program } from "./holds.ts";
import { type Team, team } from "./team.ts";
import { until } from "./waiting.ts";

/** ms from the end of an obstacle to the landing. */
const landsWithin = 5_000;

async function asking(
  t: Team,
  name: string,
  ...steps: readonly string[]
): Promise<{ task: number; card: Line }> {
  const task = await t.task("engineer", name, ...steps);
  return { task, card: await t.chat.next("the card", isCard("merge", "open", task)) };
}

const landed = (t: Team, task: number, ms?: number): Promise<Line> =>
  t.chat.next(`the landing of #${task}`, isCard("merge", "done", task), ms);

/** The approved card says that it is held. */
const held = (t: Team, task: number): Promise<Line> =>
  t.chat.next(
    "the hold",
    (l) => isCard("merge", "decided", task)(l) && l["card"].footer.includes("Held"),
  );

/** Bytes and mode of each path, and its entry in the index. */
async function snapshot(t: Team, paths: readonly string[]): Promise<unknown> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const at = join(t.root, path);
      const there = await lstat(at).catch(() => null);
      const hash =
        there === null
          ? null
          : createHash("sha256")
              .update(await readFile(at))
              .digest("hex");
      return [path, there?.mode, there?.mtimeMs, hash];
    }),
  );
  const look = (...words: readonly string[]) =>
    t.git("--no-optional-locks", ...words, "--", ...paths);
  const index = await look("ls-files", "-s", "-v");
  const status = await look("status", "--porcelain=v2", "--ignored");
  return { files, index, status, stash: await t.git("stash", "list") };
}

const hooks = [
  ...[
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-merge-commit",
    "post-merge",
  ],
  ...["post-checkout", "reference-transaction", "post-index-change", "post-rewrite"],
];

/** Each leaves its name when it runs. */
async function plantHooks(t: Team): Promise<() => Promise<string>> {
  const ran = join(t.place.folder, "hooks-ran");
  for (const hook of hooks) {
    const path = join(t.root, ".git", "hooks", hook);
    await writeFile(path, `#!/bin/sh\necho ${hook} >>'${ran}'\n`);
    await chmod(path, 0o755);
  }
  return () => readFile(ran, "utf8").catch(() => "");
}

test("staged, unstaged, untracked and ignored edits stay as they are; no hook runs", async () => {
  const files = {
    "a.txt": "a\n",
    "b.txt": "b\n",
    "both.txt": "1\n2\n3\n",
    "gone.txt": "x\n",
    ".gitignore": "*.log\n",
  };
  const t = await team({ files });
  const { task, card } = await asking(t, "one", "append both-not.txt theirs\\n", "commit More");
  await t.write("a.txt", "a, staged\n");
  await t.git("add", "a.txt");
  await t.write("b.txt", "b, not staged\n");
  await t.write("both.txt", "1 staged\n2\n3\n");
  await t.git("add", "both.txt");
  await t.write("both.txt", "1 staged\n2\n3 not staged\n");
  await t.git("rm", "-q", "--cached", "gone.txt");
  await t.write("new.txt", "untracked\n");
  await t.write("debug.log", "ignored\n");
  await t.write("intent.txt", "to be added\n");
  await t.git("add", "-N", "intent.txt");
  const paths = [...Object.keys(files), "new.txt", "debug.log", "intent.txt"];
  const ran = await plantHooks(t);
  const before = await snapshot(t, paths);
  await t.chat.react("✅", card["id"]);
  await landed(t, task);
  expect(await snapshot(t, paths)).toEqual(before);
  expect(await ran()).toBe("");
  expect(await t.read("test/one.sh")).toBe("exit 0\n");
  expect(await t.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
  expect(await t.git("show", "HEAD:a.txt")).toBe("a");
});

test("an edit that overlaps holds the landing, says so once, and lets it go on by itself", async () => {
  const t = await team({ files: { "notes.txt": "ours\n" } });
  const { task, card } = await asking(t, "one", "write notes.txt theirs\\n", "commit Notes");
  await t.write("notes.txt", "mine\n");
  const calls = join(t.place.folder, "calls");
  await program(t.place, "git", `echo "$*" >>'${calls}'\nexec /usr/bin/git "$@"\n`);
  await t.chat.react("✅", card["id"]);
  const shown = await held(t, task);
  expect(shown["card"].footer).toContain("notes.txt");
  // Meanwhile gates go on.
  const second = await asking(t, "two");
  await until("three tries", async () => {
    const tries = (await readFile(calls, "utf8")).match(/diff-tree .*--name-status/g);
    return (tries?.length ?? 0) >= 3;
  });
  expect(await t.read("notes.txt")).toBe("mine\n");
  expect(t.journal.of("merge_held")).toMatchObject([
    { task, why: "overlap", paths: ["notes.txt"] },
  ]);
  const alerts = t.chat.lines.filter(
    (l) => l["room"] === "alerts" && l["card"]?.title.includes(`#${task}`),
  );
  expect(alerts).toHaveLength(1);
  const began = performance.now();
  await t.git("checkout", "-q", "--", "notes.txt");
  await landed(t, task, landsWithin);
  expect(performance.now() - began).toBeLessThan(landsWithin);
  expect(await t.read("notes.txt")).toBe("theirs\n");
  expect(t.journal.of("approval_recorded")).toHaveLength(1);
  expect(isCard("merge", "open", second.task)(second.card)).toBe(true);
});

test("a file of theirs that git does not know is not overwritten, ignored or not", async () => {
  const t = await team({ files: { ".gitignore": "ignored.txt\n" } });
  const { task, card } = await asking(
    t,
    "one",
    "write ignored.txt theirs\\n",
    "run git add -f ignored.txt",
    "commit Ignored",
  );
  await t.write("ignored.txt", "mine\n");
  await t.chat.react("✅", card["id"]);
  expect((await held(t, task))["card"].footer).toContain("ignored.txt");
  expect(await t.read("ignored.txt")).toBe("mine\n");
  await rm(join(t.root, "ignored.txt"));
  await landed(t, task, landsWithin);
});

test.each([
  ["merge", ["merge", "other"]],
  ["cherry-pick", ["cherry-pick", "other"]],
  ["rebase", ["rebase", "other"]],
] as const)(
  "a %s of theirs in progress holds the landing until it is over",
  async (verb, words) => {
    const t = await team({ files: { "notes.txt": "base\n" } });
    await t.git("checkout", "-q", "-b", "other");
    await t.write("notes.txt", "other\n");
    await t.git("commit", "-qam", "Other");
    await t.git("checkout", "-q", "main");
    await t.write("notes.txt", "main\n");
    await t.git("commit", "-qam", "Main");
    const { task, card } = await asking(t, "one");
    const main = await t.git("rev-parse", "main");
    expect((await t.place.run("git", words)).code).not.toBe(0);
    const conflict = await t.read("notes.txt");
    await t.chat.react("✅", card["id"]);
    expect((await held(t, task))["card"].footer).toContain(verb);
    expect(await t.read("notes.txt")).toBe(conflict);
    expect(await t.git("rev-parse", "main")).toBe(main);
    await t.git(verb, "--abort");
    await landed(t, task, landsWithin);
    expect(await t.git("rev-parse", "main^")).toBe(main);
    expect(await t.read("notes.txt")).toBe("main\n");
  },
);

test("a detached checkout, and one on another branch, stay where they are", async () => {
  const t = await team();
  const first = await asking(t, "one");
  await t.git("checkout", "-q", "--detach");
  const head = await t.git("rev-parse", "HEAD");
  const before = await snapshot(t, ["test/base.sh", "test/one.sh", "Makefile"]);
  await t.chat.react("✅", first.card["id"]);
  await landed(t, first.task);
  expect(await t.git("rev-parse", "HEAD")).toBe(head);
  expect(await snapshot(t, ["test/base.sh", "test/one.sh", "Makefile"])).toEqual(before);
  await t.git("checkout", "-q", "-b", "mine");
  const second = await asking(t, "two");
  await t.chat.react("✅", second.card["id"]);
  await landed(t, second.task);
  expect(await t.git("rev-parse", "HEAD")).toBe(head);
  expect(await t.git("status", "--porcelain", "-uno")).toBe("");
  expect(await t.git("log", "--format=%s", "--first-parent", "main")).toContain("Merge #2");
});

test("main in another worktree of theirs is moved there, and edits there count", async () => {
  const t = await team({ files: { "notes.txt": "base\n" } });
  const other = join(t.place.folder, "second");
  await t.git("checkout", "-q", "-b", "mine");
  await t.git("worktree", "add", "-q", other, "main");
  const { task, card } = await asking(t, "one", "write notes.txt theirs\\n", "commit Notes");
  await writeFile(join(other, "notes.txt"), "mine\n");
  await t.chat.react("✅", card["id"]);
  await held(t, task);
  await writeFile(join(other, "notes.txt"), "base\n");
  await landed(t, task, landsWithin);
  expect(await readFile(join(other, "notes.txt"), "utf8")).toBe("theirs\n");
  expect(await t.git("-C", other, "status", "--porcelain", "-uno")).toBe("");
  expect(await t.git("status", "--porcelain", "-uno")).toBe("");
  expect(await t.read("notes.txt")).toBe("base\n");
});

test("a trunk of another name is the trunk", async () => {
  const t = await team({ trunk: "master" });
  const { task, card } = await asking(t, "one");
  await t.chat.react("✅", card["id"]);
  await landed(t, task);
  expect(await t.git("log", "-1", "--format=%s", "master")).toBe(`Merge #${task}: Add one`);
  expect(await t.git("branch", "--format=%(refname:short)")).toBe("engineer/1\nmaster");
  expect(await t.read("test/one.sh")).toBe("exit 0\n");
});

test("a commit of theirs on main is told with its short id, tested, and built upon", async () => {
  const t = await team();
  const { task, card } = await asking(t, "one");
  await mkdir(join(t.root, "docs"));
  await t.write("docs/mine.txt", "mine\n");
  await t.git("add", "docs");
  await t.git("commit", "-qm", "Mine");
  const mine = await t.git("rev-parse", "HEAD");
  const told = await t.chat.next(
    "the word",
    (l) => l["room"] === "alerts" && l["text"].includes(mine.slice(0, 7)),
  );
  expect(told["loud"]).toBe(false);
  await t.journal.until(
    "verification_evidence_collected",
    (l) => l["purpose"] === "trunk" && l["commit"] === mine,
  );
  await t.chat.react("✅", card["id"]);
  await landed(t, task);
  expect(await t.git("rev-parse", "main^")).toBe(mine);
  expect(await t.read("docs/mine.txt")).toBe("mine\n");
});
