// Roles that cannot be: each is refused with the line it is about and what to do.
import { describe, it } from "vitest";
import { expectRefused, fine, type Row } from "./broken.ts";

const rows: readonly Row[] = [
  [
    "an unknown agent",
    fine.replace("instances: 2", "agent: cluade"),
    9,
    "roles[2].agent",
    /unknown agent cluade/,
    /claude\?/,
  ],
  [
    "an agent that is not supported",
    `${fine}agent: kiro\n`,
    10,
    "agent",
    /kiro is not supported/,
    /claude, codex, aider, opencode, gemini, script/,
  ],
  [
    "a member in the person's own checkout",
    fine.replace("instances: 2", "use_worktrees: false"),
    9,
    "roles[2].use_worktrees",
    /your own checkout/,
    /Remove the key/,
  ],
  [
    "two roles of one name",
    fine.replace("name: manager", "name: architect"),
    5,
    "roles[1].name",
    /two roles called architect/,
    /Rename/,
  ],
  [
    "a member name that two roles give",
    fine
      .replace("name: manager", "name: eng-1-1")
      .replace("role_type: manager", "role_type: architect") +
      "  - {name: boss, role_type: manager}\n",
    7,
    "roles[2].name",
    /two members would be called eng-1-1/,
    /Rename/,
  ],
  [
    "a member called human",
    fine.replace("name: manager", "name: human"),
    5,
    "roles[1].name",
    /may be called human/,
    /human-role/,
  ],
  [
    "a member called batty",
    fine.replace("name: architect", "name: batty"),
    3,
    "roles[0].name",
    /stands for the bot/,
    /Rename/,
  ],
  [
    "a member called as a channel",
    fine.replace("name: manager", "name: board"),
    5,
    "roles[1].name",
    /chat channel/,
    /Rename/,
  ],
  [
    "a role name that tmux and git cannot take",
    fine.replace("name: manager", "name: Tech Lead"),
    5,
    "roles[1].name",
    /"Tech Lead" must be/,
    /tech-lead/,
  ],
  [
    "talks_to a role that does not exist",
    fine.replace("instances: 2", "talks_to: [architect, manger]"),
    9,
    "roles[2].talks_to[1]",
    /manger, which is neither/,
    /manager\?/,
  ],
  [
    "a person's role with an agent",
    `${fine}  - {name: me, role_type: user, agent: claude}\n`,
    10,
    "roles[3].agent",
    /is a person/,
    /Remove agent/,
  ],
  [
    "an override of a member that does not exist",
    fine.replace("instances: 2", "instance_overrides: {eng-1-3: {model: x}}"),
    9,
    "roles[2].instance_overrides.eng-1-3",
    /no member called eng-1-3/,
    /eng-1-1/,
  ],
  [
    "barriers that nobody enforces",
    fine.replace("instances: 2", "barrier_group: analysis"),
    9,
    "roles[2].barrier_group",
    /not enforced/,
    /Remove/,
  ],
  [
    "clean room mode",
    `${fine}workflow_policy: {clean_room_mode: true}\n`,
    10,
    "workflow_policy.clean_room_mode",
    /not enforced/,
    /Remove/,
  ],
];

describe("a team file with impossible roles", () => {
  it.each(rows)("is refused for %s, naming line and mend", (...row) => {
    expectRefused(row);
  });
});
