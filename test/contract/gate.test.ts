// The gate's contract, on the fake and on real worktrees; then what only a real one can get wrong.
import { writeFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Gate, GateOrder } from "../../src/core/ports.ts";
import { type GateOptions, openGate } from "../../src/world/gate/gate.ts";
import { allProcesses, startedWith } from "../../src/world/proc.ts";
import { fakeGate } from "../fakes/gate.ts";
import type { Edits } from "../fakes/history.ts";
import { fakeRepo } from "../fakes/repo.ts";
import { describeGate, type GateStage } from "./gate-suite.ts";
import { realSpawner } from "./real-spawner.ts";
import { edit, type GitStage, gitStage, text } from "./repo-stages.ts";

const forever = new AbortController().signal;
const processes = realSpawner();

/** Prints a summary as `node --test` does. Hangs once when told to by a file. */
const command =
  'if rm "$HOME/hang" 2>/dev/null; then sleep 60; fi; ' +
  'if grep -rn RED --include="*.txt" .; then echo "# pass 0"; echo "# fail 1"; exit 1; fi; echo "# pass 1"; echo "# fail 0"';

async function fakeGateStage(): Promise<GateStage> {
  const repo = fakeRepo();
  const gate = fakeGate({ files: repo.commitFiles });
  const base = (await repo.trunk(forever)).head;
  return {
    gate,
    order: async (files) => {
      const member = `m${Object.values(files).join().length}-${Object.values(files)[0]?.[0]}`;
      repo.member.write(member, files);
      const commit = repo.member.commit(member, "Work");
      const { tree } = await repo.inspect(member, base, forever);
      return { commit, tree, base, command, setUp: null, timeoutMs: 1000 };
    },
    broken: (order) => {
      gate.next("infra");
      return order;
    },
    slow: (order) => {
      gate.next("timeout");
      return order;
    },
    close: async () => undefined,
  };
}

interface RealStage extends GateStage {
  readonly git: GitStage;
  readonly evidenceDir: string;
  readonly worktree: string;
  open(more?: Partial<GateOptions>): Gate;
}

async function realStage(): Promise<RealStage> {
  const git = await gitStage(processes);
  const evidenceDir = join(git.root, ".batty", "gate");
  const { root, worktreesDir, env } = git;
  const open = (more: Partial<GateOptions> = {}): Gate =>
    openGate({
      root,
      worktreesDir,
      evidenceDir,
      processes,
      env: () => env,
      now: Date.now,
      key: Buffer.from("the key of a test"),
      onForged: () => undefined,
      ...more,
    });
  const base = await git.git(["rev-parse", "main"]);
  let last: Promise<unknown> = Promise.resolve();
  const order = (files: Edits): Promise<GateOrder> => {
    const made = last.then(async () => {
      await git.repo.ensureWorktree("author", forever);
      await git.git(["checkout", "-q", "--detach", base], git.worktree("author"));
      await edit(git.worktree("author"), files);
      const commit = await git.commit("author", "Work");
      const tree = await git.git(["rev-parse", `${commit}^{tree}`]);
      return { commit, tree, base, command, setUp: null, timeoutMs: 20_000 };
    });
    last = made;
    return made;
  };
  return {
    ...{ git, evidenceDir, open, order, gate: open(), worktree: join(worktreesDir, "_gate") },
    broken: (it) => ({ ...it, setUp: { command: "exit 3", key: [], copy: [] } }),
    slow: (it) => {
      writeFileSync(join(git.env["HOME"] ?? "", "hang"), "");
      return { ...it, timeoutMs: 300 };
    },
    close: git.close,
  };
}

describeGate("fake gate", fakeGateStage);
describeGate("gate in a worktree", realStage);

describe("a real gate", () => {
  let stage: RealStage;
  beforeEach(async () => {
    stage = await realStage();
  });
  afterEach(() => stage.close());

  const run = async (more: Partial<GateOrder>, files: Edits = { "a.txt": "fine\n" }) => {
    const order = await stage.order(files as Record<string, string>);
    return stage.gate.run({ ...order, ...more }, forever);
  };
  const stored = async () => {
    const [file = ""] = (await readdir(stage.evidenceDir)).filter((f) => f.endsWith(".json"));
    return JSON.parse(await readFile(join(stage.evidenceDir, file), "utf8")) as {
      tree: string;
      runs: Record<string, unknown>[];
      flaky: boolean;
    };
  };

  test("the evidence file has the agreed keys, 0600, and a log for each run", async () => {
    const order = await stage.order({ "a.txt": "fine\n" });
    const { log } = await stage.gate.run(order, forever);
    await stage.gate.run(stage.broken(order), forever);
    const { tree, runs, flaky } = await stored();
    expect({ tree, flaky }).toEqual({ tree: order.tree, flaky: false });
    const { base } = order;
    expect(runs).toMatchObject([
      {
        command,
        exit: 0,
        result: "green",
        base,
        counts: { passed: 1, failed: 0, skipped: 0 },
        log,
      },
      { result: "infra", exit: null },
    ]);
    for (const key of ["env", "at", "duration_ms"]) expect(runs[0]).toHaveProperty(key);
    const files = (await readdir(stage.evidenceDir)).sort();
    expect(files).toEqual([`${tree}.1.log`, `${tree}.2.log`, `${tree}.json`]);
    expect(await readFile(log, "utf8")).toContain("# pass 1");
  });

  test("red and then green on the same tree is marked as flaky", async () => {
    const flip = `test -e '${stage.git.folder}/flip'`;
    const order = { ...(await stage.order({ "a.txt": "fine\n" })), command: flip };
    expect(await stage.gate.run(order, forever)).toMatchObject({ result: "red" });
    await writeFile(join(stage.git.folder, "flip"), "");
    expect(await stage.gate.run(order, forever)).toMatchObject({ result: "green" });
    expect((await stored()).flaky).toBe(true);
  });

  test("the last 50 lines come in the order in which both streams were written", async () => {
    const loop =
      "i=0; while [ $i -lt 60 ]; do echo out$i; echo err$i >&2; i=$((i+1)); done; exit 2";
    const { lines, exit } = await run({ command: loop });
    const pairs = Array.from({ length: 25 }, (_, at) => [`out${35 + at}`, `err${35 + at}`]);
    expect(lines).toEqual(pairs.flat());
    expect(exit).toBe(2);
  });

  test.each([
    ["a missing tool", "no-such-tool-here", 127],
    ["a file that cannot be run", "./a.txt", 126],
    ["a program killed from outside", 'sh -c "kill -9 \\$\\$"; exit $?', 137],
    ["the shell itself killed", "kill -9 $$", null],
  ])("%s is infrastructure, nobody's fault", async (_, order, exit) => {
    expect(await run({ command: order })).toMatchObject({ result: "infra", exit });
  });

  test("a fake summary does not make an exit code green, and counting none is null", async () => {
    const fake = 'echo "# pass 99"; echo "# fail 0"; exit 1';
    expect(await run({ command: fake })).toMatchObject({ result: "red", counts: { passed: 99 } });
    expect(await run({ command: "true" })).toMatchObject({ result: "green", counts: null });
  });

  test.each([
    ["a tracked file", "echo changed > README.md", "README.md"],
    ["HEAD", "git -c user.name=x -c user.email=x@y commit -q --allow-empty -m x", "HEAD moved"],
  ])("tests that change %s give no evidence, whatever their exit code", async (_, order, why) => {
    const result = await run({ command: order });
    expect(result.result).toBe("infra");
    expect(result.why).toContain(why);
    expect(await run({})).toMatchObject({ result: "green" });
  });

  test("a set-up that changes tracked files is infrastructure that names them", async () => {
    const setUp = { command: "echo changed > README.md", key: [], copy: [] };
    const result = await run({ setUp });
    expect(result).toMatchObject({ result: "infra" });
    expect(result.why).toContain("README.md");
  });

  test("what a run left is gone for the next; ignored files go when the set-up's key changes", async () => {
    const lists = {
      command: "ls -A | grep -v '^.git$'; touch left; mkdir -p cache; touch cache/x",
    };
    const files = { ".gitignore": "cache\n", "lock.json": "1\n" };
    const setUp = { command: "true", key: ["lock.json"], copy: [] };
    expect((await run({ ...lists, setUp }, files)).lines).not.toContain("cache");
    const again = await run({ ...lists, setUp }, files);
    expect(again.lines).toContain("cache");
    expect(again.lines).not.toContain("left");
    const other = await run({ ...lists, setUp }, { ...files, "lock.json": "2\n" });
    expect(other.lines).not.toContain("cache");
  });

  test("a set-up runs once for its key, in the gate's worktree, with the copied files", async () => {
    await stage.git.personWrites({ ".env.test": "KEY=1\n" });
    const count = join(stage.git.folder, "count");
    const setUp = {
      command: `cat .env.test >> '${count}'`,
      key: ["lock.json"],
      copy: [".env.test"],
    };
    await run({ setUp });
    expect((await run({ setUp, command: "cat .env.test" })).lines).toEqual(["KEY=1"]);
    expect(await text(count)).toBe("KEY=1\n");
  });

  test("the person's packages are not found from the worktree", async () => {
    await stage.git.personWrites({ "node_modules/secret/index.js": "module.exports = 1\n" });
    const order = `"${process.execPath}" -e 'require("secret")' 2>/dev/null && echo found; pwd`;
    const { lines } = await run({ command: order });
    expect(lines).toEqual([stage.worktree]);
  });

  test("tests see the allow-listed environment and nothing of ours", async () => {
    const { lines } = await run({ command: "env" });
    const names = lines.map((line) => line.split("=")[0]);
    expect(names).toEqual(expect.arrayContaining(["PATH", "HOME", "NO_COLOR"]));
    expect(names.filter((name) => name?.startsWith("GIT_") || name?.startsWith("VITEST"))).toEqual(
      [],
    );
  });

  test("the same tool with other words has no evidence yet", async () => {
    const order = await stage.order({ "a.txt": "fine\n" });
    expect(await stage.gate.run({ ...order, command: "true 1" }, forever)).toMatchObject({
      result: "green",
    });
    expect(await stage.gate.evidence({ ...order, command: "true 2" }, forever)).toBeNull();
    expect(await stage.gate.evidence({ ...order, command: "true 1" }, forever)).not.toBeNull();
  });

  test("another environment has no evidence yet", async () => {
    const order = await stage.order({ "a.txt": "fine\n" });
    await stage.gate.run(order, forever);
    const other = stage.open({ env: () => ({ ...stage.git.env, DATABASE_URL: "other" }) });
    expect(await other.evidence(order, forever)).toBeNull();
    expect(await stage.open().evidence(order, forever)).toMatchObject({
      result: "green",
    });
  });

  test("a hanging test with a hidden child that ignores SIGTERM is a time-out that leaves nobody", async () => {
    const mark = `BATTY_TEST_GATE=${process.pid}-${Date.now()}`;
    const hide = `${mark} setsid sh -c 'trap "" TERM; while :; do sleep 1; done' & sleep 60`;
    const result = await run({ command: hide, timeoutMs: 300 });
    expect(result).toMatchObject({ result: "timeout" });
    expect(result.why).toContain("0.3 s");
    expect(allProcesses().filter(({ pid }) => startedWith(pid, mark))).toEqual([]);
  });

  test("a lock and an operation that a killed gate left do not stop the next", async () => {
    await run({});
    const dir = ["rev-parse", "--path-format=absolute", "--git-dir"];
    const gitDir = await stage.git.git(dir, stage.worktree);
    await writeFile(join(gitDir, "index.lock"), "");
    await writeFile(join(gitDir, "MERGE_HEAD"), `${await stage.git.git(["rev-parse", "main"])}\n`);
    expect(await run({})).toMatchObject({ result: "green" });
  });

  test("a tree that is not the commit's is refused", async () => {
    const other = await stage.order({ "b.txt": "other\n" });
    const result = await run({ tree: other.tree });
    expect(result).toMatchObject({ result: "infra" });
  });

  test("evidence that somebody else wrote, changed or copied counts for nothing and is told", async () => {
    const told: string[] = [];
    const gate = stage.open({ onForged: (tree) => told.push(tree) });
    const order = await stage.order({ "a.txt": "fine\n" });
    const other = await stage.order({ "a.txt": "other\n" });
    await gate.run(order, forever);
    const look = (it: GateOrder) => gate.evidence(it, forever);
    expect(await look(order)).toMatchObject({ result: "green" });
    expect(told).toEqual([]);
    const file = (it: GateOrder): string => join(stage.evidenceDir, `${it.tree}.json`);
    const whole = await stored();
    // Copied to another tree; changed; without a seal; sealed with another key.
    await writeFile(file(other), JSON.stringify({ ...whole, tree: other.tree }));
    expect(await look(other)).toBeNull();
    const [run] = whole.runs;
    for (const change of [{ result: "red" }, { seal: undefined }, { surroundings: "x" }]) {
      await writeFile(file(order), JSON.stringify({ ...whole, runs: [{ ...run, ...change }] }));
      expect(await look(order)).toBeNull();
    }
    await writeFile(file(order), JSON.stringify(whole));
    const foreign = stage.open({
      key: Buffer.from("another"),
      onForged: (tree) => told.push(tree),
    });
    expect(await foreign.evidence(order, forever)).toBeNull();
    expect(told).toEqual([other.tree, ...Array(4).fill(order.tree)]);
    // A true run beside a false one still counts, and the false one goes with the next.
    await writeFile(
      file(order),
      JSON.stringify({ ...whole, runs: [{ ...run, result: "red" }, run] }),
    );
    expect(await look(order)).toMatchObject({ result: "green" });
    expect((await gate.run(order, forever)).result).toBe("green");
    const runs = JSON.parse(await readFile(file(order), "utf8")).runs as { result: string }[];
    expect(runs.map((r) => r.result)).toEqual(["green", "green"]);
  });

  test("evidence that cannot be read is no evidence", async () => {
    const order = await stage.order({ "a.txt": "fine\n" });
    await stage.gate.run(order, forever);
    await writeFile(join(stage.evidenceDir, `${order.tree}.json`), '{"tree":');
    expect(await stage.gate.evidence(order, forever)).toBeNull();
    expect(await stage.gate.run(order, forever)).toMatchObject({ result: "green" });
    expect((await stored()).runs).toHaveLength(1);
  });
});
