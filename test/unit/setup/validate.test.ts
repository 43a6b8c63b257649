// `validate`: each check says what is wrong and the one thing that mends it.
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { init } from "../../../src/setup/init.ts";
import { sayChecks, type Validated, validate } from "../../../src/setup/validate.ts";

const templates = resolve(import.meta.dirname, "../../../templates");
const signal = AbortSignal.timeout(60_000);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "batty-validate-"));
  await mkdir(join(root, ".git/refs/heads"), { recursive: true });
  await writeFile(join(root, ".git/HEAD"), "ref: refs/heads/main\n");
  await writeFile(join(root, "go.mod"), "module x\n");
  await init(
    {
      root,
      templates,
      template: "pair",
      agent: "script",
      path: "",
      from: null,
      force: false,
      osUser: "ada",
      terminal: null,
      initBoard: async (dir) => {
        await mkdir(dir);
        await writeFile(join(dir, "config.yml"), "");
      },
    },
    signal,
  );
});
afterEach(() => rm(root, { recursive: true }));

const check = (path = ""): Promise<Validated> =>
  validate({ root, templates, osUser: "ada", path }, signal);
const config = (name: string, text: string): Promise<void> =>
  writeFile(join(root, ".batty/team_config", name), text);
const notWell = async (): Promise<string[]> =>
  (await check()).checks
    .filter((one) => one.result !== "ok")
    .map((one) => `${one.result} ${one.say} → ${one.fix}`);

const one = "roles: [{name: engineer, role_type: engineer, agent: script}]\n";

describe("validate", () => {
  it("has nothing to say of a fresh team, and shows all checks when asked", async () => {
    const result = await check();
    expect(sayChecks(result, false)).toBe("The team is valid.");
    expect(sayChecks(result, true)).toContain("ok    tests: go test ./...");
    expect(await readdir(join(root, ".batty"))).toEqual(["team.schema.json", "team_config"]);
  });

  it("refuses a broken file with every problem", async () => {
    await config("team.yaml", "roles:\n  - nam: x\n");
    const result = await check();
    expect(result.ok).toBe(false);
    expect(result.checks.map((line) => line.say)).toEqual([
      ".batty/team_config/team.yaml:2: roles[0].name is missing.",
      ".batty/team_config/team.yaml:2: roles[0].role_type is missing.",
      ".batty/team_config/team.yaml:2: unknown key nam under roles[0].",
    ]);
  });

  it("warns of an agent whose command is missing, and finds one that is there", async () => {
    await config("team.yaml", one.replace("script", "codex"));
    expect((await notWell())[0]).toContain("codex is not on your PATH → Install codex");
    await writeFile(join(root, "codex"), "#!/bin/sh\n", { mode: 0o644 });
    expect((await check(root)).checks.some((line) => line.result === "warn")).toBe(true);
    await chmod(join(root, "codex"), 0o755);
    expect((await check(`/nowhere:${root}`)).checks.filter((line) => line.result !== "ok")).toEqual(
      [],
    );
  });

  it("refuses a prompt with a hole that nothing fills", async () => {
    await config("engineer.md", "You are {{name}}.\nYou lead {{talk_to}}.\n");
    expect(await notWell()).toEqual([
      "bad .batty/team_config/engineer.md:2: unknown hole {{talk_to}}. → Did you mean {{talks_to}}?",
    ]);
  });

  it("refuses a trunk branch that does not exist, loose or packed", async () => {
    await config("team.yaml", `${one}trunk_branch: trunk\n`);
    expect((await notWell())[0]).toContain("trunk_branch trunk does not exist");
    await writeFile(join(root, ".git/packed-refs"), "# pack-refs\n0123 refs/heads/trunk\n");
    expect(await notWell()).toEqual([]);
  });

  it("passes warnings on, and tells that nothing can land without tests", async () => {
    await rm(join(root, "go.mod"));
    await config("team.yaml", `${one}use_shim: true\n`);
    expect(await notWell()).toEqual([
      "warn .batty/team_config/team.yaml:2: use_shim is ignored: agents always run in their own tmux panes. → Remove use_shim to silence this.",
      "warn no test command: nothing can land → Set workflow_policy.verification.test_command.",
    ]);
  });

  it("refuses a playbook that the script agent could not read", async () => {
    await config(
      "playbooks/engineer.yaml",
      "- on: mesage\n  do: [say hi]\n- {on: start, do: [say hi], time: 1}\n",
    );
    await config("playbooks/enginer.yaml", "- on: start\n  do: [say hi\n");
    expect(await notWell()).toEqual([
      expect.stringMatching(
        /^bad .*engineer\.yaml:1: \[0\]\.on must be one of start, message.* → Did you mean message\?$/,
      ),
      expect.stringMatching(
        /^bad .*engineer\.yaml:3: unknown key time under \[1\] → Did you mean times\?$/,
      ),
      expect.stringMatching(
        /^warn .*enginer\.yaml belongs to no member → Did you mean engineer\.yaml\?$/,
      ),
      expect.stringMatching(/^bad .*enginer\.yaml:3: .* → Mend the YAML here\.$/),
    ]);
  });

  it("takes every form of step that the script agent takes", async () => {
    await config(
      "playbooks/engineer.yaml",
      "- on: message\n  match: 12\n  times: 0\n  do:\n    - say done: now\n    - hang\n- on: start\n  do: |\n    say hi\n    exit 0\n",
    );
    expect(await notWell()).toEqual([]);
  });

  it("tells a folder outside git", async () => {
    await rm(join(root, ".git"), { recursive: true });
    expect((await notWell())[0]).toContain("in no git repository → Run `git init`");
  });
});
