// Keys that are accepted without the effect one might expect: Batty's that have no meaning here, and ours that nothing
// acts on yet. One warning each; silence would be a lie.
import type { Warning } from "../core/team.ts";
import { dotted, valueAt } from "./explain.ts";
import { notYet, notYetPerRole } from "./not-yet.ts";
import type { TeamFile } from "./schema.ts";
import type { Path, Source } from "./source.ts";

type Note = readonly [path: string, why: string];

const noMeaning: readonly Note[] = [
  ["workflow_mode", "the board is always what counts"],
  ["automation_sender", "the bot signs as batty"],
  ["external_senders", "people are listed under people and access"],
  ["orchestrator_pane", "there is no such pane; use `batty chat`"],
  ["orchestrator_position", "there is no such pane; use `batty chat`"],
  ["use_shim", "agents always run in their own tmux panes"],
  ["use_sdk_mode", "agents always run in their own tmux panes"],
  ["shim_health_check_interval_secs", "there are no shims"],
  ["shim_health_timeout_secs", "there are no shims"],
  ["shim_shutdown_timeout_secs", "there are no shims"],
  ["shim_working_state_timeout_secs", "there are no shims"],
  ["pending_queue_max_age_secs", "messages wait in their inbox, without an age limit"],
  ["event_log_max_bytes", "the journal is kept while a replay needs it"],
  ["grafana", "there is no dashboard to install"],
  ["layout", "architects stand left, managers in the middle, engineers right"],
  ["board.worktree_stale_rebase_threshold", "each task begins on a fresh branch of the trunk"],
  ["automation.commit_before_reset", "work is always kept under a ref first"],
  ["workflow_policy.handoff_directory", "there are no barrier groups"],
  ["workflow_policy.narration_threshold", "agents' prose is not judged"],
  ["workflow_policy.narration_nudge_max", "agents' prose is not judged"],
  ["workflow_policy.narration_detection_enabled", "agents' prose is not judged"],
  ["workflow_policy.narration_threshold_polls", "agents' prose is not judged"],
  ["workflow_policy.auto_commit_on_restart", "uncommitted work is always kept under a ref"],
  ["workflow_policy.tiered_inboxes", "people's messages always go first"],
  ["workflow_policy.verification.auto_run_tests", "the tests are always run"],
  ["workflow_policy.verification.require_evidence", "evidence is always required"],
  ["workflow_policy.auto_merge.require_tests_pass", "only tested work lands, always"],
  [
    "workflow_policy.auto_merge.post_merge_verify",
    "the tree that lands is the one that was tested",
  ],
];

const perRole: readonly Note[] = [
  ["posture", "write it into the role's prompt"],
  ["model_class", "write it into the role's prompt, or name a model"],
  ["provider_overlay", "write it into the role's prompt"],
  [
    "channel_config.bot_token",
    "secrets are read from BATTY_DISCORD_BOT_TOKEN or BATTY_TELEGRAM_BOT_TOKEN; remove it here and renew it, it may be in git",
  ],
  ["channel_config.agents_channel_id", "members have threads of their own"],
  ["channel_config.provider", "the channel says which platform it is"],
];

export function warningsOf(file: TeamFile, source: Source): Warning[] {
  const warn = (path: Path, say: string): Warning[] =>
    valueAt(source.value, path) === undefined
      ? []
      : [{ line: source.lineOf(path), key: dotted(path), say: `${dotted(path)} ${say}` }];
  const steps = (path: string): string[] => path.split(".");
  const verification = ["workflow_policy", "verification"];
  return [
    ...noMeaning.flatMap(([path, why]) => warn(steps(path), `is ignored: ${why}.`)),
    ...notYet.flatMap(([path, why]) => warn(steps(path), `has no effect yet: ${why}.`)),
    ...file.roles.flatMap((_, index) =>
      perRole.flatMap(([path, why]) =>
        warn(["roles", index, ...steps(path)], `is ignored: ${why}.`),
      ),
    ),
    ...file.roles.flatMap((_, index) =>
      notYetPerRole.flatMap(([path, why]) =>
        warn(["roles", index, ...steps(path)], `has no effect yet: ${why}.`),
      ),
    ),
    ...(file.roles.some((role) => (role.channel_config?.allowed_user_ids ?? []).length > 0)
      ? file.roles.flatMap((_, index) =>
          warn(
            ["roles", index, "channel_config", "allowed_user_ids"],
            "makes operators; name who may approve under access.approvers.",
          ),
        )
      : []),
    ...(file.workflow_policy?.verification?.max_retries !== undefined
      ? warn(
          [...verification, "max_iterations"],
          "is ignored: max_retries says the same and is set too.",
        )
      : []),
    ...(file.workflow_policy?.verification?.test_command !== undefined
      ? warn(
          ["workflow_policy", "test_command"],
          "is ignored: verification.test_command is set too.",
        )
      : []),
  ].sort((a, b) => a.line - b.line);
}
