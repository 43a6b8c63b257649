// The answer to a permission hook in the form that Claude Code had first and Codex took over.
import type { Verdict } from "../../core/agent.ts";

/** The same for the hook before a tool: it does not run. */
export const refusalOf = (reason: string): string =>
  JSON.stringify({
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision: "deny",
      permissionDecisionReason: reason,
    },
  });

/** Tried with Claude Code 2.1.329 and Codex 0.169.0: the model reads the reason as the tool's error. */
export function answer(verdict: Verdict): string {
  if (verdict.effect === "pane") return "";
  const decision =
    verdict.effect === "allow"
      ? { behavior: "allow" }
      : { behavior: "deny", message: verdict.reason };
  return JSON.stringify({ hookSpecificOutput: { hookEventName: "PermissionRequest", decision } });
}
