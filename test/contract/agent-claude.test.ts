// Claude Code's driver against recordings of 2.1.329, and what is its own.
import { describe } from "vitest";
import { claudeDriver } from "../../src/world/agents/claude.ts";
import { agentContract } from "./agent-suite.ts";

describe("Claude Code", () => {
  agentContract({
    driver: claudeDriver,
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
