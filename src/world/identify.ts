// Who calls: decided by descent from a pane, never by what the caller says of itself.
import type { PaneIdentity } from "../core/ports.ts";
import type { Caller, Refusal, Tier } from "../core/words.ts";
import { ancestors, nameOf, statOf } from "./proc.ts";

export interface Claim {
  readonly pid: number;
  readonly as: string | null;
  readonly client: "chat" | "shell";
}

export interface IdentifyParts {
  /** Our live panes as recorded at their launch. */
  readonly panes: () => readonly PaneIdentity[];
  readonly owner: () => { readonly name: string; readonly tier: Tier };
}

/** A process that descends from a pane is that member, whatever its environment says. */
export function identify(claim: Claim, parts: IdentifyParts): Caller | Refusal {
  const self = statOf(claim.pid);
  if (self === null) return { code: "access.unknown-caller", say: "The caller is gone." };
  const line = [{ pid: self.pid, startTime: self.startTime }, ...ancestors(claim.pid)];
  const panes = parts.panes();
  const pane = panes.find((p) => line.some((a) => a.pid === p.pid && a.startTime === p.startTime));
  if (pane !== undefined) {
    return claim.client === "chat"
      ? {
          code: "access.denied",
          say: `${pane.member} is a member of the team: the chat is for people.`,
          hint: "Use `batty send human …`.",
        }
      : { name: pane.member, via: "agent", tier: "team" };
  }
  const servers = panes.flatMap((p) => serverOf(p) ?? []);
  if (line.some((a) => servers.includes(a.pid)))
    return {
      code: "access.unknown-caller",
      say: "This process runs in the team's tmux but in no member's pane: it is neither a person nor a member.",
      hint: "Use a terminal of your own.",
    };
  if (claim.as !== null)
    return {
      code: "access.denied",
      say: "Speaking as somebody else (--as) is not possible yet.",
      hint: "Leave --as out.",
    };
  const { name, tier } = parts.owner();
  return { name, via: claim.client === "chat" ? "local" : "shell", tier };
}

/** The parent of every pane is our tmux server, as long as both live; an orphan's is whoever adopts orphans. */
function serverOf({ pid, startTime }: PaneIdentity): number | null {
  const stat = statOf(pid);
  if (stat === null || stat.startTime !== startTime) return null;
  return nameOf(stat.ppid)?.startsWith("tmux") === true ? stat.ppid : null;
}
