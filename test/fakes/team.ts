// Teams as the rules see them, for tests: resolved, without a team file.
import { type Policy, watched } from "../../src/core/policy.ts";
import type { Member, MemberName } from "../../src/core/words.ts";

const member = (
  name: MemberName,
  roleType: Member["roleType"],
  talksTo: readonly MemberName[],
  reportsTo: MemberName | null,
): Member => ({ name, role: roleType, roleType, agent: "script", talksTo, reportsTo });

const base: Omit<Policy, "members" | "reachPeople"> = {
  team: "demo",
  owner: "ada",
  people: ["ada", "bob"],
  localAs: false,
  answerers: ["ada", "bob"],
  ladder: { mentionAfter: 120_000, pushAfter: 600_000, deputy: null },
  quietHours: null,
  standup: { cron: null, timezone: "UTC" },
  testCommand: "npm test",
  setUp: null,
  permissions: { allow: [], deny: [], ask: "rest", timeout: 600_000 },
  gateTimeout: 600_000,
  maxRetries: 2,
  autoDispatch: true,
  excludedTags: [],
  approvalExpires: 24 * 3_600_000,
  approvals: 1,
  mergeRules: [],
  ...watched,
  autoMerge: {
    enabled: false,
    confidenceThreshold: 0.8,
    maxLines: 200,
    maxFiles: 5,
    sensitivePaths: [],
  },
};

/** Architect, manager and as many engineers. */
export function simple(change: Partial<Policy> = {}, engineers = 3): Policy {
  const hands = Array.from({ length: engineers }, (_, i) => `eng-1-${i + 1}`);
  return {
    ...base,
    reachPeople: ["architect"],
    members: [
      member("architect", "architect", ["manager"], null),
      member("manager", "manager", ["architect", ...hands], "architect"),
      ...hands.map((name) => member(name, "engineer", ["manager"], "manager")),
    ],
    ...change,
  };
}

/** One engineer who answers to people. */
export function solo(change: Partial<Policy> = {}): Policy {
  return {
    ...base,
    reachPeople: ["engineer"],
    members: [member("engineer", "engineer", [], null)],
    ...change,
  };
}
