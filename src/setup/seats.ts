// Which agent sits where: as `--agent` says (one for every seat, or one a role), else by what is installed.
import { nearest } from "../core/suggest.ts";
import { agentAliases, builtInAgents } from "../core/team.ts";
import type { Refusal } from "../core/words.ts";
import { onPath } from "./on-path.ts";

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

/** The agents of a template of ours where nobody named any. */
export interface Found {
  readonly leads: string;
  readonly engineers: string;
  /** One line for the person who did not choose. */
  readonly say: string;
}

/** Those that are on the PATH: where both are, one plans and the other writes, so that they do not share a blind spot. */
export async function findAgents(path: string): Promise<Found> {
  const [claude, codex] = await Promise.all([onPath("claude", path), onPath("codex", path)]);
  const other = "Choose others with --agent, or in team.yaml.";
  if (claude && codex)
    return {
      leads: "claude",
      engineers: "codex",
      say: `claude and codex are on your PATH: engineers are codex, all others claude. ${other}`,
    };
  const only = codex ? "codex" : "claude";
  const say =
    claude || codex
      ? `${only} is on your PATH: it sits in every seat. ${other}`
      : "Neither claude nor codex is on your PATH: every seat is claude, to be installed before `batty start`. `--agent script` needs nothing installed.";
  return { leads: only, engineers: only, say };
}
