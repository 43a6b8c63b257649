// The keys of team.yaml about work: board, workflow_policy, automation, cost, layout. The rest is in schema.ts.
import * as z from "zod";
import {
  amount,
  choice,
  flag,
  insidePath,
  keys,
  list,
  number,
  oneOf,
  share,
  table,
  text,
  variable,
  whole,
} from "./words.ts";

export const board = keys({
  rotation_threshold: whole(1).optional(),
  auto_dispatch: flag.optional(),
  worktree_stale_rebase_threshold: whole().optional(),
  auto_replenish: flag.optional(),
  state_reconciliation_interval_secs: amount.optional(),
  dispatch_stabilization_delay_secs: amount.optional(),
  dispatch_dedup_window_secs: amount.optional(),
  dispatch_manual_cooldown_secs: amount.optional(),
  orphan_rescue_cooldown_secs: amount.optional(),
  dispatch_release_exclusion_secs: amount.optional(),
  dispatch_excluded_tags: list(text).optional(),
});

export const automation = keys({
  timeout_nudges: flag.optional(),
  standups: flag.optional(),
  failure_pattern_detection: flag.optional(),
  triage_interventions: flag.optional(),
  review_interventions: flag.optional(),
  owned_task_interventions: flag.optional(),
  manager_dispatch_interventions: flag.optional(),
  architect_utilization_interventions: flag.optional(),
  commit_before_reset: flag.optional(),
  clean_room_mode: flag.optional(),
  replenishment_threshold: whole().optional(),
  intervention_idle_grace_secs: amount.optional(),
  intervention_cooldown_secs: amount.optional(),
  utilization_recovery_interval_secs: amount.optional(),
  disk_hygiene: keys({
    enabled: flag.optional(),
    check_interval_secs: amount.optional(),
    min_free_gb: amount.optional(),
    max_shared_target_gb: amount.optional(),
    log_rotation_hours: amount.optional(),
    post_merge_cleanup: flag.optional(),
    prune_merged_branches: flag.optional(),
  }).optional(),
});

const verification = keys({
  test_command: text.optional(),
  max_retries: whole(0, 20).optional(),
  max_iterations: whole(0, 20).optional(),
  timeout_secs: number.positive({ error: "must be a number of seconds above 0" }).optional(),
  flake_reruns: whole(0, 5).optional(),
  pretest: choice("auto, false or a command", () => [z.boolean(), text]).optional(),
  auto_run_tests: flag.optional(),
  require_evidence: flag.optional(),
});

const mergeRule = keys({
  paths: list(text).min(1, { error: "must name at least one path" }),
  auto: flag.optional(),
  approvals: whole(1, 10).optional(),
  confirm: oneOf("task-number").optional(),
});

const merge = keys({
  batch_max: choice("auto or a whole number, 1 or more", (words) => [
    z.literal("auto"),
    z.int(words).min(1, words),
  ]).optional(),
  gate_slots: whole(1, 64).optional(),
  approvals: whole(1, 10).optional(),
  approval_expires_hours: number
    .positive({ error: "must be a number of hours above 0" })
    .optional(),
  revert_window_minutes: amount.optional(),
  push: text.optional(),
  rules: list(mergeRule).optional(),
});

const autoMerge = keys({
  enabled: flag.optional(),
  max_diff_lines: whole().optional(),
  max_files_changed: whole().optional(),
  max_modules_touched: whole().optional(),
  sensitive_paths: list(text).optional(),
  confidence_threshold: share.optional(),
  require_tests_pass: flag.optional(),
  post_merge_verify: flag.optional(),
});

const setUp = z.union(
  [
    z.literal(false),
    keys({ command: text, key: list(insidePath).optional(), copy: list(insidePath).optional() }),
  ],
  {
    error:
      "must be false (none) or a map: command, key (its lock files), copy (files to bring along); paths are relative",
  },
);

const reviewTimes = {
  review_nudge_threshold_secs: amount.optional(),
  review_timeout_secs: amount.optional(),
};

export const workflowPolicy = keys({
  setup: setUp.optional(),
  env_pass: list(variable).optional(),
  verification: verification.optional(),
  merge: merge.optional(),
  auto_merge: autoMerge.optional(),
  permissions: keys({
    allow: list(text).optional(),
    deny: list(text).optional(),
    ask: oneOf("rest", "none", "allow-everything").optional(),
    timeout_secs: amount.optional(),
  }).optional(),
  budget: keys({ per_task_usd: amount.optional(), per_day_usd: amount.optional() }).optional(),
  clean_room_mode: flag.optional(),
  barrier_groups: table(list(text)).optional(),
  handoff_directory: text.optional(),
  wip_limit_per_engineer: whole(1).optional(),
  wip_limit_per_reviewer: whole(1).optional(),
  pipeline_starvation_threshold: whole().optional(),
  escalation_threshold_secs: amount.optional(),
  ...reviewTimes,
  review_timeout_overrides: table(keys(reviewTimes)).optional(),
  stale_in_progress_hours: amount.optional(),
  aged_todo_hours: amount.optional(),
  stale_review_hours: amount.optional(),
  auto_archive_done_after_secs: amount.optional(),
  capability_overrides: table(list(text)).optional(),
  file_level_locks: flag.optional(),
  stall_threshold_secs: number
    .positive({ error: "must be a number of seconds above 0" })
    .optional(),
  max_stall_restarts: whole().optional(),
  health_check_interval_secs: amount.optional(),
  planning_cycle_cooldown_secs: amount.optional(),
  narration_threshold: share.optional(),
  narration_nudge_max: whole().optional(),
  narration_detection_enabled: flag.optional(),
  narration_threshold_polls: whole().optional(),
  context_pressure_threshold: amount.optional(),
  context_pressure_threshold_bytes: whole().optional(),
  context_pressure_restart_delay_secs: amount.optional(),
  graceful_shutdown_timeout_secs: amount.optional(),
  auto_commit_on_restart: flag.optional(),
  uncommitted_warn_threshold: whole().optional(),
  test_command: text.optional(),
  claim_ttl: keys({
    default_secs: amount.optional(),
    critical_secs: amount.optional(),
    max_extensions: whole().optional(),
    progress_check_interval_secs: amount.optional(),
    warning_secs: amount.optional(),
  }).optional(),
  allocation: keys({
    strategy: oneOf("scored", "round_robin").optional(),
    tag_weight: number.optional(),
    file_overlap_weight: number.optional(),
    load_penalty: number.optional(),
    conflict_penalty: number.optional(),
    experience_bonus: number.optional(),
  }).optional(),
  main_smoke: keys({
    enabled: flag.optional(),
    interval_secs: amount.optional(),
    command: text.optional(),
    pause_dispatch_on_failure: flag.optional(),
    auto_revert: flag.optional(),
  }).optional(),
  context_handoff_enabled: flag.optional(),
  handoff_screen_history: whole().optional(),
  tiered_inboxes: flag.optional(),
});

const price = keys({
  input_usd_per_mtok: amount,
  output_usd_per_mtok: amount,
  cached_input: amount.optional(),
  cache_creation: amount.optional(),
  cache_creation_5m: amount.optional(),
  cache_creation_1h: amount.optional(),
  cache_read: amount.optional(),
  reasoning_output: amount.optional(),
  cached_input_usd_per_mtok: amount.optional(),
  cache_creation_usd_per_mtok: amount.optional(),
  cache_creation_5m_usd_per_mtok: amount.optional(),
  cache_creation_1h_usd_per_mtok: amount.optional(),
  cache_read_usd_per_mtok: amount.optional(),
  reasoning_output_usd_per_mtok: amount.optional(),
});

export const cost = keys({ models: table(price).optional() });

export const layout = keys({
  zones: list(
    keys({
      name: text,
      width_pct: whole(0, 100),
      split: keys({ horizontal: whole(1) }).optional(),
    }),
  ).optional(),
});
