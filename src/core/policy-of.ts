// From the team as its file describes it to what the rules may see of it.
import { mayAnswer } from "./people.ts";
import { type Policy, watched } from "./policy.ts";
import type { Team } from "./team.ts";

/** What the rules see of a team. */
export function policyOf(team: Team): Policy {
  const { policy } = team;
  const { deputy, deputyAfterMs } = team.escalation;
  const people = [...new Set([...Object.keys(team.people), team.owner])];
  const { enabled, confidenceThreshold, maxLines, maxFiles, sensitivePaths } = policy.autoMerge;
  return {
    team: team.name,
    members: team.members,
    owner: team.owner,
    people,
    localAs: team.access.localAs,
    reachPeople: team.members.map((m) => m.name).filter((name) => team.seats[name]?.talksToPeople),
    answerers: people.filter((name) => mayAnswer(team, name)),
    ladder: {
      mentionAfter: team.escalation.mentionAfterMs,
      pushAfter: team.escalation.pushAfterMs,
      deputy:
        deputy === null || deputyAfterMs === null ? null : { after: deputyAfterMs, name: deputy },
    },
    quietHours: team.quietHours,
    standup: { cron: team.standup.cron, timezone: team.standup.timezone },
    testCommand: policy.testCommand,
    setUp: policy.setUp,
    permissions: policy.permissions,
    gateTimeout: policy.timeoutMs,
    maxRetries: policy.maxRetries,
    autoDispatch: policy.autoDispatch,
    excludedTags: policy.excludedTags,
    approvalExpires: policy.approvalExpiresMs,
    stalledAfter: policy.stalledAfterMs,
    contextThreshold: policy.contextThreshold,
    silentAfter: watched.silentAfter,
    // Gates go on for longer than new work is handed out, whatever a team calls little.
    disk: {
      low: policy.minFreeBytes,
      critical: Math.min(watched.disk.critical, policy.minFreeBytes),
    },
    approvals: policy.approvals,
    mergeRules: policy.mergeRules,
    autoMerge: { enabled, confidenceThreshold, maxLines, maxFiles, sensitivePaths },
  };
}
