// `init` on temporary folders: what it writes, what it refuses, and that the result loads.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { loadTeam, parseTeam } from "../../../src/config/load.ts";
import { loadPrompt } from "../../../src/config/prompt-file.ts";
import type { Team } from "../../../src/core/team.ts";
import { type InitOrder, type InitResult, init } from "../../../src/setup/init.ts";
import { templateNames } from "../../../src/setup/template.ts";
import { validate } from "../../../src/setup/validate.ts";

const templates = resolve(import.meta.dirname, "../../../templates");
const signal = AbortSignal.timeout(60_000);

let root: string;
let boards: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "batty-init-"));
  boards = [];
});
afterEach(() => rm(root, { recursive: true }));

const run = (order: Partial<InitOrder> = {}): Promise<InitResult> =>
  init(
    {
      root,
      templates,
      template: null,
      agent: null,
      path: "",
      from: null,
      force: false,
      osUser: "ada",
      terminal: null,
      initBoard: async (dir) => {
        boards.push(dir);
      },
      ...order,
    },
    signal,
  );

const done = async (order: Partial<InitOrder> = {}): Promise<Extract<InitResult, { ok: true }>> => {
  const result = await run(order);
  if (!result.ok) throw new Error(result.refusal.say);
  return result;
};
const load = (): Promise<Team> =>
  loadTeam(join(root, ".batty/team_config/team.yaml"), { root, osUser: "ada" }, signal);
const text = (path: string): Promise<string> => readFile(join(root, path), "utf8");

const engineers = (manager: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `eng-${manager}-${i + 1}`);

describe("each template", () => {
  it("makes a round trip: what is loaded, printed and loaded again is the same team", async () => {
    const names = await templateNames(templates);
    expect(names).toEqual("batty large pair python research simple software solo squad".split(" "));
    await writeFile(join(root, "go.mod"), "module x\n");
    await writeFile(join(root, "package-lock.json"), "{}");
    for (const template of names) {
      await done({ template, force: true, agent: "codex" });
      const team = await load();
      const printed = parseTeam(stringify(team.config), { root, osUser: "ada" });
      // Defaults are printed, too, and some of them have no effect yet.
      expect({ ...printed, warnings: [] }, template).toEqual(team);
      expect(
        team.members.every((one) => one.agent === "codex"),
        template,
      ).toBe(true);
      const order = { root, templates, osUser: "ada", path: process.env["PATH"] ?? "" };
      const { checks } = await validate(order, signal);
      expect(
        checks
          .filter((one) => one.name === "team.yaml" || one.name === "prompts")
          .map((one) => one.result),
        template,
      ).toEqual(["ok", "ok"]);
    }
  });

  it.each([
    ["solo", ["engineer"]],
    ["pair", ["architect", "engineer"]],
    ["simple", ["architect", "manager", ...engineers(1, 3)]],
    ["squad", ["architect", "manager", ...engineers(1, 5)]],
    ["python", ["architect", "manager", ...engineers(1, 3)]],
    ["batty", ["architect", "manager", ...engineers(1, 4)]],
    [
      "research",
      [
        "principal",
        ...[1, 2, 3].map((n) => `sub-lead-${n}`),
        ...[1, 2, 3].flatMap((n) => engineers(n, 2)),
      ],
    ],
    [
      "software",
      [
        ...["tech-lead", "backend-manager", "frontend-manager"],
        ...[1, 2, 3, 4].map((n) => `backend-1-${n}`),
        ...[1, 2, 3, 4].map((n) => `frontend-2-${n}`),
      ],
    ],
    [
      "large",
      [
        "architect",
        "manager-1",
        "manager-2",
        "manager-3",
        ...[1, 2, 3].flatMap((n) => engineers(n, 5)),
      ],
    ],
  ])(
    "%s becomes the members expected, without warnings, each with a prompt of its own",
    async (template, members) => {
      const result = await done({ template });
      expect(result.members).toEqual(members);
      const team = await load();
      expect(team.members.map((member) => member.name)).toEqual(members);
      expect(team.warnings).toEqual([]);
      for (const member of team.members) {
        const prompt = await loadPrompt(
          member,
          team,
          { teamConfig: join(root, ".batty/team_config"), templates },
          signal,
        );
        expect(prompt).toContain(`You are ${member.name},`);
        expect(prompt).toContain("\n## Nudge\n");
        expect(prompt).not.toContain("{{");
      }
    },
  );
});

describe("init", () => {
  it("without a terminal takes pair, and makes board and playbooks", async () => {
    const result = await done();
    expect(result.template).toBe("pair");
    expect(boards).toEqual([join(root, ".batty/team_config/board")]);
    expect((await readdir(join(root, ".batty/team_config"))).sort()).toEqual([
      "architect.md",
      "engineer.md",
      "playbooks",
      "team.yaml",
    ]);
  });

  it("writes files that only their owner can read", async () => {
    await done();
    const mode = async (path: string) => ((await stat(join(root, path))).mode & 0o777).toString(8);
    expect([await mode(".batty"), await mode(".batty/team_config/team.yaml")]).toEqual([
      "700",
      "600",
    ]);
  });

  it("asks one question on a terminal, and none when the template is given", async () => {
    const asked: string[] = [];
    const terminal = {
      choose: async (question: string, choices: readonly string[], fallback: string) => {
        asked.push(`${question.slice(0, 11)} ${choices.join()} ${fallback}`);
        return "solo";
      },
    };
    expect((await done({ terminal })).template).toBe("solo");
    await done({ terminal, template: "pair", force: true });
    expect(asked).toEqual([
      "Which team? batty,large,pair,python,research,simple,software,solo,squad pair",
    ]);
  });

  it("writes what it detected into team.yaml and says where it is from", async () => {
    await writeFile(
      join(root, "package.json"),
      JSON.stringify({ scripts: { test: "node --test" } }),
    );
    await writeFile(join(root, "package-lock.json"), "{}");
    const result = await done();
    const yaml = await text(".batty/team_config/team.yaml");
    expect(yaml).toContain("# Detected from package.json, scripts.test: node --test.");
    expect(yaml).toContain("\n    test_command: npm test\n");
    expect(yaml).toContain("\n  setup: {command: npm ci, key: [package-lock.json]}\n");
    expect(result).toMatchObject({ testCommand: "npm test", setUp: "npm ci" });
  });

  it("without a test command says so and leaves the key commented", async () => {
    const result = await done();
    expect(result.testCommand).toBeNull();
    expect(result.say.join("\n")).toContain("No test command was found");
    expect(await text(".batty/team_config/team.yaml")).toContain(
      "\n    # test_command: make test\n",
    );
  });

  it("gives every seat the agent asked for", async () => {
    await done({ template: "simple", agent: "script" });
    expect(new Set((await load()).members.map((member) => member.agent))).toEqual(
      new Set(["script"]),
    );
  });

  it("gives seats agents by role, the others the one without a role", async () => {
    await done({ template: "simple", agent: "script,architect=claude-code,engineer=codex" });
    const agents = Object.fromEntries(
      (await load()).members.map((member) => [member.name, member.agent]),
    );
    expect(agents).toMatchObject({ architect: "claude", manager: "script", "eng-1-3": "codex" });
  });

  it.each([
    ["an unknown template", { template: "pari" }, 2, /no template "pari"/, /pair\?/],
    ["an unknown agent", { agent: "cluade" }, 2, /unknown agent/, /claude\?/],
    [
      "an agent for a role that the template has not",
      { agent: "manager=claude" },
      2,
      /no role "manager"/,
      /Roles are/,
    ],
    [
      "a template and a folder at once",
      { template: "pair", from: "x" },
      2,
      /exclude each other/,
      /one of them/,
    ],
    ["a folder without a team", { from: "nowhere" }, 2, /no team.yaml in nowhere/, /has one/],
  ] as const)("refuses %s and writes nothing", async (_what, order, exit, say, hint) => {
    expect(await run(order)).toMatchObject({
      ok: false,
      exit,
      refusal: { say: expect.stringMatching(say), hint: expect.stringMatching(hint) },
    });
    expect(await readdir(root)).toEqual([]);
  });

  it("refuses to write over a team", async () => {
    await done();
    await writeFile(join(root, ".batty/team_config/team.yaml"), "mine");
    expect(await run()).toMatchObject({ ok: false, exit: 1, refusal: { code: "init.exists" } });
    expect(await text(".batty/team_config/team.yaml")).toBe("mine");
  });

  it("with --force keeps every edit beside the new file, however often", async () => {
    await done();
    await writeFile(join(root, ".batty/team_config/engineer.md"), "my prompt");
    const second = await done({ force: true });
    expect(second.kept).toEqual([".batty/team_config/engineer.md.bak"]);
    await writeFile(join(root, ".batty/team_config/engineer.md"), "my second prompt");
    await done({ force: true });
    expect(await text(".batty/team_config/engineer.md.bak")).toBe("my prompt");
    expect(await text(".batty/team_config/engineer.md.bak.2")).toBe("my second prompt");
  });

  it("names a team whose folder would not be text in YAML", async () => {
    const odd = join(root, "2024");
    await mkdir(odd);
    const result = await done({ root: odd });
    expect(result.team).toBe("2024");
  });

  it("takes a folder of the person's own, with its playbooks", async () => {
    const own = join(root, "own");
    await mkdir(join(own, "playbooks"), { recursive: true });
    await writeFile(
      join(own, "team.yaml"),
      "name: {{name}}\nroles: [{name: dev, role_type: engineer, agent: script, prompt: dev.md}]\n",
    );
    await writeFile(join(own, "dev.md"), "You are {{name}}.");
    await writeFile(join(own, "playbooks/dev.yaml"), "- on: start\n  do: [say hello]\n");
    expect((await done({ from: "own" })).members).toEqual(["dev"]);
    expect(await text(".batty/team_config/playbooks/dev.yaml")).toContain("say hello");
    expect((await load()).members[0]?.agent).toBe("script");
  });

  it("refuses a broken folder with the problem's line", async () => {
    await mkdir(join(root, "own"));
    await writeFile(join(root, "own/team.yaml"), "roles:\n  - name: dev\n    role_type: enginer\n");
    expect(await run({ from: "own" })).toMatchObject({
      ok: false,
      exit: 2,
      refusal: { code: "config.invalid", say: expect.stringContaining(":3: roles[0].role_type") },
    });
  });

  it("says what could not be written, with a code", async () => {
    await writeFile(join(root, ".batty"), "a file where the folder belongs");
    await expect(run()).rejects.toMatchObject({
      code: "io.failed",
      message: expect.stringContaining("playbooks failed (ENOTDIR)"),
    });
  });
});

describe("init without --agent", () => {
  const installed = async (...commands: readonly string[]): Promise<string> => {
    const bin = join(root, "bin");
    await mkdir(bin);
    for (const name of commands) await writeFile(join(bin, name), "", { mode: 0o755 });
    return bin;
  };
  const agents = async (): Promise<readonly string[]> =>
    (await load()).members.map((one) => `${one.name} ${one.agent}`);

  it("lets claude lead and codex write where both are on the PATH, and says so", async () => {
    const { say } = await done({ template: "simple", path: await installed("claude", "codex") });
    const [architect, manager, first] = await agents();
    expect([architect, manager, first]).toEqual([
      "architect claude",
      "manager claude",
      "eng-1-1 codex",
    ]);
    expect(say[0]).toBe(
      "claude and codex are on your PATH: engineers are codex, all others claude. Choose others with --agent, or in team.yaml.",
    );
  });

  it.each(["claude", "codex"])("gives %s every seat where it is the only one", async (one) => {
    const { say } = await done({ path: await installed(one) });
    expect(await agents()).toEqual([`architect ${one}`, `engineer ${one}`]);
    expect(say[0]).toContain(`${one} is on your PATH: it sits in every seat.`);
  });

  it("says what is missing where there is neither", async () => {
    const { say } = await done({ path: await installed("vim") });
    expect(await agents()).toEqual(["architect claude", "engineer claude"]);
    expect(say[0]).toMatch(/^Neither claude nor codex is on your PATH.*--agent script/);
  });

  it("says nothing of agents to somebody who chose", async () => {
    const { say } = await done({ agent: "script", path: await installed("claude", "codex") });
    expect(say[0]).toMatch(/^Team /);
  });
});

describe("a template's own words for a role", () => {
  it("stand in the shared prompt, before its nudge", async () => {
    await done({ template: "python" });
    const engineer = await text(".batty/team_config/engineer.md");
    expect(engineer.indexOf("\n## Python here\n")).toBeGreaterThan(
      engineer.indexOf("\n## Your commands\n"),
    );
    expect(engineer.indexOf("\n## Nudge\n")).toBeGreaterThan(
      engineer.indexOf("\n## Python here\n"),
    );
    expect(await text(".batty/team_config/manager.md")).not.toContain("Python");
  });
});

describe("init with agents by role", () => {
  it("sets them in a template of ours", async () => {
    await done({ template: "pair", agent: "architect=claude-code,engineer=codex" });
    expect((await load()).members.map((one) => [one.name, one.agent])).toEqual([
      ["architect", "claude"],
      ["engineer", "codex"],
    ]);
  });

  it("sets them in a team file of a person's own, its comments and all else as they were", async () => {
    const mine = [
      "# ours since spring",
      "roles:",
      "- name: boss # plans",
      "  role_type: architect",
      "  agent: 'claude' # the dear one",
      "- {name: hand, role_type: engineer} # no agent yet",
      "- name: me",
      "  role_type: user",
      "",
    ].join("\n");
    await mkdir(join(root, "mine"));
    await writeFile(join(root, "mine/team.yaml"), mine);
    await done({ from: "mine", agent: "boss=codex,hand=script" });
    expect(await text(".batty/team_config/team.yaml")).toBe(
      `# yaml-language-server: $schema=../team.schema.json\n${mine
        .replace("'claude'", "'codex'")
        .replace("engineer}", "engineer, agent: script}")}`,
    );
  });

  it("points editors to a schema that lies beside the team", async () => {
    await done({});
    const [first = ""] = (await text(".batty/team_config/team.yaml")).split("\n");
    const target = /^# yaml-language-server: \$schema=(\S+)$/.exec(first)?.[1] ?? "";
    const schema = await text(join(".batty/team_config", target));
    expect(JSON.parse(schema).title).toBe("Batty team");
  });
});
