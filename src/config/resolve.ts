// From a checked team file to the Team everyone else works with: defaults filled in, times in milliseconds.
// The one place where defaults are written down.

import { type MergeRule, watched } from "../core/policy.ts";
import type { SetUp } from "../core/ports.ts";
import type {
  Chat,
  Escalation,
  OwnAgent,
  QuietHours,
  Standup,
  Team,
  TeamPolicy,
} from "../core/team.ts";
import { parseDuration } from "../lib/duration.ts";
import type { Detected } from "./detect.ts";
import { type Complain, drawMembers, placeMembers, rolesOf } from "./hierarchy.ts";
import { accessOf, chatOf, checkPeople, ownerOf, peopleOf } from "./people.ts";
import { agentOf, checkAgents, checkOverrides, checkRoles, noBarriers, seatOf } from "./roles.ts";
import type { TeamFile } from "./schema.ts";

export interface Surroundings {
  /** The project's folder name: the team's name when the file gives none. */
  readonly folder: string;
  readonly osUser: string;
  readonly detected: Detected;
}

/** Everything but the warnings. What does not fit together is complained of; the result then is not to be used. */
export function resolveTeam(
  file: TeamFile,
  around: Surroundings,
  complain: Complain,
): Omit<Team, "warnings"> {
  checkRoles(file, complain);
  checkAgents(file, complain);
  checkBarriers(file, complain);
  const drawn = drawMembers(file, complain);
  const placed = placeMembers(file, drawn, complain);
  checkOverrides(file, drawn, complain);
  const owner = ownerOf(file, around.osUser);
  checkPeople(file, [...drawn.map((one) => one.name), ...rolesWithSeats(file)], owner, complain);
  const place = (name: string) => placed.get(name) ?? { talksTo: [], talksToPeople: true };
  const policy = policyFrom(file, around.detected);
  const chat = chatOf(file);
  return {
    name: file.name === undefined ? plainName(around.folder).slice(0, 48) : plainName(file.name),
    trunkBranch: file.trunk_branch ?? null,
    roles: rolesOf(file, drawn),
    members: drawn.map((one) => ({
      name: one.name,
      role: one.role.name,
      roleType: one.role.role_type as "architect" | "manager" | "engineer",
      agent: agentOf(one, file),
      talksTo: place(one.name).talksTo,
      reportsTo: one.lead,
    })),
    seats: Object.fromEntries(drawn.map((one) => seatOf(one, file, place(one.name)))),
    people: peopleOf(file),
    owner,
    access: accessOf(file),
    policy,
    standup: standupFrom(file, owner, chat),
    quietHours: quietFrom(file),
    escalation: escalationFrom(file),
    chat,
    agents: agentsFrom(file),
    config: shownConfig(file, around, policy),
  };
}

const rolesWithSeats = (file: TeamFile): string[] =>
  file.roles.filter((role) => role.role_type !== "user").map((role) => role.name);

/** Safe as part of a tmux session name, a socket name and a folder name. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9-]/g, "-");

function checkBarriers(file: TeamFile, complain: Complain): void {
  const refuse = (path: readonly string[]): void =>
    complain(path, noBarriers, "Remove it; use separate repositories to keep roles apart.");
  if (file.workflow_policy?.clean_room_mode) refuse(["workflow_policy", "clean_room_mode"]);
  if (file.automation?.clean_room_mode) refuse(["automation", "clean_room_mode"]);
  if (Object.keys(file.workflow_policy?.barrier_groups ?? {}).length > 0)
    refuse(["workflow_policy", "barrier_groups"]);
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const gib = 1024 ** 3;

function policyFrom(file: TeamFile, detected: Detected): TeamPolicy {
  const flow = file.workflow_policy;
  const verify = flow?.verification;
  const auto = flow?.auto_merge;
  const minFreeGb = file.automation?.disk_hygiene?.min_free_gb;
  return {
    testCommand: verify?.test_command ?? flow?.test_command ?? detected.test?.command ?? null,
    setUp: setUpFrom(flow?.setup, detected),
    permissions: {
      allow: flow?.permissions?.allow ?? [],
      deny: flow?.permissions?.deny ?? [],
      ask: flow?.permissions?.ask ?? "rest",
      timeout: (flow?.permissions?.timeout_secs ?? 600) * second,
    },
    maxRetries: verify?.max_retries ?? verify?.max_iterations ?? 2,
    timeoutMs: (verify?.timeout_secs ?? 1_800) * second,
    envPass: flow?.env_pass ?? [],
    autoMerge: {
      enabled: auto?.enabled ?? false,
      confidenceThreshold: auto?.confidence_threshold ?? 0.8,
      maxLines: auto?.max_diff_lines ?? 2_000,
      maxFiles: auto?.max_files_changed ?? 30,
      maxModules: auto?.max_modules_touched ?? 10,
      sensitivePaths: auto?.sensitive_paths ?? ["Cargo.toml", "team.yaml", ".env"],
    },
    approvals: flow?.merge?.approvals ?? 1,
    mergeRules: (flow?.merge?.rules ?? []) as readonly MergeRule[],
    approvalExpiresMs: (flow?.merge?.approval_expires_hours ?? 24) * hour,
    revertWindowMs: (flow?.merge?.revert_window_minutes ?? 30) * minute,
    autoDispatch: file.board?.auto_dispatch ?? true,
    dispatchDelayMs: (file.board?.dispatch_stabilization_delay_secs ?? 0) * second,
    excludedTags: file.board?.dispatch_excluded_tags ?? [],
    contextThreshold:
      flow?.context_handoff_enabled === false
        ? null
        : (flow?.context_pressure_threshold ?? watched.contextThreshold),
    stalledAfterMs: (flow?.stall_threshold_secs ?? watched.stalledAfter / second) * second,
    minFreeBytes: minFreeGb === undefined ? watched.disk.low : minFreeGb * gib,
    rotationThreshold: file.board?.rotation_threshold ?? 20,
  };
}

type SetUpFile = NonNullable<TeamFile["workflow_policy"]>["setup"];

function setUpFrom(setup: SetUpFile, detected: Detected): SetUp | null {
  if (setup === false) return null;
  if (setup === undefined) return detected.setUp;
  return {
    command: setup.command,
    key: setup.key ?? detected.setUp?.key ?? [],
    copy: setup.copy ?? [],
  };
}

const machineTimezone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Every day at nine, once somebody reads it elsewhere than on this machine. */
function standupFrom({ standup, people }: TeamFile, owner: string, chat: Chat): Standup {
  const isAsked = standup?.daily !== undefined;
  const isElsewhere = chat.discord !== null || chat.telegram !== null;
  return {
    everyMs: (standup?.interval_secs ?? 0) * second,
    outputLines: standup?.output_lines ?? 30,
    cron: standup?.daily?.cron ?? (isAsked || isElsewhere ? "0 9 * * *" : null),
    timezone: standup?.daily?.timezone ?? people?.[owner]?.timezone ?? machineTimezone(),
  };
}

function quietFrom(file: TeamFile): QuietHours | null {
  const quiet = file.quiet_hours;
  if (quiet === undefined) return null;
  return {
    from: quiet.from,
    to: quiet.to,
    timezone: quiet.timezone ?? machineTimezone(),
    except: quiet.except ?? ["critical"],
  };
}

function escalationFrom(file: TeamFile): Escalation {
  const { escalation } = file;
  const after = (text: string | undefined): number | null =>
    text === undefined ? null : parseDuration(text);
  return {
    mentionAfterMs: after(escalation?.mention_after) ?? 2 * minute,
    pushAfterMs: after(escalation?.push_after) ?? 10 * minute,
    deputyAfterMs: after(escalation?.deputy_after),
    deputy: escalation?.deputy ?? null,
  };
}

const agentsFrom = (file: TeamFile): Record<string, OwnAgent> =>
  Object.fromEntries(
    Object.entries(file.agents ?? {}).map(([name, own]) => [
      name,
      {
        command: own.command,
        resume: own.resume ?? null,
        ready: own.ready ?? null,
        busy: own.busy ?? null,
      },
    ]),
  );

/** The file's keys with what was resolved put in; a token that stands there in spite of the warning is left out. */
function shownConfig(
  file: TeamFile,
  around: Surroundings,
  policy: TeamPolicy,
): Record<string, unknown> {
  const flow = file.workflow_policy;
  return {
    ...file,
    name: plainName(file.name ?? around.folder),
    roles: file.roles.map((role) => {
      const { bot_token: _token, ...kept } = role.channel_config ?? {};
      return role.channel_config === undefined ? role : { ...role, channel_config: kept };
    }),
    board: {
      auto_dispatch: policy.autoDispatch,
      rotation_threshold: policy.rotationThreshold,
      ...file.board,
    },
    workflow_policy: {
      ...flow,
      setup: policy.setUp ?? false,
      verification: {
        ...flow?.verification,
        test_command: policy.testCommand,
        max_retries: policy.maxRetries,
        timeout_secs: policy.timeoutMs / second,
      },
      auto_merge: {
        ...flow?.auto_merge,
        enabled: policy.autoMerge.enabled,
        confidence_threshold: policy.autoMerge.confidenceThreshold,
      },
      permissions: {
        allow: policy.permissions.allow,
        deny: policy.permissions.deny,
        ask: policy.permissions.ask,
        timeout_secs: policy.permissions.timeout / second,
      },
    },
  };
}
