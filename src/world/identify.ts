// Who calls: decided by descent from a pane, never by what the caller says of itself.
import type { PaneIdentity } from "../core/ports.ts";
import type { Caller, Disguise, MemberName, Refusal } from "../core/words.ts";
import { ancestors, nameOf, type ProcessStat, startVariable, statOf } from "./proc.ts";

export interface Claim {
  readonly pid: number;
  readonly as: string | null;
  readonly client: "chat" | "shell";
}

export interface IdentifyParts {
  /** The project, as its panes are told. */
  readonly root: string;
  /** Whether what leaves an agent's session still descends from its pane. */
  readonly holdsOrphans: boolean;
  /** Our live panes as recorded at their launch. */
  readonly panes: () => readonly PaneIdentity[];
  /** The agents' own programs, as far as they were seen: below a pane's wrapper, above what they start. */
  readonly agents: (member: MemberName) => readonly number[];
  /** Who speaks when it is the bot's own OS user, plainly or with `--as`. */
  readonly person: (as: string | null, client: Claim["client"]) => Caller;
}

/** Somebody who was turned away at the door, and as whom: told to people. */
export interface TurnedAway {
  readonly refusal: Refusal;
  /** Null: it could not be found out. */
  readonly by: Caller | null;
}

type Line = readonly ProcessStat[];

/** A process that descends from a pane is that member, whatever its environment says. */
export function identify(claim: Claim, parts: IdentifyParts): Caller | TurnedAway {
  const line = lineOf(claim.pid);
  const self = line[0];
  if (self === undefined) return unknown("The caller is gone.");
  const panes = parts.panes();
  const pane = panes.find((p) => line.some((a) => a.pid === p.pid && a.startTime === p.startTime));
  if (pane !== undefined) return member(claim, pane, line, parts.agents(pane.member));
  const servers = panes.flatMap((p) => serverOf(p) ?? []);
  if (line.some((a) => servers.includes(a.pid)))
    return unknown(
      "This process runs in the team's tmux but in no member's pane: it is neither a person nor a member.",
    );
  if (line.some((a) => isOfTeam(a.pid, parts.root)))
    return unknown(
      "This process was started by a member of the team, but the pane it came from is gone.",
    );
  if (!parts.holdsOrphans && isStray(line, panes))
    return unknown(
      "This process belongs to no terminal and was left behind by something that was started after the team: without Perl on this machine it can't be told from an agent's.",
    );
  const by = parts.person(claim.as, claim.client);
  if (claim.client === "chat" && by.tier === "none")
    return {
      by,
      refusal: {
        code: "access.denied",
        say: `${claim.as ?? by.id} is nobody whom this team's \`access\` admits.`,
        hint:
          claim.as === null
            ? "An admin can add you in team.yaml."
            : "`--as` takes a key of `people:` that has `local:` and stands under `access:`.",
      },
    };
  return by;
}

function member(
  claim: Claim,
  pane: PaneIdentity,
  line: Line,
  agents: readonly number[],
): Caller | TurnedAway {
  const disguise = disguiseOf(claim.pid, pane, line, agents);
  const by: Caller = {
    name: pane.member,
    via: "agent",
    tier: "team",
    ...(disguise === null ? {} : { disguise }),
  };
  if (claim.client === "shell") return by;
  return {
    by,
    refusal: {
      code: "access.denied",
      say: `${pane.member} is a member of the team: the chat is for people.`,
      hint: "Use `batty send human …`.",
    },
  };
}

/** Its line of descent told whose it is all the same: this only says that it was hidden. */
function disguiseOf(
  pid: number,
  pane: PaneIdentity,
  line: Line,
  agents: readonly number[],
): Disguise | null {
  const claimed = startVariable(pid, "BATTY_MEMBER");
  if (claimed !== null && claimed !== pane.member) return "environment";
  const below = line.slice(
    0,
    line.findIndex((a) => a.pid === pane.pid),
  );
  return agents.length > 0 && !below.some((a) => agents.includes(a.pid)) ? "orphan" : null;
}

const unknown = (say: string): TurnedAway => ({
  by: null,
  refusal: { code: "access.unknown-caller", say, hint: "Use a terminal of your own." },
});

/** The process and its ancestors, itself first. */
function lineOf(pid: number): Line {
  const self = statOf(pid);
  if (self === null) return [];
  return [self, ...ancestors(pid).flatMap((a) => statOf(a.pid) ?? [])];
}

/** By the environment it was started with. One that was emptied on purpose says nothing. */
const isOfTeam = (pid: number, root: string): boolean =>
  startVariable(pid, "BATTY_MEMBER") !== null && startVariable(pid, "BATTY_PROJECT_ROOT") === root;

/**
 * Where no subreaper holds an agent's children (no Perl), one whose parent ended is adopted by init, and that is all
 * there is left to see. People's terminals have a terminal; what serves them otherwise (cron, ssh, a container's
 * exec) is older than the team, or has no parent. With a subreaper nobody is refused for that: an init that runs
 * commands itself looks the same.
 */
function isStray(line: Line, panes: readonly PaneIdentity[]): boolean {
  const oldest = Math.min(...panes.map((p) => Number(p.startTime)));
  const top = line.findLastIndex((a) => Number(a.startTime) >= oldest);
  const adopter = line[top + 1];
  if (top < 0 || adopter === undefined || !isAdopter(adopter.pid)) return false;
  return line.slice(0, top + 1).every((a) => a.terminal === 0);
}

const isAdopter = (pid: number): boolean => pid === 1 || nameOf(pid) === "systemd";

/** The parent of every pane is our tmux server, as long as both live; an orphan's is whoever adopts orphans. */
function serverOf({ pid, startTime }: PaneIdentity): number | null {
  const stat = statOf(pid);
  if (stat === null || stat.startTime !== startTime) return null;
  return nameOf(stat.ppid)?.startsWith("tmux") === true ? stat.ppid : null;
}
