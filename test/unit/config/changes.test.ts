// What a changed team file does to a running team: at once, or at a start.
import { expect, it } from "vitest";
import { takeOver } from "../../../src/config/changes.ts";
import { parseTeam } from "../../../src/config/load.ts";
import type { Team } from "../../../src/core/team.ts";
import { context, fine } from "./broken.ts";

const read = (yaml: string): Team => parseTeam(yaml, context);
const change = (yaml: string, before = fine) => takeOver(read(before), read(before), read(yaml));

it("limits, people, access, gates, quiet hours and the ladder are in force at once", () => {
  const { team, now, later } = change(`${fine}
people: {bob: {local: bob}}
access: {approvers: [bob]}
quiet_hours: {from: "22:00", to: "07:00"}
escalation: {push_after: 5m}
workflow_policy: {verification: {test_command: make check}, merge: {approvals: 2}}
`);
  expect(now).toEqual([
    "workflow_policy.verification.test_command",
    "workflow_policy.merge",
    "people",
    "access",
    "quiet_hours",
    "escalation",
  ]);
  expect(later).toEqual([]);
  expect(team.policy).toMatchObject({ testCommand: "make check", approvals: 2 });
  expect(team.access.approvers).toEqual([{ person: "bob" }]);
  expect([team.quietHours?.from, team.escalation.pushAfterMs]).toEqual(["22:00", 300_000]);
});

it("a role's partners, prompt and nudge change at once, its seats with the team's next start", () => {
  const talks = change(
    fine.replace("    instances: 2", "    instances: 2\n    talks_to: [architect]"),
  );
  expect(talks.later).toEqual([
    expect.stringMatching(
      /^engineer-1 comes, engineer-2 comes, eng-1-1 goes, eng-1-2 goes: at the team's next start/,
    ),
  ]);
  const nudged = change(`${fine}    nudge_interval_secs: 60\n`);
  expect([nudged.now, nudged.later]).toEqual([["roles"], []]);
  expect(nudged.team.seats["eng-1-1"]?.nudgeAfter).toBe(60_000);
});

it("who comes, goes or gets another agent waits, while everything else of the file counts", () => {
  const yaml = fine.replace("instances: 2", "instances: 3\n    agent: script");
  const { team, now, later } = change(`${yaml}access: {local_as: true}\n`);
  expect(team.members.map((one) => one.name)).toEqual([
    "architect",
    "manager",
    "eng-1-1",
    "eng-1-2",
  ]);
  expect(now).toEqual(["access"]);
  expect(later).toEqual([
    "eng-1-3 comes, eng-1-1 gets the agent script, eng-1-2 gets the agent script: at the team's next start (`batty stop`, then `batty start`)",
  ]);
  expect(team.access.localAs).toBe(true);
});

it("the team's name, its trunk and its chats wait for the bot", () => {
  const { team, now, later } = change(
    `${fine.replace("name: shop", "name: store")}trunk_branch: dev\nchat: {telegram: {chat: 1}}\n`,
  );
  expect([team.name, team.trunkBranch, team.chat.telegram]).toEqual(["shop", null, null]);
  expect(now).toEqual([]);
  expect(later).toEqual([
    expect.stringMatching(/^name, trunk_branch, chat: when the bot starts anew/),
  ]);
});

it("a file with other comments and blanks changes nothing", () => {
  const { now, later } = change(`# mine\n${fine.replace("roles:", "\n\nroles: # ours")}`);
  expect([now, later]).toEqual([[], []]);
});
