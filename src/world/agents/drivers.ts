// Which coding agents can be driven, by name. The one place where an agent's name becomes a driver.
import type { AgentDriver } from "../../core/agent.ts";
import { Failure } from "../../core/words.ts";
import { claudeDriver } from "./claude.ts";
import { codexDriver } from "./codex.ts";
import { createScriptDriver } from "./script.ts";

/** Names that team.yaml may hold, in the order they are listed to people. */
export const agentNames = ["claude", "codex", "aider", "opencode", "gemini", "script"] as const;

/** Batty's names for the same. */
const aliases: Readonly<Record<string, string>> = { "claude-code": "claude", "codex-cli": "codex" };

/** The variables that hold any agent's login. */
export const logins: readonly string[] = [claudeDriver, codexDriver].flatMap((d) => d.logins);

/**
 * @param programs paths of the agents' programs that are part of this package
 * @throws Failure `agent.unsupported` for every agent that has no driver here
 */
export function driverOf(agent: string, programs: { readonly script: string }): AgentDriver {
  const name = Object.hasOwn(aliases, agent) ? aliases[agent] : agent;
  if (name === "script") return createScriptDriver(programs.script);
  if (name === "claude") return claudeDriver;
  if (name === "codex") return codexDriver;
  const isKnown = agentNames.some((one) => one === name);
  throw new Failure(
    "agent.unsupported",
    isKnown
      ? `agent "${agent}" comes with a later release; use claude, codex or script`
      : `there is no agent "${agent}"`,
    { hint: `Agents are ${agentNames.join(", ")}; this release drives claude, codex and script.` },
  );
}
