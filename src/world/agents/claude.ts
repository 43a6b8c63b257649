// The driver of Claude Code: how it is started for a seat, and what its events, its record and its screen mean. Tried
// on the real program; docs/agents.md tells how it is held.
import { join } from "node:path";
import type { AgentDriver, LaunchPlan, Seating } from "../../core/agent.ts";
import { answer } from "./answer.ts";
import { hear } from "./claude/events.ts";
import { asks, plans } from "./claude/permission.ts";
import { composer, read } from "./claude/screen.ts";
import { settingsOf } from "./claude/settings.ts";
import { usage } from "./claude/usage.ts";
import { tellScript } from "./tell.ts";

export const claudeDriver: AgentDriver = {
  agent: "claude",
  tried: { oldest: "2.1.329", newest: "2.1.329" },
  version: ["claude", "--version"],
  logins: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"],
  launch,
  composer,
  read,
  hear,
  asks,
  plans,
  answer,
  // When a used-up plan goes on stands there alone.
  followsRecord: true,
  usage,
  interrupt: ["Escape"],
  // Once: a second one, with nothing left to clear, would end it.
  clear: ["C-c"],
};

const settings = "settings.json";
const tell = "tell";

function launch(seating: Seating): LaunchPlan {
  const { folder, promptFile, resume, fresh, model, permissions } = seating;
  const mode = permissions === "trusted" ? "bypassPermissions" : "default";
  return {
    argv: [
      ...["claude", "--settings", join(folder, settings), "--permission-mode", mode],
      ...["--append-system-prompt-file", promptFile],
      // Else a conversation that is gone on with keeps the role it began with.
      ...["--system-prompt-snapshot", "off"],
      ...(model === null ? [] : ["--model", model]),
      ...(resume === null ? ["--session-id", fresh] : ["--resume", resume]),
    ],
    env: {
      // An update in the middle of work would change what runs here.
      DISABLE_AUTOUPDATER: "1",
      // Who named this repository in team.yaml trusts it: without this each new one asks in its pane. Permission is
      // asked for as before.
      CLAUDE_CODE_SANDBOXED: "1",
    },
    files: {
      [settings]: settingsOf(seating, join(folder, tell)),
      [tell]: tellScript(seating.hooks),
    },
  };
}
