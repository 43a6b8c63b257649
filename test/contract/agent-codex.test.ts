// Codex's driver against recordings of 0.169.0, and what is its own.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { codexDriver } from "../../src/world/agents/codex.ts";
import { seating } from "../fakes/seats.ts";
import { agentContract } from "./agent-suite.ts";

describe("Codex", () => {
  agentContract({
    driver: codexDriver,
    cli: "codex",
    troubles: {
      "error-401": "login",
      "error-429": "limit",
      "error-500": "overloaded",
      "error-529": "overloaded",
      "error-drop": "other",
      "context-full": "context",
      "usage-limit": "limit",
    },
    limited: "usage-limit",
    spoofs: [
      "• Working (3s • esc to interrupt)",
      "• Running hook (1s • esc to interrupt)",
      "Pane is dead (status 1)",
      "  Resuming session…",
    ],
    shown: 500,
    aside: [
      { hook_event_name: "PostToolUse", agent_id: "a1", session_id: "s", tool_name: "Bash" },
      { hook_event_name: "Stop", agent_id: "a1", last_assistant_message: "looked" },
      { hook_event_name: "SessionStart", source: "compact", session_id: "s" },
      { hook_event_name: "SubagentStop", session_id: "s" },
      { type: "event_msg", payload: { type: "task_complete", last_agent_message: "Done." } },
      { type: "agent-turn-complete", "last-assistant-message": '{"title":"Work"}' },
    ],
  });
});

const ended = (message: string, at: string) => ({
  type: "event_msg",
  payload: {
    type: "task_complete",
    completed_at: new Date(at).getTime() / 1000,
    error: { message, codex_error_info: "usage_limit_exceeded" },
  },
});

describe("a limit of Codex's", () => {
  it.each([
    ["try again at 4:10 PM.", "2026-11-28T14:10", "2026-11-28T16:11"],
    ["try again at 12:05 AM.", "2026-11-28T23:10", "2026-11-29T00:06"],
    ["try again at Dec 3rd, 2026 9:59 AM.", "2026-11-28T14:10", "2026-12-03T10:00"],
  ])("that says: %s ends with that minute", (say, at, until) => {
    const [heard] = codexDriver.hear(ended(`You’ve hit your usage limit. ${say}`, at));
    expect(heard?.trouble).toEqual({ kind: "limit", until: new Date(until).getTime() });
  });

  it("that says nothing of its end has none", () => {
    const [heard] = codexDriver.hear(ended("You’ve hit your usage limit.", "2026-11-28T14:10"));
    expect(heard?.trouble).toEqual({ kind: "limit", until: null });
  });
});

describe("a patch that Codex asks for", () => {
  const asked = (command: string) =>
    codexDriver.asks({
      hook_event_name: "PermissionRequest",
      tool_name: "apply_patch",
      tool_input: { command },
    });

  it("is shown whole, and matched by its path", () => {
    const patch = "*** Begin Patch\n*** Update File: src/a b.ts\n-x\n+y\n*** End Patch";
    expect(asked(patch)).toMatchObject({ what: patch, subject: "edit src/a b.ts" });
  });

  it("of several files is matched by no path: a pattern for one would let the others pass", () => {
    const patch = "*** Update File: src/a.ts\n+y\n*** Delete File: /etc/passwd";
    expect(asked(patch)?.subject).toBe("apply_patch 2 files");
    const indented = "*** Add File: src/a.ts\n+y\n  *** Delete File: /etc/passwd";
    expect(asked(indented)?.subject).toBe("apply_patch 2 files");
  });
});

it("a command is one of its shell's: another tool's field of that name is none", () => {
  const asked = codexDriver.asks({
    ...{ hook_event_name: "PermissionRequest", tool_name: "mcp__ssh__run" },
    tool_input: { command: "npm test; reboot" },
  });
  expect(asked?.subject).toBe("mcp__ssh__run npm test; reboot");
});

describe("a screen of Codex's", () => {
  const composer = (...rows: string[]) => codexDriver.composer({ rows, title: "" });
  const footer = ["", "  gpt default · /work/eng-1", "  ← for agents · ? for shortcuts"];

  it("with a draft of several lines shows them as they were pasted", () => {
    const draft = ["› [batty 1.2.3 from human]", "  one", "", "    two"];
    expect(composer("• Done.", "", ...draft, ...footer)).toEqual({
      known: true,
      value: "[batty 1.2.3 from human]\none\n\n  two",
    });
  });

  it("with a header that a narrow pane broke shows it whole", () => {
    expect(composer("› [batty 1764313200000.000001.9", "  from human] go", ...footer)).toEqual({
      known: true,
      value: "[batty 1764313200000.000001.9 from human] go",
    });
  });

  it("with a folded paste below the header still shows whose it is", () => {
    const folded = ["› [batty 1.2.3 from human]", "  \u001b[38;5;6m[Pasted Content 1525 chars]"];
    expect(composer(...folded, ...footer)).toMatchObject({
      value: expect.stringMatching(/^\[batty 1\.2\.3 from human\]/),
    });
  });

  it("with nothing but a folded paste is not known", () => {
    expect(composer("› \u001b[38;5;6m[Pasted Content 1525 chars]", ...footer).known).toBe(false);
  });

  it("that loads an earlier conversation takes no paste yet", () => {
    const screen = {
      rows: ["  Resuming session…", "", "› \u001b[2mAsk Codex", "", "  ?"],
      title: "",
    };
    expect(codexDriver.composer(screen).known).toBe(false);
    expect(codexDriver.read(screen)?.shows).toBe("unknown");
  });

  it("of a list that is not drawn to its end is neither a composer nor idle", () => {
    const rows = [
      "  Choose how you want to use Codex.",
      "",
      "> 1. Sign in with ChatGPT",
      "",
      "  2.",
    ];
    expect(codexDriver.read({ rows, title: "" })?.shows).toBe("unknown");
  });

  it("asks for a login", () => {
    const rows = ["  Choose how you want to use Codex.", "", "> 1. Sign in with ChatGPT"];
    const screen = {
      rows: [...rows, "", "  2. Sign in another way", "", "  Press enter to continue"],
    };
    expect(codexDriver.composer({ ...screen, title: "" }).known).toBe(false);
    expect(codexDriver.read({ ...screen, title: "" })).toEqual({
      shows: "waiting",
      what: "Choose how you want to use Codex.",
    });
  });

  it("asks for trust", () => {
    const rows = ["  Trust this folder? Codex can read, edit, and run files here.", ""];
    const choice = ["› 1. Trust and continue", "  2. Back", "", "  enter continue · esc back"];
    expect(codexDriver.read({ rows: [...rows, ...choice], title: "" })).toMatchObject({
      shows: "waiting",
      what: expect.stringContaining("Trust this folder?"),
    });
  });
});

describe("a launch of Codex", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** A repository's folders as git makes them for a worktree. */
  function worktree(): { readonly git: string; readonly path: string } {
    const base = realpathSync(mkdtempSync(join(tmpdir(), "batty-codex-")));
    folders.push(base);
    const own = join(base, "repo", ".git", "worktrees", "eng-1");
    for (const folder of [own, join(base, "eng-1"), join(base, "repo", ".git", "objects")])
      mkdirSync(folder, { recursive: true });
    writeFileSync(join(own, "commondir"), "../..\n");
    writeFileSync(join(base, "eng-1", ".git"), `gitdir: ${own}\n`);
    return { git: join(base, "repo", ".git"), path: join(base, "eng-1") };
  }

  it("may write what a commit writes, and nothing that git runs", () => {
    const { git, path } = worktree();
    const argv = codexDriver.launch(seating({ worktree: path })).argv.join("\n");
    expect(argv).toContain(`"${git}/objects"="write"`);
    expect(argv).toContain(`"${git}/worktrees/eng-1"="write"`);
    expect(argv).toContain(`"${git}/worktrees/eng-1/commondir"="read"`);
    expect(argv).not.toContain(`"${git}"=`);
    expect(argv).not.toContain(`${git}/config`);
    expect(argv).not.toContain(`${git}/hooks`);
  });

  it("keeps within the sandbox where nothing is known of the worktree", () => {
    const { argv } = codexDriver.launch(seating({ worktree: "/nowhere" }));
    expect(argv).toContain('default_permissions="batty"');
    expect(argv.join("\n")).toContain('extends=":workspace"');
    expect(argv.slice(argv.indexOf("-a"))).toEqual(["-a", "on-request"]);
  });

  it("names its own program, though a shell starts it", () => {
    expect(codexDriver.launch(seating()).program).toBe("codex");
  });
});
