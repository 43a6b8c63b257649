// What a good team file becomes: members, who may address whom, defaults, people, warnings.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadTeam, parseTeam } from "../../../src/config/load.ts";
import { policyOf } from "../../../src/core/policy-of.ts";
import { configJson, reachable, type Team } from "../../../src/core/team.ts";

const read = (yaml: string, root = "/home/ada/shop"): Team =>
  parseTeam(yaml, { root, osUser: "ada" });
const lead = "{name: architect, role_type: architect}";
const names = (team: Team): string[] => team.members.map((member) => member.name);
const talk = (team: Team): Record<string, readonly string[]> =>
  Object.fromEntries(team.members.map((member) => [member.name, reachable(team, member)]));
const reports = (team: Team): Record<string, string | null> =>
  Object.fromEntries(team.members.map((member) => [member.name, member.reportsTo]));

describe("the hierarchy", () => {
  it("of a lone engineer reports to people", () => {
    const team = read("roles: [{name: engineer, role_type: engineer}]");
    expect(talk(team)).toEqual({ engineer: ["human"] });
    expect(reports(team)).toEqual({ engineer: null });
  });

  it("of a pair skips the missing manager", () => {
    const team = read(`roles: [{name: engineer, role_type: engineer}, ${lead}]`);
    expect(talk(team)).toEqual({ architect: ["human", "engineer"], engineer: ["architect"] });
    expect(reports(team)).toEqual({ architect: null, engineer: "architect" });
  });

  it("without a manager numbers engineers after their role", () => {
    const team = read(`roles: [${lead}, {name: dev, role_type: engineer, instances: 2}]`);
    expect(names(team)).toEqual(["architect", "dev-1", "dev-2"]);
  });

  it("of three managers multiplies engineers, each under its own", () => {
    const team = read(
      `roles: [${lead}, {name: manager, role_type: manager, instances: 3}, {name: engineer, role_type: engineer, instances: 5}]`,
    );
    expect(team.members).toHaveLength(19);
    expect(names(team).slice(0, 5)).toEqual([
      "architect",
      "manager-1",
      "manager-2",
      "manager-3",
      "eng-1-1",
    ]);
    expect(reports(team)["eng-2-5"]).toBe("manager-2");
    expect(talk(team)["eng-2-5"]).toEqual(["manager-2"]);
    expect(talk(team)["manager-3"]).toEqual([
      "architect",
      "eng-3-1",
      "eng-3-2",
      "eng-3-3",
      "eng-3-4",
      "eng-3-5",
    ]);
    expect(talk(team)["architect"]).toEqual(["human", "manager-1", "manager-2", "manager-3"]);
  });

  it("with several engineer roles numbers them by role, over all managers in file order", () => {
    const team = read(
      `roles: [${lead}, {name: back, role_type: manager}, {name: front, role_type: manager},
        {name: dev, role_type: engineer}, {name: tester, role_type: engineer, talks_to: [front]}]`,
    );
    expect(names(team)).toEqual(["architect", "back", "front", "dev-1-1", "dev-2-1", "tester-2-1"]);
  });

  it("leaves an engineer role that names no manager outside the managers", () => {
    const team = read(
      `roles: [${lead}, {name: manager, role_type: manager}, {name: dev, role_type: engineer, talks_to: [architect]}]`,
    );
    expect(reports(team)["dev"]).toBe("architect");
  });

  it("without an architect ends at people", () => {
    const team = read(
      "roles: [{name: manager, role_type: manager}, {name: dev, role_type: engineer}]",
    );
    expect(talk(team)).toEqual({ manager: ["human", "eng-1-1"], "eng-1-1": ["manager"] });
    expect(reports(team)).toEqual({ manager: null, "eng-1-1": "manager" });
  });

  it("takes talks_to as written, people's roles included", () => {
    const team = read(
      `roles: [{name: boss, role_type: user}, ${lead}, {name: engineer, role_type: engineer, instances: 2, talks_to: [engineer, boss]}]`,
    );
    expect(talk(team)["engineer-1"]).toEqual(["human", "engineer-2"]);
  });
});

describe("a team", () => {
  it("is named after its folder, in characters that tmux takes", () => {
    expect(read("roles: [{name: e, role_type: engineer}]", "/tmp/My Project.v1").name).toBe(
      "my-project-v1",
    );
  });

  it("has the product's defaults", () => {
    const { policy, trunkBranch, members, standup, quietHours } = read(
      "roles: [{name: e, role_type: engineer}]",
    );
    expect(policy).toMatchObject({
      testCommand: null,
      setUp: null,
      maxRetries: 2,
      timeoutMs: 1_800_000,
      autoMerge: { enabled: false, confidenceThreshold: 0.8 },
      approvalExpiresMs: 86_400_000,
      revertWindowMs: 1_800_000,
      autoDispatch: true,
      dispatchDelayMs: 0,
      rotationThreshold: 20,
    });
    expect(trunkBranch).toBeNull();
    expect(members[0]?.agent).toBe("claude");
    expect(standup).toMatchObject({ everyMs: 0, cron: null });
    expect(quietHours).toBeNull();
  });

  it("has a standup every day at nine by its owner's clock once it is on a platform, else when asked to", () => {
    const solo = "roles: [{name: e, role_type: engineer}]";
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const berlin = "people: {me: {local: ada, timezone: Europe/Berlin}}";
    const line = 'standup: {daily: {cron: "30 8 * * 1-5", timezone: Asia/Tokyo}}';
    const standup = (...more: string[]) => policyOf(read([solo, ...more].join("\n"))).standup;
    expect(standup()).toEqual({ cron: null, timezone: here });
    expect(standup('chat: {discord: {guild: "1"}}')).toEqual({
      cron: "0 9 * * *",
      timezone: here,
    });
    expect(standup("chat: {telegram: {chat: 1}}", berlin).timezone).toBe("Europe/Berlin");
    expect(standup("standup: {daily: {}}").cron).toBe("0 9 * * *");
    expect(standup(line, berlin)).toEqual({ cron: "30 8 * * 1-5", timezone: "Asia/Tokyo" });
  });

  it("takes what counts as a stall and as little disk space from the file, else the house's own", () => {
    const solo = "roles: [{name: e, role_type: engineer}]";
    const mib = 1024 * 1024;
    expect(policyOf(read(solo))).toMatchObject({
      stalledAfter: 600_000,
      disk: { low: 500 * mib, critical: 100 * mib },
    });
    const own = `${solo}\nworkflow_policy: {stall_threshold_secs: 90}\nautomation: {disk_hygiene: {min_free_gb: 10}}`;
    expect(policyOf(read(own))).toMatchObject({
      stalledAfter: 90_000,
      disk: { low: 10_240 * mib, critical: 100 * mib },
    });
    const off = `${solo}\nautomation: {disk_hygiene: {min_free_gb: 0}}`;
    expect(policyOf(read(off)).disk).toEqual({ low: 0, critical: 0 });
  });

  it("takes agents by override, role, team, in that order, aliases resolved", () => {
    const team = read(
      `agent: codex-cli\nroles: [${lead}, {name: dev, role_type: engineer, agent: claude-code, instances: 2, instance_overrides: {dev-2: {agent: script}}}]`,
    );
    expect(team.members.map((member) => member.agent)).toEqual(["codex", "claude", "script"]);
  });

  it("takes max_iterations for max_retries, and the old place of the test command", () => {
    const { policy } = read(
      "roles: [{name: e, role_type: engineer}]\nworkflow_policy: {test_command: make check, verification: {max_iterations: 4}}",
    );
    expect(policy).toMatchObject({ testCommand: "make check", maxRetries: 4 });
  });

  it("shows what agents may do unasked, also where the file says nothing of it", () => {
    const shown = (flow: string) =>
      read(`roles: [{name: e, role_type: engineer}]${flow}`).config["workflow_policy"];
    expect(shown("")).toMatchObject({
      permissions: { allow: [], deny: [], ask: "rest", timeout_secs: 600 },
    });
    const flow =
      "\nworkflow_policy: {permissions: {allow: [make lint], ask: none, timeout_secs: 60}}";
    expect(shown(flow)).toMatchObject({
      permissions: { allow: ["make lint"], deny: [], ask: "none", timeout_secs: 60 },
    });
  });

  it("gives the rules their policy", () => {
    const policy = policyOf(
      read(
        "roles: [{name: e, role_type: engineer}]\npeople: {eve: {local: ada}, bob: {}}\nboard: {dispatch_excluded_tags: [later]}",
      ),
    );
    expect(policy).toMatchObject({
      owner: "eve",
      people: ["eve", "bob"],
      excludedTags: ["later"],
      gateTimeout: 1_800_000,
    });
  });

  it("sees an empty key as not written", () => {
    expect(
      read("roles: [{name: e, role_type: engineer}]\naccess:\nworkflow_policy:\n  verification:\n")
        .policy.maxRetries,
    ).toBe(2);
  });

  it("keeps an unquoted id that is too long for a number", () => {
    const team = read(
      "roles: [{name: e, role_type: engineer}]\npeople: {ada: {discord: 1234567890123456789}}",
    );
    expect(team.people["ada"]).toEqual({ discord: "1234567890123456789" });
  });
});

describe("people", () => {
  const roles = "roles: [{name: e, role_type: engineer}]\n";

  it("are named and listed as the file says", () => {
    const listed = read(
      `${roles}people: {chief: {local: ada}, other: {local: ada}, bob: {local: bob}}\naccess: {viewers: [bob], approvers: [bob, {telegram_user: 3}]}`,
    );
    expect(listed.owner).toBe("chief");
    expect(listed.access.approvers).toEqual([{ person: "bob" }, { telegramUser: "3" }]);
  });

  it("of a Batty file become operators and channels, and its token is not kept", () => {
    const team = read(
      `roles: [{name: e, role_type: engineer}, {name: human, role_type: user, channel: discord, channel_config: {bot_token: secret-token, allowed_user_ids: [7], commands_channel_id: 99}}]`,
    );
    expect(team.access.operators).toEqual([{ discordUser: "7" }]);
    expect(team.access.approvers).toEqual([]);
    expect(team.chat.discord).toMatchObject({
      guild: null,
      channels: { commands: "99", merges: "batty-merges" },
      threads: { members: true, tasks: true },
    });
    expect(JSON.stringify(configJson(team))).not.toContain("secret-token");
    expect(team.warnings.map((one) => one.key)).toContain("roles[1].channel_config.bot_token");
  });
});

describe("warnings", () => {
  it("come once for each of Batty's keys without meaning, with their lines", () => {
    const team = read(
      "roles: [{name: e, role_type: engineer}]\nuse_shim: true\nuse_sdk_mode: true\nboard:\n  worktree_stale_rebase_threshold: 5\n",
    );
    expect(team.warnings.map(({ line, key }) => [line, key])).toEqual([
      [2, "use_shim"],
      [3, "use_sdk_mode"],
      [5, "board.worktree_stale_rebase_threshold"],
    ]);
  });

  it("say what is accepted but not in force", () => {
    const team = read(
      "roles: [{name: e, role_type: engineer}]\nworkflow_policy: {budget: {per_day_usd: 50}}",
    );
    expect(team.warnings).toEqual([
      {
        line: 2,
        key: "workflow_policy.budget",
        say: expect.stringContaining("has no effect yet"),
      },
    ]);
  });

  it("are absent from a plain file", () => {
    expect(read("roles: [{name: e, role_type: engineer}]").warnings).toEqual([]);
  });
});

describe("a team's folder", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "batty-config-"));
    await mkdir(join(root, ".batty/team_config"), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true }));

  const load = async (yaml: string): Promise<Team> => {
    const file = join(root, ".batty/team_config/team.yaml");
    await writeFile(file, yaml);
    return loadTeam(file, { root, osUser: "ada" }, AbortSignal.timeout(5_000));
  };

  it("without a team file says how to make one", async () => {
    const missing = loadTeam(
      join(root, "team.yaml"),
      { root, osUser: "ada" },
      AbortSignal.timeout(5_000),
    );
    await expect(missing).rejects.toMatchObject({
      code: "config.invalid",
      message: expect.stringContaining("batty init"),
    });
  });

  it("gives the test and set-up commands that the file does not name", async () => {
    await writeFile(
      join(root, "package.json"),
      JSON.stringify({ scripts: { test: "vitest run" } }),
    );
    await writeFile(join(root, "package-lock.json"), "{}");
    const { policy } = await load("roles: [{name: e, role_type: engineer}]");
    expect(policy).toMatchObject({
      testCommand: "npm test",
      setUp: { command: "npm ci", key: ["package-lock.json"] },
    });
  });

  it("gives no set-up when the file says false", async () => {
    await writeFile(join(root, "package.json"), "{}");
    await writeFile(join(root, "package-lock.json"), "{}");
    const { policy } = await load(
      "roles: [{name: e, role_type: engineer}]\nworkflow_policy: {setup: false}",
    );
    expect(policy.setUp).toBeNull();
  });

  it("must hold the prompts that the file names", async () => {
    await expect(
      load("roles:\n  - name: e\n    role_type: engineer\n    prompt: mine.md\n"),
    ).rejects.toMatchObject({
      problems: [{ file: ".batty/team_config/team.yaml", line: 4, key: "roles[0].prompt" }],
    });
  });

  it("is shown resolved, in the file's own keys", async () => {
    await writeFile(join(root, "go.mod"), "module x\n");
    const team = await load(`name: Shop\nroles: [${lead}, {name: dev, role_type: engineer}]`);
    expect(configJson(team)).toMatchObject({
      team: "shop",
      members: [
        {
          name: "architect",
          role: "architect",
          role_type: "architect",
          agent: "claude",
          reports_to: null,
          talks_to: ["human", "dev"],
        },
        {
          name: "dev",
          role: "dev",
          role_type: "engineer",
          agent: "claude",
          reports_to: "architect",
          talks_to: ["architect"],
        },
      ],
      config: {
        workflow_policy: {
          verification: { test_command: "go test ./...", max_retries: 2 },
          auto_merge: { enabled: false },
        },
      },
    });
  });
});
