// Broken keys and values: each is refused with the line it is about and what to do.
import { describe, expect, it } from "vitest";
import { parseTeam } from "../../../src/config/load.ts";
import { context, expectRefused, fine, type Row, refusedBy } from "./broken.ts";

const rows: readonly Row[] = [
  [
    "a mistyped key at the top",
    `${fine}trunk_brnach: main\n`,
    10,
    "trunk_brnach",
    /unknown key/,
    /trunk_branch\?/,
  ],
  [
    "a mistyped key of a role",
    fine.replace("    instances: 2", "    use_worktreees: true"),
    9,
    "roles[2].use_worktreees",
    /unknown key/,
    /use_worktrees\?/,
  ],
  [
    "a known key at the wrong depth",
    `${fine}test_command: npm test\n`,
    10,
    "test_command",
    /at the top level/,
    /under workflow_policy/,
  ],
  [
    "a key nobody knows",
    `${fine}standup:\n  colour: red\n`,
    11,
    "standup.colour",
    /under standup/,
    /Known here: interval_secs/,
  ],
  [
    "a mistyped key deep inside",
    `${fine}workflow_policy:\n  verification:\n    max_retires: 3\n`,
    12,
    "workflow_policy.verification.max_retires",
    /unknown key/,
    /max_retries\?/,
  ],
  [
    "a mistyped key of the set-up",
    `${fine}workflow_policy:\n  setup: {comand: npm ci}\n`,
    11,
    "workflow_policy.setup.comand",
    /unknown key/,
    /command\?/,
  ],
  [
    "a word where a number belongs",
    fine.replace("instances: 2", "instances: two"),
    9,
    "roles[2].instances",
    /whole number from 1 to 100, not "two"/,
    /^$/,
  ],
  [
    "no members at all in a role",
    fine.replace("instances: 2", "instances: 0"),
    9,
    "roles[2].instances",
    /from 1 to 100, not 0/,
    /^$/,
  ],
  [
    "a role type that does not exist",
    fine.replace("role_type: manager", "role_type: managr"),
    6,
    "roles[1].role_type",
    /user, architect, manager, engineer/,
    /manager\?/,
  ],
  [
    "a role without a name",
    fine.replace("name: manager\n    role_type", "role_type"),
    5,
    "roles[1].name",
    /roles\[1\]\.name is missing/,
    /must be text/,
  ],
  ["no roles", "name: shop\n", 1, "roles", /roles is missing/, /list/],
  ["an empty list of roles", "name: shop\nroles: []\n", 2, "roles", /at least one role/, /^$/],
  [
    "only people in the team",
    "roles:\n  - {name: ada, role_type: user}\n",
    1,
    "roles",
    /no role has an agent/,
    /engineer/,
  ],
  ["roles that are no list", "roles: engineer\n", 1, "roles", /must be a list/, /^$/],
  ["an empty file", "", 1, "roles", /roles is missing/, /list/],
  ["a list instead of keys", "- a\n- b\n", 1, "", /the file must be a map/, /^$/],
  ["broken YAML", `${fine}access: [ada\n`, 11, "", /./, /YAML/],
  ["the same key twice", `${fine}name: other\n`, 10, "", /unique/, /YAML/],
  [
    "an approver who is nobody",
    `${fine}people:\n  ada: {local: ada}\naccess:\n  approvers: [adda]\n`,
    13,
    "access.approvers[0]",
    /adda is not under people/,
    /ada\?/,
  ],
  [
    "a deputy who is nobody",
    `${fine}escalation: {deputy: bob}\n`,
    10,
    "escalation.deputy",
    /bob is not under people/,
    /bob: \{local: LOGIN\}/,
  ],
  [
    "an access entry of no known form",
    `${fine}access:\n  admins: [{discord: 1}]\n`,
    11,
    "access.admins[0]",
    /discord_user/,
    /^$/,
  ],
  [
    "a person called as a member",
    `${fine}people:\n  eng-1-1: {local: x}\n`,
    11,
    "people.eng-1-1",
    /a member of the team/,
    /another name/,
  ],
  [
    "a login that is also a member",
    "roles: [{name: ada, role_type: engineer}]\n",
    1,
    "people",
    /your login ada/,
    /local: ada/,
  ],
  [
    "a time zone that does not exist",
    `${fine}people:\n  ada: {timezone: Europe/Berln}\n`,
    11,
    "people.ada.timezone",
    /time zone/,
    /^$/,
  ],
  [
    "a duration without a unit",
    `${fine}escalation: {push_after: 10}\n`,
    10,
    "escalation.push_after",
    /90s, 10m, 2h or 3d, not 10/,
    /quotes/,
  ],
  [
    "a duration with an unknown unit",
    `${fine}escalation: {push_after: 10min}\n`,
    10,
    "escalation.push_after",
    /90s, 10m, 2h or 3d/,
    /^$/,
  ],
  [
    "a confidence above one",
    `${fine}workflow_policy:\n  auto_merge: {confidence_threshold: 80}\n`,
    11,
    "workflow_policy.auto_merge.confidence_threshold",
    /from 0 to 1, not 80/,
    /^$/,
  ],
  [
    "a truth in words",
    `${fine}board:\n  auto_dispatch: "yes"\n`,
    11,
    "board.auto_dispatch",
    /true or false, not "yes"/,
    /^$/,
  ],
  [
    "a value where a variable's name belongs",
    `${fine}workflow_policy:\n  env_pass: ["TOKEN=abc"]\n`,
    11,
    "workflow_policy.env_pass[0]",
    /environment variable/,
    /^$/,
  ],
  [
    "set-up files outside the repository",
    `${fine}workflow_policy:\n  setup: {command: x, copy: [../.env]}\n`,
    11,
    "workflow_policy.setup.copy[0]",
    /inside the repository/,
    /^$/,
  ],
  [
    "a prompt file outside its folder",
    fine.replace("instances: 2", "prompt: ../x.md"),
    9,
    "roles[2].prompt",
    /under team_config/,
    /^$/,
  ],
  [
    "an empty test command",
    `${fine}workflow_policy: {verification: {test_command: ""}}\n`,
    10,
    "workflow_policy.verification.test_command",
    /not empty/,
    /^$/,
  ],
  [
    "an own agent that takes a built-in name",
    `${fine}agents:\n  claude: {command: [claude]}\n`,
    11,
    "agents.claude",
    /built in/,
    /my-claude/,
  ],
  [
    "an own agent without a command",
    `${fine}agents:\n  mine: {ready: "> $"}\n`,
    11,
    "agents.mine.command",
    /command is missing/,
    /list/,
  ],
  [
    "a screen pattern that does not compile",
    `${fine}agents:\n  mine: {command: [x], ready: "("}\n`,
    11,
    "agents.mine.ready",
    /regular expression/,
    /^$/,
  ],
  [
    "a quiet hour that is no time",
    `${fine}quiet_hours: {from: "25:00", to: "07:00"}\n`,
    10,
    "quiet_hours.from",
    /22:00/,
    /^$/,
  ],
  [
    "a cron line of three fields",
    `${fine}standup: {daily: {cron: "0 9 *"}}\n`,
    10,
    "standup.daily.cron",
    /five fields/,
    /^$/,
  ],
  [
    "a number where a name belongs",
    fine.replace("name: shop", "name: 2024"),
    1,
    "name",
    /must be text, not 2024/,
    /quotes/,
  ],
];

describe("a broken team file", () => {
  it.each(rows)("is refused for %s, naming line and mend", (...row) => {
    expectRefused(row);
  });

  it("has the schema's own words replaced, also inside a choice of forms", () => {
    const error = refusedBy(`${fine}chat: {discord: {guild: abc}}\n`);
    expect(error.message).toBe(
      'team.yaml:10: chat.discord.guild must be an id (digits), not "abc".',
    );
  });

  it("tells all its problems at once, in the order of the file", () => {
    const yaml = fine
      .replace("name: manager", "name: board")
      .replace("instances: 2", "agent: kiro");
    expect(refusedBy(yaml).problems.map((one) => one.line)).toEqual([5, 9]);
  });

  it("is told in lines that can be printed as they are", () => {
    const error = refusedBy(fine.replace("role_type: manager", "role_type: managr"));
    expect(error.code).toBe("config.invalid");
    expect(error.message).toBe(
      'team.yaml:6: roles[1].role_type must be one of user, architect, manager, engineer, not "managr". Did you mean manager?',
    );
  });

  it("is fine before it is broken", () => {
    expect(parseTeam(fine, context).members).toHaveLength(4);
  });
});
