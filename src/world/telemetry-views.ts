// The typed tables of telemetry.db: views over `events`, so that a new one needs no rebuild and none can disagree with
// the journal. Must not hold what `events` does not.

interface View {
  /** Fields of the event; a column is called as its field. */
  readonly columns: readonly string[];
  readonly events: readonly string[];
  /** Further columns, as SQL over `event` and `json`. */
  readonly also?: readonly string[];
}

const views: Readonly<Record<string, View>> = {
  task_completions: { columns: ["task", "member", "commit", "tree"], events: ["task_completed"] },
  assignments: {
    columns: ["task", "member", "branch", "base", "by", "pulled"],
    events: ["task_assigned"],
  },
  landings: {
    columns: ["task", "commit", "tree", "base", "head", "commits"],
    events: ["task_auto_merged", "task_manual_merged"],
    also: ["CASE event WHEN 'task_auto_merged' THEN 'auto' ELSE 'manual' END AS how"],
  },
  evidence_runs: {
    columns: ["task", "purpose", "commit", "tree", "result", "reused", "rerun", "duration_ms"],
    events: ["verification_evidence_collected"],
  },
  phase_transitions: {
    columns: ["task", "phase", "attempt"],
    events: ["verification_phase_changed"],
  },
  escalations: {
    columns: ["escalation", "task", "member", "kind", "state", "by", "step"],
    events: ["task_escalated", "escalation_repeated", "escalation_raised", "escalation_changed"],
    also: ["event"],
  },
  confidence_scores: { columns: ["task", "score"], events: ["merge_confidence_scored"] },
  respawns: { columns: ["member", "reason"], events: ["pane_respawned"] },
  reconciliations: {
    columns: ["task", "member", "how", "say"],
    events: ["worktree_reconciled", "state_reconciliation"],
    also: ["CASE event WHEN 'worktree_reconciled' THEN 'worktree' ELSE 'state' END AS what"],
  },
  heartbeats: { columns: ["uptime_ms"], events: ["daemon_heartbeat"] },
  doctor_actions: { columns: ["what", "on"], events: ["auto_doctor_action"] },
  disk_cleanups: { columns: ["files", "bytes"], events: ["disk_hygiene_cleanup"] },
  loop_stalls: { columns: ["ms", "what", "times"], events: ["loop_stalled"] },
  messages: {
    columns: ["id", "from", "to", "member", "code", "why"],
    events: [
      ...["message_sent", "message_to_human", "message_refused", "message_typing"],
      ...["message_typed", "message_held", "message_entered", "message_taken"],
      ...["message_answered", "message_withdrawn", "delivery_failed"],
    ],
    also: ["event"],
  },
};

/** Made anew at each opening: they are text, and another build may know better ones. */
export const viewsSql: string = Object.entries(views)
  .map(([name, { columns, events, also = [] }]) => {
    const picked = columns.map((column) => `json_extract(json, '$.${column}') AS "${column}"`);
    const among = events.map((event) => `'${event}'`).join(", ");
    return `DROP VIEW IF EXISTS ${name};
CREATE VIEW ${name} AS SELECT seq, ts, ${[...also, ...picked].join(", ")} FROM events WHERE event IN (${among});`;
  })
  .join("\n");
