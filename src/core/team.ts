// The team as team.yaml describes it, resolved: every name bound, every default in. Pure types; no YAML.
import type { channels } from "./card.ts";
import type { Permissions } from "./permissions.ts";
import type { MergeRule } from "./policy.ts";
import type { SetUp } from "./ports.ts";
import type { Member, MemberName, Millis, RoleType } from "./words.ts";

/** Agents we know how to start; team.yaml adds its own under `agents:`. */
export const builtInAgents = ["claude", "codex", "aider", "opencode", "gemini", "script"] as const;

/** Names that Batty's files use for some of them. */
export const agentAliases: Readonly<Record<string, string>> = {
  "claude-code": "claude",
  "codex-cli": "codex",
};

export interface Role {
  readonly name: string;
  readonly roleType: RoleType;
  /** Empty for people (`role_type: user`). */
  readonly members: readonly MemberName[];
}

/** What a seat needs beside the `Member` that the rules know. */
export interface Seat {
  /** Under `team_config/`; false: the default name, whose absence means the built-in prompt. */
  readonly prompt: { readonly file: string; readonly named: boolean };
  readonly model: string | null;
  /** Whether `send human` is open to it; `ask` always is. */
  readonly talksToPeople: boolean;
  /** Idle time before its prompt's `## Nudge` section is typed; null: never. */
  readonly nudgeAfter: Millis | null;
  readonly receivesStandup: boolean;
  readonly standupEvery: Millis | null;
}

export interface Person {
  /** OS login. */
  readonly local?: string;
  /** Platform ids, as text: Discord's do not fit into a number. */
  readonly discord?: string;
  readonly telegram?: string;
  readonly timezone?: string;
}

/** Whom an access list admits. */
export type Admitted =
  | { readonly person: string }
  | { readonly discordUser: string }
  | { readonly discordRole: string }
  | { readonly telegramUser: string };

export interface Access {
  readonly viewers: readonly Admitted[];
  readonly operators: readonly Admitted[];
  readonly approvers: readonly Admitted[];
  readonly admins: readonly Admitted[];
  /** Whether two `chat --as` people count as two approvers. */
  readonly localAs: boolean;
}

export interface OwnAgent {
  readonly command: readonly string[];
  readonly resume: readonly string[] | null;
  /** Patterns of its screen: the prompt that takes input, and the mark of a running turn. */
  readonly ready: string | null;
  readonly busy: string | null;
}

export interface TeamPolicy {
  /** As written, else as detected; null: nothing can land. */
  readonly testCommand: string | null;
  readonly setUp: SetUp | null;
  readonly permissions: Permissions;
  /** Reds after the first before people are asked. */
  readonly maxRetries: number;
  /** Of one gate run. */
  readonly timeoutMs: Millis;
  /** Names handed on to agents and gates beside the allow-list. */
  readonly envPass: readonly string[];
  readonly autoMerge: {
    readonly enabled: boolean;
    readonly confidenceThreshold: number;
    readonly maxLines: number;
    readonly maxFiles: number;
    readonly maxModules: number;
    readonly sensitivePaths: readonly string[];
  };
  readonly approvals: number;
  readonly mergeRules: readonly MergeRule[];
  readonly approvalExpiresMs: Millis;
  readonly revertWindowMs: Millis;
  readonly autoDispatch: boolean;
  /** How long an engineer must be idle before it gets work. */
  readonly dispatchDelayMs: Millis;
  readonly excludedTags: readonly string[];
  /** A turn without any sign of life for so long is stalled. */
  readonly stalledAfterMs: Millis;
  /** Percent; null: off. */
  readonly contextThreshold: number | null;
  /** Free bytes below which nothing new is handed out. */
  readonly minFreeBytes: number;
  /** Done tasks kept on the board before the oldest are archived. */
  readonly rotationThreshold: number;
}

export interface Standup {
  /** Between periodic standups to leads; 0: none. */
  readonly everyMs: Millis;
  readonly outputLines: number;
  /** When the daily one is due, in five fields; null: never. */
  readonly cron: string | null;
  /** As written, else the owner's, else the machine's. */
  readonly timezone: string;
}

export interface QuietHours {
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
  /** As written, else the machine's. */
  readonly timezone: string;
  readonly except: readonly string[];
}

export interface Escalation {
  readonly mentionAfterMs: Millis;
  readonly pushAfterMs: Millis;
  /** Null: no deputy. */
  readonly deputyAfterMs: Millis | null;
  readonly deputy: string | null;
}

/** Where the team is on Discord. A channel is an id or a name. */
export interface DiscordSettings {
  /** Null: the only one the bot is in. */
  readonly guild: string | null;
  readonly channels: Readonly<Record<(typeof channels)[number], string>>;
  readonly threads: {
    /** A thread per member; false: the members of a role share one. */
    readonly members: boolean;
    readonly tasks: boolean;
  };
}

export interface Chat {
  readonly local: boolean;
  /** Null: not set up. */
  readonly discord: DiscordSettings | null;
  /** As written; its adapter reads it. Null: not set up. */
  readonly telegram: Readonly<Record<string, unknown>> | null;
}

/** Accepted, but without the effect one might expect. */
export interface Warning {
  readonly line: number;
  readonly key: string;
  readonly say: string;
}

export interface Team {
  /** Only `a-z 0-9 -`: it becomes part of a tmux session and a socket. */
  readonly name: string;
  /** Null: the repository's default branch. */
  readonly trunkBranch: string | null;
  readonly roles: readonly Role[];
  /** Architects, managers, engineers. */
  readonly members: readonly Member[];
  readonly seats: Readonly<Record<MemberName, Seat>>;
  readonly people: Readonly<Record<string, Person>>;
  /** The OS user's name as people see it; admin on this machine. */
  readonly owner: string;
  readonly access: Access;
  readonly policy: TeamPolicy;
  readonly standup: Standup;
  readonly quietHours: QuietHours | null;
  readonly escalation: Escalation;
  readonly chat: Chat;
  readonly agents: Readonly<Record<string, OwnAgent>>;
  /** Keys as in team.yaml, with what was resolved filled in and secrets left out. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Warning[];
}

/** Names a member may address, as people write them: `human` stands for the people. */
export function reachable(team: Pick<Team, "seats">, member: Member): readonly string[] {
  const people = team.seats[member.name]?.talksToPeople ? ["human"] : [];
  return [...people, ...member.talksTo];
}

/** The JSON of `config --json`. */
export function configJson(team: Team): unknown {
  return {
    team: team.name,
    members: team.members.map((member) => ({
      name: member.name,
      role: member.role,
      role_type: member.roleType,
      agent: member.agent,
      reports_to: member.reportsTo,
      talks_to: reachable(team, member),
    })),
    config: team.config,
  };
}
