// `--agent`: one agent for every seat, or one a role (`architect=claude,engineer=codex`).
import { nearest } from "../core/suggest.ts";
import { agentAliases, builtInAgents } from "../core/team.ts";
import type { Refusal } from "../core/words.ts";

export type SeatAgents =
  /** Null: none was asked for. */
  | { readonly ok: true; readonly of: (role: string) => string | null }
  | { readonly ok: false; readonly refusal: Refusal };

export function parseAgents(text: string, roles: readonly string[]): SeatAgents {
  let all: string | null = null;
  const byRole = new Map<string, string>();
  for (const part of text.split(",")) {
    const [left = "", right] = part.split("=").map((side) => side.trim());
    const agent = agentAliases[right ?? left] ?? right ?? left;
    if (!(builtInAgents as readonly string[]).includes(agent))
      return refuse(`--agent: unknown agent "${agent}".`, agent, builtInAgents, "Agents are");
    if (right === undefined) all = agent;
    else if (roles.includes(left)) byRole.set(left, agent);
    else return refuse(`--agent: this template has no role "${left}".`, left, roles, "Roles are");
  }
  return { ok: true, of: (role) => byRole.get(role) ?? all };
}

function refuse(say: string, asked: string, known: readonly string[], label: string): SeatAgents {
  const near = nearest(asked, known);
  const hint = near === undefined ? `${label}: ${known.join(", ")}.` : `Did you mean ${near}?`;
  return { ok: false, refusal: { code: "usage", say, hint } };
}
