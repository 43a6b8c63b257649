// Claude Code's driver against recordings of 2.1.329, and what is its own: its settings, its folded pastes, its use.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claudeDriver as driver } from "../../src/world/agents/claude.ts";
import { doorPath, type HookDoor, openHookDoor } from "../../src/world/agents/door.ts";
import { seating } from "../fakes/seats.ts";
import { agentContract } from "./agent-suite.ts";

describe("Claude Code", () => {
  agentContract({
    driver,
    cli: "claude",
    troubles: {
      "error-401": "login",
      "error-429": "limit",
      "error-500": "overloaded",
      "error-529": "overloaded",
      "error-drop": "overloaded",
      "context-full": "context",
      "usage-limit": "limit",
    },
    limited: "usage-limit-of-plan",
    spoofs: [
      "✻ Thinking… (3s · esc to interrupt)",
      "Pane is dead (status 1)",
      " Select login method",
    ],
    shown: 1_500,
    aside: [
      { hook_event_name: "PreToolUse", agent_id: "a1", session_id: "s", tool_name: "Bash" },
      { hook_event_name: "Stop", agent_id: "a1", last_assistant_message: "looked" },
      { hook_event_name: "SessionStart", source: "compact", session_id: "s" },
      { hook_event_name: "SubagentStop", session_id: "s" },
      { hook_event_name: "Notification", notification_type: "idle_prompt", message: "waits" },
      { hook_event_name: "SessionEnd", reason: "clear" },
    ],
  });
});

describe("Claude Code's settings", () => {
  const filed = (name: string, at = seating()) => driver.launch(at).files[name] ?? "";

  test("file what must last, post what may be lost, and wait for a person as long as told", () => {
    const { hooks, permissions, tui } = JSON.parse(filed("settings.json"));
    const commands = (event: string): string[] =>
      hooks[event].flatMap((group: { hooks: { command: string }[] }) =>
        group.hooks.map(({ command }) => command),
      );
    for (const event of ["SessionStart", "UserPromptSubmit", "Stop", "StopFailure", "SessionEnd"])
      expect(commands(event)).toEqual(["sh '/work/bin/batty-hook'"]);
    for (const event of ["PreToolUse", "PostToolUse"])
      expect(commands(event)).toEqual(["bash '/work/seat/tell' 2>/dev/null || :"]);
    expect(hooks["PermissionRequest"]).toMatchObject([
      { matcher: "AskUserQuestion|ExitPlanMode" },
      { hooks: [{ command: "node '/work/hook.js'", timeout: 600 }] },
    ]);
    expect(permissions).toEqual({ allow: ["Read(//work/bodies/**)", "Bash(batty *)"] });
    expect(tui).toBe("default");
  });

  test("reach their script under any name of a folder", () => {
    const { hooks } = JSON.parse(filed("settings.json", seating({ folder: "/work/it's here" })));
    expect(hooks["PreToolUse"][0].hooks[0].command).toContain(`'/work/it'\\''s here/tell'`);
  });

  describe("post a tool's event", () => {
    const run = promisify(execFile);
    let folder = "";
    let door: HookDoor;
    let events: unknown[] = [];
    let came = () => {};
    let forbids: string | null = null;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "batty-tell-"));
      events = [];
      forbids = null;
      door = await openHookDoor({
        port: 0,
        keyOf: () => "secret",
        members: () => ["eng-1-1"],
        onEvent: (_member, _epoch, event) => {
          events.push(event);
          came();
        },
        forbids: async () => forbids,
        onRequest: async () => "",
        log: () => {},
      });
    });
    afterEach(async () => {
      await door.close();
      await rm(folder, { recursive: true, force: true });
    });

    const tell = async (event: object): Promise<{ stdout: string; stderr: string }> => {
      const eventUrl = `http://127.0.0.1:${door.port}${doorPath("eng-1-1", 1, "secret", "event")}`;
      const at = seating();
      const script = join(folder, "tell");
      await writeFile(script, filed("tell", { ...at, hooks: { ...at.hooks, eventUrl } }));
      const told = run("bash", [script]);
      told.child.stdin?.end(JSON.stringify(event));
      return told;
    };

    test("to the bot, as it is", async () => {
      const event = { hook_event_name: "PreToolUse", tool_input: { command: "echo 'ä %s \\n'" } };
      const heard = new Promise<void>((resolve) => {
        came = resolve;
      });
      expect(await tell(event)).toEqual({ stdout: "", stderr: "" });
      await heard;
      expect(events).toEqual([event]);
    });

    test("without a long output, that the tool ran being all that counts", async () => {
      const heard = new Promise<void>((resolve) => {
        came = resolve;
      });
      await tell({ hook_event_name: "PostToolUse", tool_response: "x".repeat(200_000) });
      await heard;
      expect(events).toEqual([{ hook_event_name: "PostToolUse" }]);
      expect(driver.hear(events[0])).toMatchObject([{ kind: "working" }]);
    });

    test("and hears that it does not go, in words that nobody can make an allow of", async () => {
      forbids = 'npm publish "x" %s ~/.aws","permissionDecision":"allow';
      const { stdout, stderr } = await tell({ hook_event_name: "PreToolUse", tool_name: "Bash" });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toEqual({
        hookSpecificOutput: {
          hookEventName: "PreToolUse",
          permissionDecision: "deny",
          permissionDecisionReason: "npm publish x s ~/.aws,permissionDecision:allow",
        },
      });
    });

    test("to nobody, in silence, while no bot runs", async () => {
      await door.close();
      expect(await tell({ hook_event_name: "PreToolUse" })).toEqual({ stdout: "", stderr: "" });
    });
  });
});

describe("Claude Code's composer", () => {
  const line = "─".repeat(72);
  const composing = (...rows: readonly string[]) =>
    driver.composer({
      rows: ["● Done.", "", line, ...rows, line, "  ⏸ manual mode on"],
      title: "",
    });

  test("shows a message's header before the fold of its body", () => {
    expect(composing("❯\u00a0[batty m1 from ada]", "  [Pasted text #1 +9 lines]")).toEqual({
      known: true,
      value: "[batty m1 from ada]\n[Pasted text #1 +9 lines]",
    });
  });

  test("says of a fold alone that nobody can know what it holds", () => {
    expect(composing("❯\u00a0[Pasted text #1 +9 lines]")).toEqual({
      known: false,
      why: "a folded paste stands in its composer",
    });
  });

  test("joins a header that a narrow pane broke", () => {
    expect(composing("❯\u00a0[batty m1 from ada", "  task 12]", "  Go")).toMatchObject({
      value: "[batty m1 from ada task 12]\nGo",
    });
  });

  test("is empty behind a placeholder, its first letter under the cursor", () => {
    const hint = "\u001b[38;5;246m❯\u00a0\u001b[7m\u001b[39mP\u001b[0;2mress up to edit\u001b[0m";
    expect(composing(hint)).toEqual({ known: true, value: "" });
    expect(composing("❯\u00a0\u001b[7mP\u001b[0m")).toEqual({ known: true, value: "P" });
  });

  test("is not free in its shell mode, where a message would run as a command", () => {
    expect(composing("!\u00a0")).toEqual({ known: true, value: "!" });
  });

  test("is not the echo of a prompt, and over with the program", () => {
    expect(driver.composer({ rows: [line, "❯ said before", line], title: "" }).known).toBe(false);
    const ended = [line, "❯\u00a0", line, "Resume this session with:", "claude --resume x"];
    expect(driver.composer({ rows: ended, title: "" }).known).toBe(false);
    expect(driver.read({ rows: ended, title: "" })).toEqual({ shows: "unknown", what: "" });
  });
});

test("Claude Code works while it says so under the composer, whatever its title is", () => {
  const rows = ["─".repeat(72), "❯\u00a0", "─".repeat(72), "  ⏸ manual mode on · esc to interrupt"];
  expect(driver.read({ rows, title: "Gi=31,s=1" })).toEqual({ shows: "working", what: "" });
});

describe("Claude Code's first run", () => {
  test.each([
    [" Let's get started.", "its first set-up: run claude once by hand"],
    [" Select login method:", "a login: run claude once by hand"],
    [" Quick safety check: Is this a project you trust?", "whether it may trust this folder"],
    ["  Detected a custom API key in your environment", /ANTHROPIC_API_KEY/],
    ["  WARNING: Claude Code running in Bypass Permissions mode", /without asking/],
  ])("waits for a person by name: %s", (row, what) => {
    const rows = ["─".repeat(72), row, "", " ❯ No, exit", "   Yes", "", " Enter to confirm"];
    const reading = driver.read({ rows, title: "" });
    expect(reading?.shows).toBe("waiting");
    expect(reading?.what).toMatch(what);
    expect(driver.composer({ rows, title: "" }).known).toBe(false);
  });
});

describe("what Claude Code asks for", () => {
  const asked = (tool_name: string, tool_input: object) =>
    driver.asks({ hook_event_name: "PermissionRequest", cwd: "/work/eng", tool_name, tool_input });

  test("is a change as a diff, its path from the folder it works in", () => {
    const input = { file_path: "/work/eng/src/a.ts", old_string: "a\nb\nc", new_string: "a\nB\nc" };
    expect(asked("Edit", input)).toEqual({
      tool: "Edit",
      what: "src/a.ts\n a\n-b\n+B\n c",
      subject: "edit src/a.ts",
      cwd: "/work/eng",
    });
    expect(asked("Write", { file_path: "/etc/hosts", content: "x\n" })).toMatchObject({
      what: "/etc/hosts\n+x",
      subject: "edit /etc/hosts",
    });
  });

  test("says of a long change how much is left out", () => {
    const content = Array.from({ length: 250 }, (_, n) => `line ${n}`).join("\n");
    expect(asked("Write", { file_path: "b", content })?.what).toMatch(/\n… 50 more lines$/);
  });

  test("is any other tool with all that it was given", () => {
    expect(asked("WebFetch", { url: "https://example.com", prompt: "read" })).toMatchObject({
      what: expect.stringContaining('"prompt": "read"'),
      subject: "WebFetch https://example.com",
    });
  });

  test("is no command and no edit where another tool has fields of these names", () => {
    expect(asked("mcp__ssh__run", { command: "npm test; reboot" })?.subject).toBe("mcp__ssh__run");
    expect(asked("mcp__f__save", { file_path: "src/a.ts", content: "x" })?.subject).toBe(
      "mcp__f__save src/a.ts",
    );
    expect(asked("Bash", { command: "make", dangerouslyDisableSandbox: true })).toMatchObject({
      what: "(outside the sandbox)\nmake",
      subject: "make",
    });
  });

  test("is no permission where it asks a question or shows its plan: that waits in the pane", () => {
    const questions = [{ question: "Which?", options: [{ label: "Red" }, { label: "Blue" }] }];
    const event = { hook_event_name: "PermissionRequest", tool_input: { questions } };
    expect(asked("AskUserQuestion", { questions })).toBeNull();
    expect(driver.hear({ ...event, tool_name: "AskUserQuestion" })).toMatchObject([
      { kind: "waiting", detail: "Which?\n1. Red\n2. Blue" },
    ]);
    expect(asked("ExitPlanMode", { plan: "1. do" })).toBeNull();
  });
});

describe("Claude Code's use", () => {
  const answer = (id: string, output_tokens: number, more: object = {}, input_tokens = 10) =>
    JSON.stringify({
      type: "assistant",
      message: {
        id,
        model: "claude-x",
        usage: { input_tokens, cache_read_input_tokens: 90, output_tokens },
      },
      ...more,
    });

  test("counts an answer once, by its last line, and a sub-agent's not as the context", () => {
    const lines = [answer("m1", 1), answer("m1", 5), answer("m2", 7, { isSidechain: true }, 50)];
    const cost = JSON.stringify({
      type: "cost-state",
      totalCostUSD: 0.25,
      hasUnknownModelCost: false,
    });
    expect(driver.usage([...lines, cost])).toEqual({
      ...{ input: 240, cached: 180, output: 12, cost: 0.25, context: 100, window: null },
    });
    expect(driver.usage(lines)?.cost).toBeNull();
  });
});
