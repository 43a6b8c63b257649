// Every key of team.yaml and what it takes: Batty's and ours, none else. What a key does is decided in resolve.ts.
import * as z from "zod";
import { roleTypes } from "../core/words.ts";
import { automation, board, cost, layout, workflowPolicy } from "./schema-policy.ts";
import {
  amount,
  clockTime,
  cron,
  duration,
  flag,
  id,
  idOrName,
  keys,
  list,
  oneOf,
  pattern,
  promptFile,
  table,
  text,
  timezone,
  variable,
  whole,
} from "./words.ts";

const seatKeys = {
  agent: text.optional(),
  model: text.optional(),
  prompt: promptFile.optional(),
  posture: oneOf("orchestrator", "deep_worker", "fast_lane").optional(),
  model_class: oneOf("frontier", "standard", "fast").optional(),
  provider_overlay: text.optional(),
};

const role = keys({
  name: text,
  role_type: oneOf(...roleTypes),
  ...seatKeys,
  instances: whole(1, 100).optional(),
  instance_overrides: table(keys(seatKeys)).optional(),
  talks_to: list(text).optional(),
  auth_mode: oneOf("oauth", "api_key", "custom").optional(),
  auth_env: list(variable).optional(),
  channel: oneOf("telegram", "discord").optional(),
  channel_config: keys({
    target: idOrName.optional(),
    provider: text.optional(),
    bot_token: text.optional(),
    allowed_user_ids: list(id).optional(),
    events_channel_id: id.optional(),
    agents_channel_id: id.optional(),
    commands_channel_id: id.optional(),
    board_channel_id: id.optional(),
  }).optional(),
  nudge_interval_secs: amount.optional(),
  receives_standup: flag.optional(),
  standup_interval_secs: amount.optional(),
  owns: list(text).optional(),
  barrier_group: text.optional(),
  use_worktrees: flag.optional(),
});

const chat = keys({
  local: keys({ enabled: flag.optional() }).optional(),
  discord: keys({
    guild: id.optional(),
    channels: keys({
      commands: idOrName.optional(),
      events: idOrName.optional(),
      alerts: idOrName.optional(),
      merges: idOrName.optional(),
      standup: idOrName.optional(),
      board: idOrName.optional(),
    }).optional(),
    threads: keys({ members: flag.optional(), tasks: flag.optional() }).optional(),
  }).optional(),
  telegram: keys({
    chat: id.optional(),
    chats: table(id).optional(),
    topics: oneOf("auto", "off").optional(),
    alerts_to: list(id).optional(),
  }).optional(),
});

const admitted = z.union(
  [
    z.string().trim().min(1),
    keys({ discord_user: id }),
    keys({ discord_role: id }),
    keys({ telegram_user: id }),
  ],
  {
    error:
      "must be a name under people, or one of {discord_user: ID}, {discord_role: ID}, {telegram_user: ID}",
  },
);

const access = keys({
  viewers: list(admitted).optional(),
  operators: list(admitted).optional(),
  approvers: list(admitted).optional(),
  admins: list(admitted).optional(),
  local_as: flag.optional(),
});

const person = keys({
  local: text.optional(),
  discord: id.optional(),
  telegram: id.optional(),
  timezone: timezone.optional(),
});

const ownAgent = keys({
  command: list(text).min(1, { error: "must be a list: the program, then its arguments" }),
  resume: list(text)
    .min(1, { error: "must be a list: the program, then its arguments" })
    .optional(),
  ready: pattern.optional(),
  busy: pattern.optional(),
});

export const teamSchema = keys({
  name: text.max(48, { error: "must be at most 48 characters" }).optional(),
  trunk_branch: text.regex(/^\S+$/, { error: "must be a branch name, without blanks" }).optional(),
  agent: text.optional(),
  roles: list(role).min(1, { error: "must have at least one role" }),
  agents: table(ownAgent).optional(),
  chat: chat.optional(),
  people: table(person).optional(),
  access: access.optional(),
  board: board.optional(),
  standup: keys({
    interval_secs: amount.optional(),
    output_lines: whole(0, 1_000).optional(),
    daily: keys({ cron: cron.optional(), timezone: timezone.optional() }).optional(),
  }).optional(),
  quiet_hours: keys({
    from: clockTime,
    to: clockTime,
    timezone: timezone.optional(),
    except: list(text).optional(),
  }).optional(),
  escalation: keys({
    mention_after: duration.optional(),
    push_after: duration.optional(),
    deputy_after: duration.optional(),
    deputy: text.optional(),
  }).optional(),
  workflow_policy: workflowPolicy.optional(),
  automation: automation.optional(),
  cost: cost.optional(),
  layout: layout.optional(),
  grafana: keys({ enabled: flag.optional(), port: whole(1, 65_535).optional() }).optional(),
  workflow_mode: oneOf("legacy", "hybrid", "workflow_first", "board_first").optional(),
  automation_sender: text.optional(),
  external_senders: list(text).optional(),
  orchestrator_pane: flag.optional(),
  orchestrator_position: oneOf("left", "bottom").optional(),
  use_shim: flag.optional(),
  use_sdk_mode: flag.optional(),
  auto_respawn_on_crash: flag.optional(),
  shim_health_check_interval_secs: amount.optional(),
  shim_health_timeout_secs: amount.optional(),
  shim_shutdown_timeout_secs: amount.optional(),
  shim_working_state_timeout_secs: amount.optional(),
  pending_queue_max_age_secs: amount.optional(),
  event_log_max_bytes: whole().optional(),
  retro_min_duration_secs: amount.optional(),
});

export type TeamFile = z.output<typeof teamSchema>;
export type RoleFile = TeamFile["roles"][number];
