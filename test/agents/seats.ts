// How each real agent is started by hand against the scripted model, without a question at its first run. The
// product has its own adapters; these recipes are the ground that those are measured on.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cli } from "./install.ts";
import type { AgentsPlace } from "./place.ts";

export interface SeatOrder {
  readonly place: AgentsPlace;
  readonly program: string;
  readonly model: string;
  /** Where hooks are told. */
  readonly hooks: { readonly url: string; readonly script: string };
  /** More environment, for one scenario. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export interface Seat {
  readonly env: Readonly<Record<string, string>>;
  start(): readonly string[];
  resume(session: string): readonly string[];
  /** Folder under which the agent keeps its records (JSON lines). */
  readonly records: string;
}

const role = "You are an engineer of a team. Do what you are asked, then stop.";

export function seatOf(cli: Cli, order: SeatOrder): Promise<Seat> {
  return cli === "claude" ? claude(order) : codex(order);
}

const claudeEvents = [
  ...["UserPromptSubmit", "PreToolUse", "PermissionRequest", "PermissionDenied", "PostToolUse"],
  ...[
    "PostToolUseFailure",
    "PostToolBatch",
    "Notification",
    "Stop",
    "StopFailure",
    "SubagentStart",
  ],
  ...["SubagentStop", "PreCompact", "PostCompact", "SessionEnd"],
];

async function claude({ place, program, model, hooks, env, args = [] }: SeatOrder): Promise<Seat> {
  const home = await place.home("claude");
  const known = {
    hasCompletedOnboarding: true,
    projects: { [place.repo]: { hasTrustDialogAccepted: true } },
  };
  await writeFile(join(home, ".claude.json"), JSON.stringify(known));
  const http = [{ hooks: [{ type: "http", url: hooks.url, timeout: 600 }] }];
  const command = [{ hooks: [{ type: "command", command: `${hooks.script} SessionStart` }] }];
  const settings = join(place.folder, "claude-settings.json");
  const events = Object.fromEntries(claudeEvents.map((event) => [event, http]));
  await writeFile(
    settings,
    JSON.stringify({ tui: "default", hooks: { ...events, SessionStart: command } }),
  );
  const flags = [
    ...["--settings", settings, "--permission-mode", "manual"],
    ...["--append-system-prompt", role, "--system-prompt-snapshot", "off", ...args],
  ];
  return {
    env: {
      ...place.env(home),
      ANTHROPIC_BASE_URL: model,
      ANTHROPIC_AUTH_TOKEN: "scripted",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      DISABLE_AUTOUPDATER: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: "2",
      ...env,
    },
    start: () => [program, ...flags],
    resume: (session) => [program, "--resume", session, ...flags],
    records: join(home, ".claude", "projects"),
  };
}

const codexEvents = [
  ...["SessionStart", "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse"],
  ...[
    "PreCompact",
    "PostCompact",
    "SubagentStart",
    "SubagentStop",
    "Stop",
    "Interrupt",
    "SessionEnd",
  ],
];

async function codex({ place, program, model, hooks, env, args = [] }: SeatOrder): Promise<Seat> {
  const home = await place.home("codex");
  await mkdir(join(home, ".codex"), { recursive: true });
  const config = `model = "scripted"
model_provider = "scripted"
model_context_window = 200000
check_for_update_on_startup = false
developer_instructions = ${JSON.stringify(role)}
notify = [${JSON.stringify(hooks.script)}, "notify"]

[model_providers.scripted]
name = "Scripted"
base_url = "${model}/v1"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
request_max_retries = 2
stream_max_retries = 2

[analytics]
enabled = false

[notice]
hide_rate_limit_model_nudge = true

[projects.${JSON.stringify(place.repo)}]
trust_level = "trusted"
`;
  await writeFile(join(home, ".codex", "config.toml"), config);
  const hook = (event: string): readonly string[] => {
    const command = JSON.stringify(`${hooks.script} ${event}`);
    const timeout = event === "PermissionRequest" ? 600 : 3;
    return [
      "-c",
      `hooks.${event}=[{hooks=[{type="command",command=${command},timeout=${timeout}}]}]`,
    ];
  };
  const flags = [
    ...["--no-daemon", "--no-alt-screen", "--dangerously-bypass-hook-trust"],
    ...["-s", "workspace-write", "-a", "on-request"],
    ...codexEvents.flatMap(hook),
    ...args,
  ];
  return {
    env: { ...place.env(home), SCRIPTED_KEY: "scripted", ...env },
    start: () => [program, ...flags],
    resume: (session) => [program, "resume", session, ...flags],
    records: join(home, ".codex", "sessions"),
  };
}
